# What only an apply knows: the addresses of what it made. Nothing is made: each resource is a mock. Terraform could
# override an address at plan (override_during), OpenTofu has no word for that; both mock an apply.

mock_provider "aws" {
  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_cloudwatch_event_bus" {
    defaults = { arn = "arn:aws:events:eu-central-1:111122223333:event-bus/x" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/events/x" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/x" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-central-1:111122223333:function:x" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:111122223333:x-alarms" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:111122223333:x" }
  }
}

variables {
  name = "x"
  tags = {}

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "the_function_is_told_what_it_is_given_and_what_the_worker_knows" {
  module {
    source = "./modules/worker"
  }

  variables {
    name = "x-jira-client"
    tags = { team = "soc" }

    function = {
      description = "Brings issues up to what their cases say"
      package     = "jira_client"
      environment = { LEDGER_TABLE = "x-ledger" }
      policy      = jsonencode({ Version = "2012-10-17", Statement = [] })
      settings = {
        packages           = { in_bucket = false, directory = "tests/terraform/fixtures/packages", s3_bucket = null, s3_prefix = null }
        runtime            = "python3.13"
        architecture       = "arm64"
        memory_mb          = 256
        log_retention_days = 30
        kms_key_arn        = null
        vpc_config         = null
        role               = { path = "/", permissions_boundary_arn = null }
      }
    }

    queue = {
      senders             = [{ sid = "BusRuleDelivers", service = "events.amazonaws.com", arn = "arn:aws:events:eu-central-1:111122223333:rule/x/x-jira-client-rule" }]
      batch_size          = 5
      maximum_concurrency = 4
    }

    alarms = {
      actions           = ["arn:aws:sns:eu-central-1:111122223333:x-alarms"]
      metrics_namespace = "x"
      explained_by      = ["JiraUnauthorized", "NotPermitted", "SideDown"]
    }
  }

  assert {
    condition = tomap(output.environment) == tomap({
      LEDGER_TABLE                 = "x-ledger"
      POWERTOOLS_METRICS_NAMESPACE = "x"
      POWERTOOLS_SERVICE_NAME      = "jira_client"
      QUEUE_URL                    = aws_sqs_queue.this.url
      DEAD_LETTER_QUEUE_URL        = aws_sqs_queue.dead_letters.url
    })
    error_message = "The function is told more, less, or other than it is given: or writes its metrics where no alarm looks."
  }

  assert {
    condition     = aws_sqs_queue.this.url != aws_sqs_queue.dead_letters.url
    error_message = "Both queues have one address: the assertion above could not tell them apart."
  }
}

run "an_event_that_the_log_does_not_take_waits_in_its_dead_letters" {
  module {
    source = "./modules/events"
  }

  variables {
    native_events      = true
    log_retention_days = 30

    event_log_resource_policy = "own"
    queue_arns = {
      security_ir_poller = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller"
      jira_client        = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client"
      security_ir_client = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-client"
    }
    dead_letter_arns = {
      security_ir_poller = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller-dead-letters"
      jira_client        = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client-dead-letters"
      security_ir_client = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-client-dead-letters"
    }
  }

  assert {
    condition     = one(aws_cloudwatch_event_target.event_log.dead_letter_config).arn == aws_sqs_queue.event_log_dead_letters.arn
    error_message = "An event that the log does not take is lost."
  }
}

run "every_alarm_tells_when_it_is_over_and_where_to_read_on" {
  module {
    source = "./modules/monitoring"
  }

  variables {
    alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:on-call"]
    alarm_emails  = ["soc@example.com", "ciso@example.com"]

    event_log_dead_letters = "x-event-log-dead-letters"
    sweep_schedules        = { case-sweep = "rate(5 minutes)", issue-sweep = "rate(2 hours)" }
    functions = {
      security_ir_poller         = "x-security-ir-poller"
      jira_notifications_handler = "x-jira-notifications-handler"
      jira_client                = "x-jira-client"
      security_ir_client         = "x-security-ir-client"
    }
  }

  assert {
    condition = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.cause), values(aws_cloudwatch_metric_alarm.case_sweep), values(aws_cloudwatch_metric_alarm.issue_sweep), [aws_cloudwatch_metric_alarm.event_log]) :
      alarm.alarm_actions == toset(output.alarm_actions) && alarm.ok_actions == toset(output.alarm_actions) && length(alarm.alarm_description) <= 1024
    ])
    error_message = "An alarm tells nobody, or does not tell when it is over."
  }

  assert {
    condition     = alltrue([for cause, alarm in aws_cloudwatch_metric_alarm.cause : endswith(alarm.alarm_description, " Runbook: docs/runbook.md#${cause}")])
    error_message = "An alarm does not name its page."
  }

  assert {
    condition     = length(output.alarms) == 9 && alltrue([for name in output.alarms : startswith(name, "x-")])
    error_message = "The module does not name all of its alarms, or one could not publish to the topic."
  }
}
