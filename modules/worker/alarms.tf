locals {
  # Id → metric.
  explained = { for metric in var.alarms.explained_by : lower(metric) => metric }
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  alarm_name        = "${var.name}-dead-letters"
  alarm_description = "${var.name} has dead letters: messages that wait for somebody. Look at their reasons; when the cause is mended: ${local.redrive_command} Runbook: docs/runbook.md#dead-letters"
  namespace         = "AWS/SQS"
  metric_name       = "ApproximateNumberOfMessagesVisible"
  dimensions        = { QueueName = aws_sqs_queue.dead_letters.name }
  statistic         = "Maximum"
  period            = 60
  # Whoever looks at a dead letter hides it for a minute, which does not end the alarm.
  evaluation_periods  = 5
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags
}

resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name        = "${var.name}-errors"
  alarm_description = "${var.name} crashed or ran out of time; its messages are tried again. See the log group ${module.function.function.log_group}. Runbook: docs/runbook.md#errors"
  namespace         = "AWS/Lambda"
  metric_name       = "Errors"
  dimensions        = { FunctionName = module.function.function.name }
  statistic         = "Sum"
  # What crashes is tried again within 15 minutes: a period without a crash does not end the alarm.
  period              = 15 * 60
  evaluation_periods  = 2
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags
}

# SQS leaves a message that was received three times out of its age, and a failing one is by then seconds old:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
# So the function itself says, at every failed try, how long ago the first one was. While the tries meet a cause that
# has an alarm of its own, that one rings and this one does not. Nor does it where thousands wait, as after a first
# apply, and the queue moves on.
resource "aws_cloudwatch_metric_alarm" "age" {
  alarm_name          = "${var.name}-age"
  alarm_description   = "A message of ${var.name} has waited for 15 minutes in a queue that stands still, or has failed again and again for so long, and no other alarm tells why. See the log group ${module.function.function.log_group}. Runbook: docs/runbook.md#age"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 15 * 60
  # Tries are up to one period apart, and a little more: a period without one does not end the alarm.
  evaluation_periods  = 2
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarms.actions
  ok_actions          = var.alarms.actions
  tags                = var.tags

  metric_query {
    id          = "oldest"
    label       = "Seconds for which a message has waited in a queue that stands still, or has failed"
    expression  = "IF(SUM([${join(", ", [for id in keys(local.explained) : "FILL(${id}, 0)"])}]) > 0, 0, MAX([IF(FILL(done, 0) > 0, 0, FILL(waiting, 0)), FILL(failing, 0)]))"
    return_data = true
  }

  metric_query {
    id = "waiting"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "ApproximateAgeOfOldestMessage"
      dimensions  = { QueueName = aws_sqs_queue.this.name }
      stat        = "Maximum"
      period      = 15 * 60
    }
  }

  metric_query {
    id = "done"

    metric {
      namespace   = "AWS/SQS"
      metric_name = "NumberOfMessagesDeleted"
      dimensions  = { QueueName = aws_sqs_queue.this.name }
      stat        = "Sum"
      period      = 15 * 60
    }
  }

  metric_query {
    id = "failing"

    metric {
      namespace   = var.alarms.metrics_namespace
      metric_name = "FailingFor"
      dimensions  = { service = var.function.package }
      stat        = "Maximum"
      period      = 15 * 60
    }
  }

  dynamic "metric_query" {
    for_each = local.explained

    content {
      id = metric_query.key

      metric {
        namespace   = var.alarms.metrics_namespace
        metric_name = metric_query.value
        dimensions  = { service = var.function.package }
        stat        = "Sum"
        period      = 15 * 60
      }
    }
  }
}
