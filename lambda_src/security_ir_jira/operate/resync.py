"""Resync: both sinks look at everything of one pair, now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..events import Event, EventBus
from ..ledger.cursors import CaseCursors
from ..ledger.pairs import PairLedger
from ..memory import Pair


@dataclass(frozen=True, slots=True)
class Resync:
    """Rings both bells; what is to be written the sinks decide, as ever."""

    ledger: PairLedger
    cursors: CaseCursors
    bus: EventBus

    def __call__(self, named: str) -> dict[str, Any]:
        """What was found by a case's id or an issue's key or id, and what happens next."""
        wanted = named.strip().upper()
        pair = self._pair(wanted)
        if pair is None:
            return {"found": None, "named": wanted, **self._without_pair(wanted)}
        found = {"caseId": pair.case_id, "issueKey": pair.issue_key, "issueId": pair.issue_id}
        if pair.gone is not None:
            gone = "issue" if pair.gone == "jira" else "case"
            return {"found": found, "did": "nothing", "next": f"The pair is over: its {gone} was deleted."}
        named_pair: dict[str, Any] = {
            "case_id": pair.case_id,
            "case_arn": pair.case_arn,
            "issue_id": pair.issue_id,
            "issue_key": pair.issue_key,
        }
        self.bus.publish([Event(kind, ("deep",), **named_pair) for kind in ("CaseUpdated", "IssueUpdated")])
        return {
            "found": found,
            "did": "asked jira_client and security_ir_client to look at everything of the pair",
            "next": "Within a minute both sides agree; what fails shows in doctor_command under pairs-in-error.",
        }

    def _pair(self, wanted: str) -> Pair | None:
        entry = self.ledger.entry_of_issue(wanted)
        if entry is not None and entry.case_id is not None:
            return self.ledger.load(entry.case_id).pair
        return self.ledger.load(wanted).pair

    def _without_pair(self, wanted: str) -> dict[str, str]:
        entry = self.ledger.entry_of_issue(wanted)
        if self.ledger.load(wanted).reservation is not None or (entry is not None and entry.reservation is not None):
            return {
                "did": "nothing",
                "next": "Its other half is being made: look again in ten minutes, then ask doctor_command.",
            }
        reason = self.cursors.of(wanted).left_out
        if reason:
            return {
                "did": "nothing",
                "next": (
                    f"case_filter left this case out: {reason}. While it is open it gets its issue once it matches, "
                    "with the next sweep; closed, by backfill_command."
                ),
            }
        return {
            "did": "nothing",
            "next": (
                "No pair: neither a case nor an issue known here has this name. An open case and a new issue of the "
                "project get theirs at the next sweep; closed cases and issues older than the module, by "
                "backfill_command."
            ),
        }
