"""The source on the case's side: notices that something about a case changed, and says so on the bus.

Native events are passed on as they come, without a read. The sweep compares ListCases with what it announced before,
and moves its cursor only after the bus has accepted the announcement.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..cases.calls import CaseCalls, ListedCase
from ..config import GONE_SECONDS
from ..errors import RetryLater, Undeliverable
from ..events import Change, Event, EventBus, EventType, tens, utc_text
from ..ledger.cursors import CaseCursors, Cursor

WATCHED_SECONDS = 3_600
"""How long after it was seen to move an open case is looked into at every sweep."""
DEEP_CHECK_SECONDS = 21_600
"""How often an open case is looked into otherwise: comments and attachments may move no date."""
_CASE_ID = re.compile(r"\d{10}[\w.-]{0,22}")
_CASE_IN_ARN = re.compile(r":case/(\d{10}[\w.-]{0,22})")
_NATIVE: dict[str, tuple[EventType, tuple[Change, ...]]] = {
    "Case Created": ("CaseCreated", ("deep",)),
    "Case Closed": ("CaseClosed", ("case",)),
}


def read_native_event(envelope: dict[str, Any]) -> Event:
    """A native event of ``aws.security-ir`` as an event of ours. Raises ``Undeliverable`` where it names no case.

    https://docs.aws.amazon.com/security-ir/latest/userguide/monitoring-eventbridge.html
    """
    kind = str(envelope.get("detail-type", ""))
    detail = envelope.get("detail")
    case_id = _case_named(detail if isinstance(detail, dict) else {}, envelope.get("resources"))
    if not kind.startswith("Case ") or case_id is None:
        raise Undeliverable(f"no native event of a case: detail-type {kind!r}")
    default: Change = "comments" if kind.startswith("Case Comment") else "case"
    event_type, changed = _NATIVE.get(kind, ("CaseUpdated", (default,)))
    return Event(type=event_type, changed=changed, case_id=case_id, occurred_at=envelope.get("time"))


def _case_named(detail: dict[str, Any], resources: object) -> str | None:
    named = detail.get("caseId")
    if isinstance(named, str) and _CASE_ID.fullmatch(named):
        return named
    arns = [detail.get("caseArn"), *(resources if isinstance(resources, list) else [])]
    found = (_CASE_IN_ARN.search(arn) for arn in arns if isinstance(arn, str))
    return next((match[1] for match in found if match), None)


SWEEP = "sweep"
BACKFILL = "backfill "
"""What is to be done where a message names no case; the latter with the run of the backfill it belongs to."""


def _no_backfill(run: str) -> None:
    raise Undeliverable("nothing here backfills")


@dataclass(frozen=True, slots=True)
class CaseSource:
    """Everything the function ``security_ir_poller`` does."""

    cursors: CaseCursors
    calls: CaseCalls
    bus: EventBus
    clock: Callable[[], float] = time.time
    backfill_closed_cases: bool = False
    backfill: Callable[[str], None] = _no_backfill

    def read(self, body: dict[str, Any]) -> tuple[str, Event | None]:
        """A native event's case and what it tells, or the order to sweep or backfill. Raises ``Undeliverable``."""
        if body.get("sweep") == "cases":
            return SWEEP, None
        if body.get("backfill") == "cases":
            return f"{BACKFILL}{body.get('run')}", None
        event = read_native_event(body)
        return str(event.case_id), event

    def receive(self, subject: str, heard: Sequence[Event | None], seconds: float) -> None:
        """Announce what was heard of one case, or sweep, or backfill."""
        if subject == SWEEP:
            self.sweep()
        elif subject.startswith(BACKFILL):
            self.backfill(subject.removeprefix(BACKFILL))
        else:
            self.announce([event for event in heard if event is not None])

    def announce(self, events: Sequence[Event]) -> None:
        """Pass on what native events told of one case, as one event."""
        changed = tuple(dict.fromkeys(change for event in events for change in event.changed))
        first = events[0]
        kind = next((event.type for event in events if event.type != "CaseUpdated"), first.type)
        self.bus.publish([Event(kind, changed, case_id=first.case_id, occurred_at=first.occurred_at)])
        if first.case_id:
            self.cursors.seen_moving(first.case_id)

    def sweep(self) -> None:
        """Announce every case that is new, moved, gone or due for a deep check.

        What was listed before the list broke off is announced all the same.
        """
        cursors, now = self.cursors.all(), self.clock()
        listed: set[str] = set()
        found: list[tuple[Event, Cursor]] = []
        broken: RetryLater | None = None
        try:
            for case in self.calls.listed():
                listed.add(case.id)
                if case.closed and case.id not in cursors and not self.backfill_closed_cases:
                    continue  # closed before anybody here saw it: it is not born into Jira
                announcement = _announcement(case, cursors.get(case.id), now)
                if announcement is not None:
                    found.append(announcement)
        except RetryLater as failure:
            broken = failure
        for some in tens(found):
            self.bus.publish(event for event, _ in some)
            for _, cursor in some:
                self.cursors.advance(cursor)
        if broken is not None:
            raise broken
        for case_id in sorted(cursors.keys() - listed):
            self._miss(cursors[case_id], now, anything_listed=bool(listed))

    def _miss(self, cursor: Cursor, now: float, *, anything_listed: bool) -> None:
        """A known case is not in the list: looked at once more, and called deleted only if that lasts."""
        if cursor.missing_since is None:
            self.bus.publish([Event("CaseUpdated", ("case",), case_id=cursor.case_id)])
            self.cursors.advance(replace(cursor, missing_since=now))
        elif anything_listed and now - cursor.missing_since >= GONE_SECONDS:
            self.bus.publish([Event("CaseDeleted", ("case",), case_id=cursor.case_id)])
            self.cursors.forget(cursor.case_id)


def _announcement(case: ListedCase, cursor: Cursor | None, now: float) -> tuple[Event, Cursor] | None:
    known = cursor is not None and cursor.announced is not None
    stamp = case.updated.isoformat()
    back = cursor is not None and cursor.missing_since is not None
    moved = cursor is None or back or cursor.announced != stamp or cursor.status != case.status
    moved_at = max(case.updated.timestamp(), cursor.moved_at if cursor else 0.0)
    checked_at = cursor.checked_at if cursor else 0.0
    if not moved and not _deep_check_due(case, moved_at, checked_at, now):
        return None
    kind: EventType = "CaseCreated" if cursor is None else "CaseUpdated"
    if case.closed and moved:
        kind = "CaseClosed"
    event = Event(
        type=kind,
        changed=("case", "comments") if moved and known else ("deep",),
        case_id=case.id,
        case_arn=case.arn,
        title=case.title,
        status=case.status,
        occurred_at=utc_text(case.updated),
    )
    return event, Cursor(case.id, stamp, case.status, moved_at, checked_at=now)


def _deep_check_due(case: ListedCase, moved_at: float, checked_at: float, now: float) -> bool:
    """Every sweep in the hour after the case moved; then, while open, once in six hours at a moment of its own."""
    if now - moved_at < WATCHED_SECONDS:
        return True
    phase = int(hashlib.sha256(case.id.encode()).hexdigest(), 16) % DEEP_CHECK_SECONDS
    due = (now + phase) // DEEP_CHECK_SECONDS > (checked_at + phase) // DEEP_CHECK_SECONDS
    return due and not case.closed
