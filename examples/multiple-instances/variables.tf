variable "region" {
  description = "The Region your Security Incident Response membership is in."
  type        = string
}

variable "jira_email" {
  description = "E-mail address of the Jira account that the token belongs to."
  type        = string
}

variable "jira_url" {
  description = "Your Jira site, for example `https://your-company.atlassian.net`."
  type        = string
}

variable "jira_token" {
  description = "API token of the Jira account, which may work in all of the projects."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "jira_token_version" {
  description = "Raise it by one for every new token."
  type        = number
  default     = 1
}

variable "teams" {
  description = "Name of an instance → its Jira project, the type of the issues made for cases, which issues become cases, which cases become issues, and who is told when it stops."
  type = map(object({
    jira_project_key = string
    jira_issue_type  = optional(string, "Task")
    issue_filter     = optional(object({ issue_types = optional(list(string), []), labels = optional(list(string), []) }), {})
    case_filter = optional(object({
      resolver_types    = optional(list(string), [])
      impacted_accounts = optional(list(string), [])
      engagement_types  = optional(list(string), [])
      tags              = optional(map(string), {})
    }), {})
    alarm_emails = list(string)
  }))
}

variable "lambda_packages" {
  description = "Where the functions' zips are, if not in `dist/` in the module."
  type        = map(string)
  default     = {}
}

variable "deletion_protection" {
  description = "Whether the ledger is protected against deletion. Apply with false before a destroy."
  type        = bool
  default     = true
}
