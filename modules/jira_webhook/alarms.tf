# A crash, and what the function itself could not pass on: neither leaves a message behind that could be looked at.
resource "aws_cloudwatch_metric_alarm" "errors" {
  alarm_name          = "${local.full_name}-errors"
  alarm_description   = "${local.full_name} could not pass Jira's webhooks on: it crashed, could not read its secret, or the queue refused. Jira tries again, up to five times; then the sweep finds what changed. See the log group ${module.function.function.log_group}. Runbook: docs/runbook.md#webhooks"
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  # Jira tries again after 5 to 15 minutes: a period without a try does not end the alarm.
  evaluation_periods  = 2
  datapoints_to_alarm = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = var.alarm_actions
  ok_actions          = var.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "lost"
    label       = "Webhooks that were not passed on"
    expression  = "FILL(errors, 0) + FILL(failed, 0)"
    return_data = true
  }

  metric_query {
    id = "errors"

    metric {
      namespace   = "AWS/Lambda"
      metric_name = "Errors"
      dimensions  = { FunctionName = module.function.function.name }
      stat        = "Sum"
      period      = 15 * 60
    }
  }

  metric_query {
    id = "failed"

    metric {
      namespace   = var.name
      metric_name = "WebhooksFailed"
      dimensions  = { service = local.package }
      stat        = "Sum"
      period      = 15 * 60
    }
  }
}
