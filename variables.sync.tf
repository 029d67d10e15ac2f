# What becomes a case or an issue.

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
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(try(keys(var.issue_filter), [""]), ["issue_types", "labels"])) == 0
    error_message = "issue_filter must be an object of issue_types and labels, and nothing else; it ${can(keys(var.issue_filter)) ? "has ${join(", ", [for key in setsubtract(try(keys(var.issue_filter), []), ["issue_types", "labels"]) : "\"${key}\""])}" : "is no object"}."
  }

  validation {
    condition     = try(var.issue_filter.issue_types, null) == null ? true : can([for type in tolist(var.issue_filter.issue_types) : [regex(local.patterns.jira_name, type), regex("\\D", type)]])
    error_message = "issue_filter.issue_types must be a list of names of issue types of the project, not of ids, for example [\"Incident\"], without blanks or quotes around them. For every type leave it out."
  }

  validation {
    condition     = try(var.issue_filter.labels, null) == null ? true : can([for label in tolist(var.issue_filter.labels) : regex("^\\S+$", label)])
    error_message = "issue_filter.labels must be a list of labels, for example [\"security\"]; Jira's labels hold no blanks. To ask for none leave it out."
  }
}

variable "case_filter" {
  description = <<-EOT
    Which cases become issues; pairs are kept in step whatever it says:
    - `resolver_types`: `AWS`, `Self`: who resolves the case must be one of these.
    - `impacted_accounts`: ids of AWS accounts, of which the case must name one.
    - `engagement_types`: `Security Incident`, `Investigation`: the case must be one of these.
    - `tags`: tags of the case, all of which it must have.
    What is left out or empty asks for nothing; what is there must all hold.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(try(keys(var.case_filter), [""]), ["resolver_types", "impacted_accounts", "engagement_types", "tags"])) == 0
    error_message = "case_filter must be an object of resolver_types, impacted_accounts, engagement_types and tags, and nothing else; it ${can(keys(var.case_filter)) ? "has ${join(", ", [for key in setsubtract(try(keys(var.case_filter), []), ["resolver_types", "impacted_accounts", "engagement_types", "tags"]) : "\"${key}\""])}" : "is no object"}."
  }

  validation {
    condition     = try(var.case_filter.resolver_types, null) == null ? true : can([for type in tolist(var.case_filter.resolver_types) : regex("^(AWS|Self)$", type)])
    error_message = "case_filter.resolver_types must be a list of \"AWS\" (AWS resolves the case), \"Self\" (you do) or both. For every resolver leave it out."
  }

  validation {
    condition     = try(var.case_filter.impacted_accounts, null) == null ? true : can([for id in tolist(var.case_filter.impacted_accounts) : regex("^\"[0-9]{12}\"$", jsonencode(id))])
    error_message = "case_filter.impacted_accounts must be a list of ids of AWS accounts, twelve digits each and in quotes, for example [\"111122223333\"]: a number loses its leading zeros. For every account leave it out."
  }

  validation {
    condition     = try(var.case_filter.engagement_types, null) == null ? true : can([for type in tolist(var.case_filter.engagement_types) : regex("^(Security Incident|Investigation)$", type)])
    error_message = "case_filter.engagement_types must be a list of \"Security Incident\", \"Investigation\" or both, as Security Incident Response spells them. For every engagement leave it out."
  }

  validation {
    condition     = try(var.case_filter.tags, null) == null ? true : can([for key, value in tomap(var.case_filter.tags) : [regex("^\\S(.{0,126}\\S)?$", key), regex("^.{0,256}$", value)]])
    error_message = "case_filter.tags must be a map of tags of cases, for example { team = \"cloud\" }: keys of 1 to 128 characters without blanks around them, values of at most 256. To ask for none leave it out."
  }
}

variable "backfill_closed_cases" {
  description = "Whether a case that is closed when it is first seen gets an issue, too."
  type        = bool
  default     = false
  nullable    = false
}

# What is kept in step, and who wins.

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

  validation {
    condition     = var.native_events || var.case_sweep_schedule != null || var.issue_sweep_schedule == null
    error_message = "native_events is false and case_sweep_schedule is null: nothing would tell of a case, while issues are looked for. Set one of them. To stop listening to both sides for a while, set issue_sweep_schedule = null, too."
  }
}

variable "case_sweep_schedule" {
  description = "How often all cases are looked through: `rate(…)` or `cron(…)` (UTC), as EventBridge Scheduler takes it; null switches the sweep off."
  type        = string
  default     = "rate(5 minutes)"

  validation {
    condition     = var.case_sweep_schedule == null ? true : can(regex(local.patterns.schedule, var.case_sweep_schedule))
    error_message = "case_sweep_schedule must be like rate(5 minutes) or, with six fields of which the third or the fifth is ?, cron(0/5 8-18 ? * MON-FRI *); null switches the sweep off."
  }
}

variable "issue_sweep_schedule" {
  description = "How often recently changed issues are searched for: `rate(…)` or `cron(…)` (UTC), as EventBridge Scheduler takes it; null switches the sweep off."
  type        = string
  default     = "rate(15 minutes)"

  validation {
    condition     = var.issue_sweep_schedule == null ? true : can(regex(local.patterns.schedule, var.issue_sweep_schedule))
    error_message = "issue_sweep_schedule must be like rate(15 minutes) or, with six fields of which the third or the fifth is ?, cron(0/5 8-18 ? * MON-FRI *); null switches the sweep off."
  }
}

variable "notifications_publisher_account_ids" {
  description = "AWS accounts that may publish to the notifications topic. Jira Automation publishes as the default, an account of Atlassian's, for all of its customers (https://support.atlassian.com/cloud-automation/docs/configure-aws-sns-for-jira-automation/)."
  type        = list(string)
  default     = ["815843069303"]
  nullable    = false

  validation {
    condition     = length(var.notifications_publisher_account_ids) > 0 && alltrue([for id in var.notifications_publisher_account_ids : can(regex("^[0-9]{12}$", id))])
    error_message = "notifications_publisher_account_ids must be ids of AWS accounts, twelve digits each, and at least one: leave it out for Atlassian's, [\"815843069303\"]."
  }
}

variable "notifications_shared_secret_parameter_arn" {
  description = "ARN of an SSM SecureString in this Region. If set, a notification counts only if it carries the parameter's value as `Secret` beside `IssueId`: the topic is open to an account that all customers of Atlassian share."
  type        = string
  default     = null

  validation {
    condition     = var.notifications_shared_secret_parameter_arn == null ? true : can(regex(local.patterns.parameter_arn, var.notifications_shared_secret_parameter_arn))
    error_message = "notifications_shared_secret_parameter_arn must be the ARN of an SSM parameter, arn:<partition>:ssm:<region>:<account>:parameter/<name>, not its name and not the secret itself. Leave it out to take notifications without a secret."
  }

  validation {
    condition     = contains(["", local.region], try(split(":", var.notifications_shared_secret_parameter_arn)[3], ""))
    error_message = "notifications_shared_secret_parameter_arn is a parameter of ${try(split(":", var.notifications_shared_secret_parameter_arn)[3], "another Region")}, and the module is applied in ${local.region}: functions ask SSM of their own Region. Put the secret into a parameter there."
  }

  validation {
    condition     = var.notifications_shared_secret_parameter_arn == null || try(var.jira_token_parameter.arn, null) == null ? true : var.notifications_shared_secret_parameter_arn != var.jira_token_parameter.arn
    error_message = "notifications_shared_secret_parameter_arn is jira_token_parameter.arn: the token would be written into every automation rule, for its administrators to read. Make a parameter with a secret of its own."
  }
}

variable "notifications_shared_secret_kms_key_arn" {
  description = "ARN of the customer key that `notifications_shared_secret_parameter_arn` is encrypted with; leave it out for SSM's own key."
  type        = string
  default     = null

  validation {
    condition     = var.notifications_shared_secret_kms_key_arn == null ? true : can(regex(local.patterns.key_arn, var.notifications_shared_secret_kms_key_arn))
    error_message = "notifications_shared_secret_kms_key_arn must be the ARN of a key (arn:<partition>:kms:<region>:<account>:key/<id>), not of an alias: policies cannot name aliases."
  }

  validation {
    condition     = contains(["", local.region], try(split(":", var.notifications_shared_secret_kms_key_arn)[3], ""))
    error_message = "notifications_shared_secret_kms_key_arn is a key of ${try(split(":", var.notifications_shared_secret_kms_key_arn)[3], "another Region")}, and the module is applied in ${local.region}: a parameter is encrypted with a key of its own Region. Give that key."
  }

  validation {
    condition     = var.notifications_shared_secret_kms_key_arn == null || var.notifications_shared_secret_parameter_arn != null
    error_message = "notifications_shared_secret_kms_key_arn is the key of a parameter: give notifications_shared_secret_parameter_arn too, or leave both out."
  }
}

variable "jira_webhook" {
  description = <<-EOT
    An address for Jira's own webhooks, beside the notifications topic:
    - `enabled`: whether there is one.
    - `secret_parameter_arn`: ARN of an existing SSM SecureString in this Region that holds what Jira signs by; without it, a secret is made.
    - `secret_kms_key_arn`: ARN of the customer key that this parameter is encrypted with; leave it out for SSM's own key.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(try(keys(var.jira_webhook), [""]), ["enabled", "secret_parameter_arn", "secret_kms_key_arn"])) == 0
    error_message = "jira_webhook must be an object of enabled and, for a secret of your own, secret_parameter_arn and secret_kms_key_arn, and nothing else; it ${can(keys(var.jira_webhook)) ? "has ${join(", ", [for key in setsubtract(try(keys(var.jira_webhook), []), ["enabled", "secret_parameter_arn", "secret_kms_key_arn"]) : "\"${key}\""])}" : "is no object"}."
  }

  validation {
    condition     = try(var.jira_webhook.enabled, null) == null ? true : can(tobool(var.jira_webhook.enabled))
    error_message = "jira_webhook.enabled must be true or false."
  }

  validation {
    condition     = try(var.jira_webhook.secret_parameter_arn, null) == null ? true : can(regex("^arn:[a-z-]+:ssm:[a-z0-9-]+:[0-9]{12}:parameter/[A-Za-z0-9_./-]+$", var.jira_webhook.secret_parameter_arn))
    error_message = "jira_webhook.secret_parameter_arn must be the ARN of an SSM parameter, arn:<partition>:ssm:<region>:<account>:parameter/<name>, not its name and not the secret itself. Leave it out to have a secret made."
  }

  validation {
    condition     = try(var.jira_webhook.secret_kms_key_arn, null) == null ? true : can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/.+$", var.jira_webhook.secret_kms_key_arn)) && try(var.jira_webhook.secret_parameter_arn, null) != null
    error_message = "jira_webhook.secret_kms_key_arn is the key of a parameter of your own: give it as the ARN of a key (arn:<partition>:kms:<region>:<account>:key/<id>), not of an alias, and secret_parameter_arn with it. A secret that is made here is under kms_key_arn."
  }
}
