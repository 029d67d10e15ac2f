"""The doctor's checks of AWS: the membership, and what carries messages from one function to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from ..cases.calls import CaseCalls
from ..errors import NotPermitted, Refused, RetryLater
from .installation import FUNCTIONS, Installation, Rule, Schedule
from .rounds import Look, Rounds, span

Clients = Callable[[str], Any]
"""Makes the boto3 client of a service."""

APPLY = "terraform apply"
LATE_SECONDS = 900
"""From here on the ``-age`` alarms ring, too."""
_SETTLED = ("Enabled", "Enabling", "Creating", "Updating")
_MOST_LETTERS = 10
_CODES = ("ERROR_CODE", "ErrorCode")
"""Where rules and schedules, and where the topic, say why a queue did not take a message."""


@dataclass(slots=True)
class AwsChecks:
    """``dead_letter_arns`` gathers the dead-letter queues that rules and schedules name, beside those of functions."""

    installation: Installation
    calls: CaseCalls
    clients: Clients
    clock: Callable[[], float]
    dead_letter_arns: set[str] = field(default_factory=set)

    def examine(self, rounds: Rounds) -> None:
        self._membership(rounds)
        self._rules(rounds)
        self._event_sources(rounds)
        self._schedules(rounds)
        self._queues(rounds)
        self._dead_letters(rounds)

    # Security Incident Response

    def _membership(self, rounds: Rounds) -> None:
        with rounds.look("membership") as look:
            here = self.installation
            self._list_cases(look)
            memberships = list(self.calls.pages("list_memberships", {}))
            for each in memberships:
                status, region = each.get("membershipStatus"), each.get("region", here.region)
                look.fact(f"{each['membershipId']} in {region} is {status}")
                if look.findings:
                    continue
                if region != here.region and not any(m.get("region") == here.region for m in memberships):
                    look.found(
                        f"The membership is in {region}, and this is {here.region}: cases are not to be had here.",
                        f"apply the module in {region}",
                    )
            actives = [each for each in memberships if each.get("membershipStatus") == "Active"]
            if memberships and not actives and not look.findings:
                look.found(
                    "The membership of this account is not active: no case can be read or written.",
                    "activate the membership in the console of AWS Security Incident Response",
                )

    def _list_cases(self, look: Look) -> None:
        here = self.installation
        try:
            self.calls.call("list_cases", maxResults=1)
        except NotPermitted as refusal:
            if "SecurityIncidentResponseNotActive" in str(refusal):
                look.found(
                    f"Security Incident Response is not active for account {here.account_id} in {here.region}.",
                    "activate the membership, or apply the module in the membership's account and Region",
                )
            else:
                look.found(
                    "Security Incident Response refuses our role.",
                    "look for an SCP or a permissions boundary that denies security-ir:ListCases; then " + APPLY,
                )
        except (Refused, RetryLater) as failure:
            look.found(
                f"Security Incident Response does not answer: {type(failure).__name__}.",
                "see https://health.aws.amazon.com; nothing is lost meanwhile",
            )

    # What carries messages

    def _rules(self, rounds: Rounds) -> None:
        here = self.installation
        if not here.native_events:
            with rounds.look("native-rule") as look:
                look.fact("native_events is false: only the case sweep notices changes")
        for check in ("native-rule", "bus-rules"):
            rules = [rule for rule in here.rules() if rule.check == check]
            if rules:
                with rounds.look(check) as look:
                    for rule in rules:
                        self._rule(look, rule)

    def _rule(self, look: Look, rule: Rule) -> None:
        events = self.clients("events")
        bus = {} if rule.bus is None else {"EventBusName": rule.bus}
        with _absent(look, f"The rule {rule.name} is missing: what it carries arrives nowhere."):
            state = str(events.describe_rule(Name=rule.name, **bus).get("State", ""))
            if not state.startswith("ENABLED"):
                on = f" --event-bus-name {rule.bus}" if rule.bus else ""
                look.found(
                    f"The rule {rule.name} is disabled: what it carries arrives nowhere.",
                    f"aws events enable-rule --name {rule.name}{on} --region {self.installation.region}",
                )
            targets = events.list_targets_by_rule(Rule=rule.name, **bus).get("Targets", [])
            if not any(str(each["Arn"]).startswith(rule.target) for each in targets):
                look.found(f"The rule {rule.name} does not deliver to {_last(rule.target)}.", APPLY)
            self._remember(targets)

    def _event_sources(self, rounds: Rounds) -> None:
        here = self.installation
        with rounds.look("event-sources") as look:
            for key in FUNCTIONS:
                name = here.function(key)
                pages = self.clients("lambda").get_paginator("list_event_source_mappings")
                mappings = [
                    each
                    for page in pages.paginate(EventSourceArn=here.queue_arn(name))
                    for each in page["EventSourceMappings"]
                    if each.get("FunctionArn") == here.arn("lambda", f"function:{name}")
                ]
                if not mappings:
                    look.found(f"No queue feeds {name}: its messages wait.", APPLY)
                elif not any(each.get("State") in _SETTLED for each in mappings):
                    look.found(
                        f"{name} is paused: its messages wait, for 14 days at most.",
                        f"aws lambda update-event-source-mapping --uuid {mappings[0]['UUID']} --enabled "
                        f"--region {here.region}",
                    )

    def _schedules(self, rounds: Rounds) -> None:
        with rounds.look("schedules") as look:
            if self.installation.jira_webhook:
                look.fact(
                    "jira_webhook is enabled; whether Jira knows its address and secret only its administrator sees"
                )
            for sweep in self.installation.sweeps():
                self._schedule(look, sweep)

    def _schedule(self, look: Look, sweep: Schedule) -> None:
        if sweep.expression is None:
            look.fact(f"{sweep.name} is switched off")
            return
        with _absent(look, f"The schedule {sweep.name} is missing: nobody looks for what no event told of."):
            schedule = self.clients("scheduler").get_schedule(GroupName=sweep.group, Name=sweep.name)
            target = schedule.get("Target", {})
            if schedule.get("State") == "DISABLED":
                look.found(f"The schedule {sweep.name} is disabled: nobody looks for what no event told of.", APPLY)
            if target.get("Arn") != sweep.target:
                look.found(f"The schedule {sweep.name} does not deliver to {_last(sweep.target)}.", APPLY)
            self._remember([target])

    def _remember(self, targets: list[dict[str, Any]]) -> None:
        found = (target.get("DeadLetterConfig", {}).get("Arn") for target in targets)
        self.dead_letter_arns |= {arn for arn in found if arn}

    # Queues

    def _queues(self, rounds: Rounds) -> None:
        with rounds.look("queues") as look:
            for key in FUNCTIONS:
                name = self.installation.function(key)
                counts = self._counts(look, name)
                if counts is not None:
                    waiting, in_work, delayed = counts
                    look.fact(f"{key}: {waiting} waiting, {in_work} in work or put off, {delayed} delayed")
        with rounds.look("queue-age") as look:
            for key in FUNCTIONS:
                age = self._age(self.installation.function(key))
                if age is not None and age >= LATE_SECONDS:
                    look.found(
                        f"A message for {key} has waited for {span(age)}.",
                        f"read why: docs/operations.md#log-queries, in /aws/lambda/{self.installation.function(key)}",
                        "warning",
                    )

    def _counts(self, look: Look, name: str) -> tuple[int, int, int] | None:
        names = ("", "NotVisible", "Delayed")
        with _absent(look, f"The queue {name} is missing."):
            attributes = self.clients("sqs").get_queue_attributes(
                QueueUrl=self.installation.queue_url(name),
                AttributeNames=[f"ApproximateNumberOfMessages{each}" for each in names],
            )["Attributes"]
            waiting, in_work, delayed = (int(attributes[f"ApproximateNumberOfMessages{each}"]) for each in names)
            return waiting, in_work, delayed
        return None

    def _age(self, queue: str) -> float | None:
        """Seconds that the oldest message has waited, by the metric of the last minutes, if there is one.

        https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
        """
        now = self.clock()
        points = self.clients("cloudwatch").get_metric_statistics(
            Namespace="AWS/SQS",
            MetricName="ApproximateAgeOfOldestMessage",
            Dimensions=[{"Name": "QueueName", "Value": queue}],
            StartTime=now - 600,
            EndTime=now,
            Period=60,
            Statistics=["Maximum"],
        )["Datapoints"]
        latest = max(points, key=lambda point: point["Timestamp"], default=None)
        return None if latest is None else float(latest["Maximum"])

    def _dead_letters(self, rounds: Rounds) -> None:
        here = self.installation
        with rounds.look("dead-letters") as look:
            for key in FUNCTIONS:
                redrive = f'eval "$(terraform output -json redrive_commands | jq -r .{key})"'
                self._letters(look, here.dead_letters(key), f"mend the cause, then: {redrive}")
            own = {here.queue_arn(here.dead_letters(key)) for key in FUNCTIONS}
            for arn in sorted(self.dead_letter_arns - own):
                self._letters(
                    look,
                    _last(arn),
                    "mend what keeps the target from taking it: docs/doctor.md#bus-rules; then: aws sqs purge-queue "
                    f"--queue-url {here.queue_url(_last(arn))} --region {here.region}",
                )

    def _letters(self, look: Look, name: str, mend: str) -> None:
        counts = self._counts(look, name)
        if not counts or not sum(counts):
            return
        letters = self.clients("sqs").receive_message(
            QueueUrl=self.installation.queue_url(name),
            MaxNumberOfMessages=_MOST_LETTERS,
            VisibilityTimeout=0,
            MessageSystemAttributeNames=["SentTimestamp"],
            MessageAttributeNames=["reason", *_CODES],
        )
        seen = letters.get("Messages", [])
        reasons = Counter(_reason(letter) for letter in seen)
        told = "; ".join(f"{number} × {reason}" for reason, number in reasons.most_common())
        oldest = min((float(letter["Attributes"]["SentTimestamp"]) / 1000 for letter in seen), default=None)
        age = "" if oldest is None else f", sent up to {span(self.clock() - oldest)} ago"
        look.found(f"{name} holds {sum(counts)}{age}. Of those looked at: {told or 'none could be seen'}.", mend)


def _reason(letter: dict[str, Any]) -> str:
    attributes = letter.get("MessageAttributes", {})
    told = next((attributes[name].get("StringValue") for name in ("reason", *_CODES) if name in attributes), None)
    return str(told)[:120] if told else "without a reason"


@contextmanager
def _absent(look: Look, what: str) -> Iterator[None]:
    """What is not there is a finding; every other trouble is the check's."""
    try:
        yield
    except ClientError as error:
        code = error.response["Error"].get("Code", "")
        if "NotFound" not in code and "NonExistentQueue" not in code and "QueueDoesNotExist" not in code:
            raise
        look.found(what, APPLY)


def _last(arn: str) -> str:
    return arn.rpartition(":")[2]
