# Inputs that are objects, with all their keys. Their variables are of the type any, since Terraform drops keys that an
# object type lacks without a word: a misspelt filter would be none at all.

locals {
  # What several variables' values look like. No variable is part of it: else their validations could not use it.
  patterns = {
    email         = "^[^\\s@<>\"“”„«»,;:()\\[\\]\\\\]+@[\\pL\\pN-]+(\\.[\\pL\\pN-]+)+$"
    key_arn       = "^arn:[^:\\s]+:kms:[^:\\s]+:[0-9]{12}:key/\\S+$"
    parameter_arn = "^arn:[^:\\s]+:ssm:[^:\\s]+:[0-9]{12}:parameter(/[A-Za-z0-9_.-]+)+$"
    # Scheduler takes a * for the day of the month or for that of the week, and wants a ? for the other.
    schedule = "^(rate\\([1-9][0-9]* (minute|hour|day)s?\\)|cron\\(([0-9*,/-]+ ){2}([0-9*,/LW-]+ [0-9A-Za-z*,/-]+ \\?|\\? [0-9A-Za-z*,/-]+ [0-9A-Za-z*,/#-]+) [0-9*,/-]+\\))$"
    # Of fields, Jira takes ids: those of its own are words, such as fixVersions.
    field_id = "^(customfield_[0-9]+|[a-z][A-Za-z]*)$"
    # A type, a status or a resolution as Jira shows it: with neither blanks nor quotes around.
    jira_name = "^[^\\s\"“”„«»‘‚](.*\\S)?$"
    tag_key   = "^[\\pL\\pN\\pZ_.:/=+@-]{1,128}$"
    tag_value = "^[\\pL\\pN\\pZ_.:/=+@-]{0,256}$"
  }
}

locals {
  issue_filter = {
    issue_types = coalesce(try(tolist(var.issue_filter.issue_types), null), [])
    labels      = coalesce(try(tolist(var.issue_filter.labels), null), [])
  }

  case_filter = {
    resolver_types    = coalesce(try(tolist(var.case_filter.resolver_types), null), [])
    impacted_accounts = coalesce(try(tolist(var.case_filter.impacted_accounts), null), [])
    engagement_types  = coalesce(try(tolist(var.case_filter.engagement_types), null), [])
    tags              = { for key, value in coalesce(try(tomap(var.case_filter.tags), null), {}) : key => tostring(value) }
  }

  status_mapping = {
    to_jira = { for status, candidates in try(var.status_mapping.to_jira, null) == null ? {} : var.status_mapping.to_jira : status => tolist(candidates) }
    to_case = { for status, meant in try(var.status_mapping.to_case, null) == null ? {} : var.status_mapping.to_case : status => meant }
  }

  jira_webhook = {
    enabled              = coalesce(try(var.jira_webhook.enabled, null), false)
    secret_parameter_arn = try(var.jira_webhook.secret_parameter_arn, null)
    secret_kms_key_arn   = try(var.jira_webhook.secret_kms_key_arn, null)
  }

  jira_token_parameter = one([for given in var.jira_token_parameter[*] : { arn = given.arn, kms_key_arn = try(given.kms_key_arn, null) }])

  in_bucket = try(var.lambda_packages.s3_bucket, null) != null
  packages = {
    in_bucket = local.in_bucket
    directory = local.in_bucket ? null : trimsuffix(coalesce(try(var.lambda_packages.directory, null), "${path.module}/dist"), "/")
    s3_bucket = try(var.lambda_packages.s3_bucket, null)
    s3_prefix = try(var.lambda_packages.s3_prefix, null)
  }

  vpc_config = one([for given in var.vpc_config[*] : { subnet_ids = tolist(given.subnet_ids), security_group_ids = tolist(given.security_group_ids) }])
}
