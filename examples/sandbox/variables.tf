variable "region" {
  description = "Region that the local AWS plays."
  type        = string
  default     = "us-east-1"
}

variable "jira_token" {
  description = "API token of the Jira account."
  type        = string
  ephemeral   = true
  sensitive   = true
}
