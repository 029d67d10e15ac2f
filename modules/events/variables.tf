variable "name" {
  description = "Name of the bus, and prefix of the rules' names."
  type        = string
  nullable    = false
}

variable "queue_arns" {
  description = "Function → ARN of its queue, for `security_ir_poller`, `jira_client` and `security_ir_client`."
  type        = map(string)
  nullable    = false
}

variable "dead_letter_arns" {
  description = "The same keys → ARN of the function's dead-letter queue, for events that its queue does not take."
  type        = map(string)
  nullable    = false
}

variable "native_events" {
  description = "Whether the account's default bus is listened to."
  type        = bool
  nullable    = false
}

variable "event_log_resource_policy" {
  description = "Who lets EventBridge write: `own` policy, one `shared` by all event logs of the account, or `none` of ours."
  type        = string
  nullable    = false
}

variable "kms_key_arn" {
  description = "Customer key of the log group and the queue; null for AWS's own."
  type        = string
  default     = null
}

variable "log_retention_days" {
  description = "Days the event log is kept."
  type        = number
  nullable    = false
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
  description = "Tags of the bus, the rules, the log group and the queue."
  type        = map(string)
  nullable    = false
}
