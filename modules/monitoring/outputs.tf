output "alarm_actions" {
  description = "ARNs that every alarm calls: the given ones and, where there are addresses, the alarm topic."
  value       = concat(var.alarm_actions, aws_sns_topic.this[*].arn)
}
