# Made before the function: Lambda would make a group that keeps everything for ever, and Terraform could not take it over.
resource "aws_cloudwatch_log_group" "this" {
  name              = local.log_group_name
  retention_in_days = var.settings.log_retention_days
  kms_key_id        = var.settings.kms_key_arn
  tags              = var.tags
}
