variable "name" {
  description = "The instance: prefix of the function's name, and namespace of the functions' own metrics."
  type        = string
  nullable    = false
}

variable "queue_url" {
  description = "URL of the queue that notifications go into."
  type        = string
  nullable    = false
}

variable "secret" {
  description = <<-EOT
    What Jira signs by:
    - `name`: name of the parameter that is made for it.
    - `kms_key_arn`: customer key of that parameter; null for SSM's own.
    - `parameter_arn`: or an existing SecureString; null: one is made.
  EOT
  type = object({
    name          = string
    kms_key_arn   = string
    parameter_arn = string
  })
  nullable = false
}

variable "function" {
  description = <<-EOT
    The function:
    - `environment`: environment variables, besides those it is told here.
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

variable "alarm_actions" {
  description = "ARNs that the alarm calls when it goes off and when it is over."
  type        = list(string)
  nullable    = false
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
