variable "name" {
  description = "The instance: prefix of the function's name."
  type        = string
  nullable    = false
}

variable "function" {
  description = <<-EOT
    The function:
    - `packages_directory`: where the zips are, without a slash at its end.
    - `environment`: what the functions that talk to Jira are told.
    - `policy`: policy document (JSON): what it may do to things that are not its own.
    - `runtime`: Lambda runtime.
    - `architecture`: `arm64` or `x86_64`.
    - `memory_mb`: memory in MB.
    - `log_retention_days`: days its log is kept; 0 keeps it for ever.
  EOT
  type = object({
    packages_directory = string
    environment        = map(string)
    policy             = string
    runtime            = string
    architecture       = string
    memory_mb          = number
    log_retention_days = number
  })
  nullable = false
}

variable "installation" {
  description = <<-EOT
    What the doctor has to find:
    - `native_events`: whether there is a rule on the account's default bus.
    - `schedules`: sweep (`case-sweep`, `issue-sweep`) → its schedule; null where it is switched off.
  EOT
  type = object({
    native_events = bool
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
