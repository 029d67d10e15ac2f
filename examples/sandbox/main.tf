# The module as the sandbox applies it. The endpoint of every service comes from the variable AWS_ENDPOINT_URL.
provider "aws" {
  region                      = var.region
  access_key                  = "test" # the local AWS takes any
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
}
