locals {
  rule_arn_prefix = "arn:${var.location.partition}:events:${var.location.region}:${var.location.account_id}:rule"
}

# No resource policy: only this account's own roles may put events, each of them with one source.
resource "aws_cloudwatch_event_bus" "this" {
  name        = var.name
  description = "What changed in security cases and in their Jira issues"
  tags        = var.tags
}
