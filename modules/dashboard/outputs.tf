output "url" {
  description = "Where the dashboard is in the console; null without one."
  value       = var.enabled ? "https://${var.location.region}.console.aws.amazon.com/cloudwatch/home?region=${var.location.region}#dashboards/dashboard/${local.name}" : null
}

output "body" {
  description = "What the dashboard shows, as JSON: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html."
  value       = local.body
}

output "queries" {
  description = "Name of each saved query → its text and the log groups it asks."
  value       = local.queries
}
