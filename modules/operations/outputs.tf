output "function" {
  description = "The function: `name`, `arn`, `role_arn`, and `log_group` (a name)."
  value       = module.function.function
}

output "commands" {
  description = "Shell commands: `doctor`; `resync`, to which a case id or issue key is added; `backfill`, to which a direction and an action are added."
  value = {
    doctor   = local.doctor_command
    resync   = local.resync_command
    backfill = local.backfill_command
  }
}

output "environment" {
  description = "What the function is told: its environment variables."
  value       = local.environment
}
