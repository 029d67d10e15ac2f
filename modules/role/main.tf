locals {
  # Roles are global: the Region keeps two instances of one name, in two Regions, apart.
  full_name = "${var.name}-${var.region}"
  # IAM takes 64 characters. The hash keeps apart what the cut made equal.
  name = length(local.full_name) <= 64 ? local.full_name : "${substr(local.full_name, 0, 55)}-${substr(sha256(local.full_name), 0, 8)}"
}

data "aws_iam_policy_document" "trust" {
  statement {
    sid     = "TheServiceActsAsThisRole"
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = [var.service]
    }

    dynamic "condition" {
      for_each = var.source_arn[*]

      content {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [condition.value]
      }
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = local.name
  path                 = var.limits.path
  permissions_boundary = var.limits.permissions_boundary_arn
  description          = var.description
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  tags                 = var.tags
}

resource "aws_iam_role_policy" "this" {
  name   = "permissions"
  role   = aws_iam_role.this.name
  policy = var.policy
}
