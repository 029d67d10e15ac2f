provider "aws" {
  region = var.region
}

module "security_ir_jira" {
  source = "../.."

  jira_email       = var.jira_email
  jira_url         = var.jira_url
  jira_token       = var.jira_token
  jira_project_key = var.jira_project_key
  log_level        = var.log_level

  jira_token_version  = var.jira_token_version
  alarm_emails        = var.alarm_emails
  lambda_packages     = var.lambda_packages
  deletion_protection = var.deletion_protection
}
