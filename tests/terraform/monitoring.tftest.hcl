# Who is told of alarms.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name          = "x"
  alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:on-call"]
  alarm_emails  = ["soc@example.com", "ciso@example.com"]
  tags          = {}

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "fault_24_every_address_is_subscribed_to_the_alarm_topic" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.email : subscription.endpoint]) == toset(["soc@example.com", "ciso@example.com"])
    error_message = "An address is not subscribed."
  }

  assert {
    condition     = length(output.alarm_actions) == 2
    error_message = "Alarms do not call both the given action and the topic."
  }

  assert {
    condition = one(jsondecode(aws_sns_topic.this[0].policy).Statement).Condition == {
      ArnLike      = { "aws:SourceArn" = "arn:aws:cloudwatch:eu-central-1:111122223333:alarm:x-*" }
      StringEquals = { "aws:SourceAccount" = "111122223333" }
    }
    error_message = "Others than our alarms may publish."
  }
}

run "without_addresses_there_is_no_topic" {
  command = plan

  module {
    source = "./modules/monitoring"
  }

  variables {
    alarm_emails = []
  }

  assert {
    condition     = length(aws_sns_topic.this) == 0 && join(",", output.alarm_actions) == "arn:aws:sns:eu-central-1:111122223333:on-call"
    error_message = "A topic is made for nobody."
  }
}
