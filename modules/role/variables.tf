variable "name" {
  description = "Name of the role without its Region; the role's own name is cut and hashed where it would be over 64 characters."
  type        = string
  nullable    = false
}

variable "description" {
  description = "What the role is for."
  type        = string
  nullable    = false
}

variable "region" {
  description = "The Region this role's bearer works in."
  type        = string
  nullable    = false
}

variable "service" {
  description = "Service principal that assumes the role, for example `lambda.amazonaws.com`."
  type        = string
  nullable    = false
}

variable "source_arn" {
  description = "The only resource on whose behalf the service may assume the role; null where the service names none."
  type        = string
  default     = null
}

variable "policy" {
  description = "Policy document (JSON): all that the role may do."
  type        = string
  nullable    = false
}

variable "limits" {
  description = "What the estate asks of every role: its `path`, and `permissions_boundary_arn` (null for none)."
  type = object({
    path                     = string
    permissions_boundary_arn = string
  })
  nullable = false
}

variable "tags" {
  description = "Tags of the role."
  type        = map(string)
  nullable    = false
}
