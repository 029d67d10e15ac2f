variable "region" {
  description = "The Region your Security Incident Response membership is in."
  type        = string
  default     = "us-east-1"
}

variable "jira_token_parameter" {
  description = "SSM SecureString that holds the token: its `arn`, and `kms_key_arn` if it is encrypted with a customer key."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
}

variable "packages_directory" {
  description = "Where the functions' zips are; null takes `dist/` in the module, where build.sh puts them."
  type        = string
  default     = null
}

variable "proxy_root" {
  description = "PEM file of the root by which a proxy inspects this estate's TLS, if one does."
  type        = string
  default     = null
}
