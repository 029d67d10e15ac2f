# Inputs that are objects, with all their keys. Their variables are of the type any, since Terraform drops keys that an
# object type lacks without a word: a misspelt filter would be none at all.

locals {
  issue_filter = {
    issue_types = coalesce(try(tolist(var.issue_filter.issue_types), null), [])
    labels      = coalesce(try(tolist(var.issue_filter.labels), null), [])
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
