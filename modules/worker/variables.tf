variable "name" {
  description = "Name of the function and its queue, and prefix of whatever else it owns; at most 64 characters."
  type        = string
  nullable    = false
}

variable "function" {
  description = <<-EOT
    The function:
    - `description`: what it does, in one sentence.
    - `package`: its Python package, which is also the name of its zip and the one its logs and metrics go by: `jira_client` → `jira_client.zip`, handler `jira_client.handler.handler`.
    - `environment`: environment variables, besides those the worker knows itself: `QUEUE_URL`, `DEAD_LETTER_QUEUE_URL`, `POWERTOOLS_SERVICE_NAME`, `POWERTOOLS_METRICS_NAMESPACE`.
    - `policy`: policy document (JSON): what it may do to things that are not its own.
    - `settings`: what is the same for all functions, as `modules/function` declares it.
  EOT
  type = object({
    description = string
    package     = string
    environment = map(string)
    policy      = string
    settings    = any
  })
  nullable = false
}

variable "queue" {
  description = <<-EOT
    The queue that feeds it:
    - `senders`: AWS services that send to it on behalf of one resource, at least one:
      - `sid`: what the statement is called in the queue's policy.
      - `service`: service principal.
      - `arn`: the resource it sends for.
    - `batch_size`: messages handed to one run of the function, at most.
    - `maximum_concurrency`: runs of the function at one time, at most; Lambda takes no less than 2.
  EOT
  type = object({
    senders = list(object({
      sid     = string
      service = string
      arn     = string
    }))
    batch_size          = number
    maximum_concurrency = number
  })
  nullable = false
}

variable "alarms" {
  description = <<-EOT
    The alarms that watch both:
    - `actions`: ARNs that they call, when they go off and when they are over.
    - `metrics_namespace`: CloudWatch namespace of the metrics that the function itself writes.
    - `explained_by`: those of them, at least one, that say why messages wait and have an alarm of their own.
  EOT
  type = object({
    actions           = list(string)
    metrics_namespace = string
    explained_by      = list(string)
  })
  nullable = false
}

variable "location" {
  description = <<-EOT
    Where this is applied:
    - `partition`: for example `aws`.
    - `dns_suffix`: the partition's, for example `amazonaws.com`.
    - `region`: for example `eu-central-1`.
    - `account_id`: twelve digits.
  EOT
  type = object({
    partition  = string
    dns_suffix = string
    region     = string
    account_id = string
  })
  nullable = false
}

variable "tags" {
  description = "Tags of everything the worker owns."
  type        = map(string)
  nullable    = false
}
