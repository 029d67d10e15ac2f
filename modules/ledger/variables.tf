variable "name" {
  description = "Prefix of the table's name."
  type        = string
  nullable    = false
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the table."
  type        = bool
  nullable    = false
}

variable "kms_key_arn" {
  description = "Customer key of the table; null for AWS's own."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the table."
  type        = map(string)
  nullable    = false
}
