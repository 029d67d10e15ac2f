locals {
  # The namespace and the service name are those that the age alarm watches.
  given_environment = merge(var.function.environment, {
    POWERTOOLS_METRICS_NAMESPACE = var.alarms.metrics_namespace
    POWERTOOLS_SERVICE_NAME      = var.function.package
  })
  environment = merge(local.given_environment, {
    QUEUE_URL             = aws_sqs_queue.this.url
    DEAD_LETTER_QUEUE_URL = aws_sqs_queue.dead_letters.url
  })

  # The same size as above, known before the queues are there.
  sqs_url_prefix = "https://sqs.${var.location.region}.${var.location.dns_suffix}/${var.location.account_id}"
  expected_environment = merge(local.given_environment, {
    QUEUE_URL             = "${local.sqs_url_prefix}/${local.queue_name}"
    DEAD_LETTER_QUEUE_URL = "${local.sqs_url_prefix}/${local.dead_letters_name}"
  })
}

module "function" {
  source = "../function"

  name                 = var.name
  description          = var.function.description
  package              = var.function.package
  handler              = "${var.function.package}.handler.handler"
  timeout_seconds      = local.timeout_seconds
  environment          = local.environment
  expected_environment = local.expected_environment
  policy               = data.aws_iam_policy_document.function.json
  settings             = var.function.settings
  location             = var.location
  tags                 = var.tags
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn        = aws_sqs_queue.this.arn
  function_name           = module.function.function.arn
  batch_size              = var.queue.batch_size
  function_response_types = ["ReportBatchItemFailures"]
  tags                    = var.tags

  scaling_config {
    maximum_concurrency = var.queue.maximum_concurrency
  }
}
