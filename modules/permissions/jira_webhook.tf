# Whom everybody on the internet can reach may do the least.

data "aws_iam_policy_document" "jira_webhook" {
  source_policy_documents = [data.aws_iam_policy_document.decrypts["DecryptsTheSecretOfWebhooks"].json]

  dynamic "statement" {
    for_each = var.webhook_secret[*]

    content {
      sid       = "ReadsTheSecretThatJiraSignsBy"
      actions   = ["ssm:GetParameter"]
      resources = [statement.value.arn]
    }
  }

  statement {
    sid       = "HasAnIssueLookedAt"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arns["jira_notifications_handler"]]
  }
}
