"""A stateful, strict simulation of a Jira Cloud site: REST v3 over HTTP, people and faults from Python."""

from __future__ import annotations

from sandbox.jira.people import Person
from sandbox.jira.server import JiraServer
from sandbox.jira.state.documents import document, plain_text
from sandbox.jira.state.model import (
    Attachment,
    Comment,
    Field,
    Issue,
    IssueType,
    Project,
    RemoteLink,
    User,
    Visibility,
)
from sandbox.jira.state.store import RINGING
from sandbox.jira.state.switches import Switches
from sandbox.jira.state.workflow import ScreenField, Status, Transition, Workflow

__all__ = [
    "RINGING",
    "Attachment",
    "Comment",
    "Field",
    "Issue",
    "IssueType",
    "JiraServer",
    "Person",
    "Project",
    "RemoteLink",
    "ScreenField",
    "Status",
    "Switches",
    "Transition",
    "User",
    "Visibility",
    "Workflow",
    "document",
    "plain_text",
]
