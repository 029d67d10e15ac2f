data "aws_caller_identity" "current" {}

data "aws_partition" "current" {}

data "aws_region" "current" {}

locals {
  # By itself, since validations use it: they have their say, too, where nobody answers who we are.
  region = data.aws_region.current.id

  location = {
    partition  = data.aws_partition.current.partition
    dns_suffix = data.aws_partition.current.dns_suffix
    region     = local.region
    account_id = data.aws_caller_identity.current.account_id
  }

  # What each function is. Two sources that notice and take what comes in tens, two sinks that reconcile: the same
  # shape both ways. Only the poller has nothing to do with Jira.
  workers = {
    security_ir_poller = {
      description = "Notices what changed in cases, by native events and by its sweep, and announces it"
      environment = local.environment
      policy      = module.permissions.policies["security_ir_poller"]
      queue       = { senders = module.events.senders["security_ir_poller"], batch_size = 10, maximum_concurrency = 2 }
    }
    jira_notifications_handler = {
      description = "Notices what changed in issues, by Jira's notifications and by its sweep, and announces it"
      environment = local.environment_with_notifications
      policy      = module.permissions.policies["jira_notifications_handler"]
      queue       = { senders = [module.notifications.sender], batch_size = 10, maximum_concurrency = 2 }
    }
    jira_client = {
      description = "Brings issues up to what their cases say"
      environment = local.environment_with_jira
      policy      = module.permissions.policies["jira_client"]
      queue       = { senders = module.events.senders["jira_client"], batch_size = 10, maximum_concurrency = 10 }
    }
    security_ir_client = {
      description = "Brings cases up to what their issues say"
      environment = local.environment_with_jira
      policy      = module.permissions.policies["security_ir_client"]
      queue       = { senders = module.events.senders["security_ir_client"], batch_size = 10, maximum_concurrency = 10 }
    }
  }
}

locals {
  parameter_prefix = coalesce(var.parameter_prefix, var.name == "security-ir-jira" ? "/SecurityIncidentResponse" : "/SecurityIncidentResponse/${var.name}")

  # Beside Jira's credentials, which are not its reader's business.
  webhook_secret_name = "${local.parameter_prefix}/jiraWebhookSecret"

  role_limits = { path = var.iam_role_path, permissions_boundary_arn = var.permissions_boundary_arn }

  function_settings = {
    packages           = local.packages
    runtime            = var.lambda_runtime
    architecture       = var.lambda_architecture
    memory_mb          = var.lambda_memory_mb
    log_retention_days = var.log_retention_days
    kms_key_arn        = var.kms_key_arn
    vpc_config         = local.vpc_config
    role               = local.role_limits
  }

  function_names = { for function in keys(local.workers) : function => "${var.name}-${replace(function, "_", "-")}" }
}

module "worker" {
  source   = "./modules/worker"
  for_each = local.workers

  name     = local.function_names[each.key]
  queue    = each.value.queue
  location = local.location
  tags     = var.tags

  function = {
    description = each.value.description
    package     = each.key
    environment = each.value.environment
    policy      = each.value.policy
    settings    = local.function_settings
  }

  alarms = {
    actions           = module.monitoring.alarm_actions
    metrics_namespace = var.name
    # Only the poller does not sign in to Jira.
    explained_by = concat(each.key == "security_ir_poller" ? [] : ["JiraUnauthorized"], ["NotPermitted", "SideDown"])
  }
}

# What Jira itself tells, beside what its rules publish.
module "jira_webhook" {
  source = "./modules/jira_webhook"
  count  = local.jira_webhook.enabled ? 1 : 0

  name          = var.name
  queue_url     = module.worker["jira_notifications_handler"].queue.url
  alarm_actions = module.monitoring.alarm_actions
  location      = local.location
  tags          = var.tags

  secret = {
    name          = local.webhook_secret_name
    kms_key_arn   = var.kms_key_arn
    parameter_arn = local.jira_webhook.secret_parameter_arn
  }

  function = {
    environment = local.environment_of_connections
    policy      = module.permissions.jira_webhook_policy
    settings    = local.function_settings
  }
}

# What people ask by hand: see the outputs doctor_command, resync_command and backfill_command.
module "operations" {
  source = "./modules/operations"

  name     = var.name
  location = local.location
  tags     = var.tags

  function = {
    environment = local.environment_with_jira
    policy      = module.permissions.operations_policy
    settings    = local.function_settings
  }

  installation = {
    native_events = var.native_events
    jira_webhook  = local.jira_webhook.enabled
    schedules     = { case-sweep = var.case_sweep_schedule, issue-sweep = var.issue_sweep_schedule }
  }
}

module "permissions" {
  source = "./modules/permissions"

  name                 = var.name
  ledger_table_name    = module.ledger.table.name
  event_bus_name       = module.events.bus.name
  credential_arns      = module.credentials.arns
  jira_token_parameter = local.jira_token_parameter
  reads_tags_in_sweeps = length(local.case_filter.tags) > 0
  location             = local.location

  notifications_secret = one([
    for arn in var.notifications_shared_secret_parameter_arn[*] :
    { arn = arn, kms_key_arn = var.notifications_shared_secret_kms_key_arn }
  ])

  webhook_secret = local.jira_webhook.enabled ? {
    arn         = coalesce(local.jira_webhook.secret_parameter_arn, "arn:${local.location.partition}:ssm:${local.location.region}:${local.location.account_id}:parameter${local.webhook_secret_name}")
    kms_key_arn = local.jira_webhook.secret_kms_key_arn
  } : null
}

module "credentials" {
  source = "./modules/credentials"

  name                 = var.name
  parameter_prefix     = local.parameter_prefix
  jira_url             = trimsuffix(var.jira_url, "/")
  jira_email           = var.jira_email == "" ? "unused" : var.jira_email # SSM takes no empty value
  jira_project_key     = var.jira_project_key
  jira_token           = var.jira_token
  jira_token_version   = var.jira_token_version
  jira_token_parameter = local.jira_token_parameter
  kms_key_arn          = var.kms_key_arn
  location             = local.location
  tags                 = var.tags
}

module "ledger" {
  source = "./modules/ledger"

  name                = var.name
  deletion_protection = var.deletion_protection
  kms_key_arn         = var.kms_key_arn
  tags                = var.tags
}

module "events" {
  source = "./modules/events"

  name                      = var.name
  event_log_resource_policy = var.event_log_resource_policy
  kms_key_arn               = var.kms_key_arn
  queue_arns                = { for function, worker in module.worker : function => worker.queue.arn }
  dead_letter_arns          = { for function, worker in module.worker : function => worker.queue.dead_letter_arn }
  native_events             = var.native_events
  log_retention_days        = var.log_retention_days
  location                  = local.location
  tags                      = var.tags
}

module "notifications" {
  source = "./modules/notifications"

  name                  = var.name
  queue_arn             = module.worker["jira_notifications_handler"].queue.arn
  dead_letter_arn       = module.worker["jira_notifications_handler"].queue.dead_letter_arn
  publisher_account_ids = var.notifications_publisher_account_ids
  location              = local.location
  tags                  = var.tags
}

module "schedules" {
  source = "./modules/schedules"

  name        = var.name
  kms_key_arn = var.kms_key_arn
  role_limits = local.role_limits
  location    = local.location
  tags        = var.tags

  sweeps = {
    case-sweep = {
      description     = "Looks for cases that changed without an event"
      schedule        = var.case_sweep_schedule
      queue_arn       = module.worker["security_ir_poller"].queue.arn
      dead_letter_arn = module.worker["security_ir_poller"].queue.dead_letter_arn
      message         = { sweep = "cases" }
    }
    issue-sweep = {
      description     = "Looks for issues that changed without a notification"
      schedule        = var.issue_sweep_schedule
      queue_arn       = module.worker["jira_notifications_handler"].queue.arn
      dead_letter_arn = module.worker["jira_notifications_handler"].queue.dead_letter_arn
      message         = { sweep = "issues" }
    }
  }
}

module "monitoring" {
  source = "./modules/monitoring"

  sweep_schedules = {
    case-sweep  = var.case_sweep_schedule
    issue-sweep = var.issue_sweep_schedule
  }

  name                   = var.name
  alarm_actions          = var.alarm_actions
  alarm_emails           = var.alarm_emails
  kms_key_arn            = var.kms_key_arn
  functions              = local.function_names
  event_log_dead_letters = module.events.event_log_dead_letters
  location               = local.location
  tags                   = var.tags
}

module "dashboard" {
  source = "./modules/dashboard"

  name         = var.name
  enabled      = var.dashboard_enabled
  ledger_table = module.ledger.table.name
  rules        = module.events.rules
  alarms       = concat(module.monitoring.alarms, flatten([for worker in module.worker : values(worker.alarms)]), flatten([for webhook in module.jira_webhook : values(webhook.alarms)]))
  location     = local.location

  workers = { for function, worker in module.worker : function => {
    function     = worker.function.name
    queue        = worker.queue.name
    dead_letters = worker.queue.dead_letter_name
    log_group    = worker.function.log_group
  } }

  webhook = one([for webhook in module.jira_webhook : webhook.function.name])

  event_log = {
    group        = module.events.event_log_group
    dead_letters = module.events.event_log_dead_letters
  }
}

check "somebody_is_told" {
  assert {
    condition     = length(var.alarm_actions) + length(var.alarm_emails) > 0
    error_message = "Nobody will be told when cases and issues stop being kept in step. Set alarm_actions or alarm_emails."
  }
}

check "links_on_cases_lead_to_jira" {
  assert {
    condition     = var.jira_browse_url != null || !can(regex("^https://(?i:api\\.atlassian\\.com)/", var.jira_url))
    error_message = "Links on cases will lead nowhere: jira_url is Atlassian's gateway, on which nobody can click. Set jira_browse_url to the site's own address, for example https://your-company.atlassian.net."
  }
}
