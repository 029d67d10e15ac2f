# Every event of both directions, for people who ask what happened when.

locals {
  event_log_rule = "${var.name}-event-log-rule"
}

resource "aws_cloudwatch_log_group" "this" {
  name              = "/aws/events/${var.name}"
  retention_in_days = var.log_retention_days
  tags              = var.tags
}

# AWS's own example, for one rule and one log group: "Amazon CloudWatch Logs permissions" in
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html
data "aws_iam_policy_document" "event_log" {
  statement {
    sid       = "EventBridgeOpensStreams"
    actions   = ["logs:CreateLogStream"]
    resources = ["arn:${var.location.partition}:logs:${var.location.region}:${var.location.account_id}:log-group:/aws/events/${var.name}:*"]

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
    resources = ["arn:${var.location.partition}:logs:${var.location.region}:${var.location.account_id}:log-group:/aws/events/${var.name}:*"]

    principals {
      type        = "Service"
      identifiers = ["delivery.logs.amazonaws.com", "events.amazonaws.com"]
    }

    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = ["${local.rule_arn_prefix}/${var.name}/${local.event_log_rule}"]
    }
  }
}

resource "aws_cloudwatch_log_resource_policy" "this" {
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

  depends_on = [aws_cloudwatch_log_resource_policy.this]
}
