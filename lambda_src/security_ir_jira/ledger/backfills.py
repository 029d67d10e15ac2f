"""How far the backfills are that somebody asked for: one for each source, of what its sweeps leave alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from ..model import Side
from .table import ConditionFailed, Item, Table

State = Literal["running", "paused", "done"]


@dataclass(frozen=True, slots=True)
class Backfill:
    """One backfill; times in epoch seconds.

    ``run`` is what its message must say: a message of an earlier start ends in silence. ``before`` is when the module
    was first applied, ``at`` when the backfill last got on. ``position`` is how far it is, as the source writes it, and
    ``at_position`` the ids that were seen at that very place.
    """

    run: str
    state: State
    since: float
    before: float
    at: float = 0.0
    position: str = ""
    at_position: frozenset[str] = frozenset()
    looked_at: int = 0
    announced: int = 0


class Backfills:
    """One item a source, beside its cursors."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def get(self, side: Side) -> Backfill | None:
        """The backfill of the side that is read, if there ever was one."""
        item = self._table.get(_partition(side), "BACKFILL")
        return None if item is None else _read(item)

    def all(self) -> dict[Side, Backfill]:
        found = {side: self.get(side) for side in get_args(Side)}
        return {side: backfill for side, backfill in found.items() if backfill is not None}

    def asked_for(self, side: Side) -> bool:
        """Whether what the sweeps leave alone is to be born now."""
        backfill = self.get(side)
        return backfill is not None and backfill.state != "paused"

    def start(self, side: Side, backfill: Backfill) -> None:
        """Begin from the beginning, whatever was before."""
        self._table.put(_partition(side), "BACKFILL", self._write(backfill))

    def advance(self, side: Side, backfill: Backfill) -> bool:
        """Write how far it is. False where it was paused or begun anew meanwhile: then nothing is written."""
        running = "#run = :run AND #state = :running"
        values, names = {":run": backfill.run, ":running": "running"}, {"#run": "run", "#state": "state"}
        return _if_so(
            lambda: self._table.put(_partition(side), "BACKFILL", self._write(backfill), running, values, names),
        )

    def pause(self, side: Side) -> bool:
        """False where nothing was running."""
        values, names = {":paused": "paused", ":running": "running"}, {"#state": "state"}
        return self._change(side, "SET #state = :paused", values, names, "#state = :running")

    def resume(self, side: Side, run: str) -> bool:
        """Go on where it stands, with a message that says ``run``. False where nothing was paused."""
        now = int(self._table.clock())
        values = {":paused": "paused", ":running": "running", ":run": run, ":now": now}
        names = {"#state": "state", "#run": "run", "#at": "at"}
        return self._change(side, "SET #state = :running, #run = :run, #at = :now", values, names, "#state = :paused")

    def _write(self, backfill: Backfill) -> Item:
        return {
            "run": backfill.run,
            "state": backfill.state,
            "since": int(backfill.since),
            "before": int(backfill.before),
            "at": int(self._table.clock()),
            "position": backfill.position,
            "at_position": sorted(backfill.at_position),
            "looked_at": backfill.looked_at,
            "announced": backfill.announced,
        }

    def _change(
        self, side: Side, change: str, values: Mapping[str, object], names: Mapping[str, str], condition: str
    ) -> bool:
        return _if_so(
            lambda: self._table.update(_partition(side), "BACKFILL", change, values, names, condition=condition)
        )


def _if_so(write: Callable[[], object]) -> bool:
    try:
        write()
    except ConditionFailed:
        return False
    return True


def _partition(side: Side) -> str:
    return f"CURSOR#{side}"


def _read(item: Item) -> Backfill:
    return Backfill(
        run=item["run"],
        state=item["state"],
        since=float(item["since"]),
        before=float(item["before"]),
        at=float(item["at"]),
        position=item["position"],
        at_position=frozenset(item["at_position"]),
        looked_at=int(item["looked_at"]),
        announced=int(item["announced"]),
    )
