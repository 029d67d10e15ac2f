"""From where a sweep of Jira looks: what happens while it runs is the next one's, however long it takes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from security_ir_jira.events import Event
from security_ir_jira.sources.issues import OVERLAP_MINUTES, IssueSource

NOON = 1_767_268_800.0


@dataclass(slots=True)
class Slow:
    """Jira, cursors and bus of a source whose search lasts ``seconds``; ``minutes`` are those it looked back."""

    seconds: float = 0.0
    project_key: str = "SEC"
    now: float = NOON
    last: float | None = NOON
    minutes: list[int] = field(default_factory=list)

    def all(self) -> tuple[float | None, dict[str, str]]:
        return self.last, {}

    def issues_updated(self, minutes: int, *, label: str) -> tuple[tuple[str, str, datetime], ...]:
        self.minutes.append(minutes)
        self.now += self.seconds
        return (("10100", "SEC-1", datetime.fromtimestamp(NOON, UTC)),)

    def publish(self, events: Iterable[Event]) -> None:
        assert [event.issue_key for event in events] == ["SEC-1"]

    def advance(self, issue_id: str, updated: str, *, keep_for: float) -> None:
        assert keep_for > 0

    def swept(self, began_at: float) -> None:
        self.last = began_at


def test_a_sweep_looks_back_to_the_last_ones_beginning() -> None:
    slow: Any = Slow(seconds=3_600)
    source = IssueSource(slow, slow, slow, slow, lambda: slow.now, count=print)
    source.sweep()
    source.sweep()
    assert slow.minutes == [OVERLAP_MINUTES, 60 + OVERLAP_MINUTES]
