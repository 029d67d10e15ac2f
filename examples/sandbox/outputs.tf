output "jira_notifications_topic_arn" {
  description = "SNS topic for Jira Automation's action \"Send message to Amazon SNS topic\"."
  value       = module.security_ir_jira.jira_notifications_topic_arn
}

output "jira_webhook_url" {
  description = "Address for Jira's own webhooks; null unless `jira_webhook` enables them."
  value       = module.security_ir_jira.jira_webhook_url
}

output "event_bus" {
  description = "Event bus that every change of either side is announced on: `name`, `arn`. Other rules may listen to it."
  value       = module.security_ir_jira.event_bus
}

output "event_log_group" {
  description = "Name of the log group that holds every event of the bus."
  value       = module.security_ir_jira.event_log_group
}

output "ledger_table" {
  description = "DynamoDB table that remembers every pair: `name`, `arn`."
  value       = module.security_ir_jira.ledger_table
}

output "functions" {
  description = "`security_ir_poller`, `jira_client`, `jira_notifications_handler`, `security_ir_client` → `name`, `arn`, `role_arn`, `log_group` (a name)."
  value       = module.security_ir_jira.functions
}

output "queues" {
  description = "The same keys → the function's queue: `url`, `arn`, `dead_letter_url`, `dead_letter_arn`."
  value       = module.security_ir_jira.queues
}

output "redrive_commands" {
  description = "The same keys → shell command that puts the function's dead letters back into its queue."
  value       = module.security_ir_jira.redrive_commands
}

output "dashboard_url" {
  description = "Where the dashboard is in the console."
  value       = module.security_ir_jira.dashboard_url
}

output "doctor_command" {
  description = "Shell command that checks the installation from inside, read-only."
  value       = module.security_ir_jira.doctor_command
}

output "resync_command" {
  description = "Shell command that has one pair looked at in full; add a case id or an issue key."
  value       = module.security_ir_jira.resync_command
}

output "backfill_command" {
  description = "Shell command that brings in what the sweeps leave alone; add a direction and an action."
  value       = module.security_ir_jira.backfill_command
}
