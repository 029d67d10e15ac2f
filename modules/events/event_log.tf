# Every event of both directions, for people who ask what happened when.

locals {
  event_log_rule             = "${var.name}-event-log-rule"
  event_log_rule_arn         = "${local.rule_arn_prefix}/${var.name}/${local.event_log_rule}"
  shared                     = var.event_log_resource_policy == "shared"
  event_log_group_arns       = "arn:${var.location.partition}:logs:${var.location.region}:${var.location.account_id}:log-group:/aws/events/${local.shared ? "*" : var.name}:*"
  event_log_dead_letters     = "${var.name}-event-log-dead-letters"
  event_log_dead_letters_arn = "arn:${var.location.partition}:sqs:${var.location.region}:${var.location.account_id}:${local.event_log_dead_letters}"
}

resource "aws_cloudwatch_log_group" "this" {
  #checkov:skip=CKV_AWS_338:How long logs are kept is the estate's to say, by log_retention_days.

  name              = "/aws/events/${var.name}"
  retention_in_days = var.log_retention_days
  kms_key_id        = var.kms_key_arn
  tags              = var.tags
}

# AWS's own example, for one rule and one log group: "Amazon CloudWatch Logs permissions" in
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
#
# CloudWatch Logs takes ten of these in a Region, so several instances may share one: of all event logs of the account.
data "aws_iam_policy_document" "event_log" {
  statement {
    sid       = "EventBridgeOpensStreams"
    actions   = ["logs:CreateLogStream"]
    resources = [local.event_log_group_arns]

    # No condition, as in AWS's example: EventBridge names the rule only when it writes. An empty stream is all that
    # this lets anybody make.
    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com", "events.amazonaws.com"]
    }
  }

  statement {
    sid       = "TheEventLogRuleWrites"
    actions   = ["logs:PutLogEvents"]
    resources = [local.event_log_group_arns]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = [local.shared ? "${local.rule_arn_prefix}/*" : local.event_log_rule_arn]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "this" {
  count = var.event_log_resource_policy == "none" ? 0 : 1

  policy_name     = "${var.name}-event-log"
  policy_document = data.aws_iam_policy_document.event_log.json
}

resource "aws_cloudwatch_event_rule" "event_log" {
  name           = local.event_log_rule
  description    = "Every event of both directions goes to the event log"
  event_bus_name = aws_cloudwatch_event_bus.this.name
  tags           = var.tags

  event_pattern = jsonencode({
    source = ["jira", "security-ir"]
  })
}

resource "aws_cloudwatch_event_target" "event_log" {
  rule           = aws_cloudwatch_event_rule.event_log.name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "event-log"
  arn            = aws_cloudwatch_log_group.this.arn

  dead_letter_config {
    arn = aws_sqs_queue.event_log_dead_letters.arn
  }

  depends_on = [aws_cloudwatch_log_resource_policy.this]
}

module "tls_only" {
  source = "../tls_only"

  arn     = local.event_log_dead_letters_arn
  actions = ["sqs:*"]
}

# No function works on the event log, so nothing redrives these: they are what the log lacks, and can be read here
# for as long as SQS keeps anything.
data "aws_iam_policy_document" "event_log_dead_letters" {
  source_policy_documents = [module.tls_only.json]

  statement {
    sid       = "TheEventLogRuleDeadLetters"
    actions   = ["sqs:SendMessage"]
    resources = [local.event_log_dead_letters_arn]

    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [local.event_log_rule_arn]
    }
  }
}

resource "aws_sqs_queue" "event_log_dead_letters" {
  name                       = local.event_log_dead_letters
  message_retention_seconds  = 14 * 24 * 3600
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled    = var.kms_key_arn == null ? true : null
  kms_master_key_id          = var.kms_key_arn
  policy                     = data.aws_iam_policy_document.event_log_dead_letters.json
  tags                       = var.tags
}
