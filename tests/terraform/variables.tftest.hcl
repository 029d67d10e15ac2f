# Every value that cannot work is refused at plan.

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

run "what_is_none_of_its_kind_is_refused" {
  command = plan

  variables {
    jira_url             = "example.atlassian.net"                           # a host alone is no URL
    jira_email           = "bot"                                             # a basic login needs an address
    jira_project_key     = "Security"                                        # a project's name
    jira_token           = ""                                                # an empty token
    jira_token_version   = 1.5                                               # no whole number
    jira_issue_type      = ""                                                # an empty type
    status_mapping       = { to_jira = { Open = ["To Do"] } }                # no case status
    case_sweep_schedule  = "5 minutes"                                       # a schedule in words
    issue_sweep_schedule = "cron(0 8 * * *)"                                 # five fields
    name                 = "security.ir"                                     # a dot
    parameter_prefix     = "jira"                                            # no path
    lambda_runtime       = "python3.9"                                       # too old
    lambda_architecture  = "arm"                                             # no processor of Lambda
    alarm_actions        = ["soc@example.com"]                               # an address
    alarm_emails         = ["arn:aws:sns:eu-central-1:111122223333:on-call"] # an ARN
    log_level            = "INFO"                                            # capitals
    log_retention_days   = 31                                                # not one of CloudWatch

    jira_browse_url     = "example.atlassian.net"           # a host alone is no URL
    transition_fields   = ["resolution"]                    # a list
    closure_resolutions = { FalsePositive = "Won't Do" }    # no closure code
    jira_custom_fields  = { "Case ARN" = "caseArn" }        # a field's name
    conflict_winner     = "case"                            # no side
    case_filter         = { resolver_types = ["Customer"] } # who nobody is
    issue_filter        = { issue_types = [""] }            # an empty type
    on_case_deleted     = "ignore"                          # nothing that could be done
    on_issue_deleted    = "delete"                          # a case cannot be deleted
    lambda_memory_mb    = 64                                # less than Lambda has
    aws_ca_bundle       = "proxy-root.pem"                  # a file's name
  }

  expect_failures = [
    var.jira_url,
    var.jira_email,
    var.jira_project_key,
    var.jira_token,
    var.jira_token_version,
    var.jira_issue_type,
    var.status_mapping,
    var.case_sweep_schedule,
    var.issue_sweep_schedule,
    var.name,
    var.parameter_prefix,
    var.lambda_runtime,
    var.lambda_architecture,
    var.alarm_actions,
    var.alarm_emails,
    var.log_level,
    var.log_retention_days,
    var.jira_browse_url,
    var.transition_fields,
    var.closure_resolutions,
    var.jira_custom_fields,
    var.conflict_winner,
    var.case_filter,
    var.issue_filter,
    var.on_case_deleted,
    var.on_issue_deleted,
    var.lambda_memory_mb,
    var.aws_ca_bundle,
  ]
}

run "what_nearly_fits_is_refused" {
  command = plan

  variables {
    jira_url            = "http://localhost.example.com"                                                                                               # http to a name that only begins like this machine's
    jira_project_key    = "SEC-1"                                                                                                                      # an issue's key
    jira_token          = "token\n"                                                                                                                    # a line end
    jira_token_version  = 0                                                                                                                            # below 1
    jira_auth           = "oauth"                                                                                                                      # unknown
    status_mapping      = { to_jira = { Closed = [""] } }                                                                                              # an empty issue status
    case_sweep_schedule = "rate(0 minutes)"                                                                                                            # never
    name                = "abcdefghijklmnopqrstuvwxyz-abcdefghijk"                                                                                     # too long for a function
    parameter_prefix    = "/jira/"                                                                                                                     # a slash at the end
    jira_browse_url     = "http://example.atlassian.net"                                                                                               # http to another machine
    transition_fields   = { Resolved = "Done" }                                                                                                        # a value where fields belong
    closure_resolutions = { Duplicate = "" }                                                                                                           # an empty resolution
    jira_custom_fields  = { customfield_10050 = "arn" }                                                                                                # no attribute of a case, but nearly
    case_filter         = { impacted_accounts = [111122223333] }                                                                                       # a number
    issue_filter        = { labels = ["cloud security"] }                                                                                              # a label with a blank
    lambda_memory_mb    = 256.5                                                                                                                        # no whole number
    aws_ca_bundle       = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n-----BEGIN PRIVATE KEY-----\nMC4C\n-----END PRIVATE KEY-----" # with a key
  }

  expect_failures = [
    var.jira_url,
    var.jira_project_key,
    var.jira_token,
    var.jira_token_version,
    var.jira_auth,
    var.status_mapping,
    var.case_sweep_schedule,
    var.name,
    var.parameter_prefix,
    var.jira_browse_url,
    var.transition_fields,
    var.closure_resolutions,
    var.jira_custom_fields,
    var.case_filter,
    var.issue_filter,
    var.lambda_memory_mb,
    var.aws_ca_bundle,
  ]
}

run "what_would_fail_at_AWS_or_in_Jira_is_refused" {
  command = plan

  variables {
    jira_url         = "https://example.atlassian.net/?a=b" # a query
    jira_token       = null                                 # no token at all
    status_mapping   = { to_case = { Done = "closed" } }    # no case status, but nearly
    parameter_prefix = "/aws/jira"                          # AWS's own
    name             = "default"                            # the bus that is there already

    jira_browse_url    = "https://example.atlassian.net/?a=b"         # a query
    transition_fields  = { " " = { resolution = { name = "Done" } } } # no status
    jira_custom_fields = { summary = "caseArn" }                      # what comes from the title
    case_filter        = { engagement_types = ["Security incident"] } # spelt otherwise
    issue_filter       = { issue_types = [" Incident"] }              # a blank before the name
    lambda_memory_mb   = 10241                                        # more than Lambda has
  }

  expect_failures = [
    var.jira_url,
    var.jira_token,
    var.status_mapping,
    var.parameter_prefix,
    var.name,
    var.jira_browse_url,
    var.transition_fields,
    var.jira_custom_fields,
    var.case_filter,
    var.issue_filter,
    var.lambda_memory_mb,
  ]
}

run "fields_that_are_no_object_are_refused" {
  command = plan

  variables {
    jira_create_fields = ["priority"]
  }

  expect_failures = [var.jira_create_fields]
}

run "fields_that_come_from_the_case_are_refused" {
  command = plan

  variables {
    jira_create_fields = { summary = "Incident" }
  }

  expect_failures = [var.jira_create_fields]
}

run "plain_http_leaves_the_machine_and_is_refused" {
  command = plan

  variables {
    jira_url = "http://example.atlassian.net"
  }

  expect_failures = [
    var.jira_url,
  ]
}

run "a_host_in_another_script_is_refused" {
  command = plan

  variables {
    jira_url = "https://żółw.example.com"
  }

  expect_failures = [var.jira_url]
}

run "two_tokens_are_refused" {
  command = plan

  variables {
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira" }
  }

  expect_failures = [var.jira_token]
}

run "a_token_parameter_given_by_name_is_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_parameter = { arn = "/shared/jira" }
  }

  expect_failures = [var.jira_token_parameter]
}

run "an_alias_instead_of_a_key_is_refused" {
  command = plan

  variables {
    jira_token = null
    jira_token_parameter = {
      arn         = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira"
      kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:alias/jira"
    }
  }

  expect_failures = [var.jira_token_parameter]
}

run "keys_that_nobody_knows_are_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira", kms_key = "arn:aws:kms:eu-central-1:111122223333:key/abcd" }
    case_filter          = { resolver_type = ["AWS"] }
    issue_filter         = { issue_type = ["Incident"] }
    status_mapping       = { to_jria = { Acknowledged = ["Triage"] } }
    lambda_packages      = { directroy = "tests/terraform/fixtures/packages" }
    vpc_config           = { subnets = ["subnet-1"], subnet_ids = ["subnet-1"], security_group_ids = ["sg-1"] }
  }

  expect_failures = [
    var.jira_token_parameter,
    var.case_filter,
    var.issue_filter,
    var.status_mapping,
    var.lambda_packages,
    var.vpc_config,
  ]
}

run "values_of_another_kind_are_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_parameter = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira"
    case_filter          = { resolver_types = "AWS" }
    issue_filter         = { issue_types = "Incident" }
    status_mapping       = { to_jira = { Acknowledged = "Triage" } }
    lambda_packages      = "dist"
    vpc_config           = ["subnet-1"]

    notifications_publisher_account_ids = []
    permissions_boundary_arn            = "boundary"
    iam_role_path                       = "security"
    kms_key_arn                         = "arn:aws:kms:eu-central-1:111122223333:alias/security"
    event_log_resource_policy           = "mine"
    tags                                = { "aws:team" = "soc" }
  }

  expect_failures = [
    var.jira_token_parameter,
    var.case_filter,
    var.issue_filter,
    var.status_mapping,
    var.lambda_packages,
    var.vpc_config,
    var.notifications_publisher_account_ids,
    var.permissions_boundary_arn,
    var.iam_role_path,
    var.kms_key_arn,
    var.event_log_resource_policy,
    var.tags,
  ]
}

run "lists_and_maps_are_looked_into" {
  command = plan

  variables {
    case_filter     = { tags = { team = null } }
    issue_filter    = { labels = [null] }
    status_mapping  = { to_case = { Triage = ["Closed"] } }
    lambda_packages = { s3_prefix = "releases" }
    vpc_config      = { subnet_ids = [], security_group_ids = ["sg-1"] }

    notifications_publisher_account_ids = ["arn:aws:iam::815843069303:root"]
  }

  expect_failures = [
    var.case_filter,
    var.issue_filter,
    var.status_mapping,
    var.lambda_packages,
    var.vpc_config,
    var.notifications_publisher_account_ids,
  ]
}

run "a_map_where_another_is_wanted_is_refused" {
  command = plan

  variables {
    case_filter     = { tags = ["team"] }
    issue_filter    = ["Incident"]
    status_mapping  = { to_jira = ["Triage"] }
    lambda_packages = { s3_bucket = "arn:aws:s3:::releases" }
    vpc_config      = { subnet_ids = ["subnet-1"] }
  }

  expect_failures = [
    var.case_filter,
    var.issue_filter,
    var.status_mapping,
    var.lambda_packages,
    var.vpc_config,
  ]
}

run "an_account_that_lost_its_leading_zero_is_refused" {
  command = plan

  variables {
    case_filter = { impacted_accounts = ["12345678901"] }
  }

  expect_failures = [var.case_filter]
}

run "inputs_that_contradict_each_other_are_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_version   = 2
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira" }
    lambda_packages      = { directory = "tests/terraform/fixtures/packages", s3_bucket = "releases" }
    jira_create_fields   = { customfield_10050 = "none yet" }
    jira_custom_fields   = { customfield_10050 = "caseArn" }

    notifications_shared_secret_kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd"
  }

  expect_failures = [
    var.jira_token_version,
    var.lambda_packages,
    var.jira_custom_fields,
    var.notifications_shared_secret_kms_key_arn,
  ]
}

run "the_address_of_a_page_is_refused" {
  command = plan

  variables {
    jira_url        = "https://example.atlassian.net/jira/software/projects/SEC/boards/1"
    jira_browse_url = "https://example.atlassian.net/browse/SEC-1"
  }

  expect_failures = [var.jira_url, var.jira_browse_url]
}

run "the_address_of_a_page_of_another_host_is_refused" {
  command = plan

  variables {
    jira_url = "https://jira.example.com/browse/SEC-1"
  }

  expect_failures = [var.jira_url]
}

run "a_gateway_without_a_site_is_refused" {
  command = plan

  variables {
    jira_url        = "https://api.atlassian.com"
    jira_browse_url = "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [var.jira_url, var.jira_browse_url]
}

# And what is unusual, but works, is not.

run "a_host_that_is_called_like_a_page_is_taken" {
  command = plan

  variables {
    jira_url = "https://issues/"
  }
}

run "objects_that_another_module_filled_with_nulls_are_taken" {
  command = plan

  variables {
    jira_url        = "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555/"
    case_filter     = { resolver_types = null, impacted_accounts = null, engagement_types = null, tags = null }
    issue_filter    = { issue_types = null, labels = null }
    status_mapping  = { to_jira = null, to_case = null }
    lambda_packages = { directory = "tests/terraform/fixtures/packages", s3_bucket = null, s3_prefix = null }
    iam_role_path   = "/security/jira/"
    tags            = { "AwsTeam" = "" }
  }

  assert {
    condition     = jsondecode(module.worker["jira_client"].environment["SYNC_CONFIG"]).issue_filter == { issue_types = [], labels = [] }
    error_message = "Null is no filter at all."
  }

  assert {
    condition     = jsondecode(module.worker["jira_client"].environment["SYNC_CONFIG"]).case_filter == { resolver_types = [], impacted_accounts = [], engagement_types = [], tags = {} }
    error_message = "Null is no filter at all."
  }

  assert {
    condition     = !strcontains(module.permissions.policies["security_ir_poller"], "ListTagsForResource")
    error_message = "The sweep may read tags that nobody asks for."
  }
}

run "unusual_values_are_taken" {
  command = plan

  variables {
    jira_url             = "http://127.0.0.1:8080/jira"
    jira_email           = ""
    jira_auth            = "bearer"
    jira_project_key     = "S_1"
    name                 = "abcdefghijklmnopqrstuvwxyz-abcdefghij"
    case_sweep_schedule  = "cron(0/5 8-18 ? * MON-FRI *)"
    issue_sweep_schedule = "rate(1 hour)"
    log_retention_days   = 0
    lambda_runtime       = "python3.11"
    status_mapping       = { to_jira = { Acknowledged = [] }, to_case = { "À faire" = "", "10001" = "Closed" } }
    jira_create_fields   = { components = [{ name = "IR" }], customfield_10020 = "high", customfield_10021 = 3 }
    jira_browse_url      = "http://[::1]:8080"
    transition_fields    = { "Résolu" = { resolution = { name = "Terminé" } }, "10010" = { customfield_10021 = 3 } }
    closure_resolutions  = { "Investigation Completed" = "Done", "Not Resolved" = "Won't Do", "False Positive" = "Won't Do", Duplicate = "Duplicate" }
    jira_custom_fields   = { customfield_10050 = "caseArn", customfield_10051 = "consoleUrl", environment = "impactedAccounts" }
    issue_filter         = { issue_types = ["Sub-task"], labels = null }
    on_case_deleted      = "delete"
    on_issue_deleted     = "close"
    lambda_memory_mb     = 10240
    aws_ca_bundle        = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
  }

  assert {
    condition     = output.functions["jira_notifications_handler"].name == "abcdefghijklmnopqrstuvwxyz-abcdefghij-jira-notifications-handler"
    error_message = "The longest name does not fit."
  }
}
