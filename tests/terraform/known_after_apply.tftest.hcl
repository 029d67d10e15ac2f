# ARNs that the same apply makes, beside the module.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

run "what_only_an_apply_knows_is_taken" {
  command = plan

  module {
    source = "./tests/terraform/fixtures/made_beside"
  }

  override_data {
    target = module.security_ir_jira.data.aws_caller_identity.current
    values = { account_id = "111122223333" }
  }

  assert {
    condition     = length(module.security_ir_jira.functions) == 4
    error_message = "The module waits for what is made beside it."
  }
}
