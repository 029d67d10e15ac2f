variable "name" {
  description = "The instance these credentials belong to, for their descriptions."
  type        = string
  nullable    = false
}

variable "parameter_prefix" {
  description = "Path of the parameters, without a slash at its end."
  type        = string
  nullable    = false
}

variable "jira_url" {
  description = "Base URL of Jira's REST API, without a slash at its end."
  type        = string
  nullable    = false
}

variable "jira_email" {
  description = "The Jira account's e-mail address, never empty."
  type        = string
  nullable    = false
}

variable "jira_project_key" {
  description = "Key of the Jira project."
  type        = string
  nullable    = false
}

variable "jira_token" {
  description = "Jira API token; null where `jira_token_parameter` is given."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "jira_token_version" {
  description = "Raised whenever `jira_token` is to be written again."
  type        = number
  nullable    = false
}

variable "jira_token_parameter" {
  description = "An existing SecureString that holds the token, and the customer key it is encrypted with, if any."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "kms_key_arn" {
  description = "Customer key of the parameters; null for SSM's own."
  type        = string
  default     = null
}

variable "location" {
  description = "Partition, Region and account this is applied in."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
  nullable = false
}

variable "tags" {
  description = "Tags of the parameters."
  type        = map(string)
  nullable    = false
}
