# What the functions run on.

variable "lambda_packages" {
  description = <<-EOT
    Where the functions' zips are:
    - `directory`: a directory that holds `<function>.zip` for each function; by default `dist/` in the module, where `build.sh` puts them.
  EOT
  type = object({
    directory = optional(string)
  })
  default  = {}
  nullable = false
}

variable "lambda_runtime" {
  description = "Lambda's Python runtime, 3.11 or later."
  type        = string
  default     = "python3.13"
  nullable    = false

  validation {
    # No list: the provider knows which runtimes there are.
    condition     = can(regex("^python3\\.(1[1-9]|[2-9][0-9])$", var.lambda_runtime))
    error_message = "lambda_runtime must be a Python runtime of 3.11 or later, for example python3.13."
  }
}

variable "lambda_architecture" {
  description = "Processor the functions run on: `arm64` or `x86_64`; the zips suit both."
  type        = string
  default     = "arm64"
  nullable    = false

  validation {
    condition     = contains(["arm64", "x86_64"], var.lambda_architecture)
    error_message = "lambda_architecture must be \"arm64\" or \"x86_64\"."
  }
}

variable "lambda_memory_mb" {
  description = "Memory of each function in MB. The default is enough for the largest file; more also means a faster processor."
  type        = number
  default     = 256
  nullable    = false

  validation {
    condition     = var.lambda_memory_mb >= 128 && var.lambda_memory_mb <= 10240 && floor(var.lambda_memory_mb) == var.lambda_memory_mb
    error_message = "lambda_memory_mb must be a whole number from 128 to 10240, which is what Lambda takes."
  }
}

variable "aws_ca_bundle" {
  description = "Certificates in PEM that the functions trust beside the public roots, for AWS and for Jira: the root of a proxy that inspects TLS, for example."
  type        = string
  default     = null

  validation {
    condition     = var.aws_ca_bundle == null || can(regex("-----BEGIN CERTIFICATE-----\\s[A-Za-z0-9+/=\\s]+-----END CERTIFICATE-----", var.aws_ca_bundle))
    error_message = "aws_ca_bundle must be the text of certificates in PEM, for example file(\"proxy-root.pem\"): -----BEGIN CERTIFICATE-----, base64, -----END CERTIFICATE-----."
  }

  validation {
    condition     = var.aws_ca_bundle == null || !can(regex("PRIVATE KEY", var.aws_ca_bundle))
    error_message = "aws_ca_bundle holds a private key: it must hold certificates only."
  }

  validation {
    condition     = length(base64gzip(coalesce(var.aws_ca_bundle, "-"))) <= 2600
    error_message = "aws_ca_bundle has ${length(base64gzip(coalesce(var.aws_ca_bundle, "-")))} characters when packed, and 2600 have room in the functions' environment: give the proxy's root only, not a whole store."
  }
}

# Who is told, what is logged, and what is kept.

variable "alarm_actions" {
  description = "ARNs that every alarm calls when it goes off and when it is over, for example of an SNS topic."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:", arn))])
    error_message = "alarm_actions must be ARNs, for example of an SNS topic. E-mail addresses belong into alarm_emails."
  }
}

variable "alarm_emails" {
  description = "E-mail addresses that every alarm writes to. If there are any, the module makes a topic; each address has to confirm once."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex("^[^@\\s]+@[^@\\s]+\\.[^@\\s]+$", address))])
    error_message = "alarm_emails must be e-mail addresses, for example [\"soc@example.com\"]. ARNs belong into alarm_actions."
  }
}

variable "dashboard_enabled" {
  description = "Whether there is a CloudWatch dashboard."
  type        = bool
  default     = true
  nullable    = false
}

variable "log_level" {
  description = "How much the functions log: `info`, `debug` or `error`."
  type        = string
  default     = "error"
  nullable    = false

  validation {
    condition     = contains(["info", "debug", "error"], var.log_level)
    error_message = "log_level must be \"info\", \"debug\" or \"error\", in lower case."
  }
}

variable "log_retention_days" {
  description = "Days that the functions' logs and the event log are kept; 0 keeps them for ever."
  type        = number
  default     = 30
  nullable    = false

  validation {
    condition = contains([
      0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
    ], var.log_retention_days)
    error_message = "log_retention_days must be one that CloudWatch Logs has: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653, or 0 to keep logs for ever."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the ledger. To destroy the module, apply it with false first."
  type        = bool
  default     = true
  nullable    = false
}
