"""A stateful, strict simulation of a Jira Cloud site: REST v3 over HTTP, people and faults from Python."""

from __future__ import annotations

from sandbox.jira.adf import document, plain_text
from sandbox.jira.faults import Fault, Faults
from sandbox.jira.model import (
    Attachment,
    Comment,
    Field,
    Issue,
    IssueType,
    Project,
    Refused,
    RemoteLink,
    User,
    Visibility,
)
from sandbox.jira.people import Person
from sandbox.jira.requestlog import Request
from sandbox.jira.server import JiraServer
from sandbox.jira.settings import Settings
from sandbox.jira.store import RINGING
from sandbox.jira.workflow import ScreenField, Status, Transition, Workflow

__all__ = [
    "RINGING",
    "Attachment",
    "Comment",
    "Fault",
    "Faults",
    "Field",
    "Issue",
    "IssueType",
    "JiraServer",
    "Person",
    "Project",
    "Refused",
    "RemoteLink",
    "Request",
    "ScreenField",
    "Settings",
    "Status",
    "Transition",
    "User",
    "Visibility",
    "Workflow",
    "document",
    "plain_text",
]
