variable "region" {
  description = "Region that the local AWS plays."
  type        = string
  default     = "us-east-1"
}

variable "packages_directory" {
  description = "Where the functions' zips are."
  type        = string
}

variable "jira_url" {
  description = "Base URL of the Jira to keep in step: the sandbox's own, or a real site."
  type        = string
}

variable "jira_email" {
  description = "E-mail address of the Jira account."
  type        = string
}

variable "jira_project_key" {
  description = "Key of the Jira project."
  type        = string
}

variable "jira_token" {
  description = "API token of the Jira account."
  type        = string
  ephemeral   = true
  sensitive   = true
}

# What follows has the module's own defaults: an experiment may set it.

variable "name" {
  description = "Prefix of every named resource."
  type        = string
  default     = "security-ir-jira"
}

variable "jira_token_version" {
  description = "Raised for every new token."
  type        = number
  default     = 1
}

variable "jira_auth" {
  description = "How the token is presented: `basic` or `bearer`."
  type        = string
  default     = "basic"
}

variable "jira_browse_url" {
  description = "The site that people click on, where it differs from `jira_url`."
  type        = string
  default     = null
}

variable "jira_issue_type" {
  description = "Type of the issues made for cases."
  type        = string
  default     = "Task"
}

variable "jira_create_fields" {
  description = "Fields to set when an issue is made."
  type        = any
  default     = {}
}

variable "status_mapping" {
  description = "Which status means which, over the default."
  type = object({
    to_jira = optional(map(list(string)), {})
    to_case = optional(map(string), {})
  })
  default = {}
}

variable "transition_fields" {
  description = "Issue status → fields to set on the way there."
  type        = any
  default     = {}
}

variable "closure_resolutions" {
  description = "Closure code → resolution."
  type        = map(string)
  default     = {}
}

variable "jira_custom_fields" {
  description = "Field id → attribute of the case."
  type        = map(string)
  default     = {}
}

variable "conflict_winner" {
  description = "Whose value stays where both sides changed: `security_ir` or `jira`."
  type        = string
  default     = "security_ir"
}

variable "create_cases_from_jira" {
  description = "Whether new issues become cases."
  type        = bool
  default     = true
}

variable "issue_filter" {
  description = "Which new issues become cases."
  type = object({
    issue_types = optional(list(string), [])
    labels      = optional(list(string), [])
  })
  default = {}
}

variable "backfill_closed_cases" {
  description = "Whether cases first seen closed get an issue."
  type        = bool
  default     = false
}

variable "close_case_when_done" {
  description = "Whether an issue that is done closes its case."
  type        = bool
  default     = true
}

variable "sync_watchers" {
  description = "Whether watchers are kept in step."
  type        = bool
  default     = true
}

variable "sync_attachments" {
  description = "Whether attachments are copied."
  type        = bool
  default     = true
}

variable "sync_restricted_comments" {
  description = "Whether restricted and internal comments are copied."
  type        = bool
  default     = false
}

variable "on_case_deleted" {
  description = "`comment`, `close` or `delete` the issue of a case that is gone."
  type        = string
  default     = "comment"
}

variable "on_issue_deleted" {
  description = "`comment` or `close` the case of an issue that is gone."
  type        = string
  default     = "comment"
}

variable "native_events" {
  description = "Whether the default event bus is listened to."
  type        = bool
  default     = true
}

variable "case_sweep_schedule" {
  description = "How often cases are swept; null: never."
  type        = string
  default     = "rate(5 minutes)"
}

variable "issue_sweep_schedule" {
  description = "How often issues are swept; null: never."
  type        = string
  default     = "rate(15 minutes)"
}

variable "lambda_memory_mb" {
  description = "Memory of each function in MB."
  type        = number
  default     = 256
}

variable "log_level" {
  description = "How much the functions log."
  type        = string
  default     = "info"
}

variable "alarm_emails" {
  description = "Addresses that alarms would write to."
  type        = list(string)
  default     = ["soc@example.com"]
}
