data "aws_iam_policy_document" "jira_notifications_handler" {
  source_policy_documents = [
    data.aws_iam_policy_document.breakers.json,
    data.aws_iam_policy_document.jira_credentials.json,
    data.aws_iam_policy_document.decrypts["DecryptsTheSecretOfNotifications"].json,
  ]

  dynamic "statement" {
    for_each = var.notifications_secret[*]

    content {
      sid       = "ReadsTheSecretOfNotifications"
      actions   = ["ssm:GetParameters"]
      resources = [statement.value.arn]
    }
  }

  statement {
    sid       = "KnowsWhichIssuesArePaired"
    actions   = ["dynamodb:GetItem"]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringLike"
      variable = "dynamodb:LeadingKeys"
      values   = ["ISSUE#*"]
    }

    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
  }

  statement {
    sid = "RemembersWhatItAnnounced"
    actions = [
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
    ]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["CURSOR#jira"]
    }

    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
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

    condition {
      test     = "Null"
      variable = "events:source"
      values   = ["false"]
    }
  }
}
