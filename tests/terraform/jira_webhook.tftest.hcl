# Jira's own webhooks: what is there when they are enabled, and what may be done to it. A secret that is made here is drawn
# from AWS at every plan: tests/sandbox has one.

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

run "by_default_there_is_no_address" {
  command = plan

  assert {
    condition     = length(module.jira_webhook) == 0 && output.jira_webhook_url == null && !contains(keys(output.functions), "jira_webhook")
    error_message = "Something of the webhooks is there that nobody asked for."
  }

  assert {
    condition     = !jsondecode(module.operations.environment["INSTALLATION"]).jira_webhook
    error_message = "The doctor is told of webhooks that are not there."
  }
}

run "enabled_with_a_secret_of_ones_own_it_is_told_where_that_is_and_may_read_it_and_ring_and_nothing_else" {
  command = plan

  variables {
    jira_webhook = { enabled = true, secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/webhooks" }
  }

  assert {
    condition = [for statement in jsondecode(module.permissions.jira_webhook_policy).Statement : { (statement.Sid) = [statement.Action, statement.Resource] }] == [
      { ReadsTheSecretThatJiraSignsBy = ["ssm:GetParameter", "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/webhooks"] },
      { HasAnIssueLookedAt = ["sqs:SendMessage", "arn:aws:sqs:eu-central-1:111122223333:security-ir-jira-jira-notifications-handler"] },
    ]
    error_message = "The function that strangers reach may do more, or less, than it does."
  }

  assert {
    condition     = alltrue([for policy in concat(values(module.permissions.policies), [module.permissions.operations_policy]) : !strcontains(policy, "/shared/webhooks")])
    error_message = "Another function may read what Jira signs by."
  }

  assert {
    condition     = alltrue([for worker in values(local.workers) : !strcontains(jsonencode(worker.environment), "/shared/webhooks")])
    error_message = "Another function is told where the secret is."
  }

  assert {
    condition     = jsondecode(module.operations.environment["INSTALLATION"]).jira_webhook
    error_message = "The doctor is not told of the webhooks."
  }

  assert {
    condition     = contains(keys(output.functions), "jira_webhook") && !contains(keys(output.queues), "jira_webhook")
    error_message = "The function is not among the outputs, or has a queue."
  }

  assert {
    condition     = strcontains(module.dashboard.body, "security-ir-jira-jira-webhook-errors") && strcontains(module.dashboard.body, "WebhooksWronglySigned")
    error_message = "The dashboard does not show the function."
  }
}

run "a_secret_under_a_customer_key_of_its_own_is_decrypted_by_it_for_that_parameter_alone" {
  command = plan

  variables {
    jira_webhook = {
      enabled              = true
      secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/webhooks"
      secret_kms_key_arn   = "arn:aws:kms:eu-central-1:111122223333:key/1234"
    }
  }

  assert {
    condition = [for statement in jsondecode(module.permissions.jira_webhook_policy).Statement : statement if statement.Action == "kms:Decrypt"] == [{
      Sid      = "DecryptsTheSecretOfWebhooks"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:eu-central-1:111122223333:key/1234"
      Condition = {
        StringEquals = {
          "kms:ViaService"                      = "ssm.eu-central-1.amazonaws.com"
          "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/webhooks"
        }
      }
    }]
    error_message = "The secret's key may be used for something else, or not at all."
  }
}

run "null_and_attributes_that_are_null_leave_it_off" {
  command = plan

  variables {
    jira_webhook = { enabled = null, secret_parameter_arn = null, secret_kms_key_arn = null }
  }

  assert {
    condition     = length(module.jira_webhook) == 0
    error_message = "An object without values enables webhooks."
  }
}

run "a_misspelt_key_is_refused_by_name" {
  command = plan

  variables {
    jira_webhook = { enable = true }
  }

  expect_failures = [var.jira_webhook]
}

run "what_is_no_object_is_refused" {
  command = plan

  variables {
    jira_webhook = true
  }

  expect_failures = [var.jira_webhook]
}

run "enabled_is_true_or_false" {
  command = plan

  variables {
    jira_webhook = { enabled = "on" }
  }

  expect_failures = [var.jira_webhook]
}

run "the_secret_itself_in_the_place_of_its_arn_is_refused" {
  command = plan

  variables {
    jira_webhook = { enabled = true, secret_parameter_arn = "correct horse battery staple" }
  }

  expect_failures = [var.jira_webhook]
}

run "a_key_without_a_parameter_is_refused" {
  command = plan

  variables {
    jira_webhook = { enabled = true, secret_kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234" }
  }

  expect_failures = [var.jira_webhook]
}
