# The function that people invoke reads everything the doctor looks at. It writes neither Jira nor a case: it rings the
# sinks' bells, sends the sources a message, and says how far a backfill is to be.

locals {
  sqs_arn_prefix    = "arn:${var.location.partition}:sqs:${var.location.region}:${var.location.account_id}"
  events_arn_prefix = "arn:${var.location.partition}:events:${var.location.region}:${var.location.account_id}"
  function_names    = { for function in local.functions : function => "${var.name}-${replace(function, "_", "-")}" }
  functions         = ["security_ir_poller", "jira_notifications_handler", "jira_client", "security_ir_client"]
  queue_arns        = { for function, name in local.function_names : function => "${local.sqs_arn_prefix}:${name}" }
  # Rules, schedules and the topic dead-letter into the functions' own, but for the event log, which no function reads.
  dead_letter_arns = concat(
    [for arn in values(local.queue_arns) : "${arn}-dead-letters"],
    ["${local.sqs_arn_prefix}:${var.name}-event-log-dead-letters"],
  )
}

data "aws_iam_policy_document" "operations" {
  source_policy_documents = [data.aws_iam_policy_document.jira_credentials.json]

  statement {
    sid = "SeesWhetherTheMembershipIsActive"
    actions = [
      "security-ir:ListCases",
      "security-ir:ListMemberships",
    ]
    # Neither has a resource type:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityincidentresponse.html
    resources = ["*"]
  }

  statement {
    sid = "ReadsTheLedger"
    actions = [
      "dynamodb:DescribeContinuousBackups",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:Query",
    ]
    resources = [local.table_arn]
  }

  statement {
    sid = "StartsAndPausesBackfills"
    actions = [
      "dynamodb:PutItem",
      "dynamodb:UpdateItem",
    ]
    resources = [local.table_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "dynamodb:LeadingKeys"
      values   = ["CURSOR#jira", "CURSOR#security_ir"]
    }

    condition {
      test     = "Null"
      variable = "dynamodb:LeadingKeys"
      values   = ["false"]
    }
  }

  statement {
    sid       = "SendsTheSourcesTheirBackfill"
    actions   = ["sqs:SendMessage"]
    resources = [local.queue_arns["security_ir_poller"], local.queue_arns["jira_notifications_handler"]]
  }

  statement {
    sid       = "RingsBothSinksBells"
    actions   = ["events:PutEvents"]
    resources = [local.bus_arn]

    condition {
      test     = "ForAllValues:StringEquals"
      variable = "events:source"
      values   = ["jira", "security-ir"]
    }

    condition {
      test     = "Null"
      variable = "events:source"
      values   = ["false"]
    }
  }

  statement {
    sid       = "CountsMessages"
    actions   = ["sqs:GetQueueAttributes"]
    resources = concat(values(local.queue_arns), local.dead_letter_arns)
  }

  statement {
    sid       = "ReadsWhyThereAreDeadLetters"
    actions   = ["sqs:ReceiveMessage"]
    resources = local.dead_letter_arns
  }

  statement {
    sid = "SeesWhetherRulesDeliver"
    actions = [
      "events:DescribeRule",
      "events:ListTargetsByRule",
    ]
    resources = ["${local.events_arn_prefix}:rule/${var.name}-*", "${local.events_arn_prefix}:rule/${var.event_bus_name}/${var.name}-*"]
  }

  statement {
    sid       = "SeesWhetherSchedulesRing"
    actions   = ["scheduler:GetSchedule"]
    resources = ["arn:${var.location.partition}:scheduler:${var.location.region}:${var.location.account_id}:schedule/${var.name}-sweeps/*"]
  }

  statement {
    sid = "SeesWhetherQueuesAreEmptiedAndHowLateTheyAre"
    actions = [
      "cloudwatch:GetMetricStatistics",
      "lambda:ListEventSourceMappings",
    ]
    # Neither has a resource type:
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatch.html
    resources = ["*"]
  }
}
