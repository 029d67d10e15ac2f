# The three that are no secret are written as ordinary values, so that a plan shows when one changes.

resource "aws_ssm_parameter" "jira_url" {
  name        = "${var.parameter_prefix}/jiraUrl"
  description = "Jira's REST API of ${var.name}"
  type        = "SecureString"
  key_id      = var.kms_key_arn
  value       = var.jira_url
  tags        = var.tags
}

resource "aws_ssm_parameter" "jira_email" {
  name        = "${var.parameter_prefix}/jiraEmail"
  description = "Jira account of ${var.name}"
  type        = "SecureString"
  key_id      = var.kms_key_arn
  value       = var.jira_email
  tags        = var.tags
}

resource "aws_ssm_parameter" "jira_project_key" {
  name        = "${var.parameter_prefix}/jiraProjectKey"
  description = "Jira project of ${var.name}"
  type        = "SecureString"
  key_id      = var.kms_key_arn
  value       = var.jira_project_key
  tags        = var.tags
}

resource "aws_ssm_parameter" "jira_token" {
  # An ephemeral token cannot drive count; that somebody else's parameter is given can.
  count = var.jira_token_parameter == null ? 1 : 0

  name             = "${var.parameter_prefix}/jiraToken"
  description      = "Jira API token of ${var.name}"
  type             = "SecureString"
  key_id           = var.kms_key_arn
  value_wo         = var.jira_token
  value_wo_version = var.jira_token_version
  tags             = var.tags
}

locals {
  own_names = merge(
    {
      url         = aws_ssm_parameter.jira_url.name
      email       = aws_ssm_parameter.jira_email.name
      project_key = aws_ssm_parameter.jira_project_key.name
    },
    { for parameter in aws_ssm_parameter.jira_token : "token" => parameter.name },
  )
  # Built from names, which a first plan knows already: it can show the policies that use them.
  own_arns = [
    for name in values(local.own_names) :
    "arn:${var.location.partition}:ssm:${var.location.region}:${var.location.account_id}:parameter${name}"
  ]
}
