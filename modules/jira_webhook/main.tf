locals {
  full_name = "${var.name}-jira-webhook"
  # Jira waits for the answer; what has not come by then will not.
  timeout_seconds = 10
  # A run takes some hundredths of a second, so this is hundreds of webhooks a second; and it is all of the account's
  # runs that strangers can ever hold. Jira sends again what is turned away meanwhile (429).
  runs_at_one_time = 5

  environment = merge(var.function.environment, {
    QUEUE_URL                    = var.queue_url
    SECRET_PARAMETER             = local.secret_parameter
    POWERTOOLS_SERVICE_NAME      = local.package
    POWERTOOLS_METRICS_NAMESPACE = var.name
  })
  package = "jira_webhook"
}

module "function" {
  source = "../function"

  name                 = local.full_name
  description          = "Hears Jira's own webhooks and has their issues looked at"
  package              = local.package
  handler              = "${local.package}.handler.handler"
  timeout_seconds      = local.timeout_seconds
  environment          = local.environment
  policy               = var.function.policy
  reserved_concurrency = local.runs_at_one_time
  keyed_services       = ["sqs", "ssm"] # it has no business with the ledger
  settings             = var.function.settings
  location             = var.location
  tags                 = var.tags
}
