# SSM's own key needs no permission; somebody's customer key does. Nothing is in a document whose parameter has none.

data "aws_iam_policy_document" "decrypts" {
  for_each = {
    DecryptsTheGivenToken            = var.jira_token_parameter
    DecryptsTheSecretOfNotifications = var.notifications_secret
    DecryptsTheSecretOfWebhooks      = var.webhook_secret
  }

  dynamic "statement" {
    for_each = [for given in each.value[*] : given if given.kms_key_arn != null]

    content {
      sid       = each.key
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
}
