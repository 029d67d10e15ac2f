# The module as the sandbox applies it. The endpoint of every service comes from the variable AWS_ENDPOINT_URL.
provider "aws" {
  region                      = var.region
  access_key                  = "test" # the local AWS takes any
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}

module "security_ir_jira" {
  source = "../.."

  name             = var.name
  jira_url         = var.jira_url
  jira_email       = var.jira_email
  jira_project_key = var.jira_project_key
  jira_token       = var.jira_token
  jira_auth        = var.jira_auth

  jira_token_version = var.jira_token_version

  jira_issue_type    = var.jira_issue_type
  jira_create_fields = var.jira_create_fields
  status_mapping     = var.status_mapping

  native_events        = var.native_events
  case_sweep_schedule  = var.case_sweep_schedule
  issue_sweep_schedule = var.issue_sweep_schedule

  lambda_packages = { directory = var.packages_directory }

  log_level           = var.log_level
  alarm_emails        = var.alarm_emails
  deletion_protection = false
}
