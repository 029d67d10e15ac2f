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
