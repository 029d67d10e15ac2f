# How Jira is spoken to, and what becomes of its issues there: type, fields, statuses.

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
  description = "The site that people click on, where it differs from `jira_url`: with `https://api.atlassian.com/…` there, links on cases lead nowhere without it."
  type        = string
  default     = null

  validation {
    condition     = var.jira_browse_url == null ? true : can(regex("^https://([\\pL\\pN]([\\pL\\pN.-]*[\\pL\\pN])?|\\[[0-9A-Fa-f:.]+\\])(:[0-9]+)?(/[^?#\\s]*)?$|^http://(localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\])(:[0-9]+)?(/[^?#\\s]*)?$", var.jira_browse_url))
    error_message = "jira_browse_url must begin with https:// and have no query, for example https://your-company.atlassian.net; http:// is for localhost, 127.0.0.1 and [::1] only. Leave it out where it is jira_url."
  }

  validation {
    condition     = var.jira_browse_url == null ? true : !can(regex("^https://(?i:[^/]+\\.atlassian\\.net)/.|^https://(?i:([^/]+\\.)?atlassian\\.com)(:|/|$)", var.jira_browse_url))
    error_message = "jira_browse_url must be the site itself, https://your-company.atlassian.net, neither one of its pages nor api.atlassian.com, on which nobody can click."
  }
}

variable "jira_issue_type" {
  description = "Type of the issues made for cases; the project must have it."
  type        = string
  default     = "Task"
  nullable    = false

  validation {
    condition     = can(regex(local.patterns.jira_name, var.jira_issue_type)) && can(regex("\\D", var.jira_issue_type))
    error_message = "jira_issue_type must be the name of an issue type of the project, not its id, for example \"Task\", without blanks or quotes around it."
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
    condition     = alltrue([for field in try(keys(var.jira_create_fields), []) : can(regex(local.patterns.field_id, field))])
    error_message = "jira_create_fields: the keys must be ids of fields, not their names; not so ${join(", ", [for field in try(keys(var.jira_create_fields), []) : "\"${field}\"" if !can(regex(local.patterns.field_id, field))])}. Jira lists the ids under <jira_url>/rest/api/3/field: customfield_10020, or priority and fixVersions for fields of its own."
  }

  validation {
    condition     = length(setintersection(try(keys(var.jira_create_fields), []), ["description", "issuetype", "project", "status", "summary"])) == 0
    error_message = "jira_create_fields must leave out project, issuetype, summary, description and status. The first two are jira_project_key and jira_issue_type; the others come from the case."
  }

  validation {
    condition     = try(var.jira_create_fields.labels, null) == null ? true : can([for label in tolist(var.jira_create_fields.labels) : regex("^\\S+$", label)])
    error_message = "jira_create_fields.labels must be a list of labels, for example [\"soc\"]; Jira's labels hold no blanks."
  }
}

variable "jira_custom_fields" {
  description = "Fields of the issue that are kept filled from the case: field id → attribute of the case, for example `{ customfield_10050 = \"caseArn\" }`. For short-text and paragraph fields; lists are joined by `, `."
  type        = map(string)
  default     = {}
  nullable    = false

  validation {
    condition     = alltrue([for field in keys(var.jira_custom_fields) : can(regex(local.patterns.field_id, field))])
    error_message = "jira_custom_fields: the keys must be ids of fields, not their names; not so ${join(", ", [for field in keys(var.jira_custom_fields) : "\"${field}\"" if !can(regex(local.patterns.field_id, field))])}. Jira lists the ids under <jira_url>/rest/api/3/field: customfield_10050, or environment for a field of its own."
  }

  validation {
    condition     = length(setintersection(keys(var.jira_custom_fields), ["description", "issuetype", "labels", "project", "status", "summary"])) == 0
    error_message = "jira_custom_fields must leave out project, issuetype, summary, description, status and labels, which the module writes already. Make a text field for the attribute and name its id."
  }

  validation {
    condition     = length(setintersection(keys(var.jira_custom_fields), try(keys(var.jira_create_fields), []))) == 0
    error_message = "jira_custom_fields and jira_create_fields name the same field: ${join(", ", setintersection(keys(var.jira_custom_fields), try(keys(var.jira_create_fields), [])))}. What the case says would overwrite the other at once: take it out of one of them."
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

variable "status_mapping" {
  description = <<-EOT
    Which status means which, merged over the default key by key:
    - `to_jira`: case status → issue statuses (names or ids), of which the first that the issue's workflow knows is meant; `[]` for none.
    - `to_case`: issue status (name or id) → case status; `""` for none.
  EOT
  type        = any
  default     = {}
  nullable    = false

  validation {
    condition     = length(setsubtract(try(keys(var.status_mapping), [""]), ["to_jira", "to_case"])) == 0
    error_message = "status_mapping must be an object of to_jira and to_case, and nothing else; it ${can(keys(var.status_mapping)) ? "has ${join(", ", [for key in setsubtract(try(keys(var.status_mapping), []), ["to_jira", "to_case"]) : "\"${key}\""])}" : "is no object"}."
  }

  validation {
    condition     = alltrue([for direction in ["to_jira", "to_case"] : try(var.status_mapping[direction], null) == null ? true : can(keys(var.status_mapping[direction]))])
    error_message = "status_mapping: to_jira and to_case must be maps: { to_jira = { Acknowledged = [\"Triage\"] }, to_case = { Triage = \"Acknowledged\" } }."
  }

  validation {
    condition = length(setsubtract(try(keys(var.status_mapping.to_jira), []), [
      "Submitted", "Acknowledged", "Detection and Analysis", "Containment, Eradication and Recovery",
      "Post-incident Activities", "Ready to Close", "Closed",
    ])) == 0
    error_message = "status_mapping.to_jira: the keys must be case statuses, spelt as the service spells them: Submitted, Acknowledged, \"Detection and Analysis\", \"Containment, Eradication and Recovery\", \"Post-incident Activities\", \"Ready to Close\", Closed."
  }

  validation {
    condition     = alltrue([for candidates in try(values(var.status_mapping.to_jira), []) : can([for status in tolist(candidates) : regex(local.patterns.jira_name, status)])])
    error_message = "status_mapping.to_jira: each value must be a list, and each candidate in it the name or the id of an issue status, without blanks or quotes around it: Acknowledged = [\"Triage\"]. For none write an empty list: Acknowledged = []."
  }

  validation {
    condition     = alltrue([for status in try(keys(var.status_mapping.to_case), []) : can(regex(local.patterns.jira_name, status))])
    error_message = "status_mapping.to_case: each key must be the name or the id of an issue status, without blanks or quotes around it: Triage = \"Acknowledged\"."
  }

  validation {
    condition     = length(distinct([for status in try(keys(var.status_mapping.to_case), []) : lower(status)])) == length(try(keys(var.status_mapping.to_case), []))
    error_message = "status_mapping.to_case: two keys differ in capitals only, and names of statuses are matched without regard to them. Leave one of the two out."
  }

  validation {
    condition = alltrue([for meant in try(values(var.status_mapping.to_case), []) : try(contains([
      "", "Submitted", "Acknowledged", "Detection and Analysis", "Containment, Eradication and Recovery",
      "Post-incident Activities", "Ready to Close", "Closed",
    ], meant), false)])
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
    condition     = alltrue([for status in try(keys(var.transition_fields), []) : can(regex(local.patterns.jira_name, status))])
    error_message = "transition_fields: each key must be the name or the id of the issue status that the transition leads to, without blanks or quotes around it."
  }

  validation {
    condition     = length(distinct([for status in try(keys(var.transition_fields), []) : lower(status)])) == length(try(keys(var.transition_fields), []))
    error_message = "transition_fields: two keys differ in capitals only, and names of statuses are matched without regard to them. Put the fields of both under one."
  }

  validation {
    condition     = alltrue(flatten([for fields in try(values(var.transition_fields), []) : [for field in try(keys(fields), []) : can(regex(local.patterns.field_id, field))]]))
    error_message = "transition_fields: what is set on the way to a status must be named by ids of fields, not by their names; not so ${join(", ", flatten([for fields in try(values(var.transition_fields), []) : [for field in try(keys(fields), []) : "\"${field}\"" if !can(regex(local.patterns.field_id, field))]]))}. Jira lists the ids under <jira_url>/rest/api/3/field: customfield_10020, or resolution and fixVersions for fields of its own."
  }

  validation {
    condition     = length(setintersection(flatten([for fields in try(values(var.transition_fields), []) : try(keys(fields), [])]), ["description", "issuetype", "labels", "project", "status", "summary"])) == 0
    error_message = "transition_fields must leave out project, issuetype, summary, description, status and labels, which the module writes already: they would be overwritten with every transition."
  }

  validation {
    condition     = length(setintersection(flatten([for fields in try(values(var.transition_fields), []) : try(keys(fields), [])]), keys(var.jira_custom_fields))) == 0
    error_message = "transition_fields and jira_custom_fields name the same field: ${join(", ", setintersection(flatten([for fields in try(values(var.transition_fields), []) : try(keys(fields), [])]), keys(var.jira_custom_fields)))}. A transition would overwrite what the case says: take it out of one of them."
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
    condition     = alltrue([for resolution in values(var.closure_resolutions) : can(regex(local.patterns.jira_name, resolution))])
    error_message = "closure_resolutions: each value must be the name of a resolution of your Jira, for example \"Won't Do\", without blanks or quotes around it. Leave out the codes that shall have none."
  }
}
