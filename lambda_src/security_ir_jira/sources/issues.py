"""The source on Jira's side: turns notifications into events, and sweeps for what no notification told.

The notifications topic is open to an AWS account that all customers of Atlassian share: what arrives is only ever a
hint of which issue to look at.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..errors import NotFound, Undeliverable
from ..events import BACKFILL, SWEEP, Event, EventBus, is_heard, no_backfill, read_json, read_order, tens, utc_text
from ..ids import is_issue_id, project_of, read_issue_name
from ..jira.client import JiraClient
from ..ledger.cursors import IssueCursors
from ..ledger.pairs import PairLedger
from ..model import LABEL
from .secret import SharedSecret

OVERLAP_MINUTES = 30
"""How far a sweep looks back behind the last one's beginning: Jira's index lags by minutes."""
FIRST_LOOK_MINUTES = 24 * 60


def read_notification(envelope: dict[str, Any]) -> str:
    """The issue a notification names, by key or id.

    Takes SNS's envelope or the bare message; ``IssueId`` may stand at top level or under ``automationData``; other keys
    are ignored. Raises ``Undeliverable`` where no issue is named.
    """
    named = next((place["IssueId"] for place in _pairs_of(envelope) if place.get("IssueId")), None)
    issue = read_issue_name(named)
    if issue is None:
        raise Undeliverable("the notification names no issue: IssueId must be an issue's key or id, as {{issue.key}}")
    return issue


def _pairs_of(envelope: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Where the key-value pairs of a rule may stand: under ``automationData``, and beside it."""
    message: object = envelope
    if "Message" in envelope:
        message = read_json(envelope["Message"]) if isinstance(envelope["Message"], str) else None
    if not isinstance(message, dict):
        raise Undeliverable("the notification's Message is no JSON object: the rule must send key-value pairs")
    return [place for place in (message.get("automationData"), message) if isinstance(place, dict)]


def _secrets_in(body: Mapping[str, Any]) -> list[object]:
    """What a notification carries as ``Secret``, beside ``IssueId``."""
    try:
        return [place.get("Secret") for place in _pairs_of(body)]
    except Undeliverable:
        return []


NOTHING = "nothing"
"""What is to be done about a stranger's message."""


@dataclass(eq=False, repr=False, slots=True)
class IssueSource:
    """Everything the function ``jira_notifications_handler`` does; ``count`` adds one to a metric."""

    ledger: PairLedger
    cursors: IssueCursors
    jira: JiraClient
    bus: EventBus
    clock: Callable[[], float] = time.time
    browse_url: str | None = None
    secret: SharedSecret | None = None
    admit: Callable[[], None] = lambda: None
    """Raises ``SideDown`` while Jira is to be left alone."""
    backfill: Callable[[str], None] = no_backfill
    count: Callable[[str], None] = field(kw_only=True)

    def read(self, body: dict[str, Any]) -> tuple[str, None]:
        """The issue a notification names, or the order to sweep or backfill. Raises ``Undeliverable``, and
        ``RetryLater`` where the shared secret cannot be read.

        What does not carry the secret is counted and nothing else: strangers could fill logs and dead letters. An order
        to sweep, and what ``jira_webhook`` heard from Jira itself, come bare; what anybody publishes comes in an
        envelope.
        """
        order = read_order(body, "issues")
        if order is not None:
            return order, None
        if self.secret is not None and not is_heard(body) and not self.secret.is_among(_secrets_in(body)):
            self.count("NotificationsWrongSecret")
            self.count("NotificationsIgnored")
            return NOTHING, None
        try:
            return read_notification(body), None
        except Undeliverable:
            self.count("NotificationsIgnored")
            raise

    def receive(self, subject: str, heard: Sequence[None], seconds: float, sent: float) -> None:
        """Announce an issue, or sweep, or backfill."""
        if subject == SWEEP:
            self.sweep()
        elif subject.startswith(BACKFILL):
            self.backfill(subject.removeprefix(BACKFILL))
        elif subject != NOTHING:
            self.announce(subject)

    def announce(self, id_or_key: str) -> None:
        """Say on the bus that something about an issue changed.

        Raises ``Undeliverable`` for an issue that neither belongs to the project nor to a pair.
        """
        entry = self.ledger.entry_of_issue(id_or_key)
        if entry is None and not self._belongs(id_or_key):
            self.count("NotificationsIgnored")
            raise Undeliverable(
                "the notification names an issue outside the project: only its own rules may tell the topic"
            )
        paired = entry is not None and entry.case_id is not None
        is_id = is_issue_id(id_or_key)
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
        if project_of(id_or_key) == self.jira.project_key:
            return True
        self.admit()
        try:
            issue_id, project_key = self.jira.place_of(id_or_key)
        except NotFound:
            self.jira.make_sure_readable(self.jira.project_key)
            return False
        return project_key == self.jira.project_key or self.ledger.entry_of_issue(issue_id) is not None

    def sweep(self) -> None:
        """Announce every issue that was updated since the last sweep, unless it was announced as it stands."""
        self.admit()
        began = self.clock()
        last, announced = self.cursors.all()
        if last is None:
            # Written down before anything can fail: however late the first sweep gets through, it looks back to here.
            last = began - FIRST_LOOK_MINUTES * 60
            self.cursors.swept(last)
        minutes = math.ceil((began - last) / 60) + OVERLAP_MINUTES
        updates = self.jira.issues_updated(minutes, label=LABEL)
        if not any(project_of(key) == self.jira.project_key for _, key, _ in updates):
            # Whom Jira shows nothing gets the same answer as where nothing happened.
            self.jira.make_sure_readable(self.jira.project_key)
        news = [each for each in updates if _is_later(each[2], announced.get(each[0]))]
        for some in tens(news):
            self.bus.publish(
                Event("IssueUpdated", ("issue",), issue_id=issue_id, issue_key=key, occurred_at=utc_text(updated))
                for issue_id, key, updated in some
            )
            for issue_id, _, updated in some:
                keep_for = (minutes + FIRST_LOOK_MINUTES) * 60
                self.cursors.advance(issue_id, updated.isoformat(), keep_for=keep_for)
        self.cursors.swept(began)


def _is_later(updated: datetime, announced: str | None) -> bool:
    """Whether an issue was updated since it was announced or looked at; Jira's index may lag behind that."""
    return announced is None or updated > datetime.fromisoformat(announced)
