data "aws_iam_policy_document" "jira_notifications_handler" {
  source_policy_documents = [
    data.aws_iam_policy_document.breakers.json,
    data.aws_iam_policy_document.jira_credentials.json,
  ]

  dynamic "statement" {
    for_each = var.notifications_secret[*]

    content {
      sid       = "ReadsTheSecretOfNotifications"
      actions   = ["ssm:GetParameters"]
      resources = [statement.value.arn]
    }
  }

  # SSM's own key needs no permission; somebody's customer key does.
  dynamic "statement" {
    for_each = [for secret in var.notifications_secret[*] : secret if secret.kms_key_arn != null]

    content {
      sid       = "DecryptsTheSecretOfNotifications"
      actions   = ["kms:Decrypt"]
      resources = [statement.value.kms_key_arn]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["ssm.${var.location.region}.${var.location.dns_suffix}"]
      }

      condition {
        test     = "StringEquals"
        variable = "kms:EncryptionContext:PARAMETER_ARN"
        values   = [statement.value.arn]
      }
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
