variable "name" {
  description = "Prefix of the topic's name."
  type        = string
  nullable    = false
}

variable "publisher_account_ids" {
  description = "AWS accounts that may publish to the topic."
  type        = list(string)
  nullable    = false
}

variable "queue_arn" {
  description = "Queue that receives what is published."
  type        = string
  nullable    = false
}

variable "dead_letter_arn" {
  description = "Queue that receives what the first one does not take."
  type        = string
  nullable    = false
}

variable "location" {
  description = "Partition, Region and account this is applied in."
  type = object({
    partition  = string
    region     = string
    account_id = string
  })
  nullable = false
}

variable "tags" {
  description = "Tags of the topic."
  type        = map(string)
  nullable    = false
}
