locals {
  queue_arns = { messages = local.queue_arn, dead_letters = local.dead_letters_arn }
}

module "tls_only" {
  source   = "../tls_only"
  for_each = local.queue_arns

  arn     = each.value
  actions = ["sqs:*"]
}

# Who sends to the queue dead-letters into its dead letters what the queue did not take.
data "aws_iam_policy_document" "queue" {
  for_each = local.queue_arns

  source_policy_documents = [module.tls_only[each.key].json]

  dynamic "statement" {
    for_each = var.queue.senders

    content {
      sid       = statement.value.sid
      actions   = ["sqs:SendMessage"]
      resources = [each.value]

      principals {
        type        = "Service"
        identifiers = [statement.value.service]
      }

      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [statement.value.arn]
      }
    }
  }
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = local.dead_letters_name
  message_retention_seconds = local.message_retention_seconds
  # Nobody works on these: whoever looks at one hides it for as short as the alarm does not notice.
  visibility_timeout_seconds = 60
  sqs_managed_sse_enabled    = var.function.settings.kms_key_arn == null ? true : null
  kms_master_key_id          = var.function.settings.kms_key_arn
  policy                     = data.aws_iam_policy_document.queue["dead_letters"].json
  tags                       = var.tags
}

resource "aws_sqs_queue" "this" {
  name                       = local.queue_name
  message_retention_seconds  = local.message_retention_seconds
  visibility_timeout_seconds = local.visibility_timeout_seconds
  sqs_managed_sse_enabled    = var.function.settings.kms_key_arn == null ? true : null
  kms_master_key_id          = var.function.settings.kms_key_arn
  # Whoever sends by a role of their own, as schedules do, needs no statement here.
  policy = data.aws_iam_policy_document.queue["messages"].json
  tags   = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = local.max_receive_count
  })
}
