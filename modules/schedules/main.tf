# The sweeps find what no event told of. A message in a queue is all a schedule makes.

locals {
  group = "${var.name}-sweeps"
  # A sweep without a schedule is switched off.
  sweeps = { for name, sweep in var.sweeps : name => sweep if sweep.schedule != null }
}

data "aws_iam_policy_document" "schedules" {
  statement {
    sid       = "SchedulesRingTheSweepsQueues"
    actions   = ["sqs:SendMessage"]
    resources = [for sweep in local.sweeps : sweep.queue_arn]
  }

  statement {
    sid       = "WhatTheyDoNotTakeIsDeadLettered"
    actions   = ["sqs:SendMessage"]
    resources = [for sweep in local.sweeps : sweep.dead_letter_arn]
  }

  # Messages are encrypted for whoever sends them.
  dynamic "statement" {
    for_each = var.kms_key_arn[*]

    content {
      sid       = "UsesTheCustomerKeyBySqs"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [statement.value]

      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["sqs.${var.location.region}.${var.location.dns_suffix}"]
      }
    }
  }
}

module "role" {
  source = "../role"
  count  = length(local.sweeps) > 0 ? 1 : 0

  name        = local.group
  description = "Schedules of ${var.name} put sweep messages into its queues"
  region      = var.location.region
  service     = "scheduler.amazonaws.com"
  # Scheduler names the group, not the schedule:
  # https://docs.aws.amazon.com/scheduler/latest/UserGuide/cross-service-confused-deputy-prevention.html
  source_arn = "arn:${var.location.partition}:scheduler:${var.location.region}:${var.location.account_id}:schedule-group/${local.group}"
  policy     = data.aws_iam_policy_document.schedules.json
  limits     = var.role_limits
  tags       = var.tags
}

resource "aws_scheduler_schedule_group" "this" {
  count = length(local.sweeps) > 0 ? 1 : 0

  name = local.group
  tags = var.tags
}

resource "aws_scheduler_schedule" "sweep" {
  #checkov:skip=CKV_AWS_297:A schedule's message is the word sweep, and nobody's data.

  for_each = local.sweeps

  name                = "${var.name}-${each.key}"
  description         = each.value.description
  group_name          = aws_scheduler_schedule_group.this[0].name
  schedule_expression = each.value.schedule

  flexible_time_window {
    mode = "OFF"
  }

  target {
    arn      = each.value.queue_arn
    role_arn = module.role[0].arn
    input    = jsonencode(each.value.message)

    dead_letter_config {
      arn = each.value.dead_letter_arn
    }

    # The next sweep finds what this one would have: better to tell within the hour than to try for a day.
    retry_policy {
      maximum_event_age_in_seconds = 3600
      maximum_retry_attempts       = 185
    }
  }
}
