data "aws_iam_policy_document" "queue" {
  dynamic "statement" {
    for_each = var.queue.senders

    content {
      sid       = statement.value.sid
      actions   = ["sqs:SendMessage"]
      resources = [local.queue_arn]

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
  name                       = local.dead_letters_name
  message_retention_seconds  = local.message_retention_seconds
  visibility_timeout_seconds = local.visibility_timeout_seconds
  sqs_managed_sse_enabled    = true
  tags                       = var.tags
}

resource "aws_sqs_queue" "this" {
  name                       = local.queue_name
  message_retention_seconds  = local.message_retention_seconds
  visibility_timeout_seconds = local.visibility_timeout_seconds
  sqs_managed_sse_enabled    = true
  # Whoever sends by a role of their own, as schedules do, needs no statement here.
  policy = data.aws_iam_policy_document.queue.json
  tags   = var.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = local.max_receive_count
  })
}
