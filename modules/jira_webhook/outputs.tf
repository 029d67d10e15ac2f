output "url" {
  description = "Address that Jira's webhook calls."
  value       = aws_lambda_function_url.this.function_url
}

output "function" {
  description = "The function: `name`, `arn`, `role_arn`, and `log_group` (a name)."
  value       = module.function.function
}

output "alarms" {
  description = "What it watches (`errors`) → the alarm's name."
  value       = { errors = aws_cloudwatch_metric_alarm.errors.alarm_name }
}

output "environment" {
  description = "What the function is told: its environment variables, of which a first plan does not know the address of the queue."
  value       = local.environment
}
