# What is made by default, and that nothing of it collides with another instance.
# Real provider, invented keys: every policy and name is the real one, and nothing is called.

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

run "by_default_everything_is_named_after_the_instance" {
  command = plan

  assert {
    condition = { for key, function in output.functions : key => function.name } == {
      security_ir_poller         = "security-ir-jira-security-ir-poller"
      jira_client                = "security-ir-jira-jira-client"
      jira_notifications_handler = "security-ir-jira-jira-notifications-handler"
      security_ir_client         = "security-ir-jira-security-ir-client"
    }
    error_message = "The functions' names have changed."
  }

  assert {
    condition     = output.event_bus.name == "security-ir-jira" && output.ledger_table.name == "security-ir-jira-ledger"
    error_message = "The bus or the ledger is not named after the instance."
  }

  assert {
    condition     = output.event_log_group == "/aws/events/security-ir-jira"
    error_message = "The event log is not where it is documented to be."
  }

  assert {
    condition = module.credentials.parameters == {
      url         = "/SecurityIncidentResponse/jiraUrl"
      email       = "/SecurityIncidentResponse/jiraEmail"
      project_key = "/SecurityIncidentResponse/jiraProjectKey"
      token       = "/SecurityIncidentResponse/jiraToken"
    }
    error_message = "The default instance's parameters are not under /SecurityIncidentResponse."
  }

  assert {
    condition     = keys(module.schedules.schedules) == ["case-sweep", "issue-sweep"]
    error_message = "By default both sweeps run."
  }

  assert {
    condition     = output.redrive_commands["jira_client"] == "aws sqs start-message-move-task --source-arn arn:aws:sqs:eu-central-1:111122223333:security-ir-jira-jira-client-dead-letters --destination-arn arn:aws:sqs:eu-central-1:111122223333:security-ir-jira-jira-client --max-number-of-messages-per-second 5 --region eu-central-1"
    error_message = "The redrive command of jira_client is wrong."
  }
}

run "each_function_has_its_own_policy_and_hears_its_own_senders" {
  command = plan

  assert {
    condition     = { for function, worker in local.workers : function => worker.policy } == module.permissions.policies
    error_message = "A function may do what another one does."
  }

  assert {
    condition = { for function, worker in local.workers : function => worker.queue.senders[*].arn } == {
      security_ir_poller         = ["arn:aws:events:eu-central-1:111122223333:rule/security-ir-jira-native-events-rule"]
      jira_notifications_handler = ["arn:aws:sns:eu-central-1:111122223333:security-ir-jira-jira-notifications"]
      jira_client                = ["arn:aws:events:eu-central-1:111122223333:rule/security-ir-jira/security-ir-jira-jira-client-rule"]
      security_ir_client         = ["arn:aws:events:eu-central-1:111122223333:rule/security-ir-jira/security-ir-jira-security-ir-client-rule"]
    }
    error_message = "A queue is open to another sender than its own."
  }
}

run "fault_29_a_second_instance_shares_no_name_with_the_first" {
  command = plan

  variables {
    name = "other"
  }

  assert {
    condition     = alltrue([for function in output.functions : startswith(function.name, "other-") && startswith(function.log_group, "/aws/lambda/other-")])
    error_message = "Two instances share a function or a log group."
  }

  assert {
    condition     = alltrue([for worker in module.worker : startswith(worker.queue.name, "other-") && startswith(worker.queue.dead_letter_name, "other-") && length(regexall(":other-", worker.redrive_command)) == 2])
    error_message = "Two instances share a queue."
  }

  assert {
    condition     = output.event_bus.name == "other" && output.ledger_table.name == "other-ledger" && output.event_log_group == "/aws/events/other"
    error_message = "The second instance's bus, ledger or event log is not its own."
  }

  assert {
    condition     = alltrue([for name in values(module.credentials.parameters) : startswith(name, "/SecurityIncidentResponse/other/")])
    error_message = "The second instance's parameters are not its own."
  }

  assert {
    condition     = alltrue([for name in values(module.schedules.schedules) : startswith(name, "other-")])
    error_message = "The second instance's schedules are not its own."
  }

  assert {
    condition     = endswith(module.notifications.sender.arn, ":other-jira-notifications")
    error_message = "The second instance's topic is not its own."
  }
}

run "parameters_may_live_elsewhere" {
  command = plan

  variables {
    parameter_prefix = "/security/jira"
  }

  assert {
    condition     = module.credentials.parameters["token"] == "/security/jira/jiraToken"
    error_message = "parameter_prefix is not heeded."
  }
}

run "a_given_token_parameter_is_read_and_none_is_made" {
  command = plan

  variables {
    jira_token = null
    jira_token_parameter = {
      arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira"
    }
  }

  assert {
    condition     = module.credentials.parameters["token"] == "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira"
    error_message = "The functions are not told of the given parameter."
  }

  assert {
    condition     = length(module.credentials.arns) == 4 && contains(module.credentials.arns, "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira")
    error_message = "The functions may not read the given parameter, or may read one that is not there."
  }
}

run "a_sweep_without_a_schedule_is_switched_off" {
  command = plan

  variables {
    case_sweep_schedule = null
  }

  assert {
    condition     = keys(module.schedules.schedules) == ["issue-sweep"]
    error_message = "The case sweep still has a schedule."
  }
}

run "fault_24_a_warning_says_that_nobody_will_be_told" {
  command = plan

  variables {
    alarm_emails = []
  }

  expect_failures = [check.somebody_is_told]
}

run "alarms_may_go_to_what_is_there_already" {
  command = plan

  variables {
    alarm_emails  = []
    alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:on-call"]
  }

  assert {
    condition     = join(",", module.monitoring.alarm_actions) == "arn:aws:sns:eu-central-1:111122223333:on-call"
    error_message = "alarm_actions do not reach the alarms, or an alarm topic is made for nobody."
  }
}

run "every_setting_reaches_the_functions" {
  command = plan

  variables {
    jira_browse_url          = "https://example.atlassian.net"
    jira_custom_fields       = { customfield_10050 = "caseArn" }
    transition_fields        = { Resolved = { resolution = { name = "Done" } } }
    closure_resolutions      = { Duplicate = "Duplicate" }
    conflict_winner          = "jira"
    create_cases_from_jira   = false
    issue_filter             = { labels = ["cloud"] }
    case_filter              = { impacted_accounts = ["012345678901"], tags = { team = "cloud", pci = true } }
    backfill_closed_cases    = true
    close_case_when_done     = false
    sync_watchers            = false
    sync_attachments         = false
    sync_restricted_comments = true
    on_case_deleted          = "delete"
    on_issue_deleted         = "close"
  }

  assert {
    condition = {
      for setting, value in jsondecode(module.worker["security_ir_client"].environment.SYNC_CONFIG) : setting => value
      if !contains(["name", "account_id", "jira_auth", "jira_issue_type", "jira_create_fields", "status_mapping"], setting)
      } == {
      jira_browse_url          = "https://example.atlassian.net"
      jira_custom_fields       = { customfield_10050 = "caseArn" }
      transition_fields        = { Resolved = { resolution = { name = "Done" } } }
      closure_resolutions      = { Duplicate = "Duplicate" }
      conflict_winner          = "jira"
      create_cases_from_jira   = false
      issue_filter             = { issue_types = [], labels = ["cloud"] }
      case_filter              = { resolver_types = [], impacted_accounts = ["012345678901"], engagement_types = [], tags = { team = "cloud", pci = "true" } }
      backfill_closed_cases    = true
      close_case_when_done     = false
      sync_watchers            = false
      sync_attachments         = false
      sync_restricted_comments = true
      on_case_deleted          = "delete"
      on_issue_deleted         = "close"
    }
    error_message = "A setting does not reach the functions as it was given."
  }

  assert {
    condition     = strcontains(module.permissions.policies["security_ir_poller"], "security-ir:ListTagsForResource")
    error_message = "Tags are filtered on, and the sweep may not read them."
  }
}
