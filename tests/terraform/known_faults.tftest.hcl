# Faults that systems of this kind really have, as far as a plan can show them and no other test does.

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

  notifications_shared_secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications"
}

run "fault_25_no_function_may_change_what_terraform_made_or_read_every_parameter" {
  command = plan

  assert {
    condition = length(setintersection(
      flatten([for policy in values(module.permissions.policies) : [for statement in jsondecode(policy).Statement : [for action in flatten([statement.Action]) : split(":", action)[0]]]]),
      ["iam", "lambda", "scheduler", "sns", "sts"],
    )) == 0
    error_message = "A function may change functions, schedules, topics or roles."
  }

  assert {
    condition = toset(flatten([
      for policy in values(module.permissions.policies) : [for statement in jsondecode(policy).Statement : [for action in flatten([statement.Action]) : action if startswith(action, "events:")]]
    ])) == toset(["events:PutEvents"])
    error_message = "A function may change rules or targets."
  }

  assert {
    condition = alltrue(flatten([
      for policy in values(module.permissions.policies) : [
        for statement in jsondecode(policy).Statement : [for arn in flatten([statement.Resource]) : !strcontains(arn, "*")]
        if anytrue([for action in flatten([statement.Action]) : startswith(action, "ssm:")])
      ]
    ]))
    error_message = "A function may read parameters that nobody named to it."
  }
}

run "fault_28_at_level_error_nothing_less_is_logged" {
  command = plan

  assert {
    condition     = alltrue([for worker in values(local.workers) : worker.environment["POWERTOOLS_LOG_LEVEL"] == "ERROR"])
    error_message = "By default a function logs more than errors."
  }
}

run "fault_28_what_is_asked_for_is_logged" {
  command = plan

  variables {
    log_level = "info"
  }

  assert {
    condition     = alltrue([for worker in values(local.workers) : worker.environment["POWERTOOLS_LOG_LEVEL"] == "INFO"])
    error_message = "log_level does not reach the functions."
  }
}
