output "name" {
  description = "Name of the role, at most 64 characters."
  value       = aws_iam_role.this.name
}

output "arn" {
  description = "ARN of the role."
  value       = aws_iam_role.this.arn
  # Whoever uses the role finds its permissions in place.
  depends_on = [aws_iam_role_policy.this]
}
