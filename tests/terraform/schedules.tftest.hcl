# Schedules of the sweeps.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "x"
  role_limits = { path = "/", permissions_boundary_arn = null }
  tags        = {}
  sweeps = {
    case-sweep  = { description = "Cases", schedule = "rate(5 minutes)", queue_arn = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller", dead_letter_arn = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller-dead-letters", message = { sweep = "cases" } }
    issue-sweep = { description = "Issues", schedule = "rate(15 minutes)", queue_arn = "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler", dead_letter_arn = "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler-dead-letters", message = { sweep = "issues" } }
  }

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "each_sweep_is_one_message_into_one_queue" {
  command = plan

  module {
    source = "./modules/schedules"
  }

  assert {
    condition = { for sweep, schedule in aws_scheduler_schedule.sweep : sweep => [schedule.name, schedule.schedule_expression, schedule.target[0].arn, schedule.target[0].input] } == {
      case-sweep  = ["x-case-sweep", "rate(5 minutes)", "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller", "{\"sweep\":\"cases\"}"]
      issue-sweep = ["x-issue-sweep", "rate(15 minutes)", "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler", "{\"sweep\":\"issues\"}"]
    }
    error_message = "A sweep is scheduled in another way."
  }

  assert {
    condition = jsondecode(data.aws_iam_policy_document.schedules.json).Statement == [
      {
        Sid    = "SchedulesRingTheSweepsQueues"
        Effect = "Allow"
        Action = "sqs:SendMessage"
        Resource = [
          "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller",
          "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler",
        ]
      },
      {
        Sid    = "WhatTheyDoNotTakeIsDeadLettered"
        Effect = "Allow"
        Action = "sqs:SendMessage"
        Resource = [
          "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller-dead-letters",
          "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler-dead-letters",
        ]
      },
    ]
    error_message = "The schedules' role may do more, or less, than send to the two queues and their dead letters."
  }

  assert {
    condition = { for sweep, schedule in aws_scheduler_schedule.sweep : sweep => [one(schedule.target[0].dead_letter_config).arn, one(schedule.target[0].retry_policy).maximum_event_age_in_seconds] } == {
      case-sweep  = ["arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller-dead-letters", 3600]
      issue-sweep = ["arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler-dead-letters", 3600]
    }
    error_message = "A sweep that could not be ordered is lost, or told of after a day."
  }
}

run "fault_26_a_sweep_that_is_switched_off_stays_off" {
  command = plan

  module {
    source = "./modules/schedules"
  }

  variables {
    sweeps = {
      case-sweep  = { description = "Cases", schedule = null, queue_arn = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller", dead_letter_arn = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller-dead-letters", message = { sweep = "cases" } }
      issue-sweep = { description = "Issues", schedule = "rate(15 minutes)", queue_arn = "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler", dead_letter_arn = "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler-dead-letters", message = { sweep = "issues" } }
    }
  }

  assert {
    condition     = keys(aws_scheduler_schedule.sweep) == ["issue-sweep"]
    error_message = "The case sweep still runs."
  }

  assert {
    condition     = jsondecode(data.aws_iam_policy_document.schedules.json).Statement[*].Resource == ["arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler", "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler-dead-letters"]
    error_message = "The role may still send to the queue of a sweep that is off."
  }
}

run "without_sweeps_there_is_nothing" {
  command = plan

  module {
    source = "./modules/schedules"
  }

  variables {
    sweeps = {
      case-sweep = { description = "Cases", schedule = null, queue_arn = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller", dead_letter_arn = "arn:aws:sqs:eu-central-1:111122223333:x-security-ir-poller-dead-letters", message = { sweep = "cases" } }
    }
  }

  assert {
    condition     = length(aws_scheduler_schedule.sweep) == 0 && length(aws_scheduler_schedule_group.this) == 0 && length(module.role) == 0
    error_message = "A role or a group is left for schedules that are not there."
  }
}

run "schedules_send_to_queues_under_a_customer_key" {
  command = plan

  module {
    source = "./modules/schedules"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd"
  }

  assert {
    condition = one([
      for statement in jsondecode(data.aws_iam_policy_document.schedules.json).Statement : [sort(statement.Action), statement.Resource, statement.Condition.StringEquals] if startswith(statement.Sid, "UsesTheCustomerKey")
    ]) == [tolist(["kms:Decrypt", "kms:GenerateDataKey"]), "arn:aws:kms:eu-central-1:111122223333:key/abcd", { "kms:ViaService" = "sqs.eu-central-1.amazonaws.com" }]
    error_message = "A sweep's message could not be encrypted, or the key may be used for more."
  }
}
