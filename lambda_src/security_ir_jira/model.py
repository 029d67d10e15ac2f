"""The things that are kept in step, as plain values.

Texts are Markdown on both sides (Jira's ADF is converted at the edge), times are aware ``datetime`` in UTC.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Side = Literal["security_ir", "jira"]
Facet = Literal["title", "description", "status", "fields"]

CLOSED = "Closed"
SUBMITTED = "Submitted"
DETECTION_AND_ANALYSIS = "Detection and Analysis"
CASE_STATUSES = (
    SUBMITTED,
    "Acknowledged",
    DETECTION_AND_ANALYSIS,
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
    "Ready to Close",
    CLOSED,
)
"""``CaseStatus`` of the security-ir API 2018-05-10, in the order of an incident's life."""

GONE_SECONDS = 600
"""How long a case or an issue must stay away to be called deleted, while its neighbours can still be read."""


def digest(text: str) -> str:
    """32 hexadecimal digits that stand for a text in the ledger; line ends and outer blanks do not count."""
    normal = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    return hashlib.sha256(normal.encode("utf-8", "surrogatepass")).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment of either side.

    ``shared`` is false for a Jira comment with restricted visibility or one internal to a service project;
    ``author_id`` is the account id of who wrote it in Jira.
    """

    id: str
    author: str
    body: str
    created: datetime
    shared: bool = True
    author_id: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of either side. ``size`` in bytes, where the side tells; ``state`` is ``Verified``, ``Pending`` or
    ``Failed`` on a case, and always ``Verified`` on an issue.
    """

    id: str
    name: str
    author: str
    created: datetime
    size: int | None = None
    state: str = "Verified"


@dataclass(frozen=True, slots=True)
class Case:
    """An AWS Security Incident Response case.

    ``watchers`` are e-mail addresses. ``details`` holds what has no counterpart in Jira, by the attribute names of
    ``jira_custom_fields``, as text.
    """

    id: str
    arn: str
    title: str
    description: str
    status: str
    self_managed: bool
    created: datetime
    closure_code: str | None = None
    watchers: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def closed(self) -> bool:
        return self.status == CLOSED


@dataclass(frozen=True, slots=True)
class Status:
    """A Jira status. ``category`` is the key of its category: ``new``, ``indeterminate`` or ``done``."""

    id: str
    name: str
    category: str


@dataclass(frozen=True, slots=True)
class Issue:
    """A Jira issue. ``comments`` is ``None`` where the answer did not hold all of them.

    ``watch_count`` is the number of its watchers, ``files`` its attachments.
    """

    id: str
    key: str
    project_key: str
    service_project: bool
    issue_type_id: str
    subtask: bool
    summary: str
    description: str
    status: Status
    created: datetime
    marker: Marker | None = None
    comments: tuple[Comment, ...] | None = None
    issue_type: str = ""
    labels: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    watch_count: int = 0


@dataclass(frozen=True, slots=True)
class Account:
    """A Jira account; ``email`` where its owner lets this integration see it."""

    id: str
    email: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class IssueWatchers:
    """Who watches an issue. ``shown`` is false where Jira gives only their number and keeps their names."""

    accounts: tuple[Account, ...]
    count: int
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Marker:
    """The issue property that says which case an issue was made for."""

    case_id: str
    case_arn: str


@dataclass(frozen=True, slots=True)
class Agreed:
    """What each side held when they last agreed on one facet: a digest, or a status; ``None`` = never agreed.

    ``refused`` marks a value that the written side would not take; ``cut`` a text that lost its end on the case;
    ``walking`` the ids of issue statuses that the integration itself is passing through.
    """

    case: str | None = None
    issue: str | None = None
    refused: bool = False
    cut: bool = False
    walking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Base:
    """The values both sides had when they last agreed."""

    title: Agreed = Agreed()
    description: Agreed = Agreed()
    status: Agreed = Agreed()
    fields: Agreed = Agreed()


@dataclass(frozen=True, slots=True)
class Pair:
    """One case and the one issue that mirrors it, as the ledger knows them.

    ``dressed`` says that the issue carries the labels, property and link that name its case. ``missing`` is the side
    that could not be found since ``missing_since`` (epoch), ``gone`` the one that was deleted for good.
    """

    case_id: str
    case_arn: str
    issue_id: str
    issue_key: str
    service_project: bool = False
    dressed: bool = False
    missing: Side | None = None
    missing_since: float = 0.0
    gone: Side | None = None
    base: Base = field(default_factory=Base)


@dataclass(frozen=True, slots=True)
class Copy:
    """What the ledger knows of one comment (or notice) of ours on the other side.

    ``key`` is its sort key in the ledger, ``source`` the digest of the text it was made from, ``parts`` the ids of
    our comments in order, ``sending`` the digest of a part whose answer has not been recorded yet.
    """

    key: str
    source: str
    parts: tuple[str, ...] = ()
    sending: str | None = None
    total: int = 1

    @property
    def complete(self) -> bool:
        return self.sending is None and len(self.parts) >= self.total


_TELLING = ("url", "reason")
"""Values that a notice mentions and that do not make it another one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the integration itself has to say on one side, once. ``values`` fill in its wording."""

    side: Side
    kind: str
    values: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        told = digest(
            "\n".join(f"{name}={value}" for name, value in sorted(self.values.items()) if name not in _TELLING)
        )
        return f"NOTICE#{self.side}#{self.kind}#{told[:12]}"
