"""What the sweeps announced: what the sources remember."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .table import ConditionFailed, Item, Table

ECHO_SECONDS = 60
"""What is told of a case so soon after we wrote to it is taken for our own doing."""
SLACK_SECONDS = 5
"""How much earlier than our own clock the service's may say that we wrote."""
_AT_ONCE_SECONDS = 86_400
_MOST_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is known of one case for the sweeps; times in epoch seconds, ``announced`` as the service wrote it.

    ``known_since`` is when it was first told of, ``moved_at`` when people were last seen to move it, ``written_at``
    when we did, ``awaited_at`` when something on it was last found not to be ready. ``seen_open``: it was
    told of while it was open. ``missing_since`` is when a sweep first did not find it listed, ``vanished_at`` when it
    turned out to have gone with most others. ``left_out`` is what gave it no issue, by the filter that has the digest
    ``left_out_under``; ``""`` where nothing did, or where it was told of since as one to ``let_in``, at ``let_in_at``.
    ``mirrors`` are the addresses of issues that instances at other Jira sites have for it.
    """

    case_id: str
    announced: str | None = None
    status: str | None = None
    moved_at: float = 0.0
    checked_at: float = 0.0
    missing_since: float | None = None
    seen_open: bool = False
    written_at: float = 0.0
    awaited_at: float = 0.0
    vanished_at: float | None = None
    known_since: float = 0.0
    left_out: str = ""
    left_out_under: str = ""
    let_in_at: float = 0.0
    mirrors: str = ""

    @property
    def last_seen(self) -> float:
        """Since when there is no proof that the case exists."""
        return max(self.checked_at, self.moved_at, self.written_at)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The last case sweep: when it began, and how long after the one before (seconds)."""

    began_at: float
    interval: float


def went_at_once(cursors: Mapping[str, Cursor], listed: Collection[str], now: float) -> bool:
    """Whether so many of the known cases are missing that they were hardly deleted one by one.

    The API deletes no case: a membership that was cancelled takes all of them along. What went within a day went
    together. Only cases that were there together with the missing ones bear witness: not those of a new membership.
    """
    missing = [
        cursor
        for case_id, cursor in cursors.items()
        if case_id not in listed and (cursor.vanished_at is None or now - cursor.vanished_at < _AT_ONCE_SECONDS)
    ]
    last_seen = max((cursor.last_seen for cursor in missing), default=0.0)
    witnesses = sum(case_id in listed and cursor.known_since <= last_seen for case_id, cursor in cursors.items())
    return len(missing) > min(_MOST_AT_ONCE, witnesses)


_KNOWN = "known_since = if_not_exists(known_since, :now)"


class CaseCursors:
    """What was announced of each case, and what others know of it.

    Two items a case: what the sweep announced is written by the sweep alone, many at a time; what sources and sinks see
    of a case between the sweeps stands beside it, attribute by attribute. Both are read as one.
    """

    _PARTITION = "CURSOR#security_ir"

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> dict[str, Cursor]:
        """By case id: one Query (a page per MB)."""
        return self.load()[1]

    def load(self) -> tuple[Sweep | None, dict[str, Cursor]]:
        """The last sweep, and all cursors by case id: one Query (a page per MB)."""
        sweep: Sweep | None = None
        swept: dict[str, Item] = {}
        seen: dict[str, Item] = {}
        for item in self._table.query(self._PARTITION):
            kind, _, case_id = item["SK"].partition("#")
            if kind == "SWEEP":
                sweep = _read_sweep(item)
            elif kind == "CASE":
                swept[case_id] = item
            elif kind == "SEEN":
                seen[case_id] = item
        case_ids = swept.keys() | seen.keys()
        return sweep, {each: _read_cursor(each, swept.get(each, {}), seen.get(each, {})) for each in sorted(case_ids)}

    def of(self, case_id: str) -> Cursor:
        """The cursor of one case, that of a case nobody told of included: two reads."""
        swept, seen = (self._table.get(self._PARTITION, f"{kind}#{case_id}") or {} for kind in ("CASE", "SEEN"))
        return _read_cursor(case_id, swept, seen)

    def last_sweep(self) -> Sweep | None:
        """The last sweep that went through."""
        item = self._table.get(self._PARTITION, "SWEEP")
        return None if item is None else _read_sweep(item)

    def swept(self, sweep: Sweep) -> None:
        """A case sweep began."""
        attributes = {"began_at": int(sweep.began_at), "interval": int(sweep.interval)}
        self._table.put(self._PARTITION, "SWEEP", attributes)

    def advance(self, *cursors: Cursor) -> None:
        """Remember what was announced of some cases. To be called once the announcements were accepted.

        What others write down of the cases meanwhile stays. An earlier version kept that in the same item as what was
        announced: so all that was read is written.
        """
        now = self._table.clock()
        self._table.put_many(self._PARTITION, {f"CASE#{cursor.case_id}": _written(cursor, now) for cursor in cursors})

    def seen_moving(self, case_id: str, *, opened: bool = False, at: float | None = None) -> None:
        """A case was told of otherwise than by a sweep, and ``opened``: as one that is open, or was until then.

        The sweeps are to look into it from now on, unless what happened ``at`` that time (by default now) is the echo
        of what we wrote ourselves.
        """
        now = int(self._table.clock())
        at = now if at is None else min(now, int(at))
        values = {":echo": at - ECHO_SECONDS, ":later": at + SLACK_SECONDS}
        try:
            self._see(
                case_id,
                f"SET {_KNOWN}, moved_at = :now" + (", seen_open = :yes" if opened else ""),
                values | ({":yes": True} if opened else {}),
                condition="attribute_not_exists(written_at) OR written_at < :echo OR written_at > :later",
            )
        except ConditionFailed:
            return  # and what we write to is known already

    def moved_by_people(self, case_id: str) -> None:
        """Something that people did to a case was found: the sweeps are to look into it from now on."""
        self._see(case_id, f"SET {_KNOWN}, moved_at = :now")

    def born(self, case_id: str, *, by_us: bool) -> None:
        """A case has its issue from now on; ``by_us``: it was made for it, so that no person was seen to move it."""
        changes = f"SET {_KNOWN}, written_at = :now, seen_open = :yes"
        changes += ", made_at = :now" if by_us else ""
        changes += " REMOVE left_out, left_out_under, left_out_at" + (", moved_at" if by_us else "")
        self._see(case_id, changes, {":yes": True})

    def leave_out(self, case_id: str, reason: str, under: str) -> None:
        """A case gets no issue here, for a reason, by the filter of that digest."""
        changes = f"SET {_KNOWN}, left_out = :reason, left_out_under = :under, left_out_at = :now"
        self._see(case_id, changes, {":reason": reason, ":under": under})

    def left_out_under(self, case_id: str) -> str:
        """Which filter last gave a case no issue; ``""`` where none did. One read."""
        seen = self._table.get(self._PARTITION, f"SEEN#{case_id}") or {}
        return str(seen.get("left_out_under", ""))

    def mirrored(self, case_id: str, mirrors: str) -> None:
        """Instances at other sites have issues for a case, at these addresses."""
        self._see(case_id, f"SET {_KNOWN}, mirrors = :mirrors", {":mirrors": mirrors})

    def written(self, case_id: str) -> None:
        """We are about to write to a case."""
        self._see(case_id, f"SET {_KNOWN}, written_at = :now")

    def await_more(self, case_id: str) -> None:
        """Something on a case is not ready: the sweeps are to look again, though it is closed."""
        self._see(case_id, f"SET {_KNOWN}, awaited_at = :now")

    def vanished(self, case_id: str) -> None:
        """A case is gone together with most others: nothing is done about it until it is listed again."""
        self._see(case_id, f"SET {_KNOWN}, vanished_at = :now")

    def forget(self, case_id: str) -> None:
        """The absence of a case was announced."""
        # What was announced goes last: without it the case would be one that nobody announced.
        for kind in ("SEEN", "CASE"):
            self._table.delete(self._PARTITION, f"{kind}#{case_id}")

    def _see(
        self, case_id: str, changes: str, values: Mapping[str, object] | None = None, *, condition: str | None = None
    ) -> None:
        now = int(self._table.clock())
        self._table.update(
            self._PARTITION, f"SEEN#{case_id}", changes, {":now": now, **(values or {})}, condition=condition
        )


def _read_sweep(item: Item) -> Sweep:
    return Sweep(float(item["began_at"]), float(item["interval"]))


def _written(cursor: Cursor, now: float) -> dict[str, object]:
    """What the sweep writes of a cursor; times that are none are left out."""
    times = {
        "moved_at": cursor.moved_at,
        "checked_at": cursor.checked_at,
        "written_at": cursor.written_at or None,
        "awaited_at": cursor.awaited_at or None,
        "missing_since": cursor.missing_since,
        "vanished_at": cursor.vanished_at,
        "known_since": cursor.known_since or now,
        "let_in_at": cursor.let_in_at or None,
    }
    return {
        "announced": cursor.announced,
        "status": cursor.status,
        "seen_open": cursor.seen_open or None,
        **{name: None if value is None else int(value) for name, value in times.items()},
    }


def _read_cursor(case_id: str, swept: Item, seen: Item) -> Cursor:
    """One case, by what the sweep announced and by what others saw of it."""
    status = swept.get("status")

    def latest(name: str) -> float:
        return float(max(swept.get(name, 0), seen.get(name, 0)))

    # The sweep may have listed a case before it was known that we had made it.
    by_people = [item["moved_at"] for item in (swept, seen) if item.get("moved_at", 0) > seen.get("made_at", 0)]
    vanished_at = latest("vanished_at")
    let_in = seen.get("left_out_at", 0) < swept.get("let_in_at", 0)
    return Cursor(
        case_id=case_id,
        announced=swept.get("announced"),
        status=status,
        moved_at=float(max(by_people, default=0)),
        checked_at=float(swept.get("checked_at", 0)),
        missing_since=float(swept["missing_since"]) if "missing_since" in swept else None,
        # The first version did not write it.
        seen_open=bool(swept.get("seen_open") or seen.get("seen_open")) or status not in (None, "Closed"),
        written_at=latest("written_at"),
        awaited_at=latest("awaited_at"),
        # Announced since, it was listed again.
        vanished_at=vanished_at if vanished_at and vanished_at >= swept.get("checked_at", 0) else None,
        left_out="" if let_in else str(seen.get("left_out", "")),
        left_out_under="" if let_in else str(seen.get("left_out_under", "")),
        let_in_at=float(swept.get("let_in_at", 0)),
        mirrors=str(seen.get("mirrors", "")),
        known_since=float(min((item.get("known_since", 0) for item in (swept, seen) if item), default=0)),
    )


class IssueCursors:
    """When issues were last searched for, and what was announced of each."""

    _PARTITION = "CURSOR#jira"

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> tuple[float | None, dict[str, str]]:
        """When the last issue sweep began (epoch), and the ``updated`` it announced by issue id."""
        last: float | None = None
        announced: dict[str, str] = {}
        for item in self._table.query(self._PARTITION):
            if item["SK"] == "SWEEP":
                last = float(item["began_at"])
            elif item["SK"].startswith("ISSUE#"):
                announced[item["SK"].removeprefix("ISSUE#")] = item["announced"]
        return last, announced

    def advance(self, issue_id: str, updated: str, *, keep_for: float) -> None:
        """Remember for ``keep_for`` seconds what was announced of an issue, once the announcement was accepted."""
        attributes = {"announced": updated, "expires_at": int(self._table.clock() + keep_for)}
        self._table.put(self._PARTITION, f"ISSUE#{issue_id}", attributes)

    def swept(self, began_at: float) -> None:
        """An issue sweep that began then went through to its end."""
        self._table.put(self._PARTITION, "SWEEP", {"began_at": int(began_at)})
