provider "aws" {
  region = var.region
}

# One instance a team: its own project, its own filters, its own resources. Which issues become cases, and which cases become
# issues, is the filters' to say.
module "security_ir_jira" {
  source   = "../.."
  for_each = var.teams

  name = each.key

  jira_email       = var.jira_email
  jira_url         = var.jira_url
  jira_token       = var.jira_token
  jira_project_key = each.value.jira_project_key
  jira_issue_type  = each.value.jira_issue_type
  issue_filter     = each.value.issue_filter
  case_filter      = each.value.case_filter

  jira_token_version = var.jira_token_version

  # CloudWatch Logs takes ten resource policies in a Region: the first instance makes one for all.
  event_log_resource_policy = each.key == sort(keys(var.teams))[0] ? "shared" : "none"

  alarm_emails        = each.value.alarm_emails
  lambda_packages     = var.lambda_packages
  deletion_protection = var.deletion_protection
}
