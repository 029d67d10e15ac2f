"""The source on Jira's side: turns notifications into events, and sweeps for what no notification told.

The notifications topic is open to an AWS account that all customers of Atlassian share: what arrives is only ever a
hint of which issue to look at.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ..errors import NotFound, Undeliverable
from ..events import Event, EventBus, tens, utc_text
from ..jira.client import JiraClient
from ..ledger.cursors import IssueCursors
from ..ledger.pairs import PairLedger
from ..model import LABEL

OVERLAP_MINUTES = 30
"""How far a sweep looks back behind the last one's beginning: Jira's index lags by minutes."""
FIRST_LOOK_MINUTES = 24 * 60

_ISSUE = re.compile(r"[A-Z][A-Z0-9_]{1,99}-[1-9][0-9]{0,17}|[1-9][0-9]{0,17}")


def read_notification(envelope: dict[str, Any]) -> str:
    """The issue a notification names, by key or id.

    Takes SNS's envelope or the bare message; ``IssueId`` may stand at top level or under ``automationData``; other keys
    are ignored. Raises ``Undeliverable`` where no issue is named.
    """
    message: object = envelope
    if isinstance(envelope.get("Message"), str):
        try:
            message = json.loads(envelope["Message"])
        except ValueError as error:
            raise Undeliverable("the notification's Message is not JSON") from error
    if not isinstance(message, dict):
        raise Undeliverable("the notification's Message is no JSON object")
    data = message.get("automationData")
    named = data.get("IssueId") if isinstance(data, dict) else None
    issue = str(named or message.get("IssueId") or "").strip().upper()
    if not _ISSUE.fullmatch(issue):
        raise Undeliverable("the notification names no issue: IssueId must be an issue's key or id")
    return issue


SWEEP = "sweep"
BACKFILL = "backfill "
"""What is to be done where a message names no issue; the latter with the run of the backfill it belongs to."""


def _no_backfill(run: str) -> None:
    raise Undeliverable("nothing here backfills")


@dataclass(frozen=True, slots=True)
class IssueSource:
    """Everything the function ``jira_notifications_handler`` does."""

    ledger: PairLedger
    cursors: IssueCursors
    jira: JiraClient
    bus: EventBus
    clock: Callable[[], float] = time.time
    browse_url: str | None = None
    backfill: Callable[[str], None] = _no_backfill

    def read(self, body: dict[str, Any]) -> tuple[str, None]:
        """The issue a notification names, or the order to sweep or backfill. Raises ``Undeliverable``."""
        if body.get("backfill") == "issues":
            return f"{BACKFILL}{body.get('run')}", None
        return (SWEEP if body.get("sweep") == "issues" else read_notification(body)), None

    def receive(self, subject: str, heard: Sequence[None], seconds: float) -> None:
        """Announce an issue, or sweep, or backfill."""
        if subject == SWEEP:
            self.sweep()
        elif subject.startswith(BACKFILL):
            self.backfill(subject.removeprefix(BACKFILL))
        else:
            self.announce(subject)

    def announce(self, id_or_key: str) -> None:
        """Say on the bus that something about an issue changed.

        Raises ``Undeliverable`` for an issue that neither belongs to the project nor to a pair.
        """
        entry = self.ledger.entry_of_issue(id_or_key)
        if entry is None and not self._belongs(id_or_key):
            raise Undeliverable("the notification names an issue outside the project")
        paired = entry is not None and entry.case_id is not None
        is_id = id_or_key.isdigit()
        self.bus.publish(
            [
                Event(
                    type="IssueUpdated" if paired else "IssueCreated",
                    changed=("issue",),
                    case_id=entry.case_id if entry else None,
                    issue_id=entry.issue_id if entry else id_or_key if is_id else None,
                    issue_key=None if is_id else id_or_key,
                    issue_url=None if is_id else f"{self.browse_url or self.jira.site}/browse/{id_or_key}",
                )
            ]
        )

    def _belongs(self, id_or_key: str) -> bool:
        """Whether an issue nobody knows by this name is one of the project, or of a pair that was moved."""
        if id_or_key.startswith(f"{self.jira.project_key}-"):
            return True
        try:
            issue = self.jira.issue(id_or_key)
        except NotFound:
            return False
        return issue.project_key == self.jira.project_key or self.ledger.entry_of_issue(issue.id) is not None

    def sweep(self) -> None:
        """Announce every issue that was updated since the last sweep, unless it was announced as it stands."""
        began = self.clock()
        last, announced = self.cursors.all()
        if last is None:
            # Written down before anything can fail: however late the first sweep gets through, it looks back to here.
            last = began - FIRST_LOOK_MINUTES * 60
            self.cursors.swept(last)
        minutes = math.ceil((began - last) / 60) + OVERLAP_MINUTES
        updates = self.jira.issues_updated(minutes, label=LABEL)
        news = [each for each in updates if announced.get(each[0]) != each[2].isoformat()]
        for some in tens(news):
            self.bus.publish(
                Event("IssueUpdated", ("issue",), issue_id=issue_id, issue_key=key, occurred_at=utc_text(updated))
                for issue_id, key, updated in some
            )
            for issue_id, _, updated in some:
                keep_for = (minutes + FIRST_LOOK_MINUTES) * 60
                self.cursors.advance(issue_id, updated.isoformat(), keep_for=keep_for)
        self.cursors.swept(began)
