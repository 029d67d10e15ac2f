"""The source on the case's side: notices that something about a case changed, and says so on the bus.

Native events are passed on as they come, without a read. The sweep compares ListCases with what it announced before,
and moves its cursor only after the bus has accepted the announcement.
"""

from __future__ import annotations

import hashlib
import math
import re
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from aws_lambda_powertools import Logger

from ..cases.calls import CaseCalls, ListedCase
from ..config import GONE_SECONDS, CaseFilter
from ..errors import MoreToDo, NotFound, RetryLater, Undeliverable
from ..events import (
    BACKFILL,
    SWEEP,
    Change,
    Event,
    EventBus,
    EventType,
    no_backfill,
    read_moment,
    read_order,
    tens,
    utc_text,
)
from ..ids import CASE_ID, is_case_id
from ..ledger.cursors import ECHO_SECONDS, SLACK_SECONDS, CaseCursors, Cursor, Sweep, went_at_once

logger = Logger(child=True)

WATCH_SECONDS = (300, 600, 1_200, 2_400, 4_800)
"""How long after people were seen to move it an open case is looked into, and at the last its issue as well; that is
also the distance at which one is looked into on which something is awaited.
"""
DEEP_CHECK_SECONDS = 21_600
"""How often an open case is looked into otherwise: comments and attachments may move no date."""
_CATCHING_UP = 6
"""How many times as fast as usual deep checks that were missed are made up for: within an hour."""
_USUAL_SECONDS = 300.0
_A_GROUP = 20
"""Announced, two calls, before it is written down, one call: what a sweep that dies announces once more at most."""
_RESERVED_SECONDS = 75.0
"""What is left of ``seconds`` when a sweep stops: the minute by which they outlast the invocation, and some."""
MOST_ASKED_FOR_TAGS = 100
"""Of how many cases that are left out for their tags a sweep asks for them: a request each, six seconds for all."""
_GO_ON_SECONDS = 5.0
"""By then every read of the ledger sees what was written down."""
_CASE_ARN = re.compile(rf"arn:[a-z-]+:security-ir:(?P<region>[^:]+):(?P<account>[^:]+):case/(?P<case>{CASE_ID})")
_SOURCE = "aws.security-ir"
_NATIVE: dict[str, tuple[EventType, tuple[Change, ...]]] = {
    "Case Created": ("CaseCreated", ("case",)),
    "Case Closed": ("CaseClosed", ("case",)),
}


@dataclass(frozen=True, slots=True)
class Home:
    """The account and Region whose cases are kept in step; ``""`` where that is not known."""

    account: str = ""
    region: str = ""

    def is_of(self, account: object, region: object) -> bool:
        """Whether something is not said to be of another account or Region."""
        return account in (None, self.account or account) and region in (None, self.region or region)


ANYWHERE = Home()


def read_native_event(envelope: dict[str, Any], home: Home = ANYWHERE) -> Event:
    """A native event of ``aws.security-ir`` as an event of ours. Raises ``Undeliverable`` where it names no case here.

    https://docs.aws.amazon.com/security-ir/latest/userguide/monitoring-eventbridge.html
    """
    kind, detail = envelope.get("detail-type"), envelope.get("detail")
    if envelope.get("source", _SOURCE) != _SOURCE or not isinstance(kind, str) or not kind.startswith("Case "):
        raise Undeliverable(
            "no native event of a case: source must be aws.security-ir, and detail-type begin with Case"
        )
    if not home.is_of(envelope.get("account"), envelope.get("region")):
        raise Undeliverable("a native event of another account or Region: apply the module there, or forward no events")
    case_id = _case_named(detail if isinstance(detail, dict) else {}, envelope.get("resources"), home)
    if case_id is None:
        raise Undeliverable("no native event of a case: neither detail.caseId nor an ARN names one of this account")
    default: Change = "comments" if kind.startswith("Case Comment") else "case"
    event_type, changed = _NATIVE.get(kind, ("CaseUpdated", (default,)))
    said = envelope.get("time")
    return Event(event_type, changed, case_id=case_id, occurred_at=None if read_moment(said) is None else said)


def _case_named(detail: dict[str, Any], resources: object, home: Home) -> str | None:
    named = detail.get("caseId")
    if is_case_id(named):
        return named
    arns = [detail.get("caseArn"), *(resources if isinstance(resources, list) else [])]
    found = (_CASE_ARN.fullmatch(arn) for arn in arns if isinstance(arn, str))
    return next((arn["case"] for arn in found if arn and home.is_of(arn["account"], arn["region"])), None)


def _uncounted(_: str) -> None:
    """Where nobody counts."""


@dataclass(eq=False, repr=False, slots=True)
class CaseSource:
    """Everything the function ``security_ir_poller`` does; ``count`` adds one to a metric."""

    cursors: CaseCursors
    calls: CaseCalls
    bus: EventBus
    clock: Callable[[], float] = time.time
    backfill_closed_cases: bool = False
    home: Home = ANYWHERE
    admit: Callable[[], None] = lambda: None
    """Raises ``SideDown`` while security-ir is to be left alone."""
    jira_is_down: Callable[[], bool] = lambda: False
    """What is looked into while Jira is left alone would only wait."""
    case_filter: CaseFilter = field(default_factory=CaseFilter)
    count: Callable[[str], None] = _uncounted
    backfill: Callable[[str], None] = no_backfill
    at_the_end: Callable[[], None] = lambda: None
    """What is to be done once a sweep went through."""

    def read(self, body: dict[str, Any]) -> tuple[str, Event | None]:
        """A native event's case and what it tells, or the order to sweep or backfill. Raises ``Undeliverable``."""
        order = read_order(body, "cases")
        if order is not None:
            return order, None
        event = read_native_event(body, self.home)
        return str(event.case_id), event

    def receive(self, subject: str, heard: Sequence[Event | None], seconds: float, sent: float) -> None:
        """Announce what was heard of one case, or sweep, or backfill."""
        if subject == SWEEP:
            self.sweep(seconds)
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
            told = [moment for event in events if (moment := read_moment(event.occurred_at)) is not None]
            opened = kind in ("CaseCreated", "CaseClosed")
            self.cursors.seen_moving(first.case_id, opened=opened, at=max(told, default=None))

    def sweep(self, seconds: float = math.inf) -> None:
        """Announce every case that is new, moved, gone or due for a deep check; ``seconds`` outlast the invocation.

        What was listed before the list broke off is announced all the same. Raises ``MoreToDo`` where the time is not
        enough for all: the next sweep goes on with what is left.
        """
        self.admit()
        now = self.clock()
        last, cursors = self.cursors.load()
        would_wait = self.jira_is_down()
        telling = _Telling(self.bus, self.cursors, self.clock, now + seconds - _RESERVED_SECONDS)
        listed: set[str] = set()
        opened = 0
        overdue: list[Announcement] = []
        untagged: list[tuple[ListedCase, Cursor]] = []
        broken: RetryLater | None = None
        try:
            for case in self.calls.listed():
                telling.go_on()
                listed.add(case.id)
                opened += not case.closed
                cursor = cursors.get(case.id)
                if case.closed and cursor is None and not self.backfill_closed_cases:
                    continue  # closed before anybody here saw it: it is not born into Jira
                reason = _why_to_look(case, cursor, now, self.case_filter.digest)
                if cursor is not None and cursor.left_out == "tags" and reason is None and not case.closed:
                    untagged.append((case, cursor))
                if reason is None or (would_wait and reason != "moved"):
                    continue
                announcement = _announcement(case, cursor, now, reason)
                if reason == "due":
                    overdue.append(announcement)
                else:
                    telling.tell(announcement)
        except MoreToDo:
            raise
        except RetryLater as failure:
            broken = failure
        sweep = _this_sweep(last, now)
        most = math.ceil(opened * _CATCHING_UP * sweep.interval / DEEP_CHECK_SECONDS)
        for announcement in sorted(overdue, key=lambda each: cursors[each[1].case_id].checked_at)[:most]:
            telling.tell(announcement)
        telling.end()
        if broken is not None:
            raise broken
        self._miss([cursors[case_id] for case_id in sorted(cursors.keys() - listed)], cursors, listed, now)
        self.cursors.swept(sweep)
        self.at_the_end()
        if not would_wait:
            self._look_for_tags(untagged, telling, now)

    def _look_for_tags(self, untagged: Sequence[tuple[ListedCase, Cursor]], telling: _Telling, now: float) -> None:
        """Announce those cases that have the tags by now for lack of which they were left out.

        A tag moves no date and has no event. Those that moved last are asked for; the others have their deep checks.
        """
        latest = sorted(untagged, key=lambda each: each[0].updated, reverse=True)
        for case, cursor in latest[:MOST_ASKED_FOR_TAGS]:
            if case.arn is None or self.clock() >= telling.until:
                continue
            try:
                tags = self.calls.tags(case.arn)
            except NotFound:
                continue
            if self.case_filter.takes_tags(tags):
                telling.tell(_announcement(case, cursor, now, "let in"))
        telling.end()

    def _miss(
        self, missing: Sequence[Cursor], known: Mapping[str, Cursor], listed: Collection[str], now: float
    ) -> None:
        """Known cases are not in the list: looked at once more, and called deleted only if that lasts.

        Where most are missing nothing is called deleted: all of them went at once, with the membership.
        """
        at_once = went_at_once(known, listed, now)
        here = [cursor for cursor in missing if cursor.vanished_at is None]
        newly = [cursor for cursor in here if cursor.missing_since is None]
        lasting = [
            cursor for cursor in here if cursor.missing_since is not None and now - cursor.missing_since >= GONE_SECONDS
        ]
        if at_once:
            self.cursors.advance(*(replace(cursor, missing_since=now) for cursor in newly))
            self.cursors.advance(*(replace(cursor, vanished_at=now) for cursor in lasting))
            if lasting:
                logger.error("most cases went at once; none is taken for deleted", cases=len(lasting))
                self.count("CasesVanished")
            return
        for some in tens(newly):
            self.bus.publish(Event("CaseUpdated", ("case",), case_id=cursor.case_id) for cursor in some)
            self.cursors.advance(*(replace(cursor, missing_since=now) for cursor in some))
        for cursor in lasting:
            self.bus.publish([Event("CaseDeleted", ("case",), case_id=cursor.case_id)])
            self.cursors.forget(cursor.case_id)


Announcement = tuple[Event, Cursor]
"""An event, and what is to be remembered once the bus has accepted it."""


@dataclass(eq=False, repr=False, slots=True)
class _Telling:
    """A sweep's announcements on their way to the bus, and into the ledger once they are there; ``until`` is when the
    sweep has to stop (epoch).
    """

    bus: EventBus
    cursors: CaseCursors
    clock: Callable[[], float]
    until: float
    told: int = 0
    _waiting: list[Announcement] = field(default_factory=list)

    def tell(self, announcement: Announcement) -> None:
        """Announce something, together with what comes next. Raises what ``end`` and ``go_on`` raise."""
        self._waiting.append(announcement)
        if len(self._waiting) == _A_GROUP:
            self.end()
            self.go_on()

    def end(self) -> None:
        """Announce what waits, and write down what was accepted. Raises ``PublishFailed``."""
        waiting, self._waiting = self._waiting, []
        accepted: list[Cursor] = []
        try:
            for some in tens(waiting):
                self.bus.publish(event for event, _ in some)
                accepted += [cursor for _, cursor in some]
        finally:
            self.cursors.advance(*accepted)
        self.told += len(accepted)

    def go_on(self) -> None:
        """Raises ``MoreToDo`` where the time is up, and ``RetryLater`` where it was not enough for anything."""
        if self.clock() < self.until:
            return
        if not self.told:
            raise RetryLater("the cases cannot be listed in time")
        raise MoreToDo(f"{self.told} cases announced so far", delay=_GO_ON_SECONDS)


Reason = Literal["moved", "let in", "watched", "watched in full", "due"]
"""Why a case is looked into. The early looks after a move are for what may move no date; the others are deep. What was
left out is let in once.
"""


def _why_to_look(case: ListedCase, cursor: Cursor | None, now: float, case_filter: str) -> Reason | None:
    """``case_filter`` is the digest of the filter: what another left out is looked into at once."""
    if cursor is None or cursor.missing_since is not None or cursor.vanished_at is not None:
        return "moved"
    if cursor.announced != case.updated.isoformat() or cursor.status != case.status:
        return "moved"
    if cursor.left_out and cursor.left_out_under != case_filter and not case.closed:
        return "let in"
    awaited = cursor.awaited_at >= cursor.checked_at > 0
    if case.closed and not awaited:
        return None
    moved_at = _moved_at(case, cursor)
    if awaited or now - moved_at < WATCH_SECONDS[-1] + WATCH_SECONDS[-2]:
        if cursor.checked_at >= math.floor(_last_look(moved_at, now)):  # cursors know whole seconds
            return None
        return "watched" if now - moved_at < WATCH_SECONDS[-1] else "watched in full"
    return "due" if _is_due(case.id, cursor.checked_at, now) else None


def _moved_at(case: ListedCase, cursor: Cursor | None) -> float:
    """When people were last seen to move a case; what we did to it ourselves is not counted."""
    updated = case.updated.timestamp()
    if cursor is None:
        return updated
    ours = 0 <= updated - cursor.written_at + SLACK_SECONDS < ECHO_SECONDS + SLACK_SECONDS
    return cursor.moved_at if ours else max(updated, cursor.moved_at)


def _last_look(moved_at: float, now: float) -> float:
    """The latest moment at which a case that moved then was to be looked into."""
    passed = now - moved_at
    longest = WATCH_SECONDS[-1]
    if passed >= longest:
        return moved_at + passed // longest * longest
    reached = [distance for distance in WATCH_SECONDS if distance <= passed]
    return moved_at + reached[-1] if reached else 0.0


def _is_due(case_id: str, checked_at: float, now: float) -> bool:
    """Once in six hours, at a moment of its own."""
    phase = int(hashlib.sha256(case_id.encode()).hexdigest(), 16) % DEEP_CHECK_SECONDS
    return (now + phase) // DEEP_CHECK_SECONDS > (checked_at + phase) // DEEP_CHECK_SECONDS


def _this_sweep(last: Sweep | None, now: float) -> Sweep:
    """This sweep and its distance from the last one, as far as that is no gap."""
    if last is None:
        return Sweep(now, _USUAL_SECONDS)
    return Sweep(now, min(max(1.0, now - last.began_at), 2 * last.interval))


def _announcement(case: ListedCase, cursor: Cursor | None, now: float, reason: Reason) -> Announcement:
    known = cursor is not None and cursor.announced is not None
    moved = reason == "moved"
    shallow = reason in ("watched", "let in") or (moved and known)
    kind: EventType = "CaseCreated" if cursor is None else "CaseUpdated"
    if case.closed and moved:
        kind = "CaseClosed"
    event = Event(
        type=kind,
        changed=("case", "comments") if shallow else ("deep",),
        case_id=case.id,
        case_arn=case.arn,
        title=case.title,
        status=case.status,
        occurred_at=utc_text(case.updated),
    )
    stamp = case.updated.isoformat()
    before = cursor or Cursor(case.id, known_since=now)
    return event, replace(
        before,
        announced=stamp,
        status=case.status,
        moved_at=_moved_at(case, cursor),
        checked_at=now,
        seen_open=not case.closed or before.seen_open,
        missing_since=None,
        vanished_at=None,
        let_in_at=now if reason == "let in" else before.let_in_at,
    )
