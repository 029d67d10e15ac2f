# What every estate gives: Jira, its project and a token. And what tells one instance from another.
# Everything else has a default: variables.jira.tf, variables.sync.tf, variables.operations.tf.

variable "jira_url" {
  description = "Jira's base URL: `https://your-company.atlassian.net`, or `https://api.atlassian.com/ex/jira/<cloudId>` for scoped tokens. `http://` only for this machine's own addresses."
  type        = string
  nullable    = false

  validation {
    condition     = can(regex("^https://([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9A-Fa-f:.]+\\])(:[0-9]+)?(/[^?#\\s]*)?$|^http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?(/[^?#\\s]*)?$", var.jira_url))
    error_message = "jira_url must begin with https:// and have no query, for example https://your-company.atlassian.net (a host in another script as xn--…); http:// is for localhost, 127.0.0.1 and [::1] only."
  }

  validation {
    condition     = !can(regex("^https://(?i:[^/]+\\.atlassian\\.net)/.", var.jira_url)) && !can(regex("^https?://[^/]+(/.*)?/(browse|projects|issues|boards|dashboards|secure|wiki|rest|jira/[^/]+)(/|$)", replace(var.jira_url, "/ex/jira/", "/")))
    error_message = "jira_url is the address of a page, ${var.jira_url}: give what comes before its path, for example https://your-company.atlassian.net."
  }

  validation {
    condition     = !can(regex("^https://(?i:api\\.atlassian\\.com)(/|$)", var.jira_url)) || can(regex("^https://[^/]+/ex/jira/[0-9A-Fa-f-]{36}/?$", var.jira_url))
    error_message = "jira_url names Atlassian's gateway without your site: it must be https://api.atlassian.com/ex/jira/<cloudId>. The cloudId stands at https://your-company.atlassian.net/_edge/tenant_info."
  }

  validation {
    condition     = !can(regex("^https://(?i:([^/]+\\.)?atlassian\\.com)(:|/|$)", var.jira_url)) || can(regex("^https://(?i:api\\.atlassian\\.com)(/|$)", var.jira_url))
    error_message = "jira_url is an address of Atlassian's own, ${var.jira_url}, not your site's: open Jira, and take the beginning of its address, for example https://your-company.atlassian.net."
  }
}

variable "jira_email" {
  description = "E-mail address of the Jira account that the token belongs to. Ignored with `jira_auth = \"bearer\"`, where it may be empty."
  type        = string
  nullable    = false

  validation {
    condition     = var.jira_auth == "bearer" || can(regex(local.patterns.email, var.jira_email))
    error_message = "jira_email must be the e-mail address of the Jira account alone, for example jira-bot@example.com, without a name, blanks, quotes or mailto:. Tokens without an account need jira_auth = \"bearer\"."
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
    condition     = var.jira_token == null ? true : can(regex("^[^\\s\"'“”„«»‘‚<>@]+$", var.jira_token))
    error_message = "jira_token must be the token alone, as Jira shows it, without quotes, the e-mail address, \"Bearer\", blanks or line ends. A token read from a file loses line ends by trimspace(file(…))."
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

  validation {
    condition     = var.jira_token_parameter == null || var.jira_token_version == 1
    error_message = "jira_token_version is the version of jira_token, and jira_token_parameter is given instead: leave jira_token_version out. A token in a parameter of your own is rotated there."
  }
}

variable "jira_token_parameter" {
  description = <<-EOT
    An existing SSM SecureString in this Region that holds the token and that somebody else rotates, instead of `jira_token`:
    - `arn`: the parameter's ARN.
    - `kms_key_arn`: ARN of the customer key it is encrypted with; leave it out for SSM's own key.
  EOT
  type        = any
  default     = null

  validation {
    condition     = var.jira_token_parameter == null ? true : length(setsubtract(try(keys(var.jira_token_parameter), [""]), ["arn", "kms_key_arn"])) == 0
    error_message = "jira_token_parameter must be an object of arn and, with a customer key, kms_key_arn, and nothing else; it ${can(keys(var.jira_token_parameter)) ? "has ${join(", ", [for key in setsubtract(try(keys(var.jira_token_parameter), []), ["arn", "kms_key_arn"]) : "\"${key}\""])}" : "is no object"}."
  }

  validation {
    condition     = var.jira_token_parameter == null ? true : can(regex(local.patterns.parameter_arn, var.jira_token_parameter.arn))
    error_message = "jira_token_parameter.arn must be an SSM parameter's ARN: arn:<partition>:ssm:<region>:<account>:parameter/<name>, with one slash also where the name begins with one."
  }

  validation {
    condition     = contains(["", local.region], try(split(":", var.jira_token_parameter.arn)[3], ""))
    error_message = "jira_token_parameter.arn is a parameter of ${try(split(":", var.jira_token_parameter.arn)[3], "another Region")}, and the module is applied in ${local.region}: functions ask SSM of their own Region. Put the token into a parameter there."
  }

  validation {
    condition     = try(var.jira_token_parameter.kms_key_arn, null) == null ? true : can(regex(local.patterns.key_arn, var.jira_token_parameter.kms_key_arn))
    error_message = "jira_token_parameter.kms_key_arn must be the ARN of a key (arn:<partition>:kms:<region>:<account>:key/<id>), not of an alias: policies cannot name aliases."
  }

  validation {
    condition     = contains(["", local.region], try(split(":", var.jira_token_parameter.kms_key_arn)[3], ""))
    error_message = "jira_token_parameter.kms_key_arn is a key of ${try(split(":", var.jira_token_parameter.kms_key_arn)[3], "another Region")}, and the module is applied in ${local.region}: a parameter is encrypted with a key of its own Region. Give that key."
  }
}

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

variable "tags" {
  description = "Tags of every resource that takes tags."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = !anytrue([for key in keys(var.tags) : startswith(lower(key), "aws:")])
    error_message = "tags: keys must not begin with aws:, which AWS keeps for itself."
  }

  validation {
    condition     = alltrue([for key, value in var.tags : can(regex(local.patterns.tag_key, key)) && can(regex(local.patterns.tag_value, value))])
    error_message = "tags: a key has 1 to 128 characters, a value at most 256 and is not null, and both hold letters, digits, blanks and _ . : / = + - @ only. AWS refuses these: ${join(", ", [for key, value in var.tags : "\"${key}\"" if !can(regex(local.patterns.tag_key, key)) || !can(regex(local.patterns.tag_value, value))])}."
  }

  validation {
    condition     = length(var.tags) <= 50
    error_message = "tags: AWS takes 50 tags of a resource, and these are ${length(var.tags)}. The provider's default_tags count, too."
  }

  validation {
    condition     = length(distinct([for key in keys(var.tags) : lower(key)])) == length(var.tags)
    error_message = "tags: two keys differ in capitals only, and IAM, which tags the roles, takes them for one. Leave one of them out."
  }
}
