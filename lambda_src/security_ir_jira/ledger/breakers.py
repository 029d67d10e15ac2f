"""What all functions know together of a side that is down: whether to call it, and whose turn it is to ask again.

A breaker is closed as long as nothing is written here: in ordinary times it costs one read a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ..model import Side
from .table import ConditionFailed, Item, Table

_PARTITION = "BREAKER"
_WINDOW_SECONDS = 60.0
"""Failures further apart than this say nothing together."""

Kind = Literal["down", "refused"]
"""``down``: the side does not answer. ``refused``: it answers, and lets none of our requests through."""


@dataclass(frozen=True, slots=True)
class Broken:
    """A side that is not called for now; times in epoch seconds. ``probe_at`` is when it is asked again."""

    kind: Kind
    reason: str
    since: float
    probe_at: float


class Breakers:
    """The breakers of both sides."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> dict[Side, Broken]:
        """The sides whose breaker is open: one Query."""
        items = {item["SK"]: item for item in self._table.query(_PARTITION, consistent=True)}
        return {side: _read(items[side]) for side in get_args(Side) if "kind" in items.get(side, {})}

    def failed(self, side: Side) -> int:
        """Count one try that the side did not answer; returns how many there were within the last minute or so."""
        now = int(self._table.clock())
        try:
            values = {":one": 1, ":oldest": now - int(_WINDOW_SECONDS)}
            condition = "failing_from > :oldest"
            written = self._table.update(_PARTITION, side, "ADD failures :one", values, condition=condition)
        except ConditionFailed:
            fresh = {":one": 1, ":now": now}
            self._table.update(_PARTITION, side, "SET failures = :one, failing_from = :now", fresh)
            return 1
        return int(written["failures"])

    def open(self, side: Side, kind: Kind, reason: str, probe_at: float) -> None:
        """Nobody calls the side until ``probe_at``."""
        values: Mapping[str, object] = {
            ":kind": kind,
            ":reason": reason[:250],
            ":now": int(self._table.clock()),
            ":probe_at": int(probe_at),
        }
        self._table.update(
            _PARTITION,
            side,
            "SET kind = :kind, reason = :reason, probe_at = :probe_at, since = if_not_exists(since, :now)",
            values,
        )

    def claim(self, side: Side, probe_at: float) -> bool:
        """Whether it is the caller who asks the side now; the next to ask is due at ``probe_at``."""
        values = {":now": int(self._table.clock()), ":probe_at": int(probe_at)}
        try:
            self._table.update(_PARTITION, side, "SET probe_at = :probe_at", values, condition="probe_at <= :now")
        except ConditionFailed:
            return False
        return True

    def close(self, side: Side) -> None:
        """The side answers."""
        self._table.delete(_PARTITION, side)


def _read(item: Item) -> Broken:
    return Broken(item["kind"], item["reason"], float(item["since"]), float(item["probe_at"]))
