# A sweep that does not run leaves no failure behind, so what is watched for is that it runs.

locals {
  # Seconds between two sweeps. A cron schedule may pause for a weekend on purpose, and is not watched.
  sweep_rates = {
    for sweep, schedule in var.sweep_schedules : sweep => one([
      for rate in regexall("^rate\\(([0-9]+) (minute|hour|day)s?\\)$", schedule) :
      tonumber(rate[0]) * { minute = 60, hour = 3600, day = 86400 }[rate[1]]
    ]) if schedule != null
  }
  # How many hours without a sweep are too many: three times its rate, and two at least. CloudWatch looks back seven
  # days at most, so a sweep every third day is not watched.
  sweep_hours = { for sweep, rate in local.sweep_rates : sweep => max(2, ceil(3 * rate / 3600)) if rate == null ? false : rate <= 56 * 3600 }
}

# A case sweep that came to its end has counted the pairs in error. One that begins and fails rings other alarms.
resource "aws_cloudwatch_metric_alarm" "case_sweep" {
  for_each = { for sweep, hours in local.sweep_hours : sweep => hours if sweep == "case-sweep" }

  alarm_name          = "${var.name}-case-sweep"
  alarm_description   = "No case sweep has run for ${each.value} hours. Native events still bring most changes; what they do not tell is not found. Runbook: docs/runbook.md#sweeps"
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  evaluation_periods  = each.value
  treat_missing_data  = "breaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "sweeps"
    label       = "Case sweeps, or tries at one"
    expression  = "IF(FILL(failing, 0) > 0, 1, FILL(swept, 0))"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = { swept = ["PairsInError", "SampleCount"], failing = ["FailingFor", "Maximum"] }

    content {
      id = metric_query.key

      metric {
        namespace   = var.name
        metric_name = metric_query.value[0]
        dimensions  = { service = "security_ir_poller" }
        stat        = metric_query.value[1]
        period      = 3600
      }
    }
  }
}

# The issue sweep leaves no metric of its own behind. In a busy project notifications run the function as well, and
# hide that the sweep does not.
resource "aws_cloudwatch_metric_alarm" "issue_sweep" {
  for_each = { for sweep, hours in local.sweep_hours : sweep => hours if sweep == "issue-sweep" }

  alarm_name          = "${var.name}-issue-sweep"
  alarm_description   = "No issue sweep, and no notification either, has run for ${each.value} hours. What no automation rule tells is not found. Runbook: docs/runbook.md#sweeps"
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = { FunctionName = var.functions["jira_notifications_handler"] }
  statistic           = "Sum"
  period              = 3600
  evaluation_periods  = each.value
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}
