"""The doctor: one round of read-only checks from inside, and what mends each finding."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from .rounds import Rounds, reason


class Checks(Protocol):
    """Some of the checks. Each writes into the rounds what it saw."""

    def examine(self, rounds: Rounds) -> None: ...


@dataclass(frozen=True, slots=True)
class Doctor:
    """All checks, in the order of the report."""

    checks: Sequence[Checks]

    def examine(self) -> dict[str, Any]:
        """The report, see ``Rounds.answer``."""
        rounds = Rounds()
        for each in self.checks:
            try:
                each.examine(rounds)
            except Exception as error:
                rounds.skip([type(each).__name__], reason(error))
        return rounds.answer()
