variable "name" {
  description = "Name of the function, at most 64 characters."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What it does, in one sentence."
  type        = string
  nullable    = false
}

variable "package" {
  description = "Name of its zip, without `.zip`."
  type        = string
  nullable    = false
}

variable "handler" {
  description = "What Lambda calls, for example `jira_client.handler.handler`."
  type        = string
  nullable    = false
}

variable "timeout_seconds" {
  description = "Seconds that a run may take."
  type        = number
  nullable    = false
}

variable "environment" {
  description = "Environment variables."
  type        = map(string)
  nullable    = false
}

variable "expected_environment" {
  description = "Variables as long as those of the environment; given where a first plan does not know those."
  type        = map(string)
  default     = null
}

variable "policy" {
  description = "Policy document (JSON): what it may do, besides writing its log."
  type        = string
  nullable    = false
}

variable "reserved_concurrency" {
  description = "Runs at one time: so many are kept for it, and it never has more. Null for as many as the account has left."
  type        = number
  default     = null
}

variable "keyed_services" {
  description = "Services that use the customer key, if there is one, on the function's behalf."
  type        = set(string)
  default     = ["dynamodb", "sqs", "ssm"]
  nullable    = false
}

variable "settings" {
  description = <<-EOT
    What is the same for all functions of an instance:
    - `packages`: where the zips are: `directory` (without a slash at its end), or, with `in_bucket`, `s3_bucket` and `s3_prefix`.
    - `runtime`: Lambda runtime.
    - `architecture`: `arm64` or `x86_64`.
    - `memory_mb`: memory in MB.
    - `log_retention_days`: days its log is kept; 0 keeps it for ever.
    - `kms_key_arn`: customer key of log groups, queues, parameters and the ledger; null for AWS's own.
    - `vpc_config`: subnets and security groups that it runs in; null outside of a VPC.
    - `role`: `path` and `permissions_boundary_arn` (null for none) of its role.
  EOT
  type = object({
    packages           = object({ in_bucket = bool, directory = string, s3_bucket = string, s3_prefix = string })
    runtime            = string
    architecture       = string
    memory_mb          = number
    log_retention_days = number
    kms_key_arn        = string
    vpc_config         = object({ subnet_ids = list(string), security_group_ids = list(string) })
    role               = object({ path = string, permissions_boundary_arn = string })
  })
  nullable = false
}

variable "location" {
  description = "Partition, Region and account this is applied in, and the partition's DNS suffix."
  type = object({
    partition  = string
    dns_suffix = string
    region     = string
    account_id = string
  })
  nullable = false
}

variable "tags" {
  description = "Tags of the function, its role and its log group."
  type        = map(string)
  nullable    = false
}
