locals {
  full_name = "${var.name}-operations"
  # The doctor waits for one answer after the other.
  timeout_seconds = 300

  environment = merge(var.function.environment, {
    INSTALLATION = jsonencode({
      partition     = var.location.partition
      dns_suffix    = var.location.dns_suffix
      native_events = var.installation.native_events
      jira_webhook  = var.installation.jira_webhook
      schedules     = var.installation.schedules
    })
    POWERTOOLS_SERVICE_NAME = "operations"
  })
}

module "function" {
  source = "../function"

  name            = local.full_name
  description     = "Doctor, resync and backfill, invoked by hand; writes neither Jira nor cases"
  package         = "security_ir_client" # each zip holds what all functions share
  handler         = "security_ir_jira.shell.operations.handler"
  timeout_seconds = local.timeout_seconds
  environment     = local.environment
  policy          = var.function.policy
  settings        = var.function.settings
  location        = var.location
  tags            = var.tags
}
