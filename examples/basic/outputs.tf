output "jira_notifications_topic_arn" {
  description = "Topic for Jira Automation to publish to."
  value       = module.security_ir_jira.jira_notifications_topic_arn
}
