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
  jira_browse_url    = var.jira_browse_url

  jira_issue_type     = var.jira_issue_type
  jira_create_fields  = var.jira_create_fields
  jira_custom_fields  = var.jira_custom_fields
  status_mapping      = var.status_mapping
  transition_fields   = var.transition_fields
  closure_resolutions = var.closure_resolutions
  conflict_winner     = var.conflict_winner

  create_cases_from_jira = var.create_cases_from_jira
  issue_filter           = var.issue_filter
  backfill_closed_cases  = var.backfill_closed_cases

  close_case_when_done     = var.close_case_when_done
  sync_watchers            = var.sync_watchers
  sync_attachments         = var.sync_attachments
  sync_restricted_comments = var.sync_restricted_comments
  on_case_deleted          = var.on_case_deleted
  on_issue_deleted         = var.on_issue_deleted

  native_events        = var.native_events
  case_sweep_schedule  = var.case_sweep_schedule
  issue_sweep_schedule = var.issue_sweep_schedule

  lambda_packages  = { directory = var.packages_directory }
  lambda_memory_mb = var.lambda_memory_mb

  log_level           = var.log_level
  alarm_emails        = var.alarm_emails
  deletion_protection = false
}
