# Who hears of what: a source announces, the sink of the other side reconciles.

locals {
  routes = {
    jira_client = {
      rule         = "${var.name}-jira-client-rule"
      description  = "Changes of cases go to the function that writes Jira"
      source       = "security-ir"
      detail_types = ["CaseCreated", "CaseUpdated", "CaseClosed", "CaseDeleted"]
    }
    security_ir_client = {
      rule         = "${var.name}-security-ir-client-rule"
      description  = "Changes of issues go to the function that writes Security Incident Response"
      source       = "jira"
      detail_types = ["IssueCreated", "IssueUpdated", "IssueDeleted"]
    }
  }
}

resource "aws_cloudwatch_event_rule" "route" {
  for_each = local.routes

  name           = each.value.rule
  description    = each.value.description
  event_bus_name = aws_cloudwatch_event_bus.this.name
  tags           = var.tags

  event_pattern = jsonencode({
    source        = [each.value.source]
    "detail-type" = each.value.detail_types
  })
}

resource "aws_cloudwatch_event_target" "route" {
  for_each = local.routes

  rule           = aws_cloudwatch_event_rule.route[each.key].name
  event_bus_name = aws_cloudwatch_event_bus.this.name
  target_id      = "queue"
  arn            = var.queue_arns[each.key]

  # What the queue does not take waits where the function's redrive command finds it: the event as it is.
  dead_letter_config {
    arn = var.dead_letter_arns[each.key]
  }
}
