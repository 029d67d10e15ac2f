output "jira_notifications_topic_arn" {
  description = "Topic for Jira Automation to publish to."
  value       = module.security_ir_jira.jira_notifications_topic_arn
}

output "functions" {
  description = "The four functions."
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

output "event_log_group" {
  description = "Where every event is logged."
  value       = module.security_ir_jira.event_log_group
}
