# What is shown. A widget's properties are JSON: those of a list have to be of one type.

locals {
  chart = { view = "timeSeries", stacked = false, region = var.location.region, period = 300 }
  # A metric of the functions' own, one line a function; and the sum of one over all functions. A function that has
  # nothing to count has no such metric: the search finds those there are.
  own = { for name in ["FailingFor", "JiraUnauthorized", "NotPermitted", "SideDown"] : name => [
    for function in(name == "JiraUnauthorized" ? local.jira_functions : local.functions) :
    [var.name, name, "service", function, { label = "${name} ${function}" }]
  ] }
  webhooks = ["WebhooksFailed", "WebhooksMalformed", "WebhooksTooLarge", "WebhooksUnsigned", "WebhooksWrongMethod", "WebhooksWronglySigned"]
  sums = { for name in concat(local.webhooks, [
    "AlreadyPaired", "CasesVanished", "Conflict", "IssuesVanished", "NotificationsIgnored", "NotificationsWrongSecret", "OutcomeUnknown", "PairBusy",
    "PublishFailed", "RecordsDeadLettered", "RecordsFailed", "Refused", "RetryLater", "StatusUnreachable", "Throttled", "Unavailable",
  ]) : name => [{ expression = "SUM(SEARCH('{\"${var.name}\",service} MetricName=\"${name}\"', 'Sum', 300))", label = name, id = "sum_${lower(name)}" }] }
  delay = { for function in ["jira_client", "security_ir_client"] : function => [
    for stat, label in { p50 = "half of them", p95 = "p95", Maximum = "the latest" } :
    [var.name, "Delay", "service", function, { stat = stat, label = label }]
  ] }

  health = {
    heading = "Is it healthy?"
    height  = 6
    widgets = [
      { type = "alarm", width = 12, properties = jsonencode({
        title  = "All alarms"
        alarms = [for alarm in var.alarms : "arn:${var.location.partition}:cloudwatch:${var.location.region}:${var.location.account_id}:alarm:${alarm}"]
      }) },
      { type = "metric", width = 6, properties = jsonencode(merge(local.chart, {
        title = "Dead letters"
        stat  = "Maximum"
        metrics = concat(
          [for function in local.functions : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.workers[function].dead_letters, { label = function }]],
          [["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.event_log.dead_letters, { label = "event log" }]],
        )
      })) },
      { type = "metric", width = 6, properties = jsonencode(merge(local.chart, {
        title   = "A side is down: tries that waited for it"
        stat    = "Sum"
        metrics = local.own["SideDown"]
      })) },
    ]
  }

  lateness = {
    heading = "How late is it? Seconds from the change at its source to the write on the other side"
    height  = 6
    widgets = [
      { type = "metric", width = 8, properties = jsonencode(merge(local.chart, { title = "From case to issue", stat = "p50", metrics = local.delay["jira_client"] })) },
      { type = "metric", width = 8, properties = jsonencode(merge(local.chart, { title = "From issue to case", stat = "p50", metrics = local.delay["security_ir_client"] })) },
      { type = "metric", width = 8, properties = jsonencode(merge(local.chart, {
        title = "Oldest message: waiting, or failing"
        stat  = "Maximum"
        metrics = concat(
          [for function in local.functions : ["AWS/SQS", "ApproximateAgeOfOldestMessage", "QueueName", var.workers[function].queue, { label = "waiting ${function}" }]],
          local.own["FailingFor"],
        )
      })) },
    ]
  }

  trouble = {
    heading = "What is stuck, and why?"
    height  = 6
    widgets = [
      { type = "metric", width = 6, properties = jsonencode(merge(local.chart, {
        title   = "Pairs in error"
        stat    = "Maximum"
        metrics = [[var.name, "PairsInError", "service", "security_ir_poller", { label = "pairs" }]]
      })) },
      { type = "metric", width = 6, properties = jsonencode(merge(local.chart, {
        title   = "It waits for us: credentials, permissions"
        stat    = "Sum"
        metrics = concat(local.own["JiraUnauthorized"], local.own["NotPermitted"])
      })) },
      { type = "metric", width = 6, properties = jsonencode(merge(local.chart, {
        title = "It passes by itself"
        stat  = "Sum"
        metrics = [for name in ["Throttled", "Unavailable", "Conflict", "PairBusy", "AlreadyPaired", "OutcomeUnknown", "RetryLater", "PublishFailed"] :
          local.sums[name]
        ]
      })) },
      { type = "metric", width = 6, properties = jsonencode(merge(local.chart, {
        title = "It will not pass: refused, ignored, dead-lettered"
        stat  = "Sum"
        metrics = [for name in concat(
          ["Refused", "StatusUnreachable", "RecordsFailed", "RecordsDeadLettered", "NotificationsIgnored", "NotificationsWrongSecret", "CasesVanished", "IssuesVanished"],
          flatten([for webhook in var.webhook[*] : local.webhooks]),
        ) : local.sums[name]]
      })) },
    ]
  }

  reasons = {
    heading = "Why, in words (with log_level = \"info\" the log says more)"
    height  = 6
    widgets = [for title, query in { "What is tried again" = "tried-again", "What became a dead letter" = "dead-letters" } :
      { type = "log", width = 12, properties = jsonencode({
        title  = title
        region = var.location.region
        view   = "table"
        query  = join(" | ", concat([for group in local.queries[query].groups : "SOURCE '${group}'"], [replace(local.queries[query].query, "\n", " ")]))
      }) }
    ]
  }

  throughput = {
    heading = "What does it do, and what does it cost?"
    height  = 6
    widgets = concat(
      [for metric, of in { Invocations = ["Sum", "Runs of a function"], Duration = ["p95", "Milliseconds of a run, p95"], Errors = ["Sum", "Runs that crashed"], Throttles = ["Sum", "Throttled by Lambda"] } :
        { type = "metric", width = 4, properties = jsonencode(merge(local.chart, {
          title = of[1]
          stat  = of[0]
          metrics = concat(
            [for function in local.functions : ["AWS/Lambda", metric, "FunctionName", var.workers[function].function, { label = function }]],
            [for webhook in var.webhook[*] : ["AWS/Lambda", metric, "FunctionName", webhook, { label = "jira_webhook" }]],
          )
        })) }
      ],
      [
        { type = "metric", width = 4, properties = jsonencode(merge(local.chart, {
          title = "The ledger"
          stat  = "Sum"
          metrics = [for metric in ["ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits", "ReadThrottleEvents", "WriteThrottleEvents"] :
            ["AWS/DynamoDB", metric, "TableName", var.ledger_table, { label = metric }]
          ]
        })) },
        { type = "metric", width = 4, properties = jsonencode(merge(local.chart, {
          title   = "Events on the bus"
          stat    = "Sum"
          metrics = [for rule in var.rules : ["AWS/Events", "MatchedEvents", "EventBusName", var.name, "RuleName", rule, { label = rule }]]
        })) },
      ],
    )
  }
}
