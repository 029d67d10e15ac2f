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
from ..events import (
    BACKFILL,
    SEARCH_LAG_SECONDS,
    SWEEP,
    Event,
    EventBus,
    is_told_by_jira,
    no_backfill,
    read_json,
    read_order,
    tens,
    utc_text,
)
from ..ids import is_issue_id, is_issue_key, project_of, read_issue_name
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


@dataclass(frozen=True, slots=True)
class Told:
    """How an issue was told of: ``by_jira`` itself, with the key it had then, or by whoever may publish."""

    by_jira: bool = False
    key: str | None = None

    @classmethod
    def together(cls, told: Sequence[Told]) -> Told:
        """What several notifications of one issue said, as one: no key where they do not agree about it.

        An issue that was moved is told of by either key, in any order.
        """
        keys = {each.key for each in told}
        return cls(any(each.by_jira for each in told), keys.pop() if len(keys) == 1 else None)


BY_A_RULE = Told()


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

    def read(self, body: dict[str, Any]) -> tuple[str, Told]:
        """The issue a notification names, or the order to sweep or backfill. Raises ``Undeliverable``, and
        ``RetryLater`` where the shared secret cannot be read.

        What does not carry the secret is counted and nothing else: strangers could fill logs and dead letters. An order
        to sweep, and what ``jira_webhook`` heard from Jira itself, come bare; what anybody publishes comes in an
        envelope.
        """
        order = read_order(body, "issues")
        if order is not None:
            return order, BY_A_RULE
        by_jira = is_told_by_jira(body)
        if self.secret is not None and not by_jira and not self.secret.is_among(_secrets_in(body)):
            self.count("NotificationsWrongSecret")
            self.count("NotificationsIgnored")
            return NOTHING, BY_A_RULE
        try:
            named = read_notification(body)
        except Undeliverable:
            self.count("NotificationsIgnored")
            raise
        key = body.get("IssueKey")
        return named, Told(by_jira=True, key=key if is_issue_key(key) else None) if by_jira else BY_A_RULE

    def receive(self, subject: str, heard: Sequence[Told], seconds: float, sent: float) -> None:
        """Announce an issue, or sweep, or backfill."""
        if subject == SWEEP:
            self.sweep(ordered=sent)
        elif subject.startswith(BACKFILL):
            self.backfill(subject.removeprefix(BACKFILL))
        elif subject != NOTHING:
            self.announce(subject, Told.together(heard))

    def announce(self, id_or_key: str, told: Told = BY_A_RULE) -> None:
        """Say on the bus that something about an issue changed.

        Raises ``Undeliverable`` for an issue that neither belongs to the project nor to a pair, unless Jira itself told
        of it: its webhook may be registered for the whole site.
        """
        entry = self.ledger.entry_of_issue(id_or_key)
        if entry is None and not self._belongs(id_or_key, told.key):
            self.count("NotificationsIgnored")
            if told.by_jira:
                return
            raise Undeliverable(
                "the notification names an issue outside the project: only its own rules may tell the topic"
            )
        paired = entry is not None and entry.case_id is not None
        is_id = is_issue_id(id_or_key)
        key = told.key if is_id else id_or_key
        self.bus.publish(
            [
                Event(
                    type="IssueUpdated" if paired else "IssueCreated",
                    changed=("issue",),
                    case_id=entry.case_id if entry else None,
                    issue_id=entry.issue_id if entry else id_or_key if is_id else None,
                    issue_key=key,
                    issue_url=f"{self.browse_url or self.jira.site}/browse/{key}" if key else None,
                )
            ]
        )

    def _belongs(self, id_or_key: str, key: str | None) -> bool:
        """Whether an issue nobody knows by this name is one of the project, or of a pair that was moved.

        The id of a pair's issue is known, so where Jira told both id and ``key``, the key decides.
        """
        if key is not None or project_of(id_or_key) == self.jira.project_key:
            return project_of(key or id_or_key) == self.jira.project_key
        self.admit()
        try:
            issue_id, project_key = self.jira.place_of(id_or_key)
        except NotFound:
            self.jira.make_sure_readable(self.jira.project_key)
            return False
        return project_key == self.jira.project_key or self.ledger.entry_of_issue(issue_id) is not None

    def sweep(self, ordered: float = math.inf) -> None:
        """Announce every issue that was updated since the last sweep, unless it was announced as it stands.

        What was ordered (epoch) some seconds before the last sweep began, that one has done: Jira tells of each file of
        a site.
        """
        self.admit()
        began = self.clock()
        last, announced = self.cursors.all()
        if last is not None and last - SEARCH_LAG_SECONDS > ordered:
            return
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
