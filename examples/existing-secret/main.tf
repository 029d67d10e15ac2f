provider "aws" {
  region = var.region
}

# Somebody else keeps both secrets and rotates them; Terraform reads neither.
module "security_ir_jira" {
  source = "../.."

  jira_email           = var.jira_email
  jira_url             = var.jira_url
  jira_project_key     = var.jira_project_key
  jira_token_parameter = { arn = var.token_parameter_arn, kms_key_arn = var.secrets_kms_key_arn }

  notifications_shared_secret_parameter_arn = var.notifications_secret_parameter_arn
  notifications_shared_secret_kms_key_arn   = var.secrets_kms_key_arn

  alarm_emails        = var.alarm_emails
  lambda_packages     = var.lambda_packages
  deletion_protection = var.deletion_protection
}
