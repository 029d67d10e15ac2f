"""What there is to see on a stage now: parts of plain values, read from its servers and kept nowhere else.

Many may look, many times a second. What the servers hold are values that are replaced when they change, so that it
costs little to find out that nothing did; only then is a look the last one again, and what was judged and put into
words for it serves everybody.
"""

from __future__ import annotations

import json
import operator
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sandbox import jira, security_ir
from sandbox.bells import Notification
from sandbox.cloud.looks import Item
from sandbox.cloud.measures import LogLine
from sandbox.page import flow, sides
from sandbox.page.agreement import Rules
from sandbox.page.pairs import Couple, couples
from sandbox.page.surroundings import Surroundings
from sandbox.page.troubles import Troubles
from sandbox.stage import Stage

Part = dict[str, Any]
_ITEMS: list[Item] = []


@dataclass(frozen=True, slots=True)
class Held:
    """What a stage holds at one moment; ``accounts`` are those in Jira, as far as a verdict depends on them."""

    clock: Part
    cases: Sequence[security_ir.Case]
    issues: Sequence[jira.Issue]
    accounts: tuple[object, ...]
    items: list[Item]
    rung: list[Notification]
    events: list[LogLine]
    flowing: flow.Flowing
    sweeps: dict[str, float]
    troubles: Part

    def is_as(self, other: Held) -> bool:
        """Whether nothing changed between the two. Cases, issues and lists that are the same objects did not."""
        return (
            _are_the_same(self.cases, other.cases)
            and _are_the_same(self.issues, other.issues)
            and self.items is other.items
            and self.events is other.events
            and self._rest == other._rest
        )

    @property
    def _rest(self) -> tuple[object, ...]:
        return self.clock, self.accounts, self.rung, self.flowing, self.sweeps, self.troubles


@dataclass(eq=False, slots=True)
class Look:
    """What is to be seen at one moment; ``pair`` shows the one of a name. Each part is put into JSON once."""

    parts: Mapping[str, Part]
    pair: Callable[[str], Part]
    _shared: dict[str, str] = field(default_factory=dict)
    _pairs: dict[str, str] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def texts(self, chosen: str) -> dict[str, str]:
        """Every part as JSON, by its name."""
        with self._lock:
            if not self._shared:
                self._shared.update((name, json.dumps(part)) for name, part in self.parts.items())
            if chosen not in self._pairs:
                self._pairs[chosen] = json.dumps(self.pair(chosen))
            return {**self._shared, "pair": self._pairs[chosen]}


class Snapshot:
    """Takes looks at a stage, before the module is applied, too. May be used from any thread."""

    def __init__(self, stage: Stage, troubles: Troubles) -> None:
        self._stage = stage
        self._troubles = troubles
        self._surroundings: Surroundings | None = None
        self._lock = threading.Lock()
        self._last: tuple[Held, Look] | None = None
        self._taken = 0.0
        self._verdicts: dict[str, _Verdict] = {}
        self._runs: dict[flow.Stamp, Part] = {}

    def take(self, chosen: str) -> dict[str, Part]:
        """The parts by name; ``chosen`` is the pair to look at: ``case-<id>`` or ``issue-<id>``."""
        look = self.look()
        return {**look.parts, "pair": look.pair(chosen)}

    def look(self, *, not_older_than: float = 0.0) -> Look:
        """A look at the stage, or the last one if it is so many seconds old at most; the same as long as all is."""
        with self._lock:
            if self._last is not None and time.monotonic() - self._taken < not_older_than:
                return self._last[1]
            held = self._held()
            unchanged = self._last is not None and held.is_as(self._last[0])
            look = self._last[1] if self._last is not None and unchanged else self._drawn(held)
            self._last, self._taken = (held, look), time.monotonic()
            return look

    def _held(self) -> Held:
        stage, around = self._stage, self._around()
        users = stage.jira.site.users
        return Held(
            clock={"offset": stage.clock.offset, "virtual": stage.clock.virtual, "applied": around is not None},
            cases=stage.security_ir.cases(),
            issues=stage.jira.issues(),
            accounts=tuple((each.account_id, each.name, each.email, each.email_visible, each.active) for each in users),
            items=stage.cloud.items(around.table) if around else _ITEMS,
            rung=stage.bells.rung(),
            events=flow.events(stage.cloud, around),
            flowing=flow.Flowing.of(stage.cloud, around),
            sweeps=stage.cloud.schedules_due(),
            troubles=self._troubles.state(),
        )

    def _drawn(self, held: Held) -> Look:
        known = couples(self._stage.security_ir.cases_with_comments(), held.issues, held.items)
        self._verdicts = {each.name: self._verdict(each, held) for each in known}
        waiting = {each.name: held.flowing.about(each.marks) for each in known}
        verdicts = dict(self._verdicts)

        def pair(chosen: str) -> Part:
            found = next((each for each in known if chosen and chosen in (each.name, each.also)), None)
            if found is None:
                return {"pair": None}
            return {"pair": sides.shown(self._stage, found, verdicts[found.name].found, waiting[found.name])}

        parts = {
            "clock": held.clock,
            "pairs": {"pairs": [_listed(each, verdicts[each.name].found, waiting[each.name]) for each in known]},
            "flow": flow.between(held.rung, held.events, held.flowing, held.sweeps, self._surroundings),
            "runs": {"runs": flow.runs(held.flowing, self._runs)},
            "troubles": held.troubles,
        }
        return Look(parts, pair)

    def _around(self) -> Surroundings | None:
        """What the module made; it says so once it is applied."""
        if self._surroundings is None and self._stage.outputs:
            self._surroundings = Surroundings.of(self._stage)
        return self._surroundings

    def _verdict(self, couple: Couple, held: Held) -> _Verdict:
        """The verdict on a pair, which is the last one unless something that it was made from is another."""
        rules = self._surroundings.rules if self._surroundings else None
        last = self._verdicts.get(couple.name)
        if last is not None and last.is_about(couple, held.accounts, rules):
            return last
        return _Verdict(couple, held.accounts, rules, sides.judged(self._stage, couple, rules))


@dataclass(frozen=True, slots=True)
class _Verdict:
    couple: Couple
    accounts: tuple[object, ...]
    rules: Rules | None
    found: sides.Judged

    def is_about(self, couple: Couple, accounts: tuple[object, ...], rules: Rules | None) -> bool:
        """Whether it was made from the same. Whose comments change is another case, or another issue."""
        known = self.couple
        return (
            known.case is couple.case
            and known.issue is couple.issue
            and self.rules is rules
            and known.items == couple.items
            and self.accounts == accounts
        )


def _listed(couple: Couple, found: sides.Judged, waiting: flow.Waiting) -> Part:
    case, issue = couple.case, couple.issue
    return {
        "name": couple.name,
        "also": couple.also,
        "title": couple.title,
        "case": couple.case_id,
        "key": issue.key if issue else couple.known.get("issue_key"),
        "case_status": case.status if case else None,
        "issue_status": issue.status.name if issue else None,
        "state": found.state(waiting),
    }


def _are_the_same(some: Sequence[object], others: Sequence[object]) -> bool:
    return len(some) == len(others) and all(map(operator.is_, some, others))
