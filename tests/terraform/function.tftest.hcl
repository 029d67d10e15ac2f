# A function of ours: its zip, its log, its role, its network.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name            = "x-jira-client"
  description     = "Brings issues up to what their cases say"
  package         = "jira_client"
  handler         = "jira_client.handler.handler"
  timeout_seconds = 300
  environment     = { LEDGER_TABLE = "x-ledger" }
  policy          = jsonencode({ Version = "2012-10-17", Statement = [] })
  tags            = { team = "soc" }

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

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "given" {
  module {
    source = "./tests/terraform/fixtures/given"
  }
}

run "it_runs_its_package_as_it_is_described" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition     = aws_lambda_function.this.function_name == "x-jira-client" && aws_lambda_function.this.handler == "jira_client.handler.handler" && aws_lambda_function.this.timeout == 300
    error_message = "The function does not run its package's handler."
  }

  assert {
    condition     = aws_lambda_function.this.filename == "tests/terraform/fixtures/packages/jira_client.zip" && aws_lambda_function.this.source_code_hash == filebase64sha256("tests/terraform/fixtures/packages/jira_client.zip")
    error_message = "A new zip would not be noticed."
  }

  assert {
    condition     = aws_lambda_function.this.description == "Brings issues up to what their cases say" && aws_lambda_function.this.environment[0].variables == tomap({ LEDGER_TABLE = "x-ledger" })
    error_message = "The function is described, or told, something else."
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && aws_lambda_function.this.architectures == tolist(["arm64"]) && aws_lambda_function.this.memory_size == 256
    error_message = "The function does not run on what it is told to."
  }

  assert {
    condition     = length(aws_lambda_function.this.vpc_config) == 0 && aws_cloudwatch_log_group.this.kms_key_id == null
    error_message = "The function is in a network, or its log under a key, that nobody asked for."
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "/aws/lambda/x-jira-client" && aws_cloudwatch_log_group.this.retention_in_days == 30
    error_message = "The function's log would be kept for ever."
  }

  assert {
    condition     = aws_lambda_function.this.tags == tomap({ team = "soc" }) && aws_cloudwatch_log_group.this.tags == tomap({ team = "soc" })
    error_message = "What belongs to the function is not tagged."
  }
}

run "without_network_and_key_it_may_write_its_log_and_what_it_was_given" {
  command = plan

  module {
    source = "./modules/function"
  }

  assert {
    condition = jsondecode(data.aws_iam_policy_document.role.json).Statement == [{
      Sid      = "WritesItsLog"
      Effect   = "Allow"
      Action   = ["logs:PutLogEvents", "logs:CreateLogStream"]
      Resource = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/lambda/x-jira-client:*"
    }]
    error_message = "A function without network and key may do more than write its log."
  }
}

run "a_missing_zip_says_which_ways_there_are" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    settings = merge(run.given.settings, { packages = merge(run.given.settings.packages, { directory = "tests/terraform/fixtures/nothing-here" }) })
  }

  expect_failures = [aws_lambda_function.this]
}

run "an_environment_just_below_4_KB_is_taken" {
  command = plan

  module {
    source = "./modules/function"
  }

  # {"A":"…"}, and 終 has three bytes.
  variables {
    environment = { A = format("%s%3780s", join("", [for _ in range(100) : "終"]), "") }
  }

  assert {
    condition     = abs(local.environment_bytes - 4088) <= 2
    error_message = "A letter of three bytes counts as one."
  }
}

run "a_larger_one_is_refused_at_plan" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    environment = { A = format("%4096s", "") }
  }

  expect_failures = [aws_lambda_function.this]
}

run "an_environment_that_is_not_known_yet_is_judged_by_what_is_expected" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    expected_environment = { A = format("%4096s", "") }
  }

  expect_failures = [aws_lambda_function.this]
}

run "a_zip_in_a_bucket_is_taken_from_there" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    settings = merge(run.given.settings, { packages = { in_bucket = true, directory = null, s3_bucket = "releases", s3_prefix = "/security-ir-jira/1.0.0/" } })
  }

  override_data {
    target = data.aws_s3_object.package
    values = { version_id = "v7" }
  }

  assert {
    condition     = aws_lambda_function.this.s3_bucket == "releases" && aws_lambda_function.this.s3_key == "security-ir-jira/1.0.0/jira_client.zip" && aws_lambda_function.this.filename == null
    error_message = "The zip is looked for elsewhere."
  }

  assert {
    condition     = aws_lambda_function.this.s3_object_version == "v7"
    error_message = "Another zip under the same key would not be noticed."
  }
}

run "a_bucket_without_versions_will_do" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    settings = merge(run.given.settings, { packages = { in_bucket = true, directory = null, s3_bucket = "releases", s3_prefix = null } })
  }

  override_data {
    target = data.aws_s3_object.package
    values = { version_id = "null" }
  }

  assert {
    condition     = aws_lambda_function.this.s3_key == "jira_client.zip" && aws_lambda_function.this.s3_object_version == null
    error_message = "An object without a version is asked for by one."
  }
}

run "a_customer_key_is_used_for_what_the_function_touches" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    settings = merge(run.given.settings, { kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd" })
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.kms_key_id == "arn:aws:kms:eu-central-1:111122223333:key/abcd"
    error_message = "The log is encrypted with another key."
  }

  assert {
    condition = {
      for statement in jsondecode(data.aws_iam_policy_document.role.json).Statement :
      statement.Condition.StringEquals["kms:ViaService"] => sort(flatten([statement.Action])) if startswith(statement.Sid, "UsesTheCustomerKey")
      } == {
      "dynamodb.eu-central-1.amazonaws.com" = tolist(["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext", "kms:ReEncryptFrom", "kms:ReEncryptTo"])
      "sqs.eu-central-1.amazonaws.com"      = tolist(["kms:Decrypt", "kms:GenerateDataKey"])
      "ssm.eu-central-1.amazonaws.com"      = tolist(["kms:Decrypt"])
    }
    error_message = "The key may be used for more, or for less, than ledger, queues and parameters."
  }
}

run "a_network_comes_with_what_lambda_needs_and_nothing_for_the_code" {
  command = plan

  module {
    source = "./modules/function"
  }

  variables {
    settings = merge(run.given.settings, { vpc_config = { subnet_ids = ["subnet-1", "subnet-2"], security_group_ids = ["sg-1"] } })
  }

  assert {
    condition     = aws_lambda_function.this.vpc_config[0].subnet_ids == toset(["subnet-1", "subnet-2"]) && aws_lambda_function.this.vpc_config[0].security_group_ids == toset(["sg-1"])
    error_message = "The function runs in another network."
  }

  assert {
    condition = one([
      for statement in jsondecode(data.aws_iam_policy_document.role.json).Statement : statement.Condition if statement.Effect == "Deny"
    ]) == { ArnEquals = { "lambda:SourceFunctionArn" = "arn:aws:lambda:eu-central-1:111122223333:function:x-jira-client" } }
    error_message = "What runs in the function may change the network."
  }

  assert {
    condition = sort(flatten([
      for statement in jsondecode(data.aws_iam_policy_document.role.json).Statement : statement.Action if statement.Effect == "Allow" && flatten([statement.Resource]) == ["*"]
    ])) == tolist(["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"])
    error_message = "A wildcard resource for an action that can be granted on less."
  }
}
