# Who is told.

locals {
  name          = "${var.name}-alarms"
  arn           = "arn:${var.location.partition}:sns:${var.location.region}:${var.location.account_id}:${local.name}"
  alarm_actions = concat(var.alarm_actions, aws_sns_topic.this[*].arn)
}

module "tls_only" {
  source = "../tls_only"

  arn     = local.arn
  actions = ["sns:Publish"]
}

data "aws_iam_policy_document" "topic" {
  source_policy_documents = [module.tls_only.json]

  statement {
    sid       = "OurAlarmsPublish"
    actions   = ["sns:Publish"]
    resources = [local.arn]

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com"]
    }

    condition {
      test     = "ArnLike"
      variable = "aws:SourceArn"
      values   = ["arn:${var.location.partition}:cloudwatch:${var.location.region}:${var.location.account_id}:alarm:${var.name}-*"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.location.account_id]
    }
  }
}

resource "aws_sns_topic" "this" {
  count = length(var.alarm_emails) > 0 ? 1 : 0

  name              = local.name
  display_name      = "Alarms of ${var.name}"
  policy            = data.aws_iam_policy_document.topic.json
  kms_master_key_id = var.kms_key_arn
  tags              = var.tags
}

resource "aws_sns_topic_subscription" "email" {
  for_each = toset(var.alarm_emails)

  topic_arn = aws_sns_topic.this[0].arn
  protocol  = "email"
  endpoint  = each.value
}
