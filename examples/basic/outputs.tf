output "jira_notifications_topic_arn" {
  description = "SNS topic for Jira Automation's action \"Send message to Amazon SNS topic\"."
  value       = module.security_ir_jira.jira_notifications_topic_arn
}

output "event_bus" {
  description = "Event bus that every change of either side is announced on."
  value       = module.security_ir_jira.event_bus
}

output "event_log_group" {
  description = "Log group that holds every event of the bus."
  value       = module.security_ir_jira.event_log_group
}

output "ledger_table" {
  description = "DynamoDB table that remembers every pair."
  value       = module.security_ir_jira.ledger_table
}

output "functions" {
  description = "The functions."
  value       = module.security_ir_jira.functions
}

output "queues" {
  description = "Their queues."
  value       = module.security_ir_jira.queues
}

output "redrive_commands" {
  description = "What to run when dead letters are to be tried again."
  value       = module.security_ir_jira.redrive_commands
}

output "dashboard_url" {
  description = "Where the dashboard is in the console."
  value       = module.security_ir_jira.dashboard_url
}

output "doctor_command" {
  description = "What to run to have the installation checked."
  value       = module.security_ir_jira.doctor_command
}

output "resync_command" {
  description = "What to run, with a case id or an issue key added, to have one pair looked at in full."
  value       = module.security_ir_jira.resync_command
}

output "backfill_command" {
  description = "What to run, with `issues` or `cases` and `start` added, to bring in what was there before."
  value       = module.security_ir_jira.backfill_command
}

output "kms_key_policy_json" {
  description = "Policy of a customer key, if there is to be one."
  value       = module.security_ir_jira.kms_key_policy_json
}
