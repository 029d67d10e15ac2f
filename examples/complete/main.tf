provider "aws" {
  region = var.region
}

module "security_ir_jira" {
  source = "../.."

  # An instance for one team, beside others of the account.
  name             = "cloud-security"
  parameter_prefix = "/cloud-security/jira"

  # A service account's scoped token, which somebody else keeps in SSM and rotates.
  jira_url             = "https://api.atlassian.com/ex/jira/11111111-2222-3333-4444-555555555555"
  jira_email           = "jira-bot@example.com"
  jira_project_key     = "CLOUDSEC"
  jira_auth            = "basic"
  jira_token_parameter = var.jira_token_parameter
  jira_browse_url      = "https://example.atlassian.net" # what people click on; a scoped token's jira_url is none

  # The project's own ideas of an issue.
  jira_issue_type = "Incident"
  jira_create_fields = {
    components        = [{ name = "Incident response" }]
    customfield_10020 = "high"
  }
  status_mapping = {
    to_jira = {
      Acknowledged                            = ["Triage"]
      "Containment, Eradication and Recovery" = ["Containment", "In Progress"]
    }
    to_case = {
      Triage      = ""
      Containment = "Containment, Eradication and Recovery"
    }
  }
  transition_fields = {
    Done = { resolution = { name = "Done" } } # this workflow's screen demands one
  }
  closure_resolutions = {
    "False Positive" = "Won't Do"
    "Duplicate"      = "Duplicate"
  }
  jira_custom_fields = {
    customfield_10050 = "caseArn"
    customfield_10051 = "impactedAccounts"
  }

  # What becomes a case, and what becomes an issue.
  create_cases_from_jira = true
  issue_filter           = { issue_types = ["Incident"], labels = ["cloud"] }
  case_filter            = { resolver_types = ["AWS"], tags = { team = "cloud" } }
  backfill_closed_cases  = true

  # Analysts work in Jira: their word stays where both sides changed, and responders close the cases themselves.
  conflict_winner          = "jira"
  close_case_when_done     = false
  sync_watchers            = false
  sync_attachments         = true
  sync_restricted_comments = false
  on_case_deleted          = "close"
  on_issue_deleted         = "comment"

  # Native events tell of cases at once; the sweeps find what no event told of.
  native_events        = true
  case_sweep_schedule  = "rate(10 minutes)"
  issue_sweep_schedule = "rate(30 minutes)"

  # Jira's own webhooks tell of edited comments and of files, too, beside its rules.
  jira_webhook = { enabled = true }

  # Atlassian's account publishes, and a test account of this estate.
  notifications_publisher_account_ids = ["815843069303", data.aws_caller_identity.current.account_id]

  kms_key_arn              = aws_kms_key.this.arn
  vpc_config               = var.vpc_config
  permissions_boundary_arn = var.permissions_boundary_arn
  iam_role_path            = "/security/"

  # All event logs of the account share one resource policy, and this instance makes it.
  event_log_resource_policy = "shared"

  alarm_actions = [aws_sns_topic.on_call.arn]
  alarm_emails  = ["soc@example.com"]

  lambda_packages     = var.lambda_packages
  lambda_runtime      = "python3.13"
  lambda_architecture = "arm64"
  lambda_memory_mb    = 512
  aws_ca_bundle       = var.proxy_root == null ? null : file(var.proxy_root)

  log_level           = "info"
  log_retention_days  = 365
  deletion_protection = var.deletion_protection
  dashboard_enabled   = true

  tags = {
    team    = "cloud-security"
    service = "incident-response"
  }
}

# The policy is known before the module makes anything, so the key has it from the start.
resource "aws_kms_key" "this" {
  description         = "Cases and issues of cloud-security"
  enable_key_rotation = true
  policy              = module.security_ir_jira.kms_key_policy_json
}

# What the on-call tool is subscribed to; alarms of this account may publish.
resource "aws_sns_topic" "on_call" {
  name              = "cloud-security-on-call"
  kms_master_key_id = aws_kms_key.this.arn
}

data "aws_caller_identity" "current" {}

data "aws_iam_policy_document" "on_call" {
  statement {
    sid       = "AlarmsOfThisAccountPublish"
    actions   = ["sns:Publish"]
    resources = [aws_sns_topic.on_call.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.current.account_id]
    }
  }
}

resource "aws_sns_topic_policy" "on_call" {
  arn    = aws_sns_topic.on_call.arn
  policy = data.aws_iam_policy_document.on_call.json
}

# Another team listens to the same events, on the same bus.
resource "aws_cloudwatch_event_rule" "closed_cases" {
  name           = "closed-cases"
  description    = "Cases that were closed, for the weekly report"
  event_bus_name = module.security_ir_jira.event_bus.name

  event_pattern = jsonencode({
    source        = ["security-ir"]
    "detail-type" = ["CaseClosed"]
  })
}

resource "aws_cloudwatch_event_target" "closed_cases" {
  rule           = aws_cloudwatch_event_rule.closed_cases.name
  event_bus_name = aws_cloudwatch_event_rule.closed_cases.event_bus_name
  arn            = aws_sqs_queue.closed_cases.arn
}

resource "aws_sqs_queue" "closed_cases" {
  name                    = "closed-cases"
  sqs_managed_sse_enabled = true
}

data "aws_iam_policy_document" "closed_cases" {
  statement {
    sid       = "TheRuleDelivers"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.closed_cases.arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [aws_cloudwatch_event_rule.closed_cases.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "closed_cases" {
  queue_url = aws_sqs_queue.closed_cases.url
  policy    = data.aws_iam_policy_document.closed_cases.json
}
