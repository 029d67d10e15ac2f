"""The events on the bus: a public interface of ids and short facts, never of what people wrote at length.

Both sinks use the ids only and read the rest themselves.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from .errors import PublishFailed, Undeliverable

if TYPE_CHECKING:
    from mypy_boto3_events import EventBridgeClient

    from .model import Side

VERSION = "1"
SOURCES: dict[Side, str] = {"security_ir": "security-ir", "jira": "jira"}

EventType = Literal[
    "CaseCreated", "CaseUpdated", "CaseClosed", "CaseDeleted", "IssueCreated", "IssueUpdated", "IssueDeleted"
]
Change = Literal["case", "issue", "comments", "notice", "deep"]
"""What kind of thing changed, as far as the source knows; ``deep`` asks to look at everything on both sides."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something about a case or an issue changed. ``issue`` in ``issue_id``/``issue_key``: either may be missing."""

    type: EventType
    changed: tuple[Change, ...]
    case_id: str | None = None
    case_arn: str | None = None
    issue_id: str | None = None
    issue_key: str | None = None
    issue_url: str | None = None
    title: str | None = None
    status: str | None = None
    occurred_at: str | None = None

    @property
    def side(self) -> Side:
        return "security_ir" if self.type.startswith("Case") else "jira"

    def detail(self, now: datetime) -> dict[str, object]:
        return {
            "version": VERSION,
            "caseId": self.case_id,
            "caseArn": self.case_arn,
            "issueId": self.issue_id,
            "issueKey": self.issue_key,
            "issueUrl": self.issue_url,
            "title": self.title,
            "status": self.status,
            "changed": list(self.changed),
            "occurredAt": self.occurred_at or utc_text(now),
        }


def utc_text(moment: datetime) -> str:
    """A moment as the events write it: ``2026-11-23T20:15:00Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class EventBus:
    """Publishes events; returns only once the bus has accepted them all."""

    def __init__(self, client: EventBridgeClient, name: str) -> None:
        self._client = client
        self._name = name

    def publish(self, events: Iterable[Event]) -> None:
        """Put events on the bus, ten a call. Raises ``PublishFailed`` where the bus did not take one."""
        now = datetime.now(UTC)
        for some in tens(events):
            answer = self._client.put_events(Entries=[self._entry(event, now) for event in some])
            if answer.get("FailedEntryCount"):
                codes = {entry.get("ErrorCode", "") for entry in answer["Entries"] if entry.get("ErrorCode")}
                raise PublishFailed(f"{answer['FailedEntryCount']} events not accepted: {', '.join(sorted(codes))}")

    def _entry(self, event: Event, now: datetime) -> Any:
        return {
            "EventBusName": self._name,
            "Source": SOURCES[event.side],
            "DetailType": event.type,
            "Detail": json.dumps(event.detail(now)),
        }


Thing = TypeVar("Thing")


def tens(things: Iterable[Thing]) -> Iterator[list[Thing]]:
    """The things in groups of at most ten, which is what one PutEvents takes."""
    rest = iter(things)
    while some := list(islice(rest, 10)):
        yield some


@dataclass(frozen=True, slots=True)
class Heard:
    """What events said of one case or issue: what kind of thing changed, and when the latest happened (epoch)."""

    changed: frozenset[Change]
    at: float = 0.0

    @classmethod
    def together(cls, heard: Iterable[Heard]) -> Heard:
        """What several events said, as one."""
        every = list(heard)
        return cls(frozenset().union(*(each.changed for each in every)), max(each.at for each in every))


def read_case_event(envelope: dict[str, Any]) -> tuple[str, Heard]:
    """The case an event on the bus names, and what is said to have changed. Raises ``Undeliverable``."""
    detail = _detail(envelope)
    if not isinstance(detail.get("caseId"), str):
        raise Undeliverable("the event names no case: detail.caseId is missing")
    return detail["caseId"], _heard(detail)


def read_issue_event(envelope: dict[str, Any]) -> tuple[str, Heard]:
    """The issue an event on the bus names, by id where it is known, and what is said to have changed."""
    detail = _detail(envelope)
    named = detail.get("issueId") or detail.get("issueKey")
    if not isinstance(named, str):
        raise Undeliverable("the event names no issue: detail.issueId and detail.issueKey are missing")
    return named, _heard(detail)


def _detail(envelope: dict[str, Any]) -> dict[str, Any]:
    detail = envelope.get("detail")
    if not isinstance(detail, dict):
        raise Undeliverable("no event of the bus: detail is missing")
    return detail


def _heard(detail: dict[str, Any]) -> Heard:
    try:
        at = datetime.fromisoformat(str(detail.get("occurredAt"))).timestamp()
    except ValueError:
        at = 0.0
    return Heard(_changes(detail), at)


def _changes(detail: dict[str, Any]) -> frozenset[Change]:
    """What changed; a kind this version does not know is looked at like everything."""
    named = detail.get("changed")
    known = frozenset(change for change in get_args(Change) if isinstance(named, list) and change in named)
    return known if isinstance(named, list) and len(known) == len(named) > 0 else frozenset({"deep"})
