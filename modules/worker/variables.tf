variable "name" {
  description = "Name of the function and its queue, and prefix of whatever else it owns; at most 64 characters."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the function does, in one sentence."
  type        = string
  nullable    = false
}

variable "package" {
  description = "The function's Python package, which is also the name of its zip: `jira_client` → `jira_client.zip`, handler `jira_client.handler.handler`."
  type        = string
  nullable    = false
}

variable "packages_directory" {
  description = "Where the zips are, without a slash at its end."
  type        = string
  nullable    = false
}

variable "policy" {
  description = "Policy document (JSON): what the function may do to things that are not its own."
  type        = string
  nullable    = false
}

variable "environment" {
  description = "Environment variables, besides `QUEUE_URL` and `DEAD_LETTER_QUEUE_URL`. An alarm watches the metrics that they name: `POWERTOOLS_METRICS_NAMESPACE`, `POWERTOOLS_SERVICE_NAME`."
  type        = map(string)
  nullable    = false

  validation {
    condition     = length(setsubtract(["POWERTOOLS_METRICS_NAMESPACE", "POWERTOOLS_SERVICE_NAME"], keys(var.environment))) == 0
    error_message = "environment must hold POWERTOOLS_METRICS_NAMESPACE and POWERTOOLS_SERVICE_NAME."
  }
}

variable "senders" {
  description = <<-EOT
    AWS services that send to the queue on behalf of one resource, at least one:
    - `sid`: what the statement is called in the queue's policy.
    - `service`: service principal.
    - `arn`: the resource it sends for.
  EOT
  type = list(object({
    sid     = string
    service = string
    arn     = string
  }))
  nullable = false
}

variable "batch_size" {
  description = "Messages handed to one run of the function, at most."
  type        = number
  nullable    = false
}

variable "maximum_concurrency" {
  description = "Runs of the function at one time, at most; Lambda takes no less than 2."
  type        = number
  nullable    = false
}

variable "runtime" {
  description = "Lambda runtime."
  type        = string
  nullable    = false
}

variable "architecture" {
  description = "`arm64` or `x86_64`."
  type        = string
  nullable    = false
}

variable "memory_mb" {
  description = "Memory of the function in MB."
  type        = number
  nullable    = false
}

variable "log_retention_days" {
  description = "Days the function's log is kept."
  type        = number
  nullable    = false
}

variable "alarm_actions" {
  description = "ARNs that the alarms call, when they go off and when they are over."
  type        = list(string)
  nullable    = false
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

variable "tags" {
  description = "Tags of everything the worker owns."
  type        = map(string)
  nullable    = false
}
