variable "arn" {
  description = "ARN of the queue or the topic."
  type        = string
  nullable    = false
}

variable "actions" {
  description = "What nobody may do to it without TLS: `sqs:*` of a queue, and of a topic what its policy is about."
  type        = list(string)
  nullable    = false
}
