# The address that Jira calls, and the function behind it.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "the_function_has_few_runs_and_its_address_invokes_it_by_that_address_only" {
  command = plan

  module {
    source = "./modules/jira_webhook"
  }

  variables {
    name          = "x"
    queue_url     = "https://sqs.eu-central-1.amazonaws.com/111122223333/x-jira-notifications-handler"
    alarm_actions = ["arn:aws:sns:eu-central-1:111122223333:soc"]
    location      = { partition = "aws", dns_suffix = "amazonaws.com", region = "eu-central-1", account_id = "111122223333" }
    tags          = { team = "soc" }
    secret        = { name = "/x/jiraWebhookSecret", kms_key_arn = null, parameter_arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/webhooks" }

    function = {
      environment = {}
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
  }

  assert {
    condition     = jsondecode(aws_cloudformation_stack.permission.template_body).Resources.InvokedByItsAddressOnly.Properties == { Action = "lambda:InvokeFunction", FunctionName = "x-jira-webhook", InvokedViaFunctionUrl = true, Principal = "*" }
    error_message = "The function can be invoked otherwise than by its address, or not by it."
  }

  assert {
    condition     = aws_lambda_function_url.this.authorization_type == "NONE" && output.environment["SECRET_PARAMETER"] == var.secret.parameter_arn
    error_message = "Jira cannot call it, or it looks for another secret."
  }

  assert {
    condition     = length(aws_ssm_parameter.this) == 0
    error_message = "A secret is made beside the one that was given."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.errors.alarm_actions == toset(var.alarm_actions) && length(output.alarms) == 1
    error_message = "Nobody is told of webhooks that are not passed on."
  }
}
