data "aws_iam_policy_document" "security_ir_poller" {
  source_policy_documents = [data.aws_iam_policy_document.breakers.json]

  statement {
    sid     = "SeesWhichCasesMoved"
    actions = ["security-ir:ListCases"]
    # ListCases has no resource type:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityincidentresponse.html
    resources = ["*"]
  }

  dynamic "statement" {
    for_each = var.reads_tags_in_sweeps ? ["case_filter"] : []

    content {
      sid       = "SeesWhichCasesWereTaggedSinceTheyWereLeftOut"
      actions   = ["security-ir:ListTagsForResource"]
      resources = [local.case_arns]
    }
  }

  statement {
    sid = "RemembersWhatItAnnounced"
    actions = [
      "dynamodb:BatchWriteItem",
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
    ]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["CURSOR#security_ir"]
    }

    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
  }

  statement {
    sid       = "CountsThePairsInTrouble"
    actions   = ["dynamodb:Query"]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["TROUBLE"]
    }

    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
  }

  statement {
    sid       = "AnnouncesCases"
    actions   = ["events:PutEvents"]
    resources = [local.bus_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "events:source"
      values   = ["security-ir"]
    }

    condition {
      test     = "Null"
      variable = "events:source"
      values   = ["false"]
    }
  }
}
