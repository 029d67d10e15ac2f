# Who may publish notifications.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                  = "x"
  publisher_account_ids = ["815843069303"]
  queue_arn             = "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler"
  dead_letter_arn       = "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler-dead-letters"
  tags                  = {}

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

# All of Atlassian's customers publish as this account.
run "fault_27_the_shared_publisher_may_only_publish" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  assert {
    condition = [for statement in jsondecode(aws_sns_topic.this.policy).Statement : statement if statement.Effect == "Allow"] == [{
      Sid       = "JiraAutomationPublishes"
      Effect    = "Allow"
      Action    = "sns:Publish"
      Resource  = "arn:aws:sns:eu-central-1:111122223333:x-jira-notifications"
      Principal = { AWS = "arn:aws:iam::815843069303:root" }
      Condition = { StringEquals = { "aws:PrincipalAccount" = "815843069303" } }
    }]
    error_message = "The topic is open to others, or for more."
  }

  assert {
    condition     = one([for statement in jsondecode(aws_sns_topic.this.policy).Statement : statement if statement.Effect == "Deny"]).Condition == { Bool = { "aws:SecureTransport" = "false" } }
    error_message = "A notification could travel without TLS."
  }

  # With a customer key Atlassian's roles would need the key as well.
  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == null
    error_message = "The topic is encrypted, and Jira cannot publish to it."
  }

  assert {
    condition     = aws_sns_topic_subscription.this.protocol == "sqs" && aws_sns_topic_subscription.this.endpoint == "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler"
    error_message = "Notifications do not reach their queue."
  }
}

run "a_notification_that_the_queue_does_not_take_waits_in_its_dead_letters" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  assert {
    condition     = jsondecode(aws_sns_topic_subscription.this.redrive_policy) == { deadLetterTargetArn = "arn:aws:sqs:eu-central-1:111122223333:x-jira-notifications-handler-dead-letters" }
    error_message = "A notification may be lost."
  }

  # Bare, a dead letter would lack what the envelope says.
  assert {
    condition     = aws_sns_topic_subscription.this.raw_message_delivery == false
    error_message = "Notifications come without their envelope."
  }
}

run "whoever_else_is_named_may_publish_and_nobody_else" {
  command = plan

  module {
    source = "./modules/notifications"
  }

  variables {
    publisher_account_ids = ["815843069303", "222233334444"]
  }

  assert {
    condition = one([for statement in jsondecode(aws_sns_topic.this.policy).Statement : [toset(statement.Principal.AWS), toset(statement.Condition.StringEquals["aws:PrincipalAccount"])] if statement.Effect == "Allow"]) == [
      toset(["arn:aws:iam::815843069303:root", "arn:aws:iam::222233334444:root"]), toset(["815843069303", "222233334444"]),
    ]
    error_message = "The topic is open to others than are named, or closed to one of them."
  }
}
