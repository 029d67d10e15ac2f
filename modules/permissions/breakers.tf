# Shared by the two sources; the sinks may do all this to the whole ledger.

data "aws_iam_policy_document" "breakers" {
  statement {
    sid = "KnowsWithTheOthersWhetherASideIsDown"
    actions = [
      "dynamodb:DeleteItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["BREAKER"]
    }

    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
  }
}
