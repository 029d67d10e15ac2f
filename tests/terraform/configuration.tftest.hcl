# What the functions are told.

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

run "the_default_mapping_is_that_of_the_semantics" {
  command = plan

  assert {
    condition = jsondecode(module.worker["jira_client"].environment.SYNC_CONFIG) == {
      name               = "security-ir-jira"
      account_id         = "111122223333"
      jira_issue_type    = "Task"
      jira_auth          = "basic"
      jira_browse_url    = null
      jira_create_fields = {}
      jira_custom_fields = {}
      status_mapping = {
        to_jira = {
          "Submitted"                             = ["To Do"]
          "Acknowledged"                          = ["In Progress"]
          "Detection and Analysis"                = ["In Progress"]
          "Containment, Eradication and Recovery" = ["In Progress"]
          "Post-incident Activities"              = ["In Review", "In Progress"]
          "Ready to Close"                        = ["In Review", "In Progress"]
          "Closed"                                = ["Done"]
        }
        to_case = {
          "To Do"       = ""
          "In Progress" = "Detection and Analysis"
          "In Review"   = "Post-incident Activities"
          "Done"        = "Closed"
        }
      }
      transition_fields        = {}
      closure_resolutions      = {}
      conflict_winner          = "security_ir"
      create_cases_from_jira   = true
      issue_filter             = { issue_types = [], labels = [] }
      case_filter              = { resolver_types = [], impacted_accounts = [], engagement_types = [], tags = {} }
      backfill_closed_cases    = false
      close_case_when_done     = true
      sync_watchers            = true
      sync_attachments         = true
      sync_restricted_comments = false
      on_case_deleted          = "comment"
      on_issue_deleted         = "comment"
    }
    error_message = "The functions' configuration is not the default one."
  }
}

run "a_mapping_is_merged_over_the_default_key_by_key" {
  command = plan

  variables {
    status_mapping = {
      to_jira = { Acknowledged = [], Closed = ["Resolved", "Done"] }
      to_case = { Done = "", Resolved = "Closed", "IN REVIEW" = "Ready to Close" } # as Jira shows it
    }
  }

  assert {
    condition     = jsondecode(module.worker["jira_client"].environment.SYNC_CONFIG).status_mapping.to_jira["Acknowledged"] == []
    error_message = "An empty list does not mean none."
  }

  assert {
    condition     = jsondecode(module.worker["jira_client"].environment.SYNC_CONFIG).status_mapping.to_jira["Closed"] == ["Resolved", "Done"]
    error_message = "A given key does not win over the default's."
  }

  assert {
    condition     = jsondecode(module.worker["jira_client"].environment.SYNC_CONFIG).status_mapping.to_jira["Submitted"] == ["To Do"]
    error_message = "A key that was not given has lost its default."
  }

  assert {
    condition = jsondecode(module.worker["jira_client"].environment.SYNC_CONFIG).status_mapping.to_case == {
      "To Do"       = ""
      "In Progress" = "Detection and Analysis"
      "IN REVIEW"   = "Ready to Close"
      "Done"        = ""
      "Resolved"    = "Closed"
    }
    error_message = "to_case is not merged key by key."
  }
}

run "create_fields_of_any_shape_arrive_as_they_are" {
  command = plan

  variables {
    jira_create_fields = { components = [{ name = "IR" }], customfield_10020 = "high", customfield_10021 = 3 }
  }

  assert {
    condition = jsondecode(module.worker["jira_client"].environment.SYNC_CONFIG).jira_create_fields == {
      components        = [{ name = "IR" }]
      customfield_10020 = "high"
      customfield_10021 = 3
    }
    error_message = "jira_create_fields has changed on its way."
  }
}

run "transition_fields_of_any_shape_arrive_as_they_are" {
  command = plan

  variables {
    transition_fields = {
      Resolved = { resolution = { name = "Done" }, customfield_10020 = 3 }
      "10010"  = { components = [{ name = "IR" }] }
    }
  }

  assert {
    condition = jsondecode(module.worker["jira_client"].environment.SYNC_CONFIG).transition_fields == {
      Resolved = { resolution = { name = "Done" }, customfield_10020 = 3 }
      "10010"  = { components = [{ name = "IR" }] }
    }
    error_message = "transition_fields has changed on its way."
  }
}

run "every_function_is_told_whom_to_trust_beside_the_public_roots" {
  command = plan

  variables {
    aws_ca_bundle = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
  }

  assert {
    condition = alltrue([
      for environment in concat([for worker in values(module.worker) : worker.environment], [module.operations.environment]) :
      environment.CA_BUNDLE == base64gzip("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")
    ])
    error_message = "aws_ca_bundle does not reach every function."
  }
}

run "the_poller_is_not_told_where_the_token_is" {
  command = plan

  assert {
    condition     = !can(module.worker["security_ir_poller"].environment.CA_BUNDLE)
    error_message = "Without aws_ca_bundle there is nothing to trust beside the public roots."
  }

  assert {
    condition = { for function, worker in module.worker : function => can(worker.environment.JIRA_PARAMETERS) } == {
      security_ir_poller         = false
      jira_client                = true
      jira_notifications_handler = true
      security_ir_client         = true
    }
    error_message = "JIRA_PARAMETERS goes to the wrong functions."
  }

  assert {
    condition     = alltrue([for function, worker in module.worker : worker.environment.POWERTOOLS_SERVICE_NAME == function])
    error_message = "A function's log lines name another one."
  }

  assert {
    condition     = module.worker["security_ir_poller"].environment.POWERTOOLS_LOG_LEVEL == "ERROR"
    error_message = "log_level is not heeded."
  }
}
