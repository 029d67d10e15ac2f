data "aws_iam_policy_document" "security_ir_client" {
  source_policy_documents = [
    data.aws_iam_policy_document.jira_credentials.json,
    data.aws_iam_policy_document.ledger_pairs.json,
  ]

  statement {
    sid     = "OpensCases"
    actions = ["security-ir:CreateCase"]
    # The request names no case, there is none yet. AWS's own managed policies grant it on every resource as well:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityincidentresponse.html
    resources = ["*"]
  }

  statement {
    sid     = "MakesSureThatCasesCanBeReadBeforeTheSideIsCalledDown"
    actions = ["security-ir:ListCases"]
    # ListCases has no resource type:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityincidentresponse.html
    resources = ["*"]
  }

  statement {
    sid = "KeepsCasesInStep"
    actions = [
      "security-ir:CloseCase",
      "security-ir:CreateCaseComment",
      "security-ir:GetCase",
      "security-ir:GetCaseAttachmentUploadUrl",
      "security-ir:ListComments",
      "security-ir:TagResource",
      "security-ir:UpdateCase",
      "security-ir:UpdateCaseComment",
      "security-ir:UpdateCaseStatus",
    ]
    resources = [local.case_arns]
  }

  statement {
    sid       = "LearnsWhenTheModuleWasFirstApplied"
    actions   = ["dynamodb:DescribeTable"]
    resources = [local.table_arn]
  }

  statement {
    sid       = "RingsTheOtherSinksBell"
    actions   = ["events:PutEvents"]
    resources = [local.bus_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "events:source"
      values   = ["security-ir"]
    }

    condition {
      test     = "Null"
      variable = "events:source"
      values   = ["false"]
    }
  }
}
