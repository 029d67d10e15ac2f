# The dashboard and the saved queries show what is there, and nothing else.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

override_data {
  target = data.aws_caller_identity.current
  values = { account_id = "111122223333" }
}

variables {
  name             = "x"
  jira_url         = "https://example.atlassian.net/"
  jira_email       = "bot@example.com"
  jira_project_key = "SEC"
  jira_token       = "test-token"
  alarm_emails     = ["soc@example.com"]
  lambda_packages  = { directory = "tests/terraform/fixtures/packages" }
}

run "every_alarm_is_shown_once_and_no_other" {
  command = plan

  assert {
    condition = sort(flatten([for widget in jsondecode(module.dashboard.body).widgets : widget.properties.alarms if widget.type == "alarm"])) == sort([
      for name in concat(module.monitoring.alarms, flatten([for worker in module.worker : values(worker.alarms)])) : "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:${name}"
    ])
    error_message = "The dashboard does not show all alarms, or shows one that is not there."
  }

  assert {
    condition     = length(module.monitoring.alarms) == 9 && length(flatten([for worker in module.worker : values(worker.alarms)])) == 12
    error_message = "There are more or fewer alarms than the README counts."
  }
}

run "every_metric_of_aws_belongs_to_something_that_is_made" {
  command = plan

  assert {
    condition = length(setsubtract(
      toset(flatten([for widget in jsondecode(module.dashboard.body).widgets : [
        for metric in widget.properties.metrics : "${metric[0]} ${join(" ", slice(metric, 2, length(metric) - 1))}" if try(startswith(metric[0], "AWS/"), false)
      ] if widget.type == "metric"])),
      toset(concat(
        flatten([for worker in module.worker : [
          "AWS/Lambda FunctionName ${worker.function.name}", "AWS/SQS QueueName ${worker.queue.name}", "AWS/SQS QueueName ${worker.queue.dead_letter_name}",
        ]]),
        ["AWS/SQS QueueName ${module.events.event_log_dead_letters}", "AWS/DynamoDB TableName ${output.ledger_table.name}"],
        [for rule in module.events.rules : "AWS/Events EventBusName ${output.event_bus.name} RuleName ${rule}"],
      )),
    )) == 0
    error_message = "A chart would stay empty: it names a function, queue, table or rule that is not there."
  }
}

run "every_metric_of_ours_is_one_that_a_function_writes" {
  command = plan

  assert {
    condition = length(setsubtract(
      toset(flatten([for widget in jsondecode(module.dashboard.body).widgets : [
        for metric in widget.properties.metrics : "${metric[2]} ${metric[3]}" if try(metric[0] == "x", false)
      ] if widget.type == "metric"])),
      toset([for function in keys(output.functions) : "service ${function}"]),
    )) == 0
    error_message = "A chart would stay empty: no function goes by that name."
  }

  # tests/unit/test_observability.py holds the names of the metrics to those that the functions write.
  assert {
    condition = alltrue(flatten([for widget in jsondecode(module.dashboard.body).widgets : [
      for metric in widget.properties.metrics : can(regex("^SUM\\(SEARCH\\('\\{\"x\",service\\} MetricName=\"[A-Za-z]+\"', 'Sum', 300\\)\\)$", metric[0].expression)) if can(metric[0].expression)
    ] if widget.type == "metric"]))
    error_message = "A search looks elsewhere than among the functions' own metrics."
  }
}

run "every_log_that_is_asked_is_there" {
  command = plan

  assert {
    condition = length(setsubtract(
      toset(concat(
        flatten([for query in module.dashboard.queries : query.groups]),
        flatten([for widget in jsondecode(module.dashboard.body).widgets : regexall("SOURCE '([^']+)'", widget.properties.query) if widget.type == "log"]),
      )),
      toset(concat([for function in output.functions : function.log_group], [output.event_log_group])),
    )) == 0
    error_message = "A query asks a log group that is not there."
  }
}

run "widgets_stand_side_by_side_and_fill_each_row" {
  command = plan

  assert {
    condition = alltrue([for top in distinct([for widget in jsondecode(module.dashboard.body).widgets : widget.y]) :
      sum([for widget in jsondecode(module.dashboard.body).widgets : widget.width if widget.y == top]) == 24
    ])
    error_message = "A row is wider or narrower than the page."
  }

  assert {
    condition = [for widget in jsondecode(module.dashboard.body).widgets : widget.properties.markdown if widget.type == "text"] == [
      "## Is it healthy?",
      "## How late is it? Seconds from the change at its source to the write on the other side",
      "## What is stuck, and why?",
      "## Why, in words (with log_level = \"info\" the log says more)",
      "## What does it do, and what does it cost?",
    ]
    error_message = "The page answers in another order."
  }

  assert {
    condition     = output.dashboard_url == "https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/x-eu-central-1"
    error_message = "The dashboard's address is wrong."
  }
}
