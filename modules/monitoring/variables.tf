variable "name" {
  description = "Prefix of the alarms' and of the topic's names."
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
  description = "Tags of the topic."
  type        = map(string)
  nullable    = false
}
