data "aws_iam_policy_document" "jira_client" {
  source_policy_documents = [
    data.aws_iam_policy_document.jira_credentials.json,
    data.aws_iam_policy_document.ledger_pairs.json,
  ]

  statement {
    sid = "ReadsCases"
    actions = [
      "security-ir:GetCase",
      "security-ir:GetCaseAttachmentDownloadUrl",
      "security-ir:ListComments",
      "security-ir:ListTagsForResource",
    ]
    resources = [local.case_arns]
  }

  statement {
    sid     = "MakesSureThatCasesCanBeReadBeforeOneIsCalledGoneOrTheSideDown"
    actions = ["security-ir:ListCases"]
    # ListCases has no resource type:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityincidentresponse.html
    resources = ["*"]
  }

  statement {
    sid       = "RingsTheOtherSinksBell"
    actions   = ["events:PutEvents"]
    resources = [local.bus_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "events:source"
      values   = ["jira"]
    }

    condition {
      test     = "Null"
      variable = "events:source"
      values   = ["false"]
    }
  }
}
