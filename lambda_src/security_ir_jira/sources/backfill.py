"""Backfill: the sources announce, a few a minute, what their sweeps leave alone.

A message that is not through is no failure: it says `MoreToDo` and comes again. Whatever is announced twice is born
once, as ever.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from ..cases.calls import CaseCalls, ListedCase
from ..errors import MoreToDo
from ..events import Event, EventBus, utc_text
from ..jira.client import JiraClient
from ..ledger.backfills import Backfill, Backfills
from ..ledger.breakers import Breakers
from ..ledger.pairs import PairLedger
from ..ledger.table import Table
from ..model import Side

A_RUN = 25
"""Announced a run at most: each is a birth, which is some ten requests."""
_LOOKS_A_RUN = 500
_PACE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Stretch:
    """What one run announces, how far the backfill is then, and whether that is the end."""

    events: list[Event]
    backfill: Backfill
    through: bool


@dataclass(eq=False, repr=False, slots=True)
class Backfiller:
    """One direction: ``next_stretch`` finds what comes after a position."""

    side: Side
    backfills: Backfills
    breakers: Breakers
    bus: EventBus
    next_stretch: Callable[[Backfill], Stretch]

    def __call__(self, run: str) -> None:
        """Announce one stretch. Raises ``MoreToDo`` until the end is reached or somebody pauses."""
        backfill = self.backfills.get(self.side)
        if backfill is None or backfill.run != run or backfill.state != "running":
            return
        if self.breakers.all():
            raise MoreToDo("a side is down", delay=_PACE_SECONDS)
        stretch = self.next_stretch(backfill)
        self.bus.publish(stretch.events)
        moved = replace(stretch.backfill, state="done" if stretch.through else "running")
        if self.backfills.advance(self.side, moved) and not stretch.through:
            raise MoreToDo(f"{moved.announced} announced so far", delay=_PACE_SECONDS)


def older_issues(
    table: Table, ledger: PairLedger, jira: JiraClient, bus: EventBus, clock: Callable[[], float]
) -> Backfiller:
    """What the function ``jira_notifications_handler`` does for a backfill of issues."""
    return Backfiller("jira", Backfills(table), Breakers(table), bus, OlderIssues(ledger, jira, clock))


def closed_cases(table: Table, calls: CaseCalls, bus: EventBus) -> Backfiller:
    """What the function ``security_ir_poller`` does for a backfill of cases."""
    return Backfiller("security_ir", Backfills(table), Breakers(table), bus, ClosedCases(calls))


@dataclass(eq=False, repr=False, slots=True)
class OlderIssues:
    """Issues of the project that were there before the module, by the time of their creation."""

    ledger: PairLedger
    jira: JiraClient
    clock: Callable[[], float]

    def __call__(self, backfill: Backfill) -> Stretch:
        """JQL dates have minute precision and the account's time zone: so it is asked relatively."""
        events: list[Event] = []
        reached = datetime.fromisoformat(backfill.position) if backfill.position else None
        seen, looks = set(backfill.at_position), 0
        now, through = self.clock(), True
        since = None if reached is None else int((now - reached.timestamp()) / 60) + 2
        for issue_id, key, created in self.jira.issues_older(int((now - backfill.before) / 60), since):
            known = reached is not None and (created < reached or (created == reached and issue_id in seen))
            if known or created.timestamp() >= backfill.before:
                continue
            if len(events) == A_RUN or looks == _LOOKS_A_RUN:
                through = False
                break
            looks += 1
            seen = {*seen, issue_id} if created == reached else {issue_id}
            reached = created
            entry = self.ledger.entry_of_issue(issue_id)
            if entry is None or entry.case_id is None:
                events.append(Event("IssueCreated", ("issue",), issue_id=issue_id, issue_key=key))
        moved = replace(
            backfill,
            position=reached.isoformat() if reached else "",
            at_position=frozenset(seen),
            looked_at=backfill.looked_at + looks,
            announced=backfill.announced + len(events),
        )
        return Stretch(events, moved, through)


@dataclass(eq=False, repr=False, slots=True)
class ClosedCases:
    """Closed cases, by their ids; one that has its issue already costs its sink a look."""

    calls: CaseCalls

    def __call__(self, backfill: Backfill) -> Stretch:
        """The list promises no order: it is read whole, and what comes next is chosen from it."""
        ahead = sorted(
            (case for case in self.calls.listed() if case.closed and _order(case.id) > _order(backfill.position)),
            key=lambda case: _order(case.id),
        )
        now = ahead[:A_RUN]
        moved = replace(
            backfill,
            position=now[-1].id if now else backfill.position,
            looked_at=backfill.looked_at + len(now),
            announced=backfill.announced + len(now),
        )
        return Stretch([_closed(case) for case in now], moved, through=len(ahead) <= A_RUN)


def _order(case_id: str) -> tuple[int, str]:
    return len(case_id), case_id


def _closed(case: ListedCase) -> Event:
    return Event(
        "CaseClosed",
        ("case",),
        case_id=case.id,
        case_arn=case.arn,
        title=case.title,
        status=case.status,
        occurred_at=utc_text(case.updated),
    )
