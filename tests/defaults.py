"""What a module block without options means to the functions."""

from __future__ import annotations

from collections.abc import Mapping

from security_ir_jira.config import StatusMapping

MAPPING = StatusMapping(
    to_jira={
        "Submitted": ("To Do",),
        "Acknowledged": ("In Progress",),
        "Detection and Analysis": ("In Progress",),
        "Containment, Eradication and Recovery": ("In Progress",),
        "Post-incident Activities": ("In Review", "In Progress"),
        "Ready to Close": ("In Review", "In Progress"),
        "Closed": ("Done",),
    },
    to_case={
        "To Do": "",
        "In Progress": "Detection and Analysis",
        "In Review": "Post-incident Activities",
        "Done": "Closed",
    },
)
"""`default_status_mapping` of configuration.tf."""

DOCUMENT: Mapping[str, object] = {
    "name": "security-ir-jira",
    "account_id": "123456789012",
    "jira_issue_type": "Task",
    "jira_auth": "basic",
    "jira_create_fields": {},
    "jira_browse_url": None,
    "transition_fields": {},
    "closure_resolutions": {},
    "jira_custom_fields": {},
    "conflict_winner": "security_ir",
    "create_cases_from_jira": True,
    "issue_filter": {"issue_types": [], "labels": []},
    "case_filter": {"resolver_types": [], "impacted_accounts": [], "engagement_types": [], "tags": {}},
    "close_case_when_done": True,
    "sync_watchers": True,
    "sync_attachments": True,
    "sync_restricted_comments": False,
    "backfill_closed_cases": False,
    "on_case_deleted": "comment",
    "on_issue_deleted": "comment",
    "status_mapping": {"to_jira": {}, "to_case": {}},
}
"""What Terraform writes into `SYNC_CONFIG`; the mapping left out."""
