# One worker: what belongs to a function, and what it may do to it.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

mock_provider "aws" {
  alias = "mocked"

  mock_data "aws_iam_policy_document" {
    defaults = { json = "{}" }
  }

  mock_resource "aws_iam_role" {
    defaults = { arn = "arn:aws:iam::111122223333:role/x" }
  }

  mock_resource "aws_lambda_function" {
    defaults = { arn = "arn:aws:lambda:eu-central-1:111122223333:function:x" }
  }

  mock_resource "aws_sqs_queue" {
    defaults = { arn = "arn:aws:sqs:eu-central-1:111122223333:x" }
  }
}

variables {
  name = "x-jira-client"
  tags = { team = "soc" }

  function = {
    description = "Brings issues up to what their cases say"
    package     = "jira_client"
    environment = { LEDGER_TABLE = "x-ledger" }
    policy      = jsonencode({ Version = "2012-10-17", Statement = [] })
    settings = {
      packages           = { in_bucket = false, directory = "tests/terraform/fixtures/packages", s3_bucket = null, s3_prefix = null }
      runtime            = "python3.13"
      architecture       = "arm64"
      memory_mb          = 256
      log_retention_days = 30
      kms_key_arn        = null
      vpc_config         = null
      role               = { path = "/", permissions_boundary_arn = null }
    }
  }

  queue = {
    senders             = [{ sid = "BusRuleDelivers", service = "events.amazonaws.com", arn = "arn:aws:events:eu-central-1:111122223333:rule/x/x-jira-client-rule" }]
    batch_size          = 5
    maximum_concurrency = 4
  }

  alarms = {
    actions           = ["arn:aws:sns:eu-central-1:111122223333:x-alarms"]
    metrics_namespace = "x"
    explained_by      = ["JiraUnauthorized", "NotPermitted", "SideDown"]
  }

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "given" {
  module {
    source = "./tests/terraform/fixtures/given"
  }
}

run "fault_31_a_slow_call_of_jira_has_time_to_end" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition     = local.timeout_seconds == 300
    error_message = "The function has no 5 minutes."
  }

  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds == 6 * local.timeout_seconds
    error_message = "A message may be handed out again while its function still runs."
  }

  assert {
    condition     = aws_sqs_queue.this.message_retention_seconds == 1209600 && aws_sqs_queue.dead_letters.message_retention_seconds == 1209600
    error_message = "Messages are not kept for 14 days."
  }

  assert {
    condition     = aws_sqs_queue.this.sqs_managed_sse_enabled && aws_sqs_queue.dead_letters.sqs_managed_sse_enabled
    error_message = "A queue is not encrypted."
  }
}

run "faults_13_and_17_each_record_of_a_batch_fails_by_itself" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.function_response_types == toset(["ReportBatchItemFailures"])
    error_message = "A failed record would be deleted with its batch."
  }

  assert {
    condition     = aws_lambda_event_source_mapping.this.batch_size == 5 && aws_lambda_event_source_mapping.this.scaling_config[0].maximum_concurrency == 4
    error_message = "The queue does not feed the function as it is told to."
  }
}

run "what_the_worker_owns_is_tagged" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition     = aws_sqs_queue.this.tags == tomap({ team = "soc" }) && aws_sqs_queue.dead_letters.tags == tomap({ team = "soc" })
    error_message = "What the worker owns is not tagged."
  }
}

run "one_rule_may_send_to_the_queue_and_nothing_else" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition = [for statement in jsondecode(aws_sqs_queue.this.policy).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "BusRuleDelivers"
      Effect    = "Allow"
      Action    = "sqs:SendMessage"
      Resource  = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client"
      Principal = { Service = "events.amazonaws.com" }
      Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:events:eu-central-1:111122223333:rule/x/x-jira-client-rule" } }
    }]
    error_message = "The queue is open to others, or closed to its rule."
  }

  # What the queue does not take, the same rule brings to the dead letters.
  assert {
    condition = jsondecode(aws_sqs_queue.dead_letters.policy).Statement == [
      for statement in jsondecode(aws_sqs_queue.this.policy).Statement :
      merge(statement, { Resource = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client-dead-letters" })
    ]
    error_message = "The dead letters are open to others, or closed to the queue's senders."
  }
}

run "the_role_may_use_what_belongs_to_the_worker" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition = jsonencode([
      for statement in jsondecode(data.aws_iam_policy_document.function.json).Statement : {
        actions  = sort(flatten([statement.Action]))
        resource = statement.Resource
      }
      ]) == jsonencode([
      {
        actions  = ["sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
        resource = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client"
      },
      {
        actions  = ["sqs:SendMessage"]
        resource = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client"
      },
      {
        actions  = ["sqs:SendMessage"]
        resource = "arn:aws:sqs:eu-central-1:111122223333:x-jira-client-dead-letters"
      },
    ])
    error_message = "The role may do more, or less, to the worker's own things."
  }
}

run "the_role_also_has_the_policy_it_is_given" {
  command = plan

  module {
    source = "./modules/worker"
  }

  variables {
    function = merge(run.given.function, { policy = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Given", Effect = "Allow", Action = "events:PutEvents", Resource = "arn:aws:events:eu-central-1:111122223333:event-bus/x" }] }) })
  }

  assert {
    condition     = length(jsondecode(data.aws_iam_policy_document.function.json).Statement) == 4 && strcontains(data.aws_iam_policy_document.function.json, "events:PutEvents")
    error_message = "The given policy is not in the role's."
  }
}

run "fault_24_three_alarms_watch_metrics_that_exist" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition = [
      aws_cloudwatch_metric_alarm.dead_letters.dimensions,
      aws_cloudwatch_metric_alarm.errors.dimensions,
      ] == [
      tomap({ QueueName = "x-jira-client-dead-letters" }),
      tomap({ FunctionName = "x-jira-client" }),
    ]
    error_message = "An alarm watches something else."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.dead_letters.threshold == 0 && aws_cloudwatch_metric_alarm.dead_letters.comparison_operator == "GreaterThanThreshold"
    error_message = "One dead letter is no alarm."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.age.threshold == 900
    error_message = "A message that waits for 15 minutes is no alarm."
  }

  assert {
    condition = alltrue([
      for alarm in [aws_cloudwatch_metric_alarm.dead_letters, aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.age] :
      alarm.alarm_actions == toset(["arn:aws:sns:eu-central-1:111122223333:x-alarms"]) && startswith(alarm.alarm_name, "x-jira-client-")
    ])
    error_message = "An alarm tells nobody, or is not named after its worker."
  }
}

run "alarms_do_not_flap_and_name_their_page" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition = { for alarm in [aws_cloudwatch_metric_alarm.dead_letters, aws_cloudwatch_metric_alarm.errors, aws_cloudwatch_metric_alarm.age] : alarm.alarm_name => [alarm.datapoints_to_alarm, alarm.evaluation_periods] } == {
      x-jira-client-dead-letters = [1, 5]
      x-jira-client-errors       = [1, 2]
      x-jira-client-age          = [1, 2]
    }
    error_message = "An alarm ends while its cause goes on."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.errors.period == 900 && aws_sqs_queue.dead_letters.visibility_timeout_seconds == 60
    error_message = "An alarm ends between two tries, or while somebody looks."
  }

  assert {
    condition = alltrue([for kind, alarm in { dead-letters = aws_cloudwatch_metric_alarm.dead_letters, errors = aws_cloudwatch_metric_alarm.errors, age = aws_cloudwatch_metric_alarm.age } :
      endswith(alarm.alarm_description, "Runbook: docs/runbook.md#${kind}") && length(alarm.alarm_description) <= 1024 && alarm.ok_actions == alarm.alarm_actions
    ])
    error_message = "An alarm does not say what to do, or not when it is over."
  }
}

# SQS no longer counts the age of a message that fails again and again; the function does.
run "a_message_that_only_fails_is_an_alarm_too" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition = { for query in aws_cloudwatch_metric_alarm.age.metric_query : query.id => [query.metric[0].namespace, query.metric[0].metric_name, query.metric[0].dimensions, query.metric[0].period] if length(query.metric) > 0 } == {
      waiting          = ["AWS/SQS", "ApproximateAgeOfOldestMessage", tomap({ QueueName = "x-jira-client" }), 900]
      done             = ["AWS/SQS", "NumberOfMessagesDeleted", tomap({ QueueName = "x-jira-client" }), 900]
      failing          = ["x", "FailingFor", tomap({ service = "jira_client" }), 900]
      jiraunauthorized = ["x", "JiraUnauthorized", tomap({ service = "jira_client" }), 900]
      notpermitted     = ["x", "NotPermitted", tomap({ service = "jira_client" }), 900]
      sidedown         = ["x", "SideDown", tomap({ service = "jira_client" }), 900]
    }
    error_message = "The alarm watches other metrics than the queue's and the function's own."
  }

  assert {
    condition     = one([for query in aws_cloudwatch_metric_alarm.age.metric_query : query.expression if query.return_data == true]) == "IF(SUM([FILL(jiraunauthorized, 0), FILL(notpermitted, 0), FILL(sidedown, 0)]) > 0, 0, MAX([IF(FILL(done, 0) > 0, 0, FILL(waiting, 0)), FILL(failing, 0)]))"
    error_message = "One metric hides the other, is missed where the other is missing, or rings for what another alarm tells or for a queue that moves on."
  }
}

run "the_size_of_the_environment_is_known_before_the_queues_are_there" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition     = keys(local.expected_environment) == keys(local.environment) && local.expected_environment.QUEUE_URL == "https://sqs.eu-central-1.amazonaws.com/111122223333/x-jira-client" && local.expected_environment.DEAD_LETTER_QUEUE_URL == "https://sqs.eu-central-1.amazonaws.com/111122223333/x-jira-client-dead-letters"
    error_message = "The environment is expected to be of another size than it will be."
  }
}

run "a_customer_key_encrypts_both_queues" {
  command = plan

  module {
    source = "./modules/worker"
  }

  variables {
    function = merge(run.given.function, { settings = merge(run.given.function.settings, { kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd" }) })
  }

  assert {
    condition     = alltrue([for queue in [aws_sqs_queue.this, aws_sqs_queue.dead_letters] : queue.kms_master_key_id == "arn:aws:kms:eu-central-1:111122223333:key/abcd"])
    error_message = "A queue is encrypted with another key."
  }
}

run "nobody_uses_the_queues_in_the_clear" {
  command = plan

  module {
    source = "./modules/worker"
  }

  assert {
    condition = alltrue([
      for document in values(data.aws_iam_policy_document.queue) : one([
        for statement in jsondecode(document.json).Statement : statement if statement.Effect == "Deny"
        ]) == {
        Sid       = "NobodyInTheClear"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = document.json == data.aws_iam_policy_document.queue["messages"].json ? local.queue_arn : local.dead_letters_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      }
    ])
    error_message = "A message could travel without TLS."
  }
}

# What only an apply knows, the addresses of what it made. Nothing is made: each resource is a mock.
run "the_function_is_told_what_it_is_given_and_what_the_worker_knows" {
  providers = {
    aws = aws.mocked
  }

  module {
    source = "./modules/worker"
  }

  assert {
    condition = tomap(output.environment) == tomap({
      LEDGER_TABLE                 = "x-ledger"
      POWERTOOLS_METRICS_NAMESPACE = "x"
      POWERTOOLS_SERVICE_NAME      = "jira_client"
      QUEUE_URL                    = aws_sqs_queue.this.url
      DEAD_LETTER_QUEUE_URL        = aws_sqs_queue.dead_letters.url
    })
    error_message = "The function is told more, less, or other than it is given: or writes its metrics where no alarm looks."
  }

  assert {
    condition     = aws_sqs_queue.this.url != aws_sqs_queue.dead_letters.url
    error_message = "Both queues have one address: the assertion above could not tell them apart."
  }
}
