data "aws_iam_policy_document" "this" {
  statement {
    sid       = "NobodyInTheClear"
    effect    = "Deny"
    actions   = var.actions
    resources = [var.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}
