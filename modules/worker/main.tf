# A worker: a queue, the function that empties it, and everything that tells when it does not.

locals {
  # Long enough for the slowest record, an attachment of 100 MiB both ways included.
  timeout_seconds = 300
  # AWS's rule of six, so that a message is not handed out again while its function may still run.
  # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
  visibility_timeout_seconds = local.timeout_seconds * 6
  # What SQS keeps at most.
  message_retention_seconds = 14 * 24 * 3600
  # High on purpose: an outage or an expired token over a weekend makes no dead letters. What can never succeed the
  # function itself puts with the dead letters, at once.
  max_receive_count = 1000

  queue_name        = var.name
  dead_letters_name = "${var.name}-dead-letters"

  # Built from names, which a first plan knows already: it can show the policies that use them.
  sqs_arn_prefix   = "arn:${var.location.partition}:sqs:${var.location.region}:${var.location.account_id}"
  queue_arn        = "${local.sqs_arn_prefix}:${local.queue_name}"
  dead_letters_arn = "${local.sqs_arn_prefix}:${local.dead_letters_name}"

  # The destination is named, since a dead letter that the function itself sent knows no queue it came from.
  # At a pace: thousands at once would be a storm for the other side.
  redrive_command = "aws sqs start-message-move-task --source-arn ${local.dead_letters_arn} --destination-arn ${local.queue_arn} --max-number-of-messages-per-second ${local.redrive_pace} --region ${var.location.region}"
  redrive_pace    = 5
}
