variable "name" {
  description = "Prefix of the schedules' names."
  type        = string
  nullable    = false
}

variable "sweeps" {
  description = <<-EOT
    Name of a sweep → when it runs and what it says:
    - `description`: for whoever finds the schedule.
    - `schedule`: `rate(…)` or `cron(…)`; null switches the sweep off.
    - `queue_arn`: queue that gets the message.
    - `dead_letter_arn`: queue that gets it where the first does not take it.
    - `message`: the message, an object.
  EOT
  type = map(object({
    description     = string
    schedule        = optional(string)
    queue_arn       = string
    dead_letter_arn = string
    message         = map(string)
  }))
  nullable = false
}

variable "kms_key_arn" {
  description = "Customer key of the queues; null for SQS's own."
  type        = string
  default     = null
}

variable "role_limits" {
  description = "What the estate asks of every role: its `path`, and `permissions_boundary_arn` (null for none)."
  type = object({
    path                     = string
    permissions_boundary_arn = string
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
  description = "Tags of the schedule group and the role."
  type        = map(string)
  nullable    = false
}
