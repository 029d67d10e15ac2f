# Who is told of alarms, and of what.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

mock_provider "aws" {
  alias = "mocked"

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_sns_topic" {
    defaults = { arn = "arn:aws:sns:eu-central-1:111122223333:x-alarms" }
  }
}

variables {
  name          = "x"
  alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:on-call"]
  alarm_emails  = ["soc@example.com", "ciso@example.com"]
  tags          = {}

  event_log_dead_letters = "x-event-log-dead-letters"
  sweep_schedules        = { case-sweep = "rate(5 minutes)", issue-sweep = "rate(2 hours)" }
  functions = {
    security_ir_poller         = "x-security-ir-poller"
    jira_notifications_handler = "x-jira-notifications-handler"
    jira_client                = "x-jira-client"
    security_ir_client         = "x-security-ir-client"
  }

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "fault_24_every_address_is_subscribed_to_the_alarm_topic" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.email : subscription.endpoint]) == toset(["soc@example.com", "ciso@example.com"])
    error_message = "An address is not subscribed."
  }

  assert {
    condition     = length(output.alarm_actions) == 2
    error_message = "Alarms do not call both the given action and the topic."
  }

  assert {
    condition = one([for statement in jsondecode(aws_sns_topic.this[0].policy).Statement : statement if statement.Effect == "Allow"]).Condition == {
      ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:x-*" }
      StringEquals = { "aws:SourceAccount" = "111122223333" }
    }
    error_message = "Others than our alarms may publish."
  }
}

run "without_addresses_there_is_no_topic" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    alarm_emails = []
  }

  assert {
    condition     = length(aws_sns_topic.this) == 0 && join(",", output.alarm_actions) == "arn:aws:sns:eu-central-1:111122223333:on-call"
    error_message = "A topic is made for nobody."
  }
}

run "each_cause_is_asked_for_in_every_function_that_can_meet_it" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition = jsonencode({ for cause, alarm in aws_cloudwatch_metric_alarm.cause : cause => sort(distinct([for query in alarm.metric_query : "${query.metric[0].metric_name} ${query.metric[0].dimensions.service}" if length(query.metric) > 0])) }) == jsonencode({
      jira-credentials = ["JiraUnauthorized jira_client", "JiraUnauthorized jira_notifications_handler", "JiraUnauthorized security_ir_client"]
      not-permitted = [
        "FailingFor jira_client", "FailingFor jira_notifications_handler", "FailingFor security_ir_client", "FailingFor security_ir_poller",
        "NotPermitted jira_client", "NotPermitted jira_notifications_handler", "NotPermitted security_ir_client", "NotPermitted security_ir_poller",
      ]
      side-down = [
        "FailingFor jira_client", "FailingFor jira_notifications_handler", "FailingFor security_ir_client", "FailingFor security_ir_poller",
        "SideDown jira_client", "SideDown jira_notifications_handler", "SideDown security_ir_client", "SideDown security_ir_poller",
      ]
      pairs-in-error = [
        "JiraUnauthorized jira_client", "JiraUnauthorized security_ir_client", "NotPermitted jira_client", "NotPermitted security_ir_client",
        "PairsInError security_ir_poller", "SideDown jira_client", "SideDown security_ir_client",
      ]
      cases-vanished = ["CasesVanished jira_client", "CasesVanished security_ir_poller", "IssuesVanished security_ir_client"]
      delay          = ["Delay jira_client", "Delay security_ir_client"]
    })
    error_message = "An alarm misses a function, or watches what is not written."
  }

  # CloudWatch takes ten metrics in an alarm, and every name in an expression must be one of them.
  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.cause :
      length([for query in alarm.metric_query : query if length(query.metric) > 0]) <= 10
      && toset(flatten(regexall("[a-z][a-z0-9_]+", one([for query in alarm.metric_query : query.expression if query.return_data == true])))) == toset([for query in alarm.metric_query : query.id if length(query.metric) > 0])
    ])
    error_message = "An alarm's expression names other metrics than the alarm has."
  }

  assert {
    condition = { for cause, alarm in aws_cloudwatch_metric_alarm.cause : cause => [alarm.threshold, distinct([for query in alarm.metric_query : query.metric[0].period if length(query.metric) > 0])[0], alarm.datapoints_to_alarm, alarm.evaluation_periods] } == {
      jira-credentials = [2, 900, 1, 2]
      not-permitted    = [900, 900, 1, 2]
      side-down        = [900, 900, 1, 2]
      pairs-in-error   = [1, 3600, 4, 4]
      cases-vanished   = [1, 900, 1, 2]
      delay            = [1800, 1800, 3, 3]
    }
    error_message = "An alarm rings at another moment than the runbook says."
  }
}

run "a_sweep_that_does_not_run_rings_after_three_times_its_rate" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.case_sweep["case-sweep"].evaluation_periods == 2 && aws_cloudwatch_metric_alarm.issue_sweep["issue-sweep"].evaluation_periods == 6
    error_message = "A sweep is missed too early or too late."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.case_sweep["case-sweep"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.issue_sweep["issue-sweep"].treat_missing_data == "breaching"
    error_message = "Silence is taken for health."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.issue_sweep["issue-sweep"].dimensions == tomap({ FunctionName = "x-jira-notifications-handler" })
    error_message = "Another function is watched."
  }
}

run "a_sweep_that_is_off_or_pauses_on_purpose_is_not_missed" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    sweep_schedules = { case-sweep = null, issue-sweep = "cron(0/5 8-18 ? * MON-FRI *)" }
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.case_sweep) == 0 && length(aws_cloudwatch_metric_alarm.issue_sweep) == 0
    error_message = "An alarm would ring for a sweep that nobody wants."
  }
}

run "a_sweep_too_seldom_for_cloudwatch_is_not_missed" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    sweep_schedules = { case-sweep = "rate(56 hours)", issue-sweep = "rate(3 days)" }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.case_sweep["case-sweep"].evaluation_periods == 168 && length(aws_cloudwatch_metric_alarm.issue_sweep) == 0
    error_message = "CloudWatch would refuse the alarm, or a sweep is not watched that could be."
  }
}

run "a_customer_key_encrypts_the_alarm_topic" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd"
  }

  assert {
    condition     = aws_sns_topic.this[0].kms_master_key_id == "arn:aws:kms:eu-central-1:111122223333:key/abcd"
    error_message = "Alarms are kept under another key."
  }
}

# What only an apply knows, the addresses of what it made. Nothing is made: each resource is a mock.
run "every_alarm_tells_when_it_is_over_and_where_to_read_on" {
  providers = {
    aws = aws.mocked
  }

  module {
    source = "./modules/monitoring"
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
