"""What the server remembers, as plain values; dates are aware and in UTC, to the millisecond."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Watcher:
    """Somebody who is told of changes to a case; the e-mail address, whatever its case, is the identity."""

    email: str
    name: str | None = None
    job_title: str | None = None


@dataclass(frozen=True, slots=True)
class ThreatActorIp:
    """An address the attacker used, and the browser seen with it."""

    ip_address: str
    user_agent: str | None = None


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a case: ``status`` is Pending, Verified or Failed, ``size`` counts bytes."""

    attachment_id: str
    file_name: str
    status: str
    creator: str
    created: datetime
    size: int


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment of a case; ids count up from the same number on every case."""

    comment_id: str
    body: str
    creator: str
    created: datetime
    last_updated: datetime
    last_updated_by: str


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it is now; statuses, types and codes are the words of the service's own enumerations."""

    case_id: str
    arn: str
    title: str
    description: str
    status: str
    resolver_type: str
    engagement_type: str
    creator: str
    created: datetime
    last_updated: datetime
    reported_start: datetime
    actual_start: datetime | None = None
    closed: datetime | None = None
    closure_code: str | None = None
    pending_action: str = "None"
    impacted_accounts: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    threat_actor_ips: tuple[ThreatActorIp, ...] = ()
    watchers: tuple[Watcher, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    metadata: tuple[tuple[str, str], ...] = ()
    tags: tuple[tuple[str, str], ...] = ()
