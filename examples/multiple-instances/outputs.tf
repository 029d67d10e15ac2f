output "jira_notifications_topic_arns" {
  description = "Instance → SNS topic for the automation rules of its project."
  value       = { for name, instance in module.security_ir_jira : name => instance.jira_notifications_topic_arn }
}

output "doctor_commands" {
  description = "Instance → what to run to have it checked."
  value       = { for name, instance in module.security_ir_jira : name => instance.doctor_command }
}

output "dashboard_urls" {
  description = "Instance → where its dashboard is in the console."
  value       = { for name, instance in module.security_ir_jira : name => instance.dashboard_url }
}

output "instances" {
  description = "Instance → all outputs of the module."
  value       = module.security_ir_jira
}
