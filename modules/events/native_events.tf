# What Security Incident Response itself says on the account's default bus: a case changed, now.

locals {
  native_rule = "${var.name}-native-events-rule"
}

resource "aws_cloudwatch_event_rule" "native" {
  count = var.native_events ? 1 : 0

  name        = local.native_rule
  description = "Native events of Security Incident Response go to the function that looks at cases"
  tags        = var.tags

  # All that is about cases and nothing about memberships; AWS has renamed single detail-types before. Nobody but AWS
  # can put events whose source begins with "aws.".
  event_pattern = jsonencode({
    source        = ["aws.security-ir"]
    "detail-type" = [{ prefix = "Case " }]
  })
}

resource "aws_cloudwatch_event_target" "native" {
  count = var.native_events ? 1 : 0

  rule      = aws_cloudwatch_event_rule.native[0].name
  target_id = "queue"
  arn       = var.queue_arns["security_ir_poller"]

  dead_letter_config {
    arn = var.dead_letter_arns["security_ir_poller"]
  }
}
