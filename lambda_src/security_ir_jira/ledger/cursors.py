"""What the sweeps announced: what the sources remember."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from .table import ConditionFailed, Item, Table

ECHO_SECONDS = 60
"""What is told of a case so soon after we wrote to it is taken for our own doing."""
_AT_ONCE_SECONDS = 86_400
_MOST_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Cursor:
    """What is known of one case for the sweeps; times in epoch seconds, ``announced`` as the service wrote it.

    ``known_since`` is when it was first told of, ``moved_at`` when people were last seen to move it, ``written_at``
    when a birth of ours did, ``awaited_at`` when something on it was last found not to be ready. ``seen_open``: it was
    told of while it was open. ``missing_since`` is when a sweep first did not find it listed, ``vanished_at`` when it
    turned out to have gone with most others.
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
    """What was announced of each case."""

    _PARTITION = "CURSOR#security_ir"

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> dict[str, Cursor]:
        """By case id: one Query (a page per MB)."""
        return self.load()[1]

    def load(self) -> tuple[Sweep | None, dict[str, Cursor]]:
        """The last sweep, and all cursors by case id: one Query (a page per MB)."""
        sweep: Sweep | None = None
        cursors: dict[str, Cursor] = {}
        for item in self._table.query(self._PARTITION):
            if item["SK"] == "SWEEP":
                sweep = Sweep(float(item["began_at"]), float(item["interval"]))
            elif item["SK"].startswith("CASE#"):
                cursor = _read_cursor(item)
                cursors[cursor.case_id] = cursor
        return sweep, cursors

    def seen_open(self, case_id: str) -> bool:
        """Whether a case was told of while it was open."""
        item = self._table.get(self._PARTITION, f"CASE#{case_id}")
        return item is not None and _read_cursor(item).seen_open

    def swept(self, sweep: Sweep) -> None:
        """A case sweep began."""
        attributes = {"began_at": int(sweep.began_at), "interval": int(sweep.interval)}
        self._table.put(self._PARTITION, "SWEEP", attributes)

    def advance(self, cursor: Cursor) -> None:
        """Remember what was announced of a case. To be called once the announcement was accepted.

        What others write down of the case meanwhile stays.
        """
        values = {
            "announced": cursor.announced,
            "status": cursor.status,
            "moved_at": int(cursor.moved_at),
            "checked_at": int(cursor.checked_at),
            "missing_since": None if cursor.missing_since is None else int(cursor.missing_since),
            "vanished_at": None if cursor.vanished_at is None else int(cursor.vanished_at),
            "seen_open": cursor.seen_open or None,
        }
        held = [name for name, value in values.items() if value is not None]
        left = [name for name in ("missing_since", "vanished_at") if values[name] is None]
        expression = f"SET {_KNOWN}, " + ", ".join(f"#{name} = :{name}" for name in held)
        expression += " REMOVE " + ", ".join(f"#{name}" for name in left) if left else ""
        self._table.update(
            self._PARTITION,
            f"CASE#{cursor.case_id}",
            expression,
            {":now": int(self._table.clock())} | {f":{name}": values[name] for name in held},
            {f"#{name}": name for name in (*held, *left)},
        )

    def seen_moving(self, case_id: str, *, opened: bool = False) -> None:
        """A case was told of otherwise than by a sweep, and ``opened``: as one that is open, or was until then.

        The sweeps are to look into it from now on, unless it is the echo of what we wrote ourselves.
        """
        now = int(self._table.clock())
        more = ", seen_open = :yes" if opened else ""
        values = {":now": now, ":echo": now - ECHO_SECONDS} | ({":yes": True} if opened else {})
        try:
            self._table.update(
                self._PARTITION,
                f"CASE#{case_id}",
                f"SET {_KNOWN}, moved_at = :now{more}",
                values,
                condition="attribute_not_exists(written_at) OR written_at < :echo",
            )
        except ConditionFailed:
            return  # and what we write to is known already

    def born(self, case_id: str, *, by_us: bool) -> None:
        """A case has its issue from now on; ``by_us``: it was made for it, so that no person was seen to move it."""
        changes = f"SET {_KNOWN}, written_at = :now, seen_open = :yes"
        changes += " REMOVE moved_at" if by_us else ""
        values = {":now": int(self._table.clock()), ":yes": True}
        self._table.update(self._PARTITION, f"CASE#{case_id}", changes, values)

    def await_more(self, case_id: str) -> None:
        """Something on a case is not ready: the sweeps are to look again, though it is closed."""
        values = {":now": int(self._table.clock())}
        self._table.update(self._PARTITION, f"CASE#{case_id}", "SET awaited_at = :now", values)

    def vanished(self, case_id: str) -> None:
        """A case is gone together with most others: nothing is done about it until it is listed again."""
        values = {":now": int(self._table.clock())}
        self._table.update(self._PARTITION, f"CASE#{case_id}", f"SET {_KNOWN}, vanished_at = :now", values)

    def forget(self, case_id: str) -> None:
        """The absence of a case was announced."""
        self._table.delete(self._PARTITION, f"CASE#{case_id}")


def _read_cursor(item: Item) -> Cursor:
    status = item.get("status")
    return Cursor(
        case_id=item["SK"].removeprefix("CASE#"),
        announced=item.get("announced"),
        status=status,
        moved_at=float(item.get("moved_at", 0)),
        checked_at=float(item.get("checked_at", 0)),
        missing_since=float(item["missing_since"]) if "missing_since" in item else None,
        # The first version did not write it.
        seen_open=bool(item.get("seen_open", False)) or status not in (None, "Closed"),
        written_at=float(item.get("written_at", 0)),
        awaited_at=float(item.get("awaited_at", 0)),
        vanished_at=float(item["vanished_at"]) if "vanished_at" in item else None,
        known_since=float(item.get("known_since", 0)),
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
