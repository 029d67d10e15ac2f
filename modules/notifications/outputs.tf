output "topic_arn" {
  description = "The topic that Jira Automation publishes to."
  value       = aws_sns_topic.this.arn
}

output "sender" {
  description = "Who sends to the queue, for the queue's policy."
  value = {
    sid     = "NotificationsTopicDelivers"
    service = "sns.amazonaws.com"
    arn     = local.arn
  }
}
