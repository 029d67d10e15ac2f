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

variable "jira_project_key" {
  description = "Key of the Jira project, for example `SEC`."
  type        = string
}

variable "token_parameter_arn" {
  description = "ARN of the SSM SecureString that holds the API token."
  type        = string
}

variable "notifications_secret_parameter_arn" {
  description = "ARN of the SSM SecureString that holds the secret which notifications carry."
  type        = string
}

variable "secrets_kms_key_arn" {
  description = "ARN of the customer key that both are encrypted with."
  type        = string
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
