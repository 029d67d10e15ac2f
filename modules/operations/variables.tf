variable "name" {
  description = "The instance: prefix of the function's name."
  type        = string
  nullable    = false
}

variable "function" {
  description = <<-EOT
    The function:
    - `environment`: what the functions that talk to Jira are told.
    - `policy`: policy document (JSON): what it may do to things that are not its own.
    - `settings`: what is the same for all functions, as `modules/function` declares it.
  EOT
  type = object({
    environment = map(string)
    policy      = string
    settings    = any
  })
  nullable = false
}

variable "installation" {
  description = <<-EOT
    What the doctor has to find:
    - `native_events`: whether there is a rule on the account's default bus.
    - `jira_webhook`: whether there is an address for Jira's own webhooks.
    - `schedules`: sweep (`case-sweep`, `issue-sweep`) → its schedule; null where it is switched off.
  EOT
  type = object({
    native_events = bool
    jira_webhook  = bool
    schedules     = map(string)
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
  description = "Tags of everything the function owns."
  type        = map(string)
  nullable    = false
}
