# What the function may do to its own queues, beside the policy it is given.
data "aws_iam_policy_document" "function" {
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
}
