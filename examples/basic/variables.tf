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
  description = "API token of the Jira account. It is kept in no state and no plan."
  type        = string
  ephemeral   = true
  sensitive   = true
}

variable "jira_token_version" {
  description = "Raise it by one for every new token."
  type        = number
  default     = 1
}

variable "jira_project_key" {
  description = "Key of the Jira project, for example `SEC`."
  type        = string
}

variable "log_level" {
  description = "How much the functions log: `info`, `debug` or `error`."
  type        = string
  default     = "error"
}

variable "alarm_emails" {
  description = "Who is told when cases and issues stop being kept in step."
  type        = list(string)
  default     = []
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
