# Jira: where it is and who we are there.

variable "jira_url" {
  description = "Jira's base URL: `https://your-company.atlassian.net`, or `https://api.atlassian.com/ex/jira/<cloudId>` for scoped tokens. `http://` only for this machine's own addresses."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://[^/?#@\\s]+(/[^?#\\s]*)?$|^http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?(/[^?#\\s]*)?$", var.jira_url))
    error_message = "jira_url must begin with https:// and have no query, for example https://your-company.atlassian.net; http:// is for localhost, 127.0.0.1 and [::1] only."
  }
}

variable "jira_email" {
  description = "E-mail address of the Jira account that the token belongs to. Ignored with `jira_auth = \"bearer\"`, where it may be empty."
  type        = string
  nullable    = false

  validation {
    condition     = var.jira_auth == "bearer" || can(regex("^[^@\\s]+@[^@\\s]+$", var.jira_email))
    error_message = "jira_email must be the e-mail address of the Jira account, for example jira-bot@example.com. Tokens without an account need jira_auth = \"bearer\"."
  }
}

variable "jira_project_key" {
  description = "Key of the Jira project that issues live in, for example `SEC`."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^[A-Z][A-Z0-9_]+$", var.jira_project_key))
    error_message = "jira_project_key must be the project's key, not its name: two or more capital letters, digits or _, as in the SEC of issue SEC-1."
  }
}

variable "jira_token" {
  description = "Jira API token. Ephemeral: it is written to SSM and kept in no state and no plan. Or give `jira_token_parameter`."
  type        = string
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = (var.jira_token == null) != (var.jira_token_parameter == null)
    error_message = "Give exactly one of jira_token (a token, written to SSM) and jira_token_parameter (an SSM parameter that holds one), and leave the other out."
  }

  validation {
    condition     = var.jira_token == null ? true : can(regex("^\\S+$", var.jira_token))
    error_message = "jira_token must not be empty or hold blanks or line ends. A token read from a file loses them by trimspace(file(…))."
  }
}

variable "jira_token_version" {
  description = "Raise it whenever `jira_token` is another one: Terraform writes the token again only then."
  type        = number
  default     = 1
  nullable    = false

  validation {
    condition     = var.jira_token_version >= 1 && floor(var.jira_token_version) == var.jira_token_version
    error_message = "jira_token_version must be a whole number from 1 up: raise it by one for every new token."
  }
}

variable "jira_token_parameter" {
  description = <<-EOT
    An existing SSM SecureString in this Region that holds the token and that somebody else rotates, instead of `jira_token`:
    - `arn`: the parameter's ARN.
    - `kms_key_arn`: ARN of the customer key it is encrypted with; leave it out for SSM's own key.
  EOT
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  default = null

  validation {
    condition     = var.jira_token_parameter == null ? true : can(regex("^arn:[^:]+:ssm:[^:]+:[0-9]{12}:parameter/.+$", var.jira_token_parameter.arn))
    error_message = "jira_token_parameter.arn must be an SSM parameter's ARN: arn:<partition>:ssm:<region>:<account>:parameter/<name>."
  }

  validation {
    condition     = try(var.jira_token_parameter.kms_key_arn, null) == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.jira_token_parameter.kms_key_arn))
    error_message = "jira_token_parameter.kms_key_arn must be the ARN of a key (arn:<partition>:kms:<region>:<account>:key/<id>), not of an alias: policies cannot name aliases."
  }
}

variable "jira_auth" {
  description = "How the token is presented: `basic` (with `jira_email`) or `bearer` (alone)."
  type        = string
  default     = "basic"
  nullable    = false

  validation {
    condition     = contains(["basic", "bearer"], var.jira_auth)
    error_message = "jira_auth must be \"basic\" (API tokens of an account) or \"bearer\" (OAuth and service-account tokens)."
  }
}

variable "jira_browse_url" {
  description = "The site that people click on, where it differs from `jira_url`: with `https://api.atlassian.com/…` there, links on cases would lead nowhere."
  type        = string
  default     = null

  validation {
    condition     = var.jira_browse_url == null ? true : can(regex("^https://[^/?#@\\s]+(/[^?#\\s]*)?$|^http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?(/[^?#\\s]*)?$", var.jira_browse_url))
    error_message = "jira_browse_url must begin with https:// and have no query, for example https://your-company.atlassian.net; http:// is for localhost, 127.0.0.1 and [::1] only. Leave it out where it is jira_url."
  }
}

# What is kept in sync, and how.

variable "jira_issue_type" {
  description = "Type of the issues made for cases; the project must have it."
  type        = string
  default     = "Task"
  nullable    = false

  validation {
    condition     = trimspace(var.jira_issue_type) != "" && trimspace(var.jira_issue_type) == var.jira_issue_type
    error_message = "jira_issue_type must be the name of an issue type of the project, for example \"Task\", without blanks around it."
  }
}

variable "jira_create_fields" {
  description = "Fields to set when an issue is made, for projects that demand some: field id → value as Jira's REST API takes it, for example `{ components = [{ name = \"IR\" }], customfield_10020 = \"high\" }`."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.jira_create_fields))
    error_message = "jira_create_fields must be an object of field id → value: { customfield_10020 = \"high\" }."
  }

  validation {
    condition     = length(setintersection(try(keys(var.jira_create_fields), []), ["description", "issuetype", "project", "summary"])) == 0
    error_message = "jira_create_fields must leave out project, issuetype, summary and description. The first two are jira_project_key and jira_issue_type; the others come from the case."
  }
}

variable "status_mapping" {
  description = <<-EOT
    Which status means which, merged over the default key by key:
    - `to_jira`: case status → issue statuses (names or ids), of which the first that the issue's workflow knows is meant; `[]` for none.
    - `to_case`: issue status (name or id) → case status; `""` for none.
  EOT
  type = object({
    to_jira = optional(map(list(string)), {})
    to_case = optional(map(string), {})
  })
  default  = {}
  nullable = false

  validation {
    condition = length(setsubtract(keys(var.status_mapping.to_jira), [
      "Submitted", "Acknowledged", "Detection and Analysis", "Containment, Eradication and Recovery",
      "Post-incident Activities", "Ready to Close", "Closed",
    ])) == 0
    error_message = "status_mapping.to_jira: the keys must be case statuses, spelt as the service spells them: Submitted, Acknowledged, \"Detection and Analysis\", \"Containment, Eradication and Recovery\", \"Post-incident Activities\", \"Ready to Close\", Closed."
  }

  validation {
    condition     = alltrue([for status in flatten(values(var.status_mapping.to_jira)) : status == null ? false : trimspace(status) != ""])
    error_message = "status_mapping.to_jira: each candidate must be the name or the id of an issue status. For none write an empty list: Acknowledged = []."
  }

  validation {
    condition = length(setsubtract(values(var.status_mapping.to_case), [
      "", "Submitted", "Acknowledged", "Detection and Analysis", "Containment, Eradication and Recovery",
      "Post-incident Activities", "Ready to Close", "Closed",
    ])) == 0
    error_message = "status_mapping.to_case: the values must be case statuses, spelt as the service spells them, or \"\" for none: Submitted, Acknowledged, \"Detection and Analysis\", \"Containment, Eradication and Recovery\", \"Post-incident Activities\", \"Ready to Close\", Closed."
  }
}

variable "transition_fields" {
  description = "Fields to set on the way to a status, for workflows whose screens demand some: issue status (name or id) → field id → value as Jira's REST API takes it, for example `{ Resolved = { resolution = { name = \"Done\" } } }`."
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = can(keys(var.transition_fields)) && alltrue([for fields in try(values(var.transition_fields), []) : can(keys(fields))])
    error_message = "transition_fields must be an object of issue status → object of field id → value: { Resolved = { resolution = { name = \"Done\" } } }."
  }

  validation {
    condition     = alltrue([for status in try(keys(var.transition_fields), []) : trimspace(status) != ""])
    error_message = "transition_fields: each key must be the name or the id of the issue status that the transition leads to."
  }
}

variable "closure_resolutions" {
  description = "Resolution of the issue of a closed case: closure code → name of a resolution, for example `{ \"False Positive\" = \"Won't Do\" }`. Wins over `transition_fields`."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(keys(var.closure_resolutions), ["Investigation Completed", "Not Resolved", "False Positive", "Duplicate"])) == 0
    error_message = "closure_resolutions: the keys must be closure codes, spelt as the service spells them: \"Investigation Completed\", \"Not Resolved\", \"False Positive\", Duplicate."
  }

  validation {
    condition     = alltrue([for resolution in values(var.closure_resolutions) : resolution == null ? false : trimspace(resolution) != ""])
    error_message = "closure_resolutions: each value must be the name of a resolution of your Jira, for example \"Won't Do\". Leave out the codes that shall have none."
  }
}

variable "jira_custom_fields" {
  description = "Fields of the issue that are kept filled from the case: field id → attribute of the case, for example `{ customfield_10050 = \"caseArn\" }`. For short-text and paragraph fields; lists are joined by `, `."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for field in keys(var.jira_custom_fields) : can(regex("^[A-Za-z][A-Za-z0-9_.-]*$", field))])
    error_message = "jira_custom_fields: the keys must be ids of fields, not their names: customfield_10050. Jira lists them under /rest/api/3/field."
  }

  validation {
    condition     = length(setintersection(keys(var.jira_custom_fields), ["description", "issuetype", "labels", "project", "status", "summary"])) == 0
    error_message = "jira_custom_fields must leave out project, issuetype, summary, description, status and labels, which the module writes already. Make a text field for the attribute and name its id."
  }

  validation {
    condition = length(setsubtract(values(var.jira_custom_fields), [
      "caseArn", "caseId", "caseStatus", "resolverType", "engagementType", "impactedAccounts", "impactedAwsRegions",
      "impactedServices", "threatActorIpAddresses", "pendingAction", "closureCode", "reportedIncidentStartDate",
      "actualIncidentStartDate", "createdDate", "lastUpdatedDate", "closedDate", "consoleUrl",
    ])) == 0
    error_message = "jira_custom_fields: the values must be attributes of a case: caseArn, caseId, caseStatus, resolverType, engagementType, impactedAccounts, impactedAwsRegions, impactedServices, threatActorIpAddresses, pendingAction, closureCode, reportedIncidentStartDate, actualIncidentStartDate, createdDate, lastUpdatedDate, closedDate, consoleUrl."
  }
}

variable "conflict_winner" {
  description = "Whose value stays where both sides changed between two looks: `security_ir` or `jira`. The other is kept as a comment on its own side. A closure wins over everything."
  type        = string
  default     = "security_ir"
  nullable    = false

  validation {
    condition     = contains(["security_ir", "jira"], var.conflict_winner)
    error_message = "conflict_winner must be \"security_ir\" (the case's value stays) or \"jira\" (the issue's)."
  }
}

variable "create_cases_from_jira" {
  description = "Whether new issues of the project become cases."
  type        = bool
  default     = true
  nullable    = false
}

variable "issue_filter" {
  description = <<-EOT
    Which new issues become cases; pairs are kept in step whatever it says:
    - `issue_types`: names of issue types, of which the issue must have one; without any, every type but sub-tasks.
    - `labels`: labels, of which the issue must carry one; without any, none is asked for.
  EOT
  type = object({
    issue_types = optional(list(string), [])
    labels      = optional(list(string), [])
  })
  default  = {}
  nullable = false

  validation {
    condition     = alltrue([for type in var.issue_filter.issue_types : type == null ? false : trimspace(type) != "" && trimspace(type) == type])
    error_message = "issue_filter.issue_types must be names of issue types of the project, for example [\"Incident\"], without blanks around them. For every type leave it out."
  }

  validation {
    condition     = alltrue([for label in var.issue_filter.labels : label == null ? false : can(regex("^\\S+$", label))])
    error_message = "issue_filter.labels must be labels, for example [\"security\"]; Jira's labels hold no blanks. To ask for none leave it out."
  }
}

variable "close_case_when_done" {
  description = "Whether an issue that is done closes its case. A closed case cannot be reopened."
  type        = bool
  default     = true
  nullable    = false
}

variable "sync_watchers" {
  description = "Whether watchers are kept in step."
  type        = bool
  default     = true
  nullable    = false
}

variable "sync_attachments" {
  description = "Whether attachments are copied."
  type        = bool
  default     = true
  nullable    = false
}

variable "sync_restricted_comments" {
  description = "Whether comments that Jira shows to a group or role only, and internal notes of a service project, are copied to the case. Everybody who may see the case sees them there."
  type        = bool
  default     = false
  nullable    = false
}

variable "backfill_closed_cases" {
  description = "Whether a case that is closed when it is first seen gets an issue, too."
  type        = bool
  default     = false
  nullable    = false
}

variable "on_case_deleted" {
  description = "What becomes of the issue of a case that is gone: `comment` says so on it, `close` also moves it to done, `delete` deletes it with its sub-tasks."
  type        = string
  default     = "comment"
  nullable    = false

  validation {
    condition     = contains(["comment", "close", "delete"], var.on_case_deleted)
    error_message = "on_case_deleted must be \"comment\", \"close\" or \"delete\"."
  }
}

variable "on_issue_deleted" {
  description = "What becomes of the case of an issue that is gone: `comment` says so on it, `close` also closes it. Cases cannot be deleted."
  type        = string
  default     = "comment"
  nullable    = false

  validation {
    condition     = contains(["comment", "close"], var.on_issue_deleted)
    error_message = "on_issue_deleted must be \"comment\" or \"close\": a case cannot be deleted."
  }
}

# When the two sides are looked at.

variable "native_events" {
  description = "Whether changes of cases are heard of at once, by a rule on the account's default event bus."
  type        = bool
  default     = true
  nullable    = false
}

variable "case_sweep_schedule" {
  description = "How often all cases are looked through: `rate(…)` or `cron(…)` (UTC), as EventBridge Scheduler takes it; null switches the sweep off."
  type        = string
  default     = "rate(5 minutes)"

  validation {
    condition     = var.case_sweep_schedule == null ? true : can(regex("^(rate\\([1-9][0-9]* (minute|hour|day)s?\\)|cron\\(([^\\s()]+ ){5}[^\\s()]+\\))$", var.case_sweep_schedule))
    error_message = "case_sweep_schedule must be like rate(5 minutes) or, with six fields, cron(0/5 8-18 ? * MON-FRI *); null switches the sweep off."
  }
}

variable "issue_sweep_schedule" {
  description = "How often recently changed issues are searched for: `rate(…)` or `cron(…)` (UTC), as EventBridge Scheduler takes it; null switches the sweep off."
  type        = string
  default     = "rate(15 minutes)"

  validation {
    condition     = var.issue_sweep_schedule == null ? true : can(regex("^(rate\\([1-9][0-9]* (minute|hour|day)s?\\)|cron\\(([^\\s()]+ ){5}[^\\s()]+\\))$", var.issue_sweep_schedule))
    error_message = "issue_sweep_schedule must be like rate(15 minutes) or, with six fields, cron(0/5 8-18 ? * MON-FRI *); null switches the sweep off."
  }
}

# What is made in the account, and what it is called.

variable "name" {
  description = "Prefix of every named resource; a second instance in the same account and Region takes another name."
  type        = string
  default     = "security-ir-jira"
  nullable    = false

  validation {
    # The longest suffix has 27 characters, and Lambda takes 64.
    condition     = can(regex("^[A-Za-z][A-Za-z0-9_-]{0,36}$", var.name))
    error_message = "name must begin with a letter, hold only letters, digits, - and _, and be at most 37 characters long, so that function names stay within Lambda's 64."
  }

  validation {
    condition     = var.name != "default"
    error_message = "name must not be \"default\": that is what AWS calls the account's own event bus."
  }
}

variable "parameter_prefix" {
  description = "Path of the SSM parameters `jiraUrl`, `jiraEmail`, `jiraProjectKey` and `jiraToken`. By default `/SecurityIncidentResponse`, and `/SecurityIncidentResponse/<name>` for an instance with another name."
  type        = string
  default     = null

  validation {
    condition     = var.parameter_prefix == null ? true : can(regex("^(/[A-Za-z0-9_.-]+)+$", var.parameter_prefix)) && !can(regex("^/(?i:aws|ssm)", var.parameter_prefix))
    error_message = "parameter_prefix must be a path like /security/jira: a slash before each part and none at the end, parts of letters, digits, _, . and -, and not beginning with aws or ssm, which AWS keeps for itself."
  }
}

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

variable "deletion_protection" {
  description = "Whether DynamoDB refuses to delete the ledger. To destroy the module, apply it with false first."
  type        = bool
  default     = true
  nullable    = false
}

variable "tags" {
  description = "Tags of every resource that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false
}

# Who is told, and what is logged.

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
