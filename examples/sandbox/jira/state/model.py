"""What the Jira server remembers: frozen records, replaced on every change.

Because a record never changes, a record handed out to a test is a snapshot, and the search index of some seconds
ago is simply the records of some seconds ago.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

from sandbox.jira.state.documents import Json, plain_text
from sandbox.jira.state.workflow import Status, Workflow


@dataclass(eq=False, slots=True)
class User:
    """A Jira account. The one record that changes in place: people change their privacy settings and leave."""

    account_id: str
    name: str
    email: str
    email_visible: bool = True
    active: bool = True
    kind: str = "atlassian"
    time_zone: str = "UTC"

    @property
    def zone(self) -> tzinfo:
        return UTC if self.time_zone in ("UTC", "Etc/UTC") else ZoneInfo(self.time_zone)


@dataclass(frozen=True, slots=True)
class Visibility:
    """Who may read a restricted comment: ``kind`` is ``role`` or ``group``."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment; ``internal`` is the internal note of a service project. Times are epoch seconds."""

    id: str
    author: User
    update_author: User
    body: Json
    created: float
    updated: float
    visibility: Visibility | None = None
    internal: bool = False
    properties: Json = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The body as plain text."""
        return plain_text(self.body)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file; its bytes lie in a file of the server's own folder. ``size`` is in bytes."""

    id: str
    filename: str
    mime_type: str
    size: int
    author: User
    created: float
    path: Path
    media_id: str

    @property
    def content(self) -> bytes:
        """The whole file, read into memory."""
        return self.path.read_bytes()


@dataclass(frozen=True, slots=True)
class RemoteLink:
    """A link to something outside Jira; ``data`` is the request's ``object``, ``relationship`` and ``application``."""

    id: int
    global_id: str | None
    data: Json

    @property
    def url(self) -> str:
        return str(self.data["object"]["url"])

    @property
    def title(self) -> str:
        return str(self.data["object"]["title"])


@dataclass(frozen=True, slots=True)
class IssueLink:
    """A link between two issues as seen from one of them: ``outward`` says that this issue is the active side."""

    id: str
    type_name: str
    outward: bool
    other: str


@dataclass(frozen=True, slots=True)
class IssueType:
    id: str
    name: str
    subtask: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A custom field.

    ``kind`` is one of ``text`` (≤ 255), ``textarea`` (ADF), ``number``, ``date``, ``datetime``, ``select``,
    ``multiselect``, ``labels`` and ``user``.
    """

    id: str
    name: str
    kind: str = "text"
    options: tuple[str, ...] = ()


@dataclass(eq=False, slots=True)
class Project:
    """A project with one workflow for all of its issue types.

    ``denied`` names the permissions that the integration's account has lost here.
    """

    id: str
    key: str
    name: str
    kind: str
    workflow: Workflow
    issue_types: tuple[IssueType, ...]
    required_fields: tuple[str, ...] = ()
    hidden_on_create: frozenset[str] = frozenset()
    denied: set[str] = field(default_factory=set)
    last_number: int = 0


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook of an administrator; ``jql`` is empty for all issues, ``secret`` where nothing is signed."""

    id: int
    name: str
    url: str
    events: frozenset[str]
    jql: str = ""
    exclude_body: bool = False
    enabled: bool = True
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Issue:
    """An issue with all that hangs on it. Times are epoch seconds; ``old_keys`` are those it had before moves."""

    id: str
    key: str
    project: str
    issue_type: IssueType
    summary: str
    description: Json | None
    status: Status
    reporter: User
    creator: User
    created: float
    updated: float
    resolution: str | None = None
    resolved: float | None = None
    labels: tuple[str, ...] = ()
    fields: Json = field(default_factory=dict)
    properties: Json = field(default_factory=dict)
    parent: str | None = None
    watchers: tuple[User, ...] = ()
    comments: tuple[Comment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    remote_links: tuple[RemoteLink, ...] = ()
    links: tuple[IssueLink, ...] = ()
    old_keys: tuple[str, ...] = ()

    @property
    def description_text(self) -> str:
        """The description as plain text, empty when there is none."""
        return plain_text(self.description) if self.description else ""

    @property
    def number(self) -> int:
        return int(self.key.rpartition("-")[2])
