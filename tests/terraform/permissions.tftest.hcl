# Each function may do exactly what it does: to other things here, to its own in worker.tftest.hcl.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name              = "security-ir-jira"
  ledger_table_name = "security-ir-jira-ledger"
  event_bus_name    = "security-ir-jira"
  credential_arns   = ["arn:aws:ssm:eu-central-1:111122223333:parameter/p/jiraUrl", "arn:aws:ssm:eu-central-1:111122223333:parameter/p/jiraToken"]

  location = {
    partition  = "aws"
    dns_suffix = "amazonaws.com"
    region     = "eu-central-1"
    account_id = "111122223333"
  }
}

run "each_function_has_the_actions_it_uses" {
  command = plan

  module {
    source = "./modules/permissions"
  }

  assert {
    condition = sort(distinct(flatten([for statement in jsondecode(output.policies["security_ir_poller"]).Statement : statement.Action]))) == tolist([
      "dynamodb:BatchWriteItem",
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "events:PutEvents",
      "security-ir:ListCases",
    ])
    error_message = "security_ir_poller may do more, or less, than it does."
  }

  assert {
    condition = sort(distinct(flatten([for statement in jsondecode(output.policies["jira_notifications_handler"]).Statement : statement.Action]))) == tolist([
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "events:PutEvents",
      "ssm:GetParameters",
    ])
    error_message = "jira_notifications_handler may do more, or less, than it does."
  }

  assert {
    condition = sort(distinct(flatten([for statement in jsondecode(output.policies["jira_client"]).Statement : statement.Action]))) == tolist([
      "dynamodb:DeleteItem",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "events:PutEvents",
      "security-ir:GetCase",
      "security-ir:GetCaseAttachmentDownloadUrl",
      "security-ir:ListCases",
      "security-ir:ListComments",
      "security-ir:ListTagsForResource",
      "ssm:GetParameters",
    ])
    error_message = "jira_client may do more, or less, than it does."
  }

  assert {
    condition = sort(distinct(flatten([for statement in jsondecode(output.policies["security_ir_client"]).Statement : statement.Action]))) == tolist([
      "dynamodb:DeleteItem",
      "dynamodb:DescribeTable",
      "dynamodb:GetItem",
      "dynamodb:PutItem",
      "dynamodb:Query",
      "dynamodb:UpdateItem",
      "events:PutEvents",
      "security-ir:CloseCase",
      "security-ir:CreateCase",
      "security-ir:CreateCaseComment",
      "security-ir:GetCase",
      "security-ir:GetCaseAttachmentUploadUrl",
      "security-ir:ListCases",
      "security-ir:ListComments",
      "security-ir:TagResource",
      "security-ir:UpdateCase",
      "security-ir:UpdateCaseComment",
      "security-ir:UpdateCaseStatus",
      "ssm:GetParameters",
    ])
    error_message = "security_ir_client may do more, or less, than it does."
  }
}

run "the_poller_may_read_tags_where_they_are_filtered_on" {
  command = plan

  module {
    source = "./modules/permissions"
  }

  variables {
    reads_tags_in_sweeps = true
  }

  assert {
    condition = [
      for statement in jsondecode(output.policies["security_ir_poller"]).Statement : statement.Resource
      if statement.Action == "security-ir:ListTagsForResource"
    ] == ["arn:aws:security-ir:eu-central-1:111122223333:case/*"]
    error_message = "The sweep cannot see that a case has its tags by now."
  }
}

run "fault_25_no_wildcard_where_the_service_knows_better" {
  command = plan

  module {
    source = "./modules/permissions"
  }

  assert {
    condition     = !anytrue([for action in flatten([for policy in values(output.policies) : [for statement in jsondecode(policy).Statement : statement.Action]]) : strcontains(action, "*")])
    error_message = "An action with a wildcard."
  }

  assert {
    condition = sort(flatten([
      for policy in values(output.policies) : [for statement in jsondecode(policy).Statement : statement.Action if contains(flatten([statement.Resource]), "*")]
    ])) == tolist(["security-ir:CreateCase", "security-ir:ListCases", "security-ir:ListCases", "security-ir:ListCases"])
    error_message = "A wildcard resource for an action that can be granted on a case, a table, a bus or a parameter."
  }

  assert {
    condition     = alltrue([for policy in values(output.policies) : alltrue([for statement in jsondecode(policy).Statement : statement.Sid != ""])])
    error_message = "A statement does not say why it is there."
  }
}

run "each_source_reaches_its_own_cursor_and_no_pair_to_write" {
  command = plan

  module {
    source = "./modules/permissions"
  }

  assert {
    condition = one([
      for statement in jsondecode(output.policies["security_ir_poller"]).Statement : statement.Condition if contains(flatten([statement.Action]), "dynamodb:PutItem")
    ]) == { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = "CURSOR#security_ir" }, Null = { "dynamodb:LeadingKeys" = "false" } }
    error_message = "The poller may reach pairs in the ledger."
  }

  assert {
    condition = {
      for statement in jsondecode(output.policies["jira_notifications_handler"]).Statement : join(" ", sort(flatten([statement.Action]))) => statement.Condition
      if anytrue([for action in flatten([statement.Action]) : startswith(action, "dynamodb:")])
      } == {
      "dynamodb:GetItem"                                       = { "ForAllValues:StringLike" = { "dynamodb:LeadingKeys" = "ISSUE#*" }, Null = { "dynamodb:LeadingKeys" = "false" } }
      "dynamodb:DeleteItem dynamodb:Query dynamodb:UpdateItem" = { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = "BREAKER" }, Null = { "dynamodb:LeadingKeys" = "false" } }
      "dynamodb:GetItem dynamodb:PutItem dynamodb:Query"       = { "ForAllValues:StringEquals" = { "dynamodb:LeadingKeys" = "CURSOR#jira" }, Null = { "dynamodb:LeadingKeys" = "false" } }
    }
    error_message = "What an untrusted topic feeds may write pairs in the ledger."
  }
}

run "each_function_speaks_for_one_side" {
  command = plan

  module {
    source = "./modules/permissions"
  }

  assert {
    condition = {
      for function, policy in output.policies : function => one([
        for statement in jsondecode(policy).Statement : statement.Condition["ForAllValues:StringEquals"]["events:source"] if contains(flatten([statement.Action]), "events:PutEvents")
      ])
      } == {
      security_ir_poller         = "security-ir"
      jira_client                = "jira"
      jira_notifications_handler = "jira"
      security_ir_client         = "security-ir"
    }
    error_message = "A function may announce in the other side's name."
  }

  # ForAllValues alone is true of a request without the key.
  assert {
    condition = alltrue(flatten([
      for policy in values(output.policies) : [
        for statement in jsondecode(policy).Statement : try(statement.Condition.Null["events:source"], "") == "false" if contains(flatten([statement.Action]), "events:PutEvents")
      ]
    ]))
    error_message = "A function may announce in nobody's name."
  }
}

run "only_a_customer_key_is_decrypted_with" {
  command = plan

  module {
    source = "./modules/permissions"
  }

  variables {
    jira_token_parameter = {
      arn         = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira"
      kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/1234"
    }
  }

  assert {
    condition = [for statement in jsondecode(output.policies["jira_client"]).Statement : statement if statement.Action == "kms:Decrypt"] == [{
      Sid      = "DecryptsTheGivenToken"
      Effect   = "Allow"
      Action   = "kms:Decrypt"
      Resource = "arn:aws:kms:eu-central-1:111122223333:key/1234"
      Condition = {
        StringEquals = {
          "kms:ViaService"                      = "ssm.eu-central-1.amazonaws.com"
          "kms:EncryptionContext:PARAMETER_ARN" = "arn:aws:ssm:eu-central-1:111122223333:parameter/shared/jira"
        }
      }
    }]
    error_message = "The token's key may be used for something else, or not at all."
  }

  assert {
    condition     = !strcontains(output.policies["security_ir_poller"], "kms:")
    error_message = "The poller may decrypt the token, which it never reads."
  }
}

run "other_partitions_have_their_own_arns" {
  command = plan

  module {
    source = "./modules/permissions"
  }

  variables {
    location = {
      partition  = "aws-us-gov"
      dns_suffix = "amazonaws.com"
      region     = "us-gov-west-1"
      account_id = "111122223333"
    }
    credential_arns = ["arn:aws-us-gov:ssm:us-gov-west-1:111122223333:parameter/p/jiraUrl"]
  }

  assert {
    condition     = alltrue([for policy in values(output.policies) : !strcontains(policy, "arn:aws:")])
    error_message = "An ARN of the wrong partition."
  }
}
