"""The events on the bus: a public interface of ids and short facts, never of what people wrote at length.

Both sinks use the ids only and read the rest themselves. Here is also how any message is read, bare orders included.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args

from .errors import PublishFailed, Undeliverable
from .ids import is_case_id, is_issue_id, is_issue_key

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
_SKEW_SECONDS = 300.0
"""How far the clock of whoever dated an event may be ahead of ours."""
_BY_JIRA = {"signedBy": "jira"}


def told_by_jira(id_or_key: str, key: str | None) -> dict[str, object]:
    """The notification of an issue that Jira itself, by its signature, told of: with the key it had then, if known."""
    return {**_BY_JIRA, "IssueId": id_or_key, "IssueKey": key}


def is_told_by_jira(body: dict[str, Any]) -> bool:
    """Whether a message is such a notification: at the top of an envelope nobody who publishes can write."""
    return body.items() >= _BY_JIRA.items() and "Message" not in body


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
        return _side_of(self.type)

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


def _side_of(kind: str) -> Side:
    return "security_ir" if kind.startswith("Case") else "jira"


def utc_text(moment: datetime) -> str:
    """A moment as the events write it: ``2026-11-23T20:15:00Z``."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


class EventBus:
    """Publishes events; returns only once the bus has accepted them all. ``clock`` gives the epoch in seconds."""

    def __init__(self, client: EventBridgeClient, name: str, clock: Callable[[], float] = time.time) -> None:
        self._client = client
        self._name = name
        self._clock = clock

    def publish(self, events: Iterable[Event]) -> None:
        """Put events on the bus, ten a call. Raises ``PublishFailed`` where the bus did not take one."""
        now = datetime.fromtimestamp(self._clock(), UTC)
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
    """What events said of one case or issue: what kind of thing changed, and when each happened, they say (epoch)."""

    changed: frozenset[Change]
    moments: tuple[float, ...] = ()

    @classmethod
    def together(cls, heard: Iterable[Heard]) -> Heard:
        """What several events said, as one."""
        every = list(heard)
        changed: frozenset[Change] = frozenset().union(*(each.changed for each in every))
        return cls(changed, tuple(moment for each in every for moment in each.moments))

    def is_news(self, seconds: float, now: float) -> bool:
        """Whether one of them happened in the last seconds. One that is dated in the future never did."""
        return any(-_SKEW_SECONDS <= now - moment < seconds for moment in self.moments)


def read_json(text: str) -> object:
    """A document that anybody may have written. Raises ``Undeliverable``, without a word of it, where it is none."""
    try:
        return json.loads(text, parse_constant=_no_number)
    except RecursionError:
        raise Undeliverable("not JSON that can be read: nested too deeply") from None
    except ValueError:
        raise Undeliverable("not JSON that can be read") from None


def _no_number(name: str) -> float:
    """Python writes and reads NaN and the infinities; JSON has none."""
    raise ValueError(name)


def read_case_event(envelope: dict[str, Any]) -> tuple[str, Heard]:
    """The case an event on the bus names, and what is said to have changed. Raises ``Undeliverable``."""
    detail = _detail(envelope, "security_ir")
    case_id = detail.get("caseId")
    if not is_case_id(case_id):
        raise Undeliverable("the event names no case: detail.caseId must be the id of a case, ten digits and more")
    return case_id, _heard(detail)


def read_issue_event(envelope: dict[str, Any]) -> tuple[str, Heard]:
    """The issue an event on the bus names, by id where it is known, and what is said to have changed."""
    detail = _detail(envelope, "jira")
    issue_id, key = detail.get("issueId"), detail.get("issueKey")
    if is_issue_id(issue_id):
        return issue_id, _heard(detail)
    if issue_id or not is_issue_key(key):
        raise Undeliverable(
            "the event names no issue: detail.issueId must be an issue's id, or detail.issueKey its key"
        )
    return key, _heard(detail)


def _detail(envelope: dict[str, Any], side: Side) -> dict[str, Any]:
    """The detail of an event about a side. What its envelope leaves out is not missed: only ids are used."""
    detail = envelope.get("detail")
    if not isinstance(detail, dict):
        raise Undeliverable("no event of the bus: detail is missing, or no object")
    kind = envelope.get("detail-type")
    told_of = [each for each in get_args(EventType) if _side_of(each) == side]
    if envelope.get("source", SOURCES[side]) != SOURCES[side] or (kind is not None and kind not in told_of):
        raise Undeliverable("an event for another function: source and detail-type must be those of this queue's rule")
    return detail


def read_moment(value: object) -> float | None:
    """A date of ISO 8601 with its zone as epoch; ``None`` for anything else."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
        return moment.timestamp() if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None


def _heard(detail: dict[str, Any]) -> Heard:
    moment = read_moment(detail.get("occurredAt"))
    return Heard(_changes(detail), () if moment is None else (moment,))


def _changes(detail: dict[str, Any]) -> frozenset[Change]:
    """What changed; a kind this version does not know is looked at like everything."""
    named = detail.get("changed")
    known = frozenset(change for change in get_args(Change) if isinstance(named, list) and change in named)
    return known if isinstance(named, list) and len(known) == len(named) > 0 else frozenset({"deep"})


# Orders: what a source is to do where a message names no case and no issue

SWEEP = "sweep"
BACKFILL = "backfill "
"""The run of the backfill it belongs to follows."""


SEARCH_LAG_SECONDS = 4
"""By then Jira's search shows, as a rule, what just happened; what it shows later the next sweep finds."""
SWEEP_AFTER_SECONDS = 8
"""How long an order to sweep for what just happened waits: one sweep does all orders of the first seconds of that."""


def sweep_order(what: str) -> dict[str, object]:
    """The order to sweep, cases or issues, as the schedules give it."""
    return {"sweep": what}


def read_order(body: dict[str, Any], what: str) -> str | None:
    """The order that a bare message gives about ``what``, cases or issues; ``None`` where it gives none."""
    if body == sweep_order(what):
        return SWEEP
    if body.keys() == {"backfill", "run"} and body["backfill"] == what:
        return f"{BACKFILL}{body['run']}"
    return None


def no_backfill(run: str) -> None:
    """Where nothing backfills."""
    raise Undeliverable("nothing here backfills")
