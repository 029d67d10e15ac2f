output "function" {
  description = "The function: `name`, `arn`, `role_arn`, and `log_group` (a name)."
  value = {
    name      = aws_lambda_function.this.function_name
    arn       = aws_lambda_function.this.arn
    role_arn  = module.role.arn
    log_group = aws_cloudwatch_log_group.this.name
  }
}
