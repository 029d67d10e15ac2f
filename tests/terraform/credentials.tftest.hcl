# Where the credentials are, and where the token never is.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name               = "x"
  parameter_prefix   = "/x"
  jira_url           = "https://example.atlassian.net"
  jira_email         = "bot@example.com"
  jira_project_key   = "SEC"
  jira_token         = "test-token"
  jira_token_version = 1
  tags               = {}

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "fault_23_the_token_is_written_and_never_kept" {
  command = plan

  module {
    source = "./modules/credentials"
  }

  assert {
    condition = alltrue([
      for parameter in [aws_ssm_parameter.jira_url, aws_ssm_parameter.jira_email, aws_ssm_parameter.jira_project_key, aws_ssm_parameter.jira_token[0]] :
      parameter.type == "SecureString"
    ])
    error_message = "A parameter is not encrypted."
  }

  assert {
    condition     = aws_ssm_parameter.jira_token[0].value_wo == null && aws_ssm_parameter.jira_token[0].value_wo_version == 1
    error_message = "The token is kept in the plan."
  }
}

run "a_given_parameter_is_used_and_none_is_made" {
  command = plan

  module {
    source = "./modules/credentials"
  }

  variables {
    jira_token           = null
    jira_token_parameter = { arn = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira" }
  }

  assert {
    condition     = length(aws_ssm_parameter.jira_token) == 0
    error_message = "A parameter without a token is made."
  }

  assert {
    condition = sort(output.arns) == tolist([
      "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira",
      "arn:aws:ssm:eu-central-1:111122223333:parameter/x/jiraEmail",
      "arn:aws:ssm:eu-central-1:111122223333:parameter/x/jiraProjectKey",
      "arn:aws:ssm:eu-central-1:111122223333:parameter/x/jiraUrl",
    ])
    error_message = "The functions may read other parameters than the four."
  }
}

run "a_customer_key_encrypts_all_four" {
  command = plan

  module {
    source = "./modules/credentials"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd"
  }

  assert {
    condition = alltrue([
      for parameter in [aws_ssm_parameter.jira_url, aws_ssm_parameter.jira_email, aws_ssm_parameter.jira_project_key, aws_ssm_parameter.jira_token[0]] :
      parameter.key_id == "arn:aws:kms:eu-central-1:111122223333:key/abcd"
    ])
    error_message = "A parameter is encrypted with another key."
  }
}
