"""What the sweeps announced: what the sources remember."""

from __future__ import annotations

from dataclasses import dataclass

from .table import Table


@dataclass(frozen=True, slots=True)
class Cursor:
    """What the case sweep announced of one case; times in epoch seconds, ``announced`` as the service wrote it.

    ``missing_since`` is when a sweep first did not find the case listed.
    """

    case_id: str
    announced: str | None = None
    status: str | None = None
    moved_at: float = 0.0
    checked_at: float = 0.0
    missing_since: float | None = None


class CaseCursors:
    """What was announced of each case."""

    _PARTITION = "CURSOR#security_ir"

    def __init__(self, table: Table) -> None:
        self._table = table

    def all(self) -> dict[str, Cursor]:
        """By case id: one Query (a page per MB)."""
        return {
            item["SK"].removeprefix("CASE#"): Cursor(
                case_id=item["SK"].removeprefix("CASE#"),
                announced=item.get("announced"),
                status=item.get("status"),
                moved_at=float(item.get("moved_at", 0)),
                checked_at=float(item.get("checked_at", 0)),
                missing_since=float(item["missing_since"]) if "missing_since" in item else None,
            )
            for item in self._table.query(self._PARTITION)
            if item["SK"].startswith("CASE#")
        }

    def advance(self, cursor: Cursor) -> None:
        """Remember what was announced of a case. To be called once the announcement was accepted."""
        self._table.put(
            self._PARTITION,
            f"CASE#{cursor.case_id}",
            {
                "announced": cursor.announced,
                "status": cursor.status,
                "moved_at": int(cursor.moved_at),
                "checked_at": int(cursor.checked_at),
                "missing_since": None if cursor.missing_since is None else int(cursor.missing_since),
            },
        )

    def seen_moving(self, case_id: str) -> None:
        """A case was told of otherwise than by a sweep: the sweeps of the next hour are to look into it."""
        values = {":now": int(self._table.clock())}
        self._table.update(self._PARTITION, f"CASE#{case_id}", "SET moved_at = :now", values)

    def forget(self, case_id: str) -> None:
        """The absence of a case was announced."""
        self._table.delete(self._PARTITION, f"CASE#{case_id}")


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
