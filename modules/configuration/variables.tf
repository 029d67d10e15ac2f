variable "name" {
  description = "Name of the instance; metrics are kept under it."
  type        = string
  nullable    = false
}

variable "account_id" {
  description = "The account that cases made from issues name as impacted."
  type        = string
  nullable    = false
}

variable "ledger_table_name" {
  description = "Name of the ledger table."
  type        = string
  nullable    = false
}

variable "event_bus_name" {
  description = "Name of our event bus."
  type        = string
  nullable    = false
}

variable "jira_parameters" {
  description = "`url`, `email`, `project_key` and `token` → SSM parameter that holds it, by name or ARN."
  type        = map(string)
  nullable    = false
}

variable "jira_issue_type" {
  description = "Type of the issues made for cases."
  type        = string
  nullable    = false
}

variable "jira_auth" {
  description = "`basic` or `bearer`."
  type        = string
  nullable    = false
}

variable "jira_create_fields" {
  description = "Fields to set when an issue is made, an object as Jira's REST API takes it."
  type        = any
  nullable    = false
}

variable "status_mapping" {
  description = "What is said over the default mapping of statuses."
  type = object({
    to_jira = map(list(string))
    to_case = map(string)
  })
  nullable = false
}

variable "jira_browse_url" {
  description = "The site that people click on; null where it is the one that is asked."
  type        = string
  default     = null
}

variable "jira_custom_fields" {
  description = "Field id → attribute of the case that it shows."
  type        = map(string)
  nullable    = false
}

variable "transition_fields" {
  description = "Issue status → fields for its screen, an object as Jira's REST API takes it."
  type        = any
  nullable    = false
}

variable "closure_resolutions" {
  description = "Closure code → name of a resolution."
  type        = map(string)
  nullable    = false
}

variable "conflict_winner" {
  description = "`security_ir` or `jira`."
  type        = string
  nullable    = false
}

variable "create_cases_from_jira" {
  description = "Whether new issues become cases."
  type        = bool
  nullable    = false
}

variable "issue_filter" {
  description = "Types and labels, any of which an issue needs to become a case; an empty list asks for none."
  type = object({
    issue_types = list(string)
    labels      = list(string)
  })
  nullable = false
}

variable "backfill_closed_cases" {
  description = "Whether cases first seen closed get an issue."
  type        = bool
  nullable    = false
}

variable "close_case_when_done" {
  description = "Whether an issue that is done closes its case."
  type        = bool
  nullable    = false
}

variable "sync_watchers" {
  description = "Whether watchers are kept in step."
  type        = bool
  nullable    = false
}

variable "sync_attachments" {
  description = "Whether attachments are copied."
  type        = bool
  nullable    = false
}

variable "sync_restricted_comments" {
  description = "Whether restricted and internal comments are copied."
  type        = bool
  nullable    = false
}

variable "on_case_deleted" {
  description = "`comment`, `close` or `delete`."
  type        = string
  nullable    = false
}

variable "on_issue_deleted" {
  description = "`comment` or `close`."
  type        = string
  nullable    = false
}

variable "log_level" {
  description = "`info`, `debug` or `error`."
  type        = string
  nullable    = false
}
