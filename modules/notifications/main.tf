locals {
  name = "${var.name}-jira-notifications"
  # Built from the name, which a first plan knows already: it can show the policies that use it.
  arn = "arn:${var.location.partition}:sns:${var.location.region}:${var.location.account_id}:${local.name}"
}

module "tls_only" {
  source = "../tls_only"

  arn     = local.arn
  actions = ["sns:Publish"]
}

data "aws_iam_policy_document" "topic" {
  source_policy_documents = [module.tls_only.json]

  statement {
    sid       = "JiraAutomationPublishes"
    actions   = ["sns:Publish"]
    resources = [local.arn]

    principals {
      type        = "AWS"
      identifiers = [for id in var.publisher_account_ids : "arn:${var.location.partition}:iam::${id}:root"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = var.publisher_account_ids
    }
  }
}

resource "aws_sns_topic" "this" {
  #checkov:skip=CKV_AWS_26:The publisher's roles, Atlassian's, would need the key too, and messages hold issue keys only.

  name   = local.name
  policy = data.aws_iam_policy_document.topic.json
  tags   = var.tags
}

resource "aws_sns_topic_subscription" "this" {
  topic_arn = aws_sns_topic.this.arn
  protocol  = "sqs"
  endpoint  = var.queue_arn

  redrive_policy = jsonencode({
    deadLetterTargetArn = var.dead_letter_arn
  })
}
