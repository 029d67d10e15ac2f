output "policies" {
  description = "Function → policy document (JSON)."
  value = {
    security_ir_poller         = data.aws_iam_policy_document.security_ir_poller.json
    jira_client                = data.aws_iam_policy_document.jira_client.json
    jira_notifications_handler = data.aws_iam_policy_document.jira_notifications_handler.json
    security_ir_client         = data.aws_iam_policy_document.security_ir_client.json
  }
}

output "jira_webhook_policy" {
  description = "Policy document (JSON) of the function that hears Jira's own webhooks."
  value       = data.aws_iam_policy_document.jira_webhook.json
}

output "operations_policy" {
  description = "Policy document (JSON) of the function that people invoke."
  value       = data.aws_iam_policy_document.operations.json
}
