"""What all functions know together of a side that is down: whether to call it, and whose turn it is to ask again.

A breaker is closed as long as nothing is written here: in ordinary times it costs one read a run.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ..errors import NotPermitted, RetryLater, SideDown, Throttled
from .table import ConditionFailed, Item, Table

if TYPE_CHECKING:
    from ..model import Side

_PARTITION = "BREAKER"
_WINDOW_SECONDS = 60.0
"""Failures of which each comes later than this after the one before say nothing together."""
_FEW = 3
"""How many failures raise the question whether the side is down."""
_KNOWN_SECONDS = 5.0
"""How long a function instance takes what it read for true."""
_PROBE_SECONDS = 60.0
_LATER_PROBE_SECONDS = 240.0
"""Between two probes where we are refused: at first, and once that has lasted ``_LONG_SECONDS``."""
_LONG_SECONDS = 600.0
_LONGEST_PROBE_SECONDS = 900.0
"""What a side that is down may ask for."""
_SPREAD_SECONDS = 5.0
"""Over how many seconds those come back who wait for a probe: the first of them is alone with it."""

Kind = Literal["down", "refused"]
"""``down``: the side does not answer, or holds all requests back. ``refused``: it answers, and lets none of ours in."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A side that is not called for now; times in epoch seconds.

    ``probe_at`` is when it is asked again, ``error`` the kind of error that was met when it was asked last.
    """

    kind: Kind
    reason: str
    since: float
    probe_at: float
    error: str = "Unavailable"


class Breakers:
    """The breakers of both sides."""

    def __init__(self, table: Table) -> None:
        self._table = table
        self._known: dict[Side, Broken] = {}
        self._known_at = float("-inf")

    @property
    def clock(self) -> Callable[[], float]:
        return self._table.clock

    def known(self) -> dict[Side, Broken]:
        """The sides whose breaker was open some seconds ago at most: all subjects of a run share one Query."""
        if self.clock() - self._known_at >= _KNOWN_SECONDS:
            self._known, self._known_at = self.all(), self.clock()
        return self._known

    def all(self) -> dict[Side, Broken]:
        """The sides whose breaker is open: one Query."""
        items = self._table.query(_PARTITION, consistent=True)
        return {item["SK"]: _read(item) for item in items if "kind" in item}

    def failed(self, side: Side) -> int:
        """Count one try that the side did not answer; returns how many there were, each within a minute of another.

        A side that hangs takes half a minute for each.
        """
        now = int(self._table.clock())
        try:
            values = {":one": 1, ":now": now, ":oldest": now - int(_WINDOW_SECONDS)}
            changes, condition = "SET failed_at = :now ADD failures :one", "failed_at > :oldest"
            written = self._table.update(_PARTITION, side, changes, values, condition=condition)
        except ConditionFailed:
            fresh = {":one": 1, ":now": now}
            self._table.update(_PARTITION, side, "SET failures = :one, failed_at = :now", fresh)
            return 1
        return int(written["failures"])

    def open(self, side: Side, kind: Kind, reason: str, probe_at: float, error: str = "Unavailable") -> None:
        """Nobody calls the side until ``probe_at``; ``error`` names the kind of error that was met."""
        self._known_at = float("-inf")
        values: Mapping[str, object] = {
            ":kind": kind,
            ":reason": reason[:250],
            ":error": error,
            ":now": int(self._table.clock()),
            ":probe_at": int(probe_at),
        }
        self._table.update(
            _PARTITION,
            side,
            "SET kind = :kind, reason = :reason, #error = :error, probe_at = :probe_at, "
            "since = if_not_exists(since, :now)",
            values,
            {"#error": "error"},
        )

    def claim(self, side: Side, probe_at: float) -> bool:
        """Whether it is the caller who asks the side now; the next to ask is due at ``probe_at``."""
        self._known_at = float("-inf")
        values = {":now": int(self._table.clock()), ":probe_at": int(probe_at)}
        try:
            self._table.update(_PARTITION, side, "SET probe_at = :probe_at", values, condition="probe_at <= :now")
        except ConditionFailed:
            return False
        return True

    def close(self, side: Side) -> None:
        """The side answers."""
        self._known_at = float("-inf")
        self._table.delete(_PARTITION, side)


class Breaker:
    """One side's breaker, as the functions use it: a `line.Line`.

    Some failures of single requests say nothing of a side. So before it is left alone it is asked, by ``ask``, for what
    works if anything does; and so it is asked again, by one run of all, a minute later and every minute from then on.
    ``ask`` raises ``NotPermitted``, ``Unavailable``, or nothing where all is well.
    """

    def __init__(self, breakers: Breakers, side: Side, ask: Callable[[], None]) -> None:
        self._breakers = breakers
        self._side = side
        self._ask = ask

    def admit(self) -> None:
        """Raises ``SideDown`` while the side is to be left alone, unless it is now the caller's turn to ask it."""
        broken = self._breakers.known().get(self._side)
        if broken is None:
            return
        now = self._breakers.clock()
        if now < broken.probe_at:
            raise self._down(broken.reason, broken.probe_at - now, broken.error)
        if not self._breakers.claim(self._side, now + _PROBE_SECONDS):
            raise self._down(broken.reason, _SPREAD_SECONDS, broken.error)
        self._probe(now - broken.since)
        self._breakers.close(self._side)

    def unanswered(self) -> bool:
        if self._breakers.failed(self._side) % _FEW:
            return self._side in self._breakers.all()
        try:
            self._probe(0.0)
        except SideDown:
            return True
        return False

    def refused(self) -> None:
        self._probe(0.0)

    def throttled(self) -> None:
        self._probe(0.0)

    def _probe(self, lasted: float) -> None:
        """Ask the side. Raises ``SideDown``, and leaves the side alone, where nothing comes of it."""
        try:
            self._ask()
        except NotPermitted as failure:
            wait = _PROBE_SECONDS if lasted < _LONG_SECONDS else _LATER_PROBE_SECONDS
            raise self._open("refused", failure, wait) from failure
        except Throttled as failure:
            # Who says how long is taken at his word: it may be a matter of seconds.
            wait = min(failure.delay or _PROBE_SECONDS, _LONGEST_PROBE_SECONDS)
            raise self._open("down", failure, wait) from failure
        except RetryLater as failure:
            wait = min(max(_PROBE_SECONDS, failure.delay or 0.0), _LONGEST_PROBE_SECONDS)
            raise self._open("down", failure, wait) from failure

    def _open(self, kind: Kind, failure: RetryLater, wait: float) -> SideDown:
        error = type(failure).__name__
        self._breakers.open(self._side, kind, str(failure), self._breakers.clock() + wait, error)
        return self._down(str(failure), wait, error)

    def _down(self, reason: str, wait: float, because: str) -> SideDown:
        delay = wait + random.uniform(0.0, _SPREAD_SECONDS)
        return SideDown(f"{self._side} is left alone for now: {reason}", delay=delay, because=because)


def _read(item: Item) -> Broken:
    times = float(item["since"]), float(item["probe_at"])
    return Broken(item["kind"], item["reason"], *times, item.get("error", "Unavailable"))
