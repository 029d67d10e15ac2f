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

variable "log_level" {
  description = "`info`, `debug` or `error`."
  type        = string
  nullable    = false
}
