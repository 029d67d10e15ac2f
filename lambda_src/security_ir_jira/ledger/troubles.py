"""The pairs whose work does not get done: what whoever is on call asks for first.

Nothing is ever taken back here: work that fails is tried again within fifteen minutes, so a trouble that was not noted
for longer than that is over. What goes well costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from .table import ConditionFailed, Table

if TYPE_CHECKING:
    from ..model import Side

_PARTITION = "TROUBLE"
_OVER_SECONDS = 1_200
"""The longest wait between two tries, and what a try may take."""
_KEPT_SECONDS = 86_400


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

    def note(self, side: Side, subject: str, error: str, reason: str) -> None:
        """The work on a subject failed."""
        now, key = int(self._table.clock()), f"{side}#{subject}"
        names = {"#at": "at", "#error": "error"}
        told = {":now": now, ":error": error, ":reason": reason[:250], ":expires_at": now + _KEPT_SECONDS}
        changes = "SET #at = :now, #error = :error, reason = :reason, expires_at = :expires_at"
        try:
            recent = {**told, ":recent": now - _OVER_SECONDS}
            self._table.update(_PARTITION, key, changes, recent, names, condition="#at >= :recent")
        except ConditionFailed:
            self._table.update(_PARTITION, key, f"{changes}, since = :now", told, names)
