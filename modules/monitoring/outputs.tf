output "alarm_actions" {
  description = "ARNs that every alarm calls: the given ones and, where there are addresses, the alarm topic."
  value       = local.alarm_actions
}

output "alarms" {
  description = "Names of the alarms that belong to no single worker."
  value = concat(
    values(aws_cloudwatch_metric_alarm.cause)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.case_sweep)[*].alarm_name,
    values(aws_cloudwatch_metric_alarm.issue_sweep)[*].alarm_name,
    [aws_cloudwatch_metric_alarm.event_log.alarm_name],
  )
}
