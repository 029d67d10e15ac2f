"""What both sinks work with: the two systems, the ledger and the bus."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from . import planner
from .config import Config
from .errors import RetryLater
from .events import Change, Event, EventBus, EventType
from .jira import JiraClient
from .ledger import Ledger
from .model import GONE_SECONDS, Case, Issue, Notice, Pair, Side
from .planner import Step, Workflow
from .security_ir import SecurityIrClient


@dataclass(frozen=True, slots=True)
class Sides:
    """The two systems and what is known of them. ``clock`` gives the epoch in seconds."""

    config: Config
    ledger: Ledger
    jira: JiraClient
    security_ir: SecurityIrClient
    bus: EventBus
    clock: Callable[[], float] = time.time

    def issue_url(self, key: str) -> str:
        """The page people open for an issue."""
        return f"{self.config.jira_browse_url or self.jira.site}/browse/{key}"

    def plan(self, pair: Pair, case: Case, issue: Issue) -> tuple[Step, ...]:
        """The steps for both sides; the workflow is read only where the status is not agreed on."""
        moved = planner.status_moved(pair.base, case, issue)
        workflow = self.jira.workflow(issue) if moved else Workflow()
        return planner.plan(pair.base, case, issue, workflow, self.config, issue_url=self.issue_url(issue.key))

    def wait_for_absence(self, pair: Pair, side: Side) -> None:
        """Return once one side of a pair was away long enough; until then raise ``RetryLater``."""
        since, now = pair.missing_since, self.clock()
        if pair.missing != side:
            self.ledger.missing(pair.case_id, side)
            since = now
        left = since + GONE_SECONDS - now
        if left > 0:
            raise RetryLater(f"a side of the pair cannot be found: {side}", delay=left + 1)

    def leave(self, pair: Pair, notice: Notice, bell: EventType) -> None:
        """Leave something for the other sink to say, and ring its bell."""
        self.ledger.leave(pair.case_id, notice)
        self.ring(pair, bell, ("notice",))

    def ring(self, pair: Pair, bell: EventType, changed: tuple[Change, ...]) -> None:
        """Ring the bell of the sink that listens to such events."""
        self.bus.publish(
            [
                Event(
                    type=bell,
                    changed=changed,
                    case_id=pair.case_id,
                    case_arn=pair.case_arn,
                    issue_id=pair.issue_id,
                    issue_key=pair.issue_key,
                    issue_url=self.issue_url(pair.issue_key),
                )
            ]
        )
