# The ledger outlives mistakes.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name                = "x"
  deletion_protection = true
  tags                = {}
}

run "fault_30_the_ledger_is_kept_safe" {
  command = plan

  module {
    source = "./modules/ledger"
  }

  assert {
    condition     = aws_dynamodb_table.this.deletion_protection_enabled && aws_dynamodb_table.this.point_in_time_recovery[0].enabled && aws_dynamodb_table.this.server_side_encryption[0].enabled
    error_message = "The ledger can be lost, or read by others."
  }
}

run "the_ledger_is_a_single_table" {
  command = plan

  module {
    source = "./modules/ledger"
  }

  assert {
    condition     = aws_dynamodb_table.this.hash_key == "PK" && aws_dynamodb_table.this.range_key == "SK" && aws_dynamodb_table.this.billing_mode == "PAY_PER_REQUEST"
    error_message = "The functions would not find their items."
  }

  assert {
    condition     = aws_dynamodb_table.this.ttl[0].enabled && aws_dynamodb_table.this.ttl[0].attribute_name == "expires_at"
    error_message = "What is to be forgotten stays."
  }
}

run "protection_can_be_lifted_to_destroy_the_module" {
  command = plan

  module {
    source = "./modules/ledger"
  }

  variables {
    deletion_protection = false
  }

  assert {
    condition     = !aws_dynamodb_table.this.deletion_protection_enabled
    error_message = "The module can never be destroyed."
  }
}

run "a_customer_key_encrypts_the_ledger" {
  command = plan

  module {
    source = "./modules/ledger"
  }

  variables {
    kms_key_arn = "arn:aws:kms:eu-central-1:111122223333:key/abcd"
  }

  assert {
    condition     = aws_dynamodb_table.this.server_side_encryption[0].kms_key_arn == "arn:aws:kms:eu-central-1:111122223333:key/abcd"
    error_message = "The ledger is encrypted with another key."
  }
}
