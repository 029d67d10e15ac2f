# What the functions are told. The document's keys are the names of the module's variables, and of the
# account. No secret is among it: JIRA_PARAMETERS says where they are.

locals {
  default_status_mapping = {
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

  sync_config = {
    name                     = var.name
    account_id               = local.location.account_id
    jira_auth                = var.jira_auth
    jira_browse_url          = var.jira_browse_url
    jira_issue_type          = var.jira_issue_type
    jira_create_fields       = var.jira_create_fields
    jira_custom_fields       = var.jira_custom_fields
    transition_fields        = var.transition_fields
    closure_resolutions      = var.closure_resolutions
    conflict_winner          = var.conflict_winner
    create_cases_from_jira   = var.create_cases_from_jira
    issue_filter             = local.issue_filter
    case_filter              = local.case_filter
    backfill_closed_cases    = var.backfill_closed_cases
    close_case_when_done     = var.close_case_when_done
    sync_watchers            = var.sync_watchers
    sync_attachments         = var.sync_attachments
    sync_restricted_comments = var.sync_restricted_comments
    on_case_deleted          = var.on_case_deleted
    on_issue_deleted         = var.on_issue_deleted
    status_mapping = {
      to_jira = merge(local.default_status_mapping.to_jira, local.status_mapping.to_jira)
      # Jira shows statuses in capitals, and the functions match names without regard to them: so does the merge.
      to_case = merge(
        { for status, meant in local.default_status_mapping.to_case : status => meant if !contains([for given in keys(local.status_mapping.to_case) : lower(given)], lower(status)) },
        local.status_mapping.to_case,
      )
    }
  }

  environment = merge(
    {
      LEDGER_TABLE         = module.ledger.table.name
      EVENT_BUS_NAME       = module.events.bus.name
      SYNC_CONFIG          = jsonencode(local.sync_config)
      POWERTOOLS_LOG_LEVEL = upper(var.log_level)
    },
    local.environment_of_connections,
  )

  # Whom every function trusts.
  environment_of_connections = { for certificates in var.aws_ca_bundle[*] : "CA_BUNDLE" => base64gzip(certificates) }

  environment_with_jira = merge(local.environment, {
    JIRA_PARAMETERS = jsonencode(module.credentials.parameters)
  })

  # Nobody but the function that hears notifications is told where their secret is.
  environment_with_notifications = merge(local.environment, {
    JIRA_PARAMETERS = jsonencode(merge(
      module.credentials.parameters,
      { for arn in var.notifications_shared_secret_parameter_arn[*] : "notifications_secret" => arn },
    ))
  })
}
