"""The pairs whose work does not get done: what whoever is on call asks for first.

Nothing is ever taken back here: work that fails is tried again within fifteen minutes, so a trouble that was not noted
for longer than that is over. What goes well costs nothing.
"""

from __future__ import annotations

import random
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from ..errors import NotPermitted
from .table import ConditionFailed, Table

if TYPE_CHECKING:
    from ..model import Side

_PARTITION = "TROUBLE"
_OVER_SECONDS = 1_200
"""The longest wait between two tries, and what a try may take."""
_KEPT_SECONDS = 86_400
_ALL = "deep"
"""What is asked of a pair where everything is."""
_BEHIND_SECONDS = 5.0, 20.0
"""How long after the one whose turn it is the others come back."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at the work on a pair: when it began (epoch), and what it was asked to look at."""

    began_at: float
    asked: frozenset[str]

    def has_seen(self, asked: Collection[str], sent: float) -> bool:
        """Whether it looked at all that a message asks for that was sent at some time."""
        return sent < self.began_at and (_ALL in self.asked or self.asked.issuperset(asked))


@dataclass(frozen=True, slots=True)
class Trouble:
    """Work on one side that fails again and again.

    ``subject`` is the id of the case, or of an issue that has none yet; ``since`` and ``at`` are the first and the
    latest failure (epoch), ``error`` the name of its kind and ``reason`` what is known of it, without anybody's words.
    """

    side: Side
    subject: str
    since: float
    at: float
    error: str
    reason: str


class Troubles:
    """One item for each side of a pair that is in trouble."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> tuple[Trouble, ...]:
        """Every trouble that is not over: one Query (a page per MB)."""
        recent = self._table.clock() - _OVER_SECONDS
        return tuple(
            Trouble(
                side=cast("Side", item["SK"].partition("#")[0]),
                subject=item["SK"].partition("#")[2],
                since=float(item["since"]),
                at=float(item["at"]),
                error=item["error"],
                reason=item["reason"],
            )
            for item in self._table.query(_PARTITION)
            if item["at"] >= recent
        )

    def lasting(self, seconds: float = 600.0) -> int:
        """How many pairs, or issues without one, are in trouble for so long: what passes by itself does not count."""
        return len({each.subject for each in self.all() if each.at - each.since >= seconds})

    def wait_for_turn(self, side: Side, subject: str, asked: Collection[str], sent: float) -> None:
        """Raises ``NotPermitted`` where the pair waits for a permission, and another message is to ask for it next.

        A pair is in step or it is not, so one of its messages is enough to find out. Whoever was sent after the last
        try, or asks for what that did not look at, brings news and does not wait.
        """
        item = self._table.get(_PARTITION, f"{side}#{subject}")
        if item is None or "due_at" not in item:
            return
        left = float(item["due_at"]) - self._table.clock()
        if left > 0 and Attempt(float(item["began_at"]), frozenset(item["asked"])).has_seen(asked, sent):
            raise NotPermitted(
                f"waits for another message: {item['reason']}", delay=left + random.uniform(*_BEHIND_SECONDS)
            )

    def note(
        self,
        side: Side,
        subject: str,
        error: str,
        reason: str,
        *,
        attempt: Attempt | None = None,
        due_in: float | None = None,
    ) -> None:
        """The work on a subject failed; ``due_in``: so many seconds from now the same message tries again, for all."""
        now, key = int(self._table.clock()), f"{side}#{subject}"
        names = {"#at": "at", "#error": "error"}
        told: dict[str, object] = {
            ":now": now,
            ":error": error,
            ":reason": reason[:250],
            ":expires_at": now + _KEPT_SECONDS,
        }
        changes = "SET #at = :now, #error = :error, reason = :reason, expires_at = :expires_at"
        if attempt is not None and due_in is not None:
            # Rounded down: whose turn it is must not come too early.
            told |= {":due_at": int(now + due_in), ":began_at": int(attempt.began_at), ":asked": sorted(attempt.asked)}
            changes += ", due_at = :due_at, began_at = :began_at, asked = :asked"
            ending = ""
        else:
            ending = " REMOVE due_at, began_at, asked"
        try:
            recent = {**told, ":recent": now - _OVER_SECONDS}
            self._table.update(_PARTITION, key, changes + ending, recent, names, condition="#at >= :recent")
        except ConditionFailed:
            self._table.update(_PARTITION, key, f"{changes}, since = :now{ending}", told, names)
