variable "name" {
  description = "Prefix of the alarms' and of the topic's names, and namespace of the functions' own metrics."
  type        = string
  nullable    = false
}

variable "alarm_actions" {
  description = "ARNs that alarms call, made elsewhere."
  type        = list(string)
  nullable    = false
}

variable "alarm_emails" {
  description = "Addresses to write to; if there are any, an alarm topic is made."
  type        = list(string)
  nullable    = false
}

variable "kms_key_arn" {
  description = "Customer key of the alarm topic; null for none."
  type        = string
  default     = null
}

variable "functions" {
  description = "Key of each function → its name."
  type        = map(string)
  nullable    = false
}

variable "sweep_schedules" {
  description = "`case-sweep`, `issue-sweep` → when it runs; null for one that is switched off."
  type        = map(string)
  nullable    = false
}

variable "event_log_dead_letters" {
  description = "Name of the queue with what the event log did not take."
  type        = string
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
  description = "Tags of the topic and the alarms."
  type        = map(string)
  nullable    = false
}
