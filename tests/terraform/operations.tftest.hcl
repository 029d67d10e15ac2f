# What people run by hand: the function, what it may do, and the commands as they are printed.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

variables {
  jira_url         = "https://example.atlassian.net/"
  jira_email       = "bot@example.com"
  jira_project_key = "SEC"
  jira_token       = "test-token"
  alarm_emails     = ["soc@example.com"]
  lambda_packages  = { directory = "tests/terraform/fixtures/packages" }
}

run "the_commands_are_one_line_of_shell_each" {
  command = plan

  assert {
    condition     = output.doctor_command == "echo '{\"doctor\": {}}' | { answer=$(mktemp) && aws lambda invoke --function-name security-ir-jira-operations --region eu-central-1 --cli-read-timeout 310 --payload fileb:///dev/stdin \"$answer\" >/dev/null && cat \"$answer\"; code=$?; rm -f \"$answer\"; (exit $code); }"
    error_message = "The doctor's command is another."
  }

  assert {
    condition     = alltrue([for command in [output.resync_command, output.backfill_command] : strcontains(command, "--function-name security-ir-jira-operations --region eu-central-1")])
    error_message = "A command invokes another function, or elsewhere."
  }

  assert {
    condition     = alltrue([for command in concat([output.doctor_command, output.resync_command, output.backfill_command], values(output.redrive_commands)) : !strcontains(command, "\n")])
    error_message = "A command has several lines."
  }

  assert {
    condition     = alltrue([for command in values(output.redrive_commands) : strcontains(command, "--max-number-of-messages-per-second 5 ")])
    error_message = "A redrive is a storm."
  }
}

run "the_function_is_told_what_the_doctor_has_to_find" {
  command = plan

  variables {
    name                 = "other"
    native_events        = false
    case_sweep_schedule  = "rate(30 minutes)"
    issue_sweep_schedule = null
  }

  assert {
    condition = jsondecode(module.operations.environment["INSTALLATION"]) == {
      partition     = "aws"
      dns_suffix    = "amazonaws.com"
      native_events = false
      jira_webhook  = false
      schedules     = { case-sweep = "rate(30 minutes)", issue-sweep = null }
    }
    error_message = "The doctor would look for something else than was made."
  }

  assert {
    condition     = strcontains(output.doctor_command, "--function-name other-operations ")
    error_message = "Two instances share the function."
  }
}

run "it_is_none_of_the_four" {
  command = plan

  assert {
    condition     = keys(output.functions) == ["jira_client", "jira_notifications_handler", "security_ir_client", "security_ir_poller"] && keys(output.queues) == keys(output.functions) && keys(output.redrive_commands) == keys(output.functions)
    error_message = "The keys of functions and queues are an interface."
  }
}

run "it_writes_neither_jira_nor_a_case" {
  command = plan

  assert {
    condition = sort(distinct(flatten([for statement in jsondecode(module.permissions.operations_policy).Statement : statement.Action]))) == tolist([
      "cloudwatch:GetMetricStatistics",
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "events:DescribeRule",
      "events:ListTargetsByRule",
      "events:PutEvents",
      "lambda:ListEventSourceMappings",
      "scheduler:GetSchedule",
      "security-ir:ListCases",
      "security-ir:ListMemberships",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
      "sqs:SendMessage",
      "ssm:GetParameters",
    ])
    error_message = "operations may do more, or less, than it does."
  }

  assert {
    condition = sort(flatten([
      for statement in jsondecode(module.permissions.operations_policy).Statement : statement.Action if contains(flatten([statement.Resource]), "*")
    ])) == tolist(["cloudwatch:GetMetricStatistics", "lambda:ListEventSourceMappings", "security-ir:ListCases", "security-ir:ListMemberships"])
    error_message = "A wildcard resource for an action that can be granted on less."
  }

  assert {
    condition = one([
      for statement in jsondecode(module.permissions.operations_policy).Statement : statement.Condition if contains(flatten([statement.Action]), "dynamodb:PutItem")
    ]) == { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = ["CURSOR#jira", "CURSOR#security_ir"] }, Null = { "dynamodb:LeadingKeys" = "false" } }
    error_message = "operations may write pairs in the ledger."
  }

  assert {
    condition = one([
      for statement in jsondecode(module.permissions.operations_policy).Statement : sort(flatten([statement.Resource])) if contains(flatten([statement.Action]), "sqs:SendMessage")
      ]) == tolist([
      "arn:aws:sqs:eu-central-1:111122223333:security-ir-jira-jira-notifications-handler",
      "arn:aws:sqs:eu-central-1:111122223333:security-ir-jira-security-ir-poller",
    ])
    error_message = "operations may send to another queue than the two sources'."
  }

  assert {
    condition = alltrue(flatten([
      for statement in jsondecode(module.permissions.operations_policy).Statement : [for arn in flatten([statement.Resource]) : endswith(arn, "-dead-letters")] if contains(flatten([statement.Action]), "sqs:ReceiveMessage")
    ]))
    error_message = "operations may take messages away from a function."
  }
}
