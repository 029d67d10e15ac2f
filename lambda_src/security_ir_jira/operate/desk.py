"""What the function ``operations`` is asked, and who answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Desk:
    """Who answers each of the three, with one JSON document."""

    doctor: Callable[[], Answer]
    resync: Callable[[str], Answer]
    backfill: Callable[[str, str], Answer]

    def __call__(self, request: object) -> Answer:
        """``{"doctor": {}}``, ``{"resync": "<case id or issue key>"}``, or ``{"backfill": "issues", "action":
        "start"}`` with what `BackfillDesk` knows.
        """
        asked = request if isinstance(request, dict) else {}
        if "doctor" in asked:
            return self.doctor()
        if isinstance(asked.get("resync"), str):
            return self.resync(asked["resync"])
        if isinstance(asked.get("backfill"), str):
            return self.backfill(asked["backfill"], str(asked.get("action") or "status"))
        return {
            "error": "not understood: use doctor_command, resync_command or backfill_command of the module's outputs"
        }
