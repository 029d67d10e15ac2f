output "jira_notifications_topic_arn" {
  description = "Topic for Jira Automation to publish to."
  value       = module.security_ir_jira.jira_notifications_topic_arn
}

output "doctor_command" {
  description = "What to run to have the installation checked."
  value       = module.security_ir_jira.doctor_command
}
