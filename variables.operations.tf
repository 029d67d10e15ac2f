# What the functions run on.

variable "lambda_packages" {
  description = <<-EOT
    Where the functions' zips are; by default in `dist/` in the module, where a release has them and `build.sh` puts them:
    - `directory`: a directory that holds `<function>.zip` for each function.
    - `s3_bucket`, `s3_prefix`: or a bucket of this Region that holds `<s3_prefix>/<function>.zip`; its name must be known at plan.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(try(keys(var.lambda_packages), [""]), ["directory", "s3_bucket", "s3_prefix"])) == 0
    error_message = "lambda_packages must be an object of directory, or of s3_bucket and s3_prefix, and nothing else; it ${can(keys(var.lambda_packages)) ? "has ${join(", ", [for key in setsubtract(try(keys(var.lambda_packages), []), ["directory", "s3_bucket", "s3_prefix"]) : "\"${key}\""])}" : "is no object"}."
  }

  validation {
    condition     = try(var.lambda_packages.directory, null) == null || try(var.lambda_packages.s3_bucket, null) == null
    error_message = "lambda_packages names both a directory and s3_bucket: leave one of them out."
  }

  validation {
    condition     = try(var.lambda_packages.s3_bucket, null) == null ? try(var.lambda_packages.s3_prefix, null) == null : can(regex("^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$", var.lambda_packages.s3_bucket))
    error_message = "lambda_packages.s3_bucket must be the name of a bucket, not its ARN or URL; s3_prefix goes with it. Leave both out to take the zips from a directory."
  }

  validation {
    condition     = try(var.lambda_packages.directory, null) == null ? true : can(regex("\\S", var.lambda_packages.directory))
    error_message = "lambda_packages.directory must be the path of a directory. Leave it out for dist/ in the module."
  }
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

variable "vpc_config" {
  description = <<-EOT
    Subnets and security groups that the functions run in; null outside of a VPC. From there they must reach Jira and AWS: docs/guide.md#a-vpc says what.
    - `subnet_ids`: private subnets, in two Availability Zones at least.
    - `security_group_ids`: security groups that let HTTPS out.
  EOT
  type        = any
  default     = null

  validation {
    condition     = var.vpc_config == null ? true : length(setsubtract(try(keys(var.vpc_config), [""]), ["subnet_ids", "security_group_ids"])) == 0
    error_message = "vpc_config must be an object of subnet_ids and security_group_ids, and nothing else; it ${can(keys(var.vpc_config)) ? "has ${join(", ", [for key in setsubtract(try(keys(var.vpc_config), []), ["subnet_ids", "security_group_ids"]) : "\"${key}\""])}" : "is no object"}."
  }

  validation {
    condition = var.vpc_config == null ? true : can([
      tolist(var.vpc_config.subnet_ids)[0], [for id in tolist(var.vpc_config.subnet_ids) : regex("^subnet-[0-9a-z]+$", id)],
      tolist(var.vpc_config.security_group_ids)[0], [for id in tolist(var.vpc_config.security_group_ids) : regex("^sg-[0-9a-z]+$", id)],
    ])
    error_message = "vpc_config needs both subnet_ids and security_group_ids, lists of at least one id each: { subnet_ids = [\"subnet-…\"], security_group_ids = [\"sg-…\"] }."
  }
}

variable "kms_key_arn" {
  description = "ARN of one customer key for the queues, the ledger, the parameters, the log groups and the alarm topic; null for AWS's own keys. Its policy needs what the output `kms_key_policy_json` says."
  type        = string
  default     = null

  validation {
    condition     = var.kms_key_arn == null ? true : can(regex(local.patterns.key_arn, var.kms_key_arn))
    error_message = "kms_key_arn must be the ARN of a key (arn:<partition>:kms:<region>:<account>:key/<id>), not of an alias: policies cannot name aliases."
  }

  validation {
    condition     = contains(["", local.region], try(split(":", var.kms_key_arn)[3], ""))
    error_message = "kms_key_arn is a key of ${try(split(":", var.kms_key_arn)[3], "another Region")}, and the module is applied in ${local.region}: give a key of this Region, such as the replica of a multi-Region key."
  }
}

variable "permissions_boundary_arn" {
  description = "ARN of the policy that bounds every role of the module; null for none."
  type        = string
  default     = null

  validation {
    condition     = var.permissions_boundary_arn == null ? true : can(regex("^arn:[^:\\s]+:iam::([0-9]{12}|aws):policy/\\S+$", var.permissions_boundary_arn))
    error_message = "permissions_boundary_arn must be the ARN of a policy: arn:<partition>:iam::<account>:policy/<name>."
  }
}

variable "iam_role_path" {
  description = "Path of the module's roles, for example `/security/`."
  type        = string
  default     = "/"
  nullable    = false

  validation {
    condition     = can(regex("^/([!-.0-~]+/)*$", var.iam_role_path)) && length(var.iam_role_path) <= 512
    error_message = "iam_role_path must begin and end with a slash, for example /security/."
  }
}

# Who is told, what is logged, and what is kept.

variable "alarm_actions" {
  description = "ARNs that every alarm calls when it goes off and when it is over, for example of an SNS topic."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for arn in var.alarm_actions : can(regex("^arn:[^:\\s]+:[^:\\s]+:\\S+$", arn)) && !can(regex("^arn:[^:]+:sns:([^:]+:){3}", arn))])
    error_message = "alarm_actions must be ARNs, for example of an SNS topic, not of a subscription to one. E-mail addresses belong into alarm_emails."
  }
}

variable "alarm_emails" {
  description = "E-mail addresses that every alarm writes to. If there are any, the module makes a topic; each address has to confirm once."
  type        = list(string)
  default     = []
  nullable    = false

  validation {
    condition     = alltrue([for address in var.alarm_emails : can(regex(local.patterns.email, address))])
    error_message = "alarm_emails must be e-mail addresses alone, for example [\"soc@example.com\"], without a name, quotes or mailto:. ARNs belong into alarm_actions."
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

variable "event_log_resource_policy" {
  description = "How EventBridge is let into the event log. CloudWatch Logs takes ten resource policies in a Region: `own` makes one for this instance, `shared` one for all log groups of the account under `/aws/events/`, and `none` leaves it to another instance's, or to one that is there already."
  type        = string
  default     = "own"
  nullable    = false

  validation {
    condition     = contains(["own", "shared", "none"], var.event_log_resource_policy)
    error_message = "event_log_resource_policy must be \"own\", \"shared\" or \"none\"."
  }
}

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the ledger. To destroy the module, apply it with false first."
  type        = bool
  default     = true
  nullable    = false
}
