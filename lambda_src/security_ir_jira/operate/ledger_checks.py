"""The doctor's checks of what is remembered: the table, the sweeps' clocks, pairs in trouble, sides that are down."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from ..config import CaseFilter
from ..ledger.backfills import Backfills
from ..ledger.breakers import Breakers
from ..ledger.cursors import CaseCursors, Cursor
from ..ledger.table import Table
from ..ledger.troubles import Troubles
from ..model import Side
from .doubles import tell_of_double
from .installation import Installation
from .rounds import Look, Rounds, span

_SERVICES: dict[Side, str] = {"jira": "Jira", "security_ir": "Security Incident Response"}
_SWEEPS: dict[Side, tuple[str, str]] = {
    "security_ir": ("case-sweep", "security_ir_poller"),
    "jira": ("issue-sweep", "jira_notifications_handler"),
}
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_SECONDS = {"minute": 60, "hour": 3_600, "day": 86_400}
_SLACK_SECONDS = 600
_MOST_PAIRS = 20
_MOST_CASES = 20
_STANDS_STILL_SECONDS = 3_600


@dataclass(frozen=True, slots=True)
class LedgerChecks:
    installation: Installation
    table: Table
    dynamodb: Callable[[], Any]
    table_name: str
    clock: Callable[[], float]
    case_filter: CaseFilter

    def examine(self, rounds: Rounds) -> None:
        with rounds.look("ledger") as look:
            self._table(look)
        with rounds.look("sweeps") as look:
            for side in get_args(Side):
                self._sweep(look, side)
        with rounds.look("side-down") as look:
            self._breakers(look)
        with rounds.look("pairs-in-error") as look:
            self._troubles(look)
        with rounds.look("backfill") as look:
            self._backfills(look)
        cursors = list(CaseCursors(self.table).all().values())
        with rounds.look("case-filter") as look:
            self._left_out(look, cursors)
        with rounds.look("mirrored-elsewhere") as look:
            self._mirrored_elsewhere(look, cursors)

    def _table(self, look: Look) -> None:
        backups = self.dynamodb().describe_continuous_backups(TableName=self.table_name)["ContinuousBackupsDescription"]
        recovery = backups.get("PointInTimeRecoveryDescription", {}).get("PointInTimeRecoveryStatus")
        if recovery != "ENABLED":
            look.found(
                "Point-in-time recovery of the ledger is off: a lost table cannot be had back.",
                f"aws dynamodb update-continuous-backups --table-name {self.table_name} --region "
                f"{self.installation.region} --point-in-time-recovery-specification PointInTimeRecoveryEnabled=true",
                "warning",
            )

    def _sweep(self, look: Look, side: Side) -> None:
        sweep, function = _SWEEPS[side]
        expression = self.installation.schedules.get(sweep)
        item = self.table.get(f"CURSOR#{side}", "SWEEP")
        now = self.clock()
        began = None if item is None else float(item["began_at"])
        told = "never" if began is None else f"{span(now - began)} ago"
        look.fact(f"{sweep}: last {told}, schedule {expression or 'switched off'}")
        period = _period(expression)
        if period is None:
            return
        since = self.table.created_at() if began is None else began
        if now - since > 2 * period + _SLACK_SECONDS:
            look.found(
                f"The {sweep} last got through {told}, and is due {expression}: what no event tells of goes unnoticed.",
                "mend the other findings, which often are the cause; else see the log "
                f"/aws/lambda/{self.installation.function(function)}",
            )

    def _backfills(self, look: Look) -> None:
        for side, backfill in Backfills(self.table).all().items():
            direction, still = "issues" if side == "jira" else "cases", self.clock() - backfill.at
            look.fact(
                f"{direction}: {backfill.state}, {backfill.announced} announced, {backfill.looked_at} looked at, last "
                f"{span(still)} ago"
            )
            if backfill.state == "running" and still > _STANDS_STILL_SECONDS and not Breakers(self.table).all():
                command = f'eval "$(terraform output -raw backfill_command) {direction}'
                look.found(
                    f"The backfill of {direction} has stood still for {span(still)}: its message is a dead letter, or "
                    "waits.",
                    f'{command} pause"; {command} resume"',
                    "warning",
                )

    def _left_out(self, look: Look, cursors: Sequence[Cursor]) -> None:
        """Nothing is wrong with what the filter leaves out; people want to know what that is."""
        marked = [cursor for cursor in cursors if cursor.left_out]
        here = [cursor for cursor in marked if cursor.left_out_under == self.case_filter.digest]
        if here:
            reasons = Counter(cursor.left_out for cursor in here).most_common()
            told = ", ".join(f"{count} by {reason}" for reason, count in reasons)
            look.fact(f"{len(here)} cases have no issue here: {told}")
        for cursor in sorted(here, key=lambda each: each.last_seen, reverse=True)[:_MOST_CASES]:
            look.fact(f"{cursor.case_id}: {cursor.left_out}")
        if len(here) > _MOST_CASES:
            look.fact(f"and {len(here) - _MOST_CASES} that were seen before these")
        if len(here) < len(marked):
            others = len(marked) - len(here)
            look.fact(f"{others} were left out by another case_filter: the next sweep looks at those that are open")

    def _mirrored_elsewhere(self, look: Look, cursors: Sequence[Cursor]) -> None:
        """Cases that instances at other Jira sites mirror, too."""
        for cursor in [each for each in cursors if each.mirrors][:_MOST_CASES]:
            said = f"Case {cursor.case_id} has another issue besides the one here: {cursor.mirrors}"
            tell_of_double(look, said, ". Both instances claim it.", self.case_filter)

    def _breakers(self, look: Look) -> None:
        for side, broken in Breakers(self.table).all().items():
            service, since = _SERVICES[side], span(self.clock() - broken.since)
            if broken.kind == "refused":
                look.found(
                    f"{service} has refused us for {since}: everything for it waits, and it is asked now and then.",
                    "mend what the other findings say of credentials and permissions; it goes on within five minutes",
                )
            else:
                look.found(
                    f"{service} has been down for {since}: everything for it waits, and it is asked once a minute.",
                    f"nothing here: it goes on within a minute of {service}'s being back",
                )

    def _troubles(self, look: Look) -> None:
        troubles = sorted(Troubles(self.table).all(), key=lambda trouble: trouble.since)
        for trouble in troubles[:_MOST_PAIRS]:
            look.found(
                f"{trouble.subject}: writing {_SERVICES[trouble.side]} has failed for "
                f"{span(self.clock() - trouble.since)}: {trouble.error}: {trouble.reason}",
                'mend the cause, then: eval "$(terraform output -raw resync_command) ' + f'{trouble.subject}"',
            )
        if len(troubles) > _MOST_PAIRS:
            look.found(
                f"{len(troubles) - _MOST_PAIRS} more pairs are in error.",
                "mend the causes above first: they are often the same",
            )


def _period(expression: str | None) -> float | None:
    """Seconds between two runs of ``rate(…)``; ``None`` for ``cron(…)``, of which no simple answer is true."""
    found = _RATE.fullmatch(expression or "")
    return float(int(found.group(1)) * _SECONDS[found.group(2)]) if found else None
