# Saved queries for CloudWatch Logs Insights, under Queries in the console. What stands in them as an example is to be
# replaced: 1234567890 by the case's id, SEC-1 and 10001 by the issue's key and id.

locals {
  function_logs = [for function in local.functions : var.workers[function].log_group]

  queries = {
    way-of-a-case = {
      groups = concat(local.function_logs, [var.event_log.group])
      query  = <<-EOT
        fields @timestamp, service, level, message, error, reason, issue_key, `detail-type`, detail.issueKey, detail.status
        | filter case_id = "1234567890" or subject = "1234567890" or detail.caseId = "1234567890"
        | sort @timestamp asc
        | limit 1000
      EOT
    }
    way-of-an-issue = {
      groups = concat(local.function_logs, [var.event_log.group])
      query  = <<-EOT
        fields @timestamp, service, level, message, error, reason, case_id, `detail-type`, detail.caseId, detail.status
        | filter issue_key = "SEC-1" or subject = "SEC-1" or subject = "10001" or issue = "SEC-1" or issue = "10001" or detail.issueKey = "SEC-1" or detail.issueId = "10001"
        | sort @timestamp asc
        | limit 1000
      EOT
    }
    way-of-a-message = {
      groups = concat(local.function_logs, [var.event_log.group])
      query  = <<-EOT
        fields @timestamp, service, level, message, subject, error, reason, `detail-type`, detail.caseId, detail.issueKey
        | filter correlation_id = "00000000-0000-0000-0000-000000000000" or id = "00000000-0000-0000-0000-000000000000"
        | sort @timestamp asc
        | limit 1000
      EOT
    }
    tried-again = {
      groups = local.function_logs
      query  = <<-EOT
        filter message like "to be tried again" or message = "a part has to wait"
        | stats count(*) as tries, latest(@timestamp) as last by service, subject, error, reason
        | sort tries desc
        | limit 100
      EOT
    }
    dead-letters = {
      groups = local.function_logs
      query  = <<-EOT
        filter message = "record can never succeed"
        | stats count(*) as letters, latest(@timestamp) as last by service, reason
        | sort letters desc
        | limit 100
      EOT
    }
    refused = {
      groups = local.function_logs
      query  = <<-EOT
        filter level = "WARNING" and (message like "refused" or message like " not closed" or message like " not deleted" or message like " not withdrawn" or message like " not said" or message like " not name")
        | stats count(*) as times, latest(@timestamp) as last by service, message, case_id, issue_key, reason
        | sort times desc
        | limit 100
      EOT
    }
  }
}

resource "aws_cloudwatch_query_definition" "this" {
  for_each = local.queries

  name            = "${var.name}/${each.key}"
  log_group_names = each.value.groups
  query_string    = trimspace(each.value.query)
}
