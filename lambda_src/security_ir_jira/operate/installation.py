"""What Terraform made, by the names it gives: where the doctor looks for it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

FUNCTIONS = ("security_ir_poller", "jira_notifications_handler", "jira_client", "security_ir_client")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that has to be there: its bus (``None``: the account's own), and how the ARN it delivers to begins."""

    check: str
    name: str
    bus: str | None
    target: str


@dataclass(frozen=True, slots=True)
class Schedule:
    """A sweep's schedule; ``expression`` is ``None`` where the sweep is switched off."""

    name: str
    group: str
    expression: str | None
    target: str


@dataclass(frozen=True, slots=True)
class Installation:
    """One instance of the module. ``schedules`` are the two variables, by the names of the sweeps."""

    name: str
    account_id: str
    region: str
    partition: str
    dns_suffix: str
    native_events: bool
    schedules: Mapping[str, str | None]
    jira_webhook: bool = False

    @classmethod
    def from_json(cls, document: str, *, name: str, account_id: str, region: str) -> Installation:
        """Read the ``INSTALLATION`` document."""
        told = json.loads(document)
        return cls(
            name=name,
            account_id=account_id,
            region=region,
            partition=told["partition"],
            dns_suffix=told["dns_suffix"],
            native_events=told["native_events"],
            schedules=told["schedules"],
            jira_webhook=told["jira_webhook"],
        )

    def function(self, key: str) -> str:
        """The name of a function, and of its queue."""
        return f"{self.name}-{key.replace('_', '-')}"

    def dead_letters(self, key: str) -> str:
        return f"{self.function(key)}-dead-letters"

    def queue_arn(self, name: str) -> str:
        return self.arn("sqs", name)

    def queue_url(self, name: str) -> str:
        return f"https://sqs.{self.region}.{self.dns_suffix}/{self.account_id}/{name}"

    def arn(self, service: str, rest: str) -> str:
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{rest}"

    def rules(self) -> tuple[Rule, ...]:
        """Who carries events where."""
        native = Rule(
            "native-rule", f"{self.name}-native-events-rule", None, self.queue_arn(self.function("security_ir_poller"))
        )
        return (
            *([native] if self.native_events else []),
            Rule("bus-rules", f"{self.name}-jira-client-rule", self.name, self.queue_arn(self.function("jira_client"))),
            Rule(
                "bus-rules",
                f"{self.name}-security-ir-client-rule",
                self.name,
                self.queue_arn(self.function("security_ir_client")),
            ),
            Rule(
                "bus-rules",
                f"{self.name}-event-log-rule",
                self.name,
                self.arn("logs", f"log-group:/aws/events/{self.name}"),
            ),
        )

    def sweeps(self) -> tuple[Schedule, ...]:
        """What rings the sweeps."""
        return tuple(
            Schedule(
                f"{self.name}-{sweep}",
                f"{self.name}-sweeps",
                self.schedules.get(sweep),
                self.queue_arn(self.function(function)),
            )
            for sweep, function in (("case-sweep", "security_ir_poller"), ("issue-sweep", "jira_notifications_handler"))
        )
