variable "name" {
  description = "Name of the dashboard, prefix of the queries' names, and namespace of the functions' own metrics."
  type        = string
  nullable    = false
}

variable "enabled" {
  description = "Whether there is a dashboard. The saved queries are there in any case."
  type        = bool
  nullable    = false
}

variable "workers" {
  description = <<-EOT
    Key of each function → what belongs to it, all names:
    - `function`, `queue`, `dead_letters`, `log_group`.
  EOT
  type = map(object({
    function     = string
    queue        = string
    dead_letters = string
    log_group    = string
  }))
  nullable = false
}

variable "webhook" {
  description = "Name of the function that hears Jira's own webhooks; null where there is none."
  type        = string
  default     = null
}

variable "event_log" {
  description = "The event log's `group` and the queue of its `dead_letters`, both names."
  type = object({
    group        = string
    dead_letters = string
  })
  nullable = false
}

variable "ledger_table" {
  description = "Name of the ledger."
  type        = string
  nullable    = false
}

variable "rules" {
  description = "Names of the rules on our bus, whose work is counted."
  type        = list(string)
  nullable    = false
}

variable "alarms" {
  description = "Names of all alarms, in the order in which they are shown."
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
