# Shared by the three functions that talk to Jira.

data "aws_iam_policy_document" "jira_credentials" {
  statement {
    sid       = "ReadsTheJiraCredentials"
    actions   = ["ssm:GetParameters"]
    resources = var.credential_arns
  }

  # SSM's own key needs no permission; somebody's customer key does.
  dynamic "statement" {
    for_each = [for given in var.jira_token_parameter[*] : given if given.kms_key_arn != null]

    content {
      sid       = "DecryptsTheGivenToken"
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
