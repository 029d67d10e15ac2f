"""The things that are kept in step, as plain values.

Texts are what people read on a case (Jira's documents are read as text at the edge, and kept beside it where an edit
must leave them alone); times are aware ``datetime`` in UTC.
"""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Literal, NewType

from rich_text import Adf, to_text

from .ids import is_issue_id

Side = Literal["security_ir", "jira"]
Facet = Literal["title", "description", "status", "fields"]

CLOSED = "Closed"
SUBMITTED = "Submitted"
DETECTION_AND_ANALYSIS = "Detection and Analysis"
CONTAINMENT = "Containment, Eradication and Recovery"
POST_INCIDENT = "Post-incident Activities"
CASE_STATUSES = (
    SUBMITTED,
    "Acknowledged",
    DETECTION_AND_ANALYSIS,
    CONTAINMENT,
    POST_INCIDENT,
    "Ready to Close",
    CLOSED,
)
"""``CaseStatus`` of the security-ir API 2018-05-10, in the order of an incident's life."""


CASE_PROPERTY = "aws-security-ir"
"""Key of the issue property that names the case: ``{"caseId": …, "caseArn": …, "instance": …}``."""
ISSUE_TAG = "jira-issue-id"
"""Tag of a case that was made for an issue: the issue's id, which another Jira site may have as well."""
INSTANCE_TAG = "security-ir-jira-instance"
"""Tag beside it: which instance of the module made the case. The first version wrote none."""
LABEL = "aws-security-ir"
"""Every paired issue carries it; the sweep finds pairs by it wherever they were moved."""


def case_label(case_id: str) -> str:
    """The label by which the issue of one case is searched."""
    return f"aws-sir-{case_id}"


def other(side: Side) -> Side:
    return "jira" if side == "security_ir" else "security_ir"


Packed = NewType("Packed", bytes)
"""A document of Jira's that has not been read: the same bytes for the same document."""


def pack(document: Adf) -> Packed | str:
    """A document as it is kept until it is asked for: most of an issue's comments are known already.

    Packed and not as it came: the hundreds of thousands of objects that an issue's comments are would be gone through
    again and again for cycles. Version 2 of ``marshal`` depends on nothing but the values. Where a document is served
    with its keys in another order it is merely read again.
    """
    try:
        return Packed(marshal.dumps(document, 2))  # type: ignore[arg-type]  # JSON
    except ValueError:  # nested too deeply
        return to_text(document)


@dataclass(frozen=True)
class Comment:
    """One comment of either side.

    ``written`` is its text, or Jira's document. ``shared`` is false for a Jira comment with restricted visibility or
    one internal to a service project; ``author_id`` is the account id of who wrote it in Jira, or the principal on a
    case; ``edited`` says whether it was changed in Jira since it was written.
    """

    id: str
    author: str
    written: str | Packed
    created: datetime
    shared: bool = True
    author_id: str = ""
    edited: bool = False

    @cached_property
    def body(self) -> str:
        """What people read."""
        return self.written if isinstance(self.written, str) else to_text(marshal.loads(self.written))

    @cached_property
    def document(self) -> str | None:
        """What stands for Jira's document letter for letter; ``None`` where there is none."""
        return None if isinstance(self.written, str) else hashlib.sha256(self.written).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class File:
    """An attachment of either side. ``size`` in bytes, where the side tells; ``state`` is ``Verified``, ``Pending`` or
    ``Failed`` on a case, and always ``Verified`` on an issue.
    """

    id: str
    name: str
    created: datetime
    size: int | None = None
    state: str = "Verified"


@dataclass(frozen=True, slots=True)
class Case:
    """An AWS Security Incident Response case.

    ``watchers`` are e-mail addresses. ``details`` holds what has no counterpart in Jira, by the attribute names of
    ``jira_custom_fields``, as text. ``reported`` is when its incident is said to have begun, ``created`` when the case
    came to be.
    """

    id: str
    arn: str
    title: str
    description: str
    status: str
    self_managed: bool
    closure_code: str | None = None
    watchers: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    details: Mapping[str, str] = field(default_factory=dict)
    updated: datetime | None = None
    reported: datetime | None = None
    created: datetime | None = None
    engagement_type: str = ""
    impacted_accounts: tuple[str, ...] = ()

    @property
    def closed(self) -> bool:
        return self.status == CLOSED

    @property
    def url(self) -> str:
        """Its page in the AWS console, from its ARN (``arn:aws:security-ir:<region>:<account>:case/<id>``)."""
        region = (self.arn.split(":") + [""] * 4)[3]
        return f"https://{region}.console.aws.amazon.com/security-ir/home?region={region}#/cases/{self.id}"


@dataclass(frozen=True, slots=True)
class Status:
    """A Jira status. ``category`` is the key of its category: ``new``, ``indeterminate`` or ``done``."""

    id: str
    name: str
    category: str

    def is_named(self, names_or_ids: Iterable[str]) -> bool:
        """Whether it is one of those named, by id or by name without regard to case."""
        wanted = {each.strip().casefold() for each in names_or_ids}
        return self.id in wanted or self.name.strip().casefold() in wanted


@dataclass(frozen=True, slots=True)
class Workflow:
    """The statuses an issue can ever have, in the order Jira lists them."""

    statuses: tuple[Status, ...] = ()

    def find(self, name_or_id: str) -> Status | None:
        return next((status for status in self.statuses if status.is_named((name_or_id,))), None)


@dataclass(frozen=True, slots=True)
class Transition:
    """A transition that is open to an issue, the status it leads to, and its screen where Jira tells of it: all of the
    screen's ``fields`` (``None``: not told), and those it demands and does not fill itself.
    """

    id: str
    to: Status
    fields: frozenset[str] | None
    required: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MadeFor:
    """The issue property that says which case an issue is of, and which instance of the module made them a pair."""

    case_id: str
    case_arn: str
    instance: str = ""

    @property
    def account(self) -> str:
        """The account that the case is in, from its ARN; ``""`` where that does not tell."""
        return (self.case_arn.split(":") + [""] * 5)[4]


@dataclass(frozen=True, slots=True)
class CaseTags:
    """A case's tags, which anybody may have written."""

    all: Mapping[str, str] = field(default_factory=dict)

    @property
    def issue_id(self) -> str | None:
        """The issue that the case says it was made for."""
        named = self.all.get(ISSUE_TAG)
        return named if is_issue_id(named) else None

    @property
    def instance(self) -> str:
        """The instance that the case says it was made by; ``""`` where it does not say."""
        return self.all.get(INSTANCE_TAG, "")


@dataclass(frozen=True, slots=True)
class Issue:
    """A Jira issue. ``document`` is its description as Jira holds it, ``description`` what it reads as.

    ``comments`` is ``None`` where the answer did not hold all of them; ``watch_count`` is the number of its watchers,
    ``files`` its attachments.
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
    document: Adf | None = None
    made_for: MadeFor | None = None
    comments: tuple[Comment, ...] | None = None
    issue_type: str = ""
    labels: tuple[str, ...] = ()
    files: tuple[File, ...] = ()
    watch_count: int = 0
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """A Jira account; ``email`` where its owner lets this integration see it."""

    id: str
    email: str | None = None
    active: bool = True


@dataclass(frozen=True, slots=True)
class IssueWatchers:
    """Who watches an issue. ``shown`` is false where Jira gives only their number and keeps their names.

    ``ourselves`` says that the integration is one of them, where it was taken out of the ``accounts``.
    """

    accounts: tuple[Account, ...]
    count: int
    shown: bool = True
    ourselves: bool = False
