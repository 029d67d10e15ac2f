"""The site around the issues: people, projects, fields, resolutions and ids."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from sandbox.jira.state.model import Field, IssueType, Project, User, Webhook
from sandbox.jira.state.workflow import Status, Workflow

SYSTEM_FIELDS: Mapping[str, str] = {
    "summary": "Summary",
    "description": "Description",
    "environment": "Environment",
    "issuetype": "Issue Type",
    "project": "Project",
    "labels": "Labels",
    "priority": "Priority",
    "assignee": "Assignee",
    "reporter": "Reporter",
    "parent": "Parent",
    "duedate": "Due date",
    "resolution": "Resolution",
    "components": "Components",
    "fixVersions": "Fix versions",
    "versions": "Affects versions",
    "status": "Status",
    "created": "Created",
    "updated": "Updated",
    "creator": "Creator",
    "resolutiondate": "Resolved",
    "comment": "Comment",
    "attachment": "Attachment",
    "issuelinks": "Linked Issues",
    "subtasks": "Sub-tasks",
    "watches": "Watchers",
}


@dataclass(slots=True)
class Site:
    """What issues refer to. ``hidden_visibility`` names roles and groups the integration is not in."""

    integration: User
    users: list[User] = field(default_factory=list)
    projects: dict[str, Project] = field(default_factory=dict)
    types: dict[str, IssueType] = field(default_factory=dict)
    custom_fields: dict[str, Field] = field(default_factory=dict)
    resolutions: tuple[str, ...] = ("Done", "Won't Do", "Duplicate", "Cannot Reproduce")
    priorities: tuple[str, ...] = ("Highest", "High", "Medium", "Low", "Lowest")
    hidden_visibility: set[str] = field(default_factory=set)
    denied: set[str] = field(default_factory=set)
    webhooks: dict[int, Webhook] = field(default_factory=dict)
    # (e-mail address, token) → who administers the site by them.
    administrators: dict[tuple[str, str], User] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(10000))

    def next_id(self) -> str:
        return str(next(self._ids))

    def add_user(self, name: str, email: str, *, email_visible: bool = True, kind: str = "atlassian") -> User:
        account_id = f"712020:{len(self.users) + 1:08x}-5b10-4284-8c20-165700ede21f"
        user = User(account_id, name, email, email_visible=email_visible, kind=kind)
        self.users.append(user)
        return user

    def user(self, account_id: str) -> User | None:
        return next((user for user in self.users if user.account_id == account_id), None)

    def name_of(self, account_id: str) -> str | None:
        user = self.user(account_id)
        return user.name if user else None

    def add_project(
        self, key: str, workflow: Workflow, kind: str, issue_types: Iterable[str], required_fields: Iterable[str]
    ) -> Project:
        if key in self.projects:
            raise ValueError(f"There is a project {key} already.")
        required = tuple(required_fields)
        for name in required:
            if name not in SYSTEM_FIELDS and name not in self.custom_fields:
                self.custom_fields[name] = Field(name, name)
        types = tuple(self.issue_type(name) for name in issue_types)
        project = Project(self.next_id(), key, f"{key} project", kind, workflow, types, required)
        self.projects[key] = project
        return project

    def issue_type(self, name: str) -> IssueType:
        """The site's issue type of that name, made if new; names that begin with "sub" are sub-tasks."""
        if name not in self.types:
            self.types[name] = IssueType(self.next_id(), name, subtask=name.lower().startswith("sub"))
        return self.types[name]

    def statuses(self) -> list[Status]:
        """Every status of the projects' workflows, each once."""
        return list(dict.fromkeys(s for project in self.projects.values() for s in project.workflow.statuses))

    def field_name(self, field_id: str) -> str | None:
        custom = self.custom_fields.get(field_id)
        return custom.name if custom else SYSTEM_FIELDS.get(field_id)

    def resolution_id(self, name: str) -> str:
        return str(10000 + self.resolutions.index(name))

    def priority_id(self, name: str) -> str:
        return str(1 + self.priorities.index(name))
