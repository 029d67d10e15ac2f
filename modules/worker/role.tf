data "aws_iam_policy_document" "role" {
  source_policy_documents = [var.function.policy]

  statement {
    sid = "EmptiesItsQueue"
    actions = [
      "sqs:ChangeMessageVisibility",
      "sqs:DeleteMessage",
      "sqs:GetQueueAttributes",
      "sqs:ReceiveMessage",
    ]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "PutsInAnewWhatSqsWouldCountOut"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arn]
  }

  statement {
    sid       = "DeadLettersWhatCanNeverSucceed"
    actions   = ["sqs:SendMessage"]
    resources = [local.dead_letters_arn]
  }

  statement {
    sid = "WritesItsLog"
    actions = [
      "logs:CreateLogStream",
      "logs:PutLogEvents",
    ]
    resources = ["${local.log_group_arn}:*"]
  }
}

module "role" {
  source = "../role"

  name        = var.name
  description = "Execution role of the function ${var.name}"
  region      = var.location.region
  service     = "lambda.amazonaws.com"
  policy      = data.aws_iam_policy_document.role.json
  tags        = var.tags
}
