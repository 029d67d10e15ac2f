# The alarms that belong to no single worker. Each names one cause, and the workers' age alarms are silent while one of
# these causes explains what waits: an expired token rings once.
#
# The functions' own metrics exist for each service (`service` = the function's key) and only while there is something
# to count: so they are summed here, and filled with zeros.

locals {
  functions = sort(keys(var.functions))
  # Who signs in to Jira, and who works on pairs.
  jira_functions = [for function in local.functions : function if function != "security_ir_poller"]
  sinks          = ["jira_client", "security_ir_client"]

  quarter = 15 * 60

  # One metric of the functions' own, of some of them: id → metric.
  unauthorized  = { for function in local.jira_functions : "unauthorized_${function}" => { metric = "JiraUnauthorized", service = function, stat = "Sum" } }
  not_permitted = { for function in local.functions : "not_permitted_${function}" => { metric = "NotPermitted", service = function, stat = "Sum" } }
  side_down     = { for function in local.functions : "side_down_${function}" => { metric = "SideDown", service = function, stat = "Sum" } }
  failing       = { for function in local.functions : "failing_${function}" => { metric = "FailingFor", service = function, stat = "Maximum" } }
  # What keeps every pair waiting and has an alarm of its own.
  explained = merge([
    for metric in ["JiraUnauthorized", "NotPermitted", "SideDown"] :
    { for function in local.sinks : "${lower(metric)}_${function}" => { metric = metric, service = function, stat = "Sum" } }
  ]...)

  zeros = { for name, metrics in {
    unauthorized  = local.unauthorized
    not_permitted = local.not_permitted
    side_down     = local.side_down
    failing       = local.failing
    explained     = local.explained
  } : name => "[${join(", ", [for id in sort(keys(metrics)) : "FILL(${id}, 0)"])}]" }

  causes = {
    jira-credentials = {
      description = "Jira refuses the integration's credentials (401). Everything waits until there is a token that it takes, and nothing is lost."
      expression  = "SUM(${local.zeros.unauthorized})"
      metrics     = local.unauthorized
      # One answer may be a whim of Jira's; a token that is refused is asked with at least every four minutes.
      threshold = 2
      period    = local.quarter
      # Tries with a refused token are up to one period apart: a period without one does not end the alarm.
      periods    = 2
      datapoints = 1
    }
    not-permitted = {
      description = "A service does not let us do our work: a role, a permission in Jira, the project or the membership. It has been so for 15 minutes; what needs it waits."
      # A single refusal is no alarm: a role that was just made is refused for seconds. A message that has failed for
      # 15 minutes is.
      expression = "IF(SUM(${local.zeros.not_permitted}) > 0, MAX(${local.zeros.failing}), 0)"
      metrics    = merge(local.not_permitted, local.failing)
      threshold  = 15 * 60
      period     = local.quarter
      periods    = 2
      datapoints = 1
    }
    side-down = {
      description = "Jira or Security Incident Response has not answered for 15 minutes. Everything waits, one try a minute asks whether it is back, and nothing is lost."
      expression  = "IF(SUM(${local.zeros.side_down}) > 0, MAX(${local.zeros.failing}), 0)"
      metrics     = merge(local.side_down, local.failing)
      threshold   = 15 * 60
      period      = local.quarter
      periods     = 2
      datapoints  = 1
    }
    pairs-in-error = {
      description = "Pairs have been in error for four hours, and neither the credentials nor a permission nor a side that is down explains it. All other pairs are kept in step."
      expression  = "IF(SUM(${local.zeros.explained}) > 0, 0, pairs)"
      metrics     = merge(local.explained, { pairs = { metric = "PairsInError", service = "security_ir_poller", stat = "Minimum" } })
      threshold   = 1
      period      = 3600
      periods     = 4
      datapoints  = 4
    }
    cases-vanished = {
      description = "Most cases, or most issues, went at once: taken for a membership that ended, or a project that was emptied or hidden, not for deletions. Nothing is said or done on the other side."
      expression  = "SUM([FILL(listed, 0), FILL(cases, 0), FILL(issues, 0)])"
      metrics = {
        listed = { metric = "CasesVanished", service = "security_ir_poller", stat = "Sum" }
        cases  = { metric = "CasesVanished", service = "jira_client", stat = "Sum" }
        issues = { metric = "IssuesVanished", service = "security_ir_client", stat = "Sum" }
      }
      threshold  = 1
      period     = local.quarter
      periods    = 2
      datapoints = 1
    }
    delay = {
      description = "For more than half an hour, half of what was written had waited for half an hour or longer. It does arrive, but late."
      # Three windows: what an outage held back is written within minutes after it, which is at most two of them.
      expression = "MAX([FILL(case_to_issue, 0), FILL(issue_to_case, 0)])"
      metrics = {
        case_to_issue = { metric = "Delay", service = "jira_client", stat = "p50" }
        issue_to_case = { metric = "Delay", service = "security_ir_client", stat = "p50" }
      }
      threshold  = 30 * 60
      period     = 30 * 60
      periods    = 3
      datapoints = 3
    }
  }
}

resource "aws_cloudwatch_metric_alarm" "cause" {
  for_each = local.causes

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.description} Runbook: docs/runbook.md#${each.key}"
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = each.value.periods
  datapoints_to_alarm = each.value.datapoints
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags

  metric_query {
    id          = "cause"
    label       = each.key
    expression  = each.value.expression
    return_data = true
  }

  dynamic "metric_query" {
    for_each = each.value.metrics

    content {
      id = metric_query.key

      metric {
        namespace   = var.name
        metric_name = metric_query.value.metric
        dimensions  = { service = metric_query.value.service }
        stat        = metric_query.value.stat
        period      = each.value.period
      }
    }
  }
}

# What the event log did not take. No function works on it, so it is nobody's dead letter.
resource "aws_cloudwatch_metric_alarm" "event_log" {
  alarm_name          = "${var.name}-event-log"
  alarm_description   = "The event log did not take some events; they can be read in its dead-letter queue. Cases and issues are kept in step all the same. Runbook: docs/runbook.md#event-log"
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = var.event_log_dead_letters }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = local.alarm_actions
  ok_actions          = local.alarm_actions
  tags                = var.tags
}
