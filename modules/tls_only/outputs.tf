output "json" {
  description = "Policy document (JSON), to be a source of the resource's own."
  value       = data.aws_iam_policy_document.this.json
}
