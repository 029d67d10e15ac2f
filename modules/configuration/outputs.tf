output "environments" {
  description = "Function → its environment variables, besides those that name its own queues."
  value = {
    security_ir_poller         = merge(local.common, { POWERTOOLS_SERVICE_NAME = "security_ir_poller" })
    jira_client                = merge(local.common, local.jira, { POWERTOOLS_SERVICE_NAME = "jira_client" })
    jira_notifications_handler = merge(local.common, local.jira, { POWERTOOLS_SERVICE_NAME = "jira_notifications_handler" })
    security_ir_client         = merge(local.common, local.jira, { POWERTOOLS_SERVICE_NAME = "security_ir_client" })
  }
}
