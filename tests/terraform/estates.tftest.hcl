# What regulated estates ask for, passed on to every place that it concerns.

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
  jira_url         = "https://example.atlassian.net/"
  jira_email       = "bot@example.com"
  jira_project_key = "SEC"
  jira_token       = "test-token"
  alarm_emails     = ["soc@example.com"]
  lambda_packages  = { directory = "tests/terraform/fixtures/packages" }
}

run "the_policy_of_a_key_is_known_before_there_is_a_key" {
  command = plan

  assert {
    condition = [for statement in jsondecode(output.kms_key_policy_json).Statement : statement.Sid] == [
      "TheAccountsOwnPoliciesCount",
      "RulesAndTheTopicSendToTheQueuesAndAlarmsToTheirTopic",
      "CloudWatchLogsEncryptsTheLogGroups",
    ]
    error_message = "The key's policy says more, or less, than the services need."
  }

  assert {
    condition = sort(flatten([
      for statement in jsondecode(output.kms_key_policy_json).Statement : [for service in flatten([statement.Principal.Service]) : service] if can(statement.Principal.Service)
    ])) == tolist(["cloudwatch.amazonaws.com", "events.amazonaws.com", "logs.eu-central-1.amazonaws.com", "sns.amazonaws.com"])
    error_message = "A service that encrypts for us is missing, or there is one too many."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(output.kms_key_policy_json).Statement : can(statement.Condition) || statement.Principal == { AWS = "arn:aws:iam::111122223333:root" }])
    error_message = "A service may use the key for somebody else."
  }
}
