# Shared by the two sinks.

data "aws_iam_policy_document" "ledger_pairs" {
  statement {
    sid = "KeepsPairsInTheLedger"
    actions = [
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]
    resources = [local.table_arn]
  }
}
