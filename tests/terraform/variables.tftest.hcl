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

# What is held against another input Terraform looks at only where that one is sound: so not all of what is refused fits
# into one run.

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
    var.jira_custom_fields,
    var.case_filter,
    var.issue_filter,
    var.lambda_memory_mb,
  ]
}

run "fields_that_are_no_object_and_plain_http_are_refused" {
  command = plan

  variables {
    jira_create_fields = ["priority"]
    jira_url           = "http://example.atlassian.net"
  }

  expect_failures = [
    var.jira_create_fields,
    var.jira_url,
  ]
}

run "fields_of_the_case_and_a_host_in_another_script_are_refused" {
  command = plan

  variables {
    jira_create_fields = { summary = "Incident" }
    jira_url           = "https://żółw.example.com"
  }

  expect_failures = [
    var.jira_create_fields,
    var.jira_url,
  ]
}

run "two_tokens_a_short_account_and_a_page_are_refused" {
  command = plan

  variables {
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira" }
    case_filter          = { impacted_accounts = ["12345678901"] }
    jira_url             = "https://example.atlassian.net/jira/software/projects/SEC/boards/1"
  }

  expect_failures = [
    var.jira_token,
    var.case_filter,
    var.jira_url,
  ]
}

run "a_parameter_s_name_and_a_gateway_without_a_site_are_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_parameter = { arn = "/shared/jira" }
    jira_url             = "https://api.atlassian.com"
  }

  expect_failures = [
    var.jira_token_parameter,
    var.jira_url,
  ]
}

run "an_alias_and_a_page_of_another_host_are_refused" {
  command = plan

  variables {
    jira_token = null
    jira_token_parameter = {
      arn         = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira"
      kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:alias/jira"
    }
    jira_url = "https://jira.example.com/browse/SEC-1"
  }

  expect_failures = [
    var.jira_token_parameter,
    var.jira_url,
  ]
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
    jira_browse_url      = "example.atlassian.net" # a host alone is no URL
    transition_fields    = ["resolution"]          # a list
  }

  expect_failures = [
    var.jira_token_parameter,
    var.case_filter,
    var.issue_filter,
    var.status_mapping,
    var.lambda_packages,
    var.vpc_config,
    var.jira_browse_url,
    var.transition_fields,
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
    jira_browse_url                     = "http://example.atlassian.net" # http to another machine
    transition_fields                   = { Resolved = "Done" }          # a value where fields belong
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
    var.jira_browse_url,
    var.transition_fields,
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
    jira_browse_url                     = "https://example.atlassian.net/?a=b"         # a query
    transition_fields                   = { " " = { resolution = { name = "Done" } } } # no status
  }

  expect_failures = [
    var.case_filter,
    var.issue_filter,
    var.status_mapping,
    var.lambda_packages,
    var.vpc_config,
    var.notifications_publisher_account_ids,
    var.jira_browse_url,
    var.transition_fields,
  ]
}

run "a_map_where_another_is_wanted_is_refused" {
  command = plan

  variables {
    case_filter       = { tags = ["team"] }
    issue_filter      = ["Incident"]
    status_mapping    = { to_jira = ["Triage"] }
    lambda_packages   = { s3_bucket = "arn:aws:s3:::releases" }
    vpc_config        = { subnet_ids = ["subnet-1"] }
    jira_browse_url   = "https://example.atlassian.net/browse/SEC-1"         # a page
    transition_fields = { "Resolved " = { resolution = { name = "Done" } } } # a blank after the name
  }

  expect_failures = [
    var.case_filter,
    var.issue_filter,
    var.status_mapping,
    var.lambda_packages,
    var.vpc_config,
    var.jira_browse_url,
    var.transition_fields,
  ]
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

run "what_is_not_the_value_alone_is_refused" {
  command = plan

  variables {
    jira_url            = "https://..."                        # a placeholder
    jira_email          = "<bot@example.com>"                  # as mail programs show it
    jira_token          = "\"test-token\""                     # quotes
    jira_issue_type     = "\"Task\""                           # quotes
    issue_filter        = { issue_types = ["“Incident”"] }     # a word processor's quotes
    status_mapping      = { to_jira = { Closed = ["Done "] } } # a blank at the end
    jira_custom_fields  = { Team = "caseArn" }                 # a field's name
    closure_resolutions = { Duplicate = "Duplicate\n" }        # a line end
    alarm_emails        = ["mailto:soc@example.com"]           # a link
    vpc_config          = { subnet_ids = ["subnet-1 "], security_group_ids = ["sg-1"] }
    tags                = { team = "soc; on-call" } # a character that AWS does not take

    alarm_actions            = ["arn:aws:sns:eu-central-1:111122223333:on-call:11111111-2222-3333-4444-555555555555"] # a subscription
    kms_key_arn              = "arn:aws:kms:eu-central-1:111122223333:key/abcd "
    permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary "
  }

  expect_failures = [
    var.jira_url,
    var.jira_email,
    var.jira_token,
    var.jira_issue_type,
    var.issue_filter,
    var.status_mapping,
    var.jira_custom_fields,
    var.closure_resolutions,
    var.alarm_emails,
    var.vpc_config,
    var.tags,
    var.alarm_actions,
    var.kms_key_arn,
    var.permissions_boundary_arn,
  ]
}

run "what_is_the_name_or_the_address_of_something_else_is_refused" {
  command = plan

  variables {
    jira_url             = "https://example.atlassian.com" # .com
    jira_token           = null
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter//shared/jira" } # a slash too many
    jira_issue_type      = "10001"                                                                  # an id where a name is sent
    issue_filter         = { issue_types = ["10001"] }                                              # likewise
    jira_create_fields   = { "Story Points" = 3 }                                                   # a field's name
    status_mapping       = { to_case = { "Triage " = "Acknowledged" } }                             # a blank at the end
    tags                 = { "team;" = "soc" }                                                      # a character that AWS does not take
    case_sweep_schedule  = "cron(0 8 * * * *)"                                                      # no ? for one of the days
    issue_sweep_schedule = "cron(0 8 ? * ? *)"                                                      # for both
  }

  expect_failures = [
    var.jira_url,
    var.jira_token_parameter,
    var.jira_issue_type,
    var.issue_filter,
    var.jira_create_fields,
    var.status_mapping,
    var.tags,
    var.case_sweep_schedule,
    var.issue_sweep_schedule,
  ]
}

run "what_is_of_another_Region_and_cannot_be_used_is_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_parameter = { arn = "arn:aws:ssm:us-east-1:111122223333:parameter/shared/jira" }
    kms_key_arn          = "arn:aws:kms:us-east-1:111122223333:key/abcd"
    jira_browse_url      = "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555" # the gateway
    transition_fields    = { Resolved = { Resolution = { name = "Done" } } }                        # a field's name
  }

  expect_failures = [
    var.jira_token_parameter,
    var.kms_key_arn,
    var.jira_browse_url,
    var.transition_fields,
  ]
}

run "a_placeholder_and_what_comes_from_the_case_is_refused" {
  command = plan

  variables {
    jira_browse_url   = "https://<site>.atlassian.net"      # a placeholder
    transition_fields = { Resolved = { summary = "Done" } } # what comes from the case

    notifications_shared_secret_parameter_arn = "arn:aws:ssm:us-east-1:111122223333:parameter/shared/notifications" # another Region
  }

  expect_failures = [
    var.jira_browse_url,
    var.transition_fields,
    var.notifications_shared_secret_parameter_arn,
  ]
}

run "where_people_sign_in_and_a_status_twice_is_refused" {
  command = plan

  variables {
    jira_browse_url   = "https://id.atlassian.com"                               # where people sign in
    transition_fields = { Done = { resolution = { name = "Done" } }, DONE = {} } # the same status twice

    notifications_shared_secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications"
    notifications_shared_secret_kms_key_arn   = "arn:aws:kms:us-east-1:111122223333:key/abcd" # another Region
  }

  expect_failures = [
    var.jira_browse_url,
    var.transition_fields,
    var.notifications_shared_secret_kms_key_arn,
  ]
}

run "what_the_module_writes_itself_or_AWS_has_no_room_for_is_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira", kms_key_arn = "arn:aws:kms:us-east-1:111122223333:key/abcd" } # a key that SSM has not
    jira_create_fields   = { status = { name = "In Progress" } }                                                                                                # what comes from the case
    tags                 = { for tag in range(51) : "tag-${tag}" => "" }                                                                                        # more than AWS takes
  }

  expect_failures = [
    var.jira_token_parameter,
    var.jira_create_fields,
    var.tags,
  ]
}

run "what_differs_in_capitals_only_is_refused" {
  command = plan

  variables {
    status_mapping     = { to_case = { Triage = "Acknowledged", TRIAGE = "" } }
    tags               = { Team = "soc", team = "soc" }
    jira_create_fields = { labels = ["cloud security"] } # and a label with a blank
  }

  expect_failures = [
    var.status_mapping,
    var.tags,
    var.jira_create_fields,
  ]
}

run "what_leaves_a_side_unheard_or_gives_the_token_away_is_refused" {
  command = plan

  variables {
    jira_token           = null
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira" }
    native_events        = false
    case_sweep_schedule  = null
    jira_custom_fields   = { customfield_10050 = "caseArn" }
    transition_fields    = { Done = { customfield_10050 = "done" } }

    notifications_shared_secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira" # the token, in every rule
  }

  expect_failures = [
    var.native_events,
    var.transition_fields,
    var.notifications_shared_secret_parameter_arn,
  ]
}

run "links_that_lead_nowhere_are_warned_of" {
  command = plan

  variables {
    jira_url = "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555"
  }

  expect_failures = [check.links_on_cases_lead_to_jira]
}

# And what is unusual, but works, is not.

run "a_host_that_is_called_like_a_page_is_taken" {
  command = plan

  variables {
    jira_url = "https://issues/"
  }
}

run "what_is_of_another_account_and_can_be_used_is_taken" {
  command = plan

  variables {
    jira_token               = null
    jira_token_parameter     = { arn = "arn:aws:ssm:eu-central-1:444455556666:parameter/shared/jira", kms_key_arn = "arn:aws:kms:eu-central-1:444455556666:key/abcd" }
    kms_key_arn              = "arn:aws:kms:eu-central-1:444455556666:key/mrk-abcd"
    alarm_actions            = ["arn:aws:sns:eu-central-1:444455556666:on-call", "arn:aws:ssm-incidents::111122223333:response-plan/jira"]
    permissions_boundary_arn = "arn:aws:iam::aws:policy/PowerUserAccess"

    notifications_shared_secret_parameter_arn = "arn:aws:ssm:eu-central-1:444455556666:parameter/shared/notifications"
    notifications_shared_secret_kms_key_arn   = "arn:aws:kms:eu-central-1:444455556666:key/abcd"

    # To listen to nothing for a while is no contradiction.
    native_events        = false
    case_sweep_schedule  = null
    issue_sweep_schedule = null
  }
}

run "objects_that_another_module_filled_with_nulls_are_taken" {
  command = plan

  variables {
    jira_browse_url = "https://example.atlassian.net"
    jira_url        = "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555/"
    case_filter     = { resolver_types = null, impacted_accounts = null, engagement_types = null, tags = null }
    issue_filter    = { issue_types = null, labels = null }
    status_mapping  = { to_jira = null, to_case = null }
    lambda_packages = { directory = "tests/terraform/fixtures/packages", s3_bucket = null, s3_prefix = null }
    iam_role_path   = "/security/jira/"
    tags            = { "AwsTeam" = "", "équipe SOC" = "a_b.c:d/e=f+g-h@i" }
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
    issue_sweep_schedule = "cron(0 8 1,L * ? 2026-2030)"
    log_retention_days   = 0
    lambda_runtime       = "python3.11"
    status_mapping       = { to_jira = { Acknowledged = [] }, to_case = { "À faire" = "", "10001" = "Closed" } }
    jira_create_fields   = { components = [{ name = "IR" }], customfield_10020 = "high", customfield_10021 = 3, labels = ["soc"] }
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
