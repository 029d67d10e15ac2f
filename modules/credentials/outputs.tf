output "parameters" {
  description = "What the functions ask SSM for: `url`, `email`, `project_key` and `token` → a parameter's name, or its ARN where it is not ours."
  value       = merge(local.own_names, { for given in var.jira_token_parameter[*] : "token" => given.arn })
}

output "arns" {
  description = "ARNs of the four parameters."
  value       = concat(local.own_arns, var.jira_token_parameter[*].arn)
}
