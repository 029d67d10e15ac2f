# The bus, its rules, and the event log.

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

  mock_resource "aws_cloudwatch_event_bus" {
    defaults = { arn = "arn:aws:events:eu-central-1:111122223333:event-bus/x" }
  }

  mock_resource "aws_cloudwatch_log_group" {
    defaults = { arn = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/events/x" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:111122223333:x" }
  }
}

variables {
  name               = "x"
  native_events      = true
  log_retention_days = 30

  event_log_resource_policy = "own"
  tags                      = {}
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

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "changes_of_one_side_go_to_the_sink_of_the_other" {
  command = plan

  module {
    source = "./modules/events"
  }

  assert {
    condition = { for function, rule in aws_cloudwatch_event_rule.route : function => [rule.name, jsondecode(rule.event_pattern)] } == {
      jira_client = ["x-jira-client-rule", {
        source      = ["security-ir"]
        detail-type = ["CaseCreated", "CaseUpdated", "CaseClosed", "CaseDeleted"]
      }]
      security_ir_client = ["x-security-ir-client-rule", {
        source      = ["jira"]
        detail-type = ["IssueCreated", "IssueUpdated", "IssueDeleted"]
      }]
    }
    error_message = "A rule hears something else than it should."
  }

  assert {
    condition = { for function, target in aws_cloudwatch_event_target.route : function => target.arn } == {
      jira_client        = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client"
      security_ir_client = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-client"
    }
    error_message = "A rule tells the wrong queue."
  }
}

run "every_event_of_both_directions_is_logged" {
  command = plan

  module {
    source = "./modules/events"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.event_log.event_pattern) == { source = ["jira", "security-ir"] }
    error_message = "The event log misses events."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/events/x" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The event log is elsewhere, or kept for ever."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_cloudwatch_log_resource_policy.this[0].policy_document).Statement : statement if statement.Action == "logs:PutLogEvents"
    ]).Condition == { ArnLike = { "aws:SourceArn" = "arn:aws:events:eu-central-1:111122223333:rule/x/x-event-log-rule" } }
    error_message = "Other rules may write to the event log."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_cloudwatch_log_resource_policy.this[0].policy_document).Statement : statement.Resource == "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/events/x:*"])
    error_message = "The event log's policy opens other log groups."
  }
}

run "instances_may_share_one_policy_for_their_event_logs" {
  command = plan

  module {
    source = "./modules/events"
  }

  variables {
    event_log_resource_policy = "shared"
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_cloudwatch_log_resource_policy.this[0].policy_document).Statement : statement.Resource == "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/events/*:*"
    ])
    error_message = "Another instance's event log is not open to its rule."
  }

  assert {
    condition = one([
      for statement in jsondecode(aws_cloudwatch_log_resource_policy.this[0].policy_document).Statement : statement if statement.Action == "logs:PutLogEvents"
    ]).Condition == { ArnLike = { "aws:SourceArn" = "arn:aws:events:eu-central-1:111122223333:rule/*" } }
    error_message = "Rules of other accounts may write to event logs, or another instance's may not."
  }
}

run "an_instance_may_leave_the_policy_to_another" {
  command = plan

  module {
    source = "./modules/events"
  }

  variables {
    event_log_resource_policy = "none"
  }

  assert {
    condition     = length(aws_cloudwatch_log_resource_policy.this) == 0
    error_message = "One of the ten policies of a Region is taken."
  }
}

run "a_customer_key_encrypts_the_event_log_and_its_dead_letters" {
  command = plan

  module {
    source = "./modules/events"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd"
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-central-1:111122223333:key/abcd" && aws_sqs_queue.event_log_dead_letters.kms_master_key_id == "arn:aws:kms:eu-central-1:111122223333:key/abcd"
    error_message = "Events are kept under another key."
  }
}

run "native_events_about_cases_are_heard_whatever_their_exact_name" {
  command = plan

  module {
    source = "./modules/events"
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.native[0].event_pattern) == { source = ["aws.security-ir"], detail-type = [{ prefix = "Case " }] }
    error_message = "The rule on the default bus hears something else."
  }

  assert {
    condition     = aws_cloudwatch_event_rule.native[0].event_bus_name == "default" && aws_cloudwatch_event_target.native[0].arn == "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller"
    error_message = "The rule is on another bus, or tells the wrong queue."
  }
}

run "an_event_that_a_queue_does_not_take_waits_in_its_dead_letters" {
  command = plan

  module {
    source = "./modules/events"
  }

  assert {
    condition = [for target in [aws_cloudwatch_event_target.route["jira_client"], aws_cloudwatch_event_target.route["security_ir_client"], aws_cloudwatch_event_target.native[0]] : one(target.dead_letter_config).arn] == [
      "arn:aws:sqs:eu-central-1:111122223333:x-jira-client-dead-letters",
      "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-client-dead-letters",
      "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller-dead-letters",
    ]
    error_message = "An event may be lost, or waits where the function's redrive command does not look."
  }

  # Redriven as it is: the function reads the event itself.
  assert {
    condition     = alltrue([for target in concat(values(aws_cloudwatch_event_target.route), aws_cloudwatch_event_target.native) : target.input == null && target.input_path == null && length(target.input_transformer) == 0])
    error_message = "A target changes the event, and its dead letters are no events."
  }

  assert {
    condition = [for statement in jsondecode(aws_sqs_queue.event_log_dead_letters.policy).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "TheEventLogRuleDeadLetters"
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-central-1:111122223333:x-event-log-dead-letters"
      Principal = { Service = "events.amazonaws.com" }
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-central-1:111122223333:rule/x/x-event-log-rule" } }
    }]
    error_message = "The event log's dead letters are open to others, or closed to its rule."
  }
}

run "native_events_can_be_switched_off" {
  command = plan

  module {
    source = "./modules/events"
  }

  variables {
    native_events = false
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.native) == 0 && length(aws_cloudwatch_event_target.native) == 0
    error_message = "The default bus is still listened to."
  }

  # A policy that is taken away altogether stays as it was: the plan is empty, and the queue another than it says.
  assert {
    condition     = output.senders["security_ir_poller"][*].arn == ["arn:aws:events:eu-central-1:111122223333:rule/x-native-events-rule"]
    error_message = "The queue of security_ir_poller would be without a policy."
  }
}

# What only an apply knows, the addresses of what it made. Nothing is made: each resource is a mock.
run "an_event_that_the_log_does_not_take_waits_in_its_dead_letters" {
  providers = {
    aws = aws.mocked
  }

  module {
    source = "./modules/events"
  }

  assert {
    condition     = one(aws_cloudwatch_event_target.event_log.dead_letter_config).arn == aws_sqs_queue.event_log_dead_letters.arn
    error_message = "An event that the log does not take is lost."
  }
}
