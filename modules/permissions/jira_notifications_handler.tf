data "aws_iam_policy_document" "jira_notifications_handler" {
  source_policy_documents = [data.aws_iam_policy_document.jira_credentials.json]

  statement {
    sid = "KnowsPairsAndRemembersItsSweep"
    actions = [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
    ]
    resources = [local.table_arn]
  }

  statement {
    sid       = "AnnouncesIssues"
    actions   = ["events:PutEvents"]
    resources = [local.bus_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "events:source"
      values   = ["jira"]
    }
  }
}
