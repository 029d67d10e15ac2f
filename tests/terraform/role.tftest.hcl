# Roles: one service, one bearer, a name that fits.

provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variables {
  name        = "security-ir-jira-jira-client"
  description = "Execution role"
  region      = "eu-central-1"
  service     = "lambda.amazonaws.com"
  policy      = jsonencode({ Version = "2012-10-17", Statement = [] })
  limits      = { path = "/", permissions_boundary_arn = null }
  tags        = {}
}

run "the_estate_may_bound_it_and_say_where_it_belongs" {
  command = plan

  module {
    source = "./modules/role"
  }

  variables {
    limits = { path = "/security/", permissions_boundary_arn = "arn:aws:iam::111122223333:policy/boundary" }
  }

  assert {
    condition     = aws_iam_role.this.path == "/security/" && aws_iam_role.this.permissions_boundary == "arn:aws:iam::111122223333:policy/boundary"
    error_message = "The role is elsewhere, or unbounded."
  }
}

run "a_role_carries_its_region_since_roles_are_global" {
  command = plan

  module {
    source = "./modules/role"
  }

  assert {
    condition     = aws_iam_role.this.name == "security-ir-jira-jira-client-eu-central-1"
    error_message = "Two instances of one name, in two Regions, would share a role."
  }
}

run "a_name_over_64_characters_is_cut_and_hashed" {
  command = plan

  module {
    source = "./modules/role"
  }

  variables {
    name = "a-name-of-the-length-that-is-allowed--jira-notifications-handler"
  }

  assert {
    condition     = length(aws_iam_role.this.name) == 64 && aws_iam_role.this.name == "a-name-of-the-length-that-is-allowed--jira-notification-4293b757"
    error_message = "The role's name does not fit, or another role takes the place of the one that is there."
  }
}

run "what_the_cut_made_equal_the_hash_keeps_apart" {
  command = plan

  module {
    source = "./modules/role"
  }

  variables {
    name   = "a-name-of-the-length-that-is-allowed--jira-notifications-handler"
    region = "eu-central-2"
  }

  assert {
    condition     = aws_iam_role.this.name == "a-name-of-the-length-that-is-allowed--jira-notification-e3ecc356"
    error_message = "Two Regions share a role, or another role takes the place of the one that is there."
  }
}

run "the_source_is_asked_for_where_there_is_one" {
  command = plan

  module {
    source = "./modules/role"
  }

  variables {
    service    = "scheduler.amazonaws.com"
    source_arn = "arn:aws:scheduler:eu-central-1:111122223333:schedule-group/x-sweeps"
  }

  assert {
    condition     = one(jsondecode(aws_iam_role.this.assume_role_policy).Statement).Condition == { ArnEquals = { "aws:SourceArn" = "arn:aws:scheduler:eu-central-1:111122223333:schedule-group/x-sweeps" } }
    error_message = "Anybody's schedule may act as this role."
  }
}
