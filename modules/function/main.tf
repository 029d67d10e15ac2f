locals {
  log_group_name = "/aws/lambda/${var.name}"
  # Built from names, which a first plan knows already: it can show the policies that use them.
  log_group_arn = "arn:${var.location.partition}:logs:${var.location.region}:${var.location.account_id}:log-group:${local.log_group_name}"

  # Lambda measures the environment as JSON, in bytes: base64 tells them, where length() would count characters.
  environment_bytes       = floor(length(base64encode(jsonencode(coalesce(var.expected_environment, var.environment)))) / 4 * 3)
  environment_bytes_limit = 4096
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_50:A change's way is told by the event log and by the message ids in the functions' logs.
  #checkov:skip=CKV_AWS_115:The queue before a worker bounds its runs, by maximum_concurrency; where there is none and strangers call, reserved_concurrency does.
  #checkov:skip=CKV_AWS_116:A worker's queue has dead letters; whoever invokes by hand reads the answer, and so does Jira.
  #checkov:skip=CKV_AWS_173:The environment holds no secret, and Lambda encrypts it with a key of its own.
  #checkov:skip=CKV_AWS_272:Zips are known by their checksums; a signing profile would be the estate's.

  function_name     = var.name
  description       = var.description
  role              = module.role.arn
  handler           = var.handler
  runtime           = var.settings.runtime
  architectures     = [var.settings.architecture]
  filename          = local.in_bucket ? null : local.path
  source_code_hash  = !local.in_bucket && fileexists(local.path) ? filebase64sha256(local.path) : null
  s3_bucket         = var.settings.packages.s3_bucket
  s3_key            = local.in_bucket ? local.key : null
  s3_object_version = one([for object in data.aws_s3_object.package : object.version_id if !contains(["", "null"], coalesce(object.version_id, "null"))])
  memory_size       = var.settings.memory_mb
  timeout           = var.timeout_seconds
  tags              = var.tags

  reserved_concurrent_executions = coalesce(var.reserved_concurrency, -1) # none

  environment {
    variables = var.environment
  }

  dynamic "vpc_config" {
    for_each = var.settings.vpc_config[*]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  lifecycle {
    precondition {
      condition     = local.in_bucket || fileexists(local.path)
      error_message = "${local.path} is missing. Take the module from a release archive, which holds the zips; or run ./build.sh in the module's directory; or set lambda_packages = { directory = … } to where they are."
    }

    precondition {
      condition     = local.environment_bytes <= local.environment_bytes_limit
      error_message = "The environment of ${var.name} would hold ${local.environment_bytes} bytes, Lambda takes ${local.environment_bytes_limit}. Shorten jira_create_fields, transition_fields, status_mapping, jira_custom_fields or aws_ca_bundle; what matters less: issue_filter, case_filter, closure_resolutions, name, parameter_prefix, jira_issue_type."
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}
