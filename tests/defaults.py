"""What a module block without options means to the functions."""

from __future__ import annotations

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
