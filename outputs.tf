output "jira_notifications_topic_arn" {
  description = "SNS topic for Jira Automation's action \"Send message to Amazon SNS topic\"."
  value       = module.notifications.topic_arn
}

output "jira_webhook_url" {
  description = "Address for Jira's own webhooks; null unless `jira_webhook` enables them."
  value       = one(module.jira_webhook[*].url)
}

output "event_bus" {
  description = "Event bus that every change of either side is announced on: `name`, `arn`. Other rules may listen to it."
  value       = module.events.bus
}

output "event_log_group" {
  description = "Name of the log group that holds every event of the bus."
  value       = module.events.event_log_group
}

output "ledger_table" {
  description = "DynamoDB table that remembers every pair: `name`, `arn`."
  value       = module.ledger.table
}

output "functions" {
  description = "`security_ir_poller`, `jira_client`, `jira_notifications_handler`, `security_ir_client`, and `jira_webhook` where it is enabled → `name`, `arn`, `role_arn`, `log_group` (a name)."
  value       = merge({ for function, worker in module.worker : function => worker.function }, { for webhook in module.jira_webhook : "jira_webhook" => webhook.function })
}

output "queues" {
  description = "The four that have a queue → the queue: `url`, `arn`, `dead_letter_url`, `dead_letter_arn`."
  value       = { for function, worker in module.worker : function => { for name in ["url", "arn", "dead_letter_url", "dead_letter_arn"] : name => worker.queue[name] } }
}

output "redrive_commands" {
  description = "The same keys → shell command that puts the function's dead letters back into its queue."
  value       = { for function, worker in module.worker : function => worker.redrive_command }
}

output "dashboard_url" {
  description = "Where the dashboard is in the console; null with `dashboard_enabled = false`."
  value       = module.dashboard.url
}

output "doctor_command" {
  description = "Shell command that checks the installation from inside, read-only, and prints a report: findings, and what mends each."
  value       = module.operations.commands.doctor
}

output "resync_command" {
  description = "Shell command that has both sides of one pair looked at in full; add a case id or an issue key: `eval \"$(terraform output -raw resync_command) SEC-1\"`."
  value       = module.operations.commands.resync
}

output "backfill_command" {
  description = "Shell command that brings in what the sweeps leave alone; add `issues` (older than the module) or `cases` (closed ones), and `start`, `status`, `pause` or `resume`. Alone it prints how far both are."
  value       = module.operations.commands.backfill
}

output "kms_key_policy_json" {
  description = "Policy (JSON) for the key of `kms_key_arn`: what each service and the account's own policies need. It does not depend on the key."
  value       = data.aws_iam_policy_document.kms_key.json
}
