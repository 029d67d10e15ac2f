# What Jira signs by: made here and kept in no state and no plan, or somebody else's.

locals {
  secret_parameter = coalesce(var.secret.parameter_arn, var.secret.name)
}

ephemeral "aws_secretsmanager_random_password" "this" {
  count = var.secret.parameter_arn == null ? 1 : 0

  password_length     = 64
  exclude_punctuation = true
}

# Each plan draws another password, and only the first is written. A new one: terraform apply -replace=…
resource "aws_ssm_parameter" "this" {
  count = var.secret.parameter_arn == null ? 1 : 0

  name             = var.secret.name
  description      = "Secret that Jira signs its webhooks to ${var.name} by"
  type             = "SecureString"
  key_id           = var.secret.kms_key_arn
  value_wo         = one(ephemeral.aws_secretsmanager_random_password.this[*].random_password)
  value_wo_version = 1
  tags             = var.tags
}
