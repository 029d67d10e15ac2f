moved {
  from = aws_cloudwatch_log_resource_policy.this
  to   = aws_cloudwatch_log_resource_policy.this[0]
}
