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
