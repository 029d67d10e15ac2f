locals {
  package_path = "${var.function.packages_directory}/${var.function.package}.zip"

  # The namespace and the service name are those that the age alarm watches.
  given_environment = merge(var.function.environment, {
    POWERTOOLS_METRICS_NAMESPACE = var.alarms.metrics_namespace
    POWERTOOLS_SERVICE_NAME      = var.function.package
  })
  environment = merge(local.given_environment, {
    QUEUE_URL             = aws_sqs_queue.this.url
    DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead_letters.url
  })

  # The same size as above, known before the queues are there. Lambda measures the whole as JSON, in bytes: base64
  # tells them, where length() would count characters.
  sqs_url_prefix = "https://sqs.${var.location.region}.${var.location.dns_suffix}/${var.location.account_id}"
  expected_environment = merge(local.given_environment, {
    QUEUE_URL             = "${local.sqs_url_prefix}/${local.queue_name}"
    DEAD_LETTER_QUEUE_URL = "${local.sqs_url_prefix}/${local.dead_letters_name}"
  })
  environment_bytes       = floor(length(base64encode(jsonencode(local.expected_environment))) / 4 * 3)
  environment_bytes_limit = 4096
}

# Made before the function: Lambda would make a group that keeps everything for ever, and Terraform could not take it over.
resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group_name
  retention_in_days = var.function.log_retention_days
  tags              = var.tags
}

resource "aws_lambda_function" "this" {
  function_name    = var.name
  description      = var.function.description
  role             = module.role.arn
  handler          = "${var.function.package}.handler.handler"
  runtime          = var.function.runtime
  architectures    = [var.function.architecture]
  filename         = local.package_path
  source_code_hash = fileexists(local.package_path) ? filebase64sha256(local.package_path) : null
  memory_size      = var.function.memory_mb
  timeout          = local.timeout_seconds
  tags             = var.tags

  environment {
    variables = local.environment
  }

  lifecycle {
    precondition {
      condition     = fileexists(local.package_path)
      error_message = "${local.package_path} is missing. Run ./build.sh in the module's directory, or set lambda_packages = { directory = … } to where the zips are."
    }

    precondition {
      condition     = local.environment_bytes <= local.environment_bytes_limit
      error_message = "The environment of ${var.name} would hold ${local.environment_bytes} bytes, Lambda takes ${local.environment_bytes_limit}. Shorten jira_create_fields, transition_fields, status_mapping, jira_custom_fields or aws_ca_bundle; what matters less: issue_filter, closure_resolutions, name, parameter_prefix, jira_issue_type."
    }
  }

  depends_on = [aws_cloudwatch_log_group.this]
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = aws_sqs_queue.this.arn
  function_name           = aws_lambda_function.this.arn
  batch_size              = var.queue.batch_size
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = var.queue.maximum_concurrency
  }
}
