output "function" {
  description = "The function: `name`, `arn`, `role_arn`, and `log_group` (a name)."
  value       = module.function.function
}

output "queue" {
  description = "The queue and its dead letters: `name`, `url`, `arn`, `dead_letter_name`, `dead_letter_url`, `dead_letter_arn`."
  value = {
    name             = aws_sqs_queue.this.name
    url              = aws_sqs_queue.this.url
    arn              = aws_sqs_queue.this.arn
    dead_letter_name = aws_sqs_queue.dead_letters.name
    dead_letter_url  = aws_sqs_queue.dead_letters.url
    dead_letter_arn  = aws_sqs_queue.dead_letters.arn
  }
}

output "environment" {
  description = "What the function is told: its environment variables, of which a first plan does not know the addresses of the queues."
  value       = local.environment
}

output "redrive_command" {
  description = "Shell command that puts the dead letters back into the queue."
  value       = local.redrive_command
}

output "alarms" {
  description = "What it watches (`dead_letters`, `age`, `errors`) → the alarm's name."
  value = {
    dead_letters = aws_cloudwatch_metric_alarm.dead_letters.alarm_name
    age          = aws_cloudwatch_metric_alarm.age.alarm_name
    errors       = aws_cloudwatch_metric_alarm.errors.alarm_name
  }
}
