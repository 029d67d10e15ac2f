variable "region" {
  description = "The Region your Security Incident Response membership is in."
  type        = string
}

variable "jira_token_parameter" {
  description = "SSM SecureString that holds the token: its `arn`, and `kms_key_arn` if it is encrypted with a customer key."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
}

variable "vpc_config" {
  description = "Subnets and security groups that the functions run in: `subnet_ids`, `security_group_ids`."
  type        = map(list(string))
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds the module's roles."
  type        = string
}

variable "lambda_packages" {
  description = "Where the functions' zips are: `s3_bucket` and `s3_prefix`, or `directory`."
  type        = map(string)
}

variable "deletion_protection" {
  description = "Whether the ledger is protected against deletion. Apply with false before a destroy."
  type        = bool
  default     = true
}

variable "proxy_root" {
  description = "PEM file of the root by which a proxy inspects this estate's TLS, if one does."
  type        = string
  default     = null
}
