variable "name" {
  description = "The instance: prefix of the names of its functions, queues, rules and schedules."
  type        = string
  nullable    = false
}

variable "ledger_table_name" {
  description = "Name of the ledger table."
  type        = string
  nullable    = false
}

variable "event_bus_name" {
  description = "Name of our event bus."
  type        = string
  nullable    = false
}

variable "credential_arns" {
  description = "ARNs of the four parameters that hold Jira's URL, account, project and token."
  type        = list(string)
  nullable    = false
}

variable "jira_token_parameter" {
  description = "The existing SecureString that holds the token, and the customer key it is encrypted with, if any; null where the token is ours."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "notifications_secret" {
  description = "The SecureString that holds the secret notifications must carry, and the customer key it is encrypted with, if any; null where none is asked for."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "reads_tags_in_sweeps" {
  description = "Whether the case sweep has to know tags of cases, as it does where `case_filter` asks for some."
  type        = bool
  default     = false
  nullable    = false
}

variable "webhook_secret" {
  description = "The SecureString that holds what Jira signs its webhooks by, and the customer key it is encrypted with, if any of its own; null without webhooks."
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null
}

variable "location" {
  description = "Partition, Region and account this is applied in, and the partition's DNS suffix."
  type = object({
    partition  = string
    region     = string
    account_id = string
    dns_suffix = string
  })
  nullable = false
}
