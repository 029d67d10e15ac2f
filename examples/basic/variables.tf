variable "region" {
  description = "The Region your Security Incident Response membership is in."
  type        = string
  default     = "us-east-1"
}

variable "jira_token" {
  description = "API token of the Jira account; set it as the environment variable TF_VAR_jira_token."
  type        = string
  ephemeral   = true
  sensitive   = true
}
