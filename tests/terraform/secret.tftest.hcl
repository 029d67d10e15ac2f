# The secret that notifications may have to carry: who is told where it is, who may read it.

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

run "without_one_nobody_is_told_of_a_secret" {
  command = plan

  assert {
    condition     = alltrue([for worker in values(local.workers) : !strcontains(try(worker.environment["JIRA_PARAMETERS"], ""), "notifications_secret")])
    error_message = "A function looks for a secret that is not there."
  }

  assert {
    condition     = !strcontains(module.permissions.policies["jira_notifications_handler"], "SecretOfNotifications")
    error_message = "A function may read a parameter that nobody named."
  }
}

run "fault_27_only_the_function_that_hears_strangers_learns_where_the_secret_is_and_may_read_it" {
  command = plan

  variables {
    notifications_shared_secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications"
  }

  assert {
    condition = {
      for function, worker in local.workers : function => lookup(jsondecode(try(worker.environment["JIRA_PARAMETERS"], "{}")), "notifications_secret", "")
      } == {
      security_ir_poller         = ""
      jira_client                = ""
      jira_notifications_handler = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications"
      security_ir_client         = ""
    }
    error_message = "The secret's parameter is not named to the one function that needs it, or to another."
  }

  assert {
    condition = {
      for function, policy in module.permissions.policies : function => [
        for statement in jsondecode(policy).Statement : statement.Action if contains(flatten([statement.Resource]), "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications")
      ]
      } == {
      security_ir_poller         = []
      jira_client                = []
      jira_notifications_handler = ["ssm:GetParameters"]
      security_ir_client         = []
    }
    error_message = "The secret may be read by another function, or not at all."
  }

  assert {
    condition     = !strcontains(module.permissions.policies["jira_notifications_handler"], "kms:")
    error_message = "A key is granted that nobody named."
  }
}

run "the_secret_s_customer_key_decrypts_the_secret_and_nothing_else" {
  command = plan

  variables {
    notifications_shared_secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications"
    notifications_shared_secret_kms_key_arn   = "arn:aws:kms:eu-central-1:111122223333:key/1234"
  }

  assert {
    condition = [for statement in jsondecode(module.permissions.policies["jira_notifications_handler"]).Statement : statement if statement.Action == "kms:Decrypt"] == [{
      Sid      = "DecryptsTheSecretOfNotifications"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:eu-central-1:111122223333:key/1234"
      Condition = {
        StringEquals = {
          "kms:ViaService"                      = "ssm.eu-central-1.amazonaws.com"
          "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications"
        }
      }
    }]
    error_message = "The secret's key may be used for something else, or not at all."
  }

  assert {
    condition     = !strcontains(module.permissions.policies["jira_client"], "kms:")
    error_message = "A function may decrypt a secret it never reads."
  }
}

run "a_name_instead_of_an_arn_is_refused" {
  command = plan

  variables {
    notifications_shared_secret_parameter_arn = "/shared/notifications"
  }

  expect_failures = [var.notifications_shared_secret_parameter_arn]
}

run "a_secret_of_secrets_manager_is_refused" {
  command = plan

  variables {
    notifications_shared_secret_parameter_arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:notifications-AbCdEf"
  }

  expect_failures = [var.notifications_shared_secret_parameter_arn]
}

run "an_alias_of_the_secret_s_key_is_refused" {
  command = plan

  variables {
    notifications_shared_secret_parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/notifications"
    notifications_shared_secret_kms_key_arn   = "arn:aws:kms:eu-central-1:111122223333:alias/notifications"
  }

  expect_failures = [var.notifications_shared_secret_kms_key_arn]
}

run "a_key_without_a_secret_is_refused" {
  command = plan

  variables {
    notifications_shared_secret_kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234"
  }

  expect_failures = [var.notifications_shared_secret_kms_key_arn]
}

run "other_partitions_have_secrets_too" {
  command = plan

  variables {
    notifications_shared_secret_parameter_arn = "arn:aws-us-gov:ssm:eu-central-1:111122223333:parameter/a.b-c_d/e"
  }

  assert {
    condition     = strcontains(module.permissions.policies["jira_notifications_handler"], "arn:aws-us-gov:ssm:eu-central-1:111122223333:parameter/a.b-c_d/e")
    error_message = "The secret of another partition may not be read."
  }
}
