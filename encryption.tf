# What the policy of a customer key has to say, for kms_key_arn. It names none of the module's resources and does not
# depend on the key: so the key can have its policy before anything is encrypted with it.

data "aws_iam_policy_document" "kms_key" {
  #checkov:skip=CKV_AWS_109:The policy of a key whose account may not administer it can never be changed.
  #checkov:skip=CKV_AWS_111:As above, and in a key's policy * is this key.
  #checkov:skip=CKV_AWS_356:In a key's policy * is this key.

  # As in every key's default policy: without it nobody could ever change this one, and the roles' own policies, which
  # let functions and schedules use the key, would not count.
  # https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  statement {
    sid       = "TheAccountsOwnPoliciesCount"
    actions   = ["kms:*"]
    resources = ["*"] # in a key's policy: this key

    principals {
      type        = "AWS"
      identifiers = ["arn:${local.location.partition}:iam::${local.location.account_id}:root"]
    }
  }

  # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-key-management.html#compatibility-with-aws-services
  statement {
    sid       = "RulesAndTheTopicSendToTheQueuesAndAlarmsToTheirTopic"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = ["*"] # this key, as above

    principals {
      type        = "Service"
      identifiers = ["cloudwatch.amazonaws.com", "events.amazonaws.com", "sns.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.location.account_id]
    }
  }

  # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
  statement {
    sid       = "CloudWatchLogsEncryptsTheLogGroups"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"]
    resources = ["*"] # this key, as above

    principals {
      type        = "Service"
      identifiers = ["logs.${local.location.region}.${local.location.dns_suffix}"]
    }

    condition {
      test     = "ArnLike"
      variable = "kms:EncryptionContext:aws:logs:arn"
      values = [
        "arn:${local.location.partition}:logs:${local.location.region}:${local.location.account_id}:log-group:/aws/events/${var.name}",
        "arn:${local.location.partition}:logs:${local.location.region}:${local.location.account_id}:log-group:/aws/lambda/${var.name}-*",
      ]
    }
  }
}
