# The saved queries do without the dashboard.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name         = "x"
  enabled      = false
  workers      = { jira_client = { function = "x-jira-client", queue = "x-jira-client", dead_letters = "x-jira-client-dead-letters", log_group = "/aws/lambda/x-jira-client" } }
  event_log    = { group = "/aws/events/x", dead_letters = "x-event-log-dead-letters" }
  ledger_table = "x-ledger"
  rules        = []
  alarms       = []
  location     = { partition = "aws", dns_suffix = "amazonaws.com", region = "eu-central-1", account_id = "111122223333" }
}

run "without_a_dashboard_there_are_queries_still" {
  command = plan

  module {
    source = "./modules/dashboard"
  }

  assert {
    condition     = length(aws_cloudwatch_dashboard.this) == 0 && output.url == null
    error_message = "There is a dashboard that nobody wants."
  }

  assert {
    condition     = keys(aws_cloudwatch_query_definition.this) == ["dead-letters", "refused", "tried-again", "way-of-a-case", "way-of-a-message", "way-of-an-issue"]
    error_message = "The saved queries went with the dashboard."
  }
}
