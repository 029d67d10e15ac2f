provider "aws" {
  region = var.region
}

module "security_ir_jira" {
  source = "../.."

  jira_url         = "https://your-company.atlassian.net"
  jira_email       = "jira-bot@example.com"
  jira_project_key = "SEC"
  jira_token       = var.jira_token

  alarm_emails = ["soc@example.com"]
}
