"""EventBridge: PutEvents, rules and their targets.

moto's own delivery ignores disabled rules and Input, leaves the account out of the envelope, and aborts PutEvents on
a target it does not know.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from moto.events.exceptions import ValidationException
from moto.events.models import EventBus, EventsBackend, Rule
from moto.sns.models import Subscription

from . import dead_letters, policy
from .backends import ACCOUNT_ID, Backends, Queue
from .clock import Clock
from .dead_letters import Refusal, Undelivered

# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html
_ENTRIES_PER_CALL = 10
_BYTES_PER_CALL = 262_144


# What EventBridge calls a delivery that is not tried again:
# https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html#eb-rule-dlq
_NO_RESOURCE, _NO_PERMISSIONS = "NO_RESOURCE", "NO_PERMISSIONS"


class Bus:
    """Puts events on buses and carries them to queues and log groups."""

    def __init__(
        self,
        backends: Backends,
        clock: Clock,
        report: Callable[[Undelivered], None],
        matched: Callable[[str, str, float], None],
    ) -> None:
        self._backends = backends
        self._clock = clock
        self._report = report
        self._matched = matched

    def put_events(self, backend: EventsBackend, entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The PutEvents API: one result per entry, ``{"EventId"}`` or ``{"ErrorCode", "ErrorMessage"}``."""
        if not 1 <= len(entries) <= _ENTRIES_PER_CALL:
            raise ValidationException("Member must have length between 1 and 10: Entries")
        if sum(map(_size, entries)) > _BYTES_PER_CALL:
            raise ValidationException("Total size of the entries in the request is over the limit.")
        return [self._put(backend, entry) for entry in entries]

    def put_native(self, source: str, detail_type: str, detail: dict[str, Any], resources: list[str]) -> str:
        """An event that an AWS service puts on the account's default bus; returns its id."""
        bus = self._backends.events.event_buses["default"]
        return self._deliver(bus, source, detail_type, detail, resources, self._clock.time())

    def admits(self, subscription: Subscription) -> Refusal | None:
        """Why a topic may not send to the queue of its subscription; None where it may."""
        return self._refusal(subscription.endpoint, "sns", subscription.topic.arn)

    def dead_letter_notification(self, subscription: Subscription, body: str, refusal: Refusal) -> None:
        """Send a notification to the dead letters that its subscription's RedrivePolicy names.

        https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html
        """
        topic, wanted = subscription.topic.arn, json.loads(subscription.attributes.get("RedrivePolicy") or "{}")
        queue = self._dead_letters(wanted.get("deadLetterTargetArn"), "sns", topic)
        if queue is None:
            self._report(Undelivered(topic, subscription.endpoint, refusal.message))
            return
        attributes = {"RequestID": str(uuid.uuid4()), "ErrorCode": refusal.code, "ErrorMessage": refusal.message}
        dead_letters.take(self._backends, queue, body, attributes)

    def dead_letter_arns(self) -> set[str]:
        """The dead-letter queues that targets of rules name."""
        rules = [rule for bus in self._backends.events.event_buses.values() for rule in bus.rules.values()]
        return {
            target["DeadLetterConfig"]["Arn"]
            for rule in rules
            for target in rule.targets
            if "DeadLetterConfig" in target
        }

    def _put(self, backend: EventsBackend, entry: dict[str, Any]) -> dict[str, Any]:
        for name in ("Source", "DetailType", "Detail"):
            if not entry.get(name):
                return _error(
                    "InvalidArgument", f"Parameter {name} is not valid. Reason: {name} is a required argument."
                )
        if str(entry["Source"]).startswith("aws."):
            return _error("NotAuthorizedForSourceException", "Not authorized for the source.")
        try:
            detail = json.loads(entry["Detail"])
        except ValueError:
            detail = None
        if not isinstance(detail, dict):
            return _error("MalformedDetail", "Detail is malformed.")
        bus = backend.event_buses.get(str(entry.get("EventBusName") or "default").rsplit("event-bus/", 1)[-1])
        if bus is None:
            # AWS accepts events for a bus that is not there, and loses them.
            return {"EventId": str(uuid.uuid4())}
        when = float(entry.get("Time") or self._clock.time())
        resources = list(entry.get("Resources") or [])
        return {"EventId": self._deliver(bus, entry["Source"], entry["DetailType"], detail, resources, when)}

    def _deliver(
        self, bus: EventBus, source: str, detail_type: str, detail: dict[str, Any], resources: list[str], when: float
    ) -> str:
        event = {
            "version": "0",
            "id": str(uuid.uuid4()),
            "detail-type": detail_type,
            "source": source,
            "account": ACCOUNT_ID,
            "time": datetime.fromtimestamp(when, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "region": self._backends.region,
            "resources": resources,
            "detail": detail,
        }
        for rule in list(bus.rules.values()):
            if rule.state != "DISABLED" and rule.event_pattern.get_pattern() and _matches(rule, event):
                self._matched(bus.name, rule.name, self._clock.time())
                for target in rule.targets:
                    self._send(rule, target, event)
        return str(event["id"])

    def _send(self, rule: Rule, target: dict[str, Any], event: dict[str, Any]) -> None:
        arn = str(target["Arn"])
        service = arn.split(":")[2]
        if target.get("InputTransformer"):
            self._report(Undelivered(rule.arn, arn, "the sandbox fills no input transformers"))
        elif service == "sqs":
            self._settle(rule, target, event, self._to_queue(rule, arn, _shaped(target, event)))
        elif service == "logs":
            self._settle(rule, target, event, self._to_log_group(rule, arn, _shaped(target, event)))
        else:
            self._report(Undelivered(rule.arn, arn, f"the sandbox carries no events to {service}"))

    def _settle(self, rule: Rule, target: dict[str, Any], event: dict[str, Any], refusal: Refusal | None) -> None:
        """Dead-letter the event, as it came in, where its target refused it.

        https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html#eb-rule-dlq
        """
        if refusal is None:
            return
        arn = str(target["Arn"])
        queue = self._dead_letters(target.get("DeadLetterConfig", {}).get("Arn"), "events", rule.arn)
        if queue is None:
            self._report(Undelivered(rule.arn, arn, refusal.message))
            return
        attributes = {
            "RULE_ARN": rule.arn,
            "TARGET_ARN": arn,
            "ERROR_CODE": refusal.code,
            "ERROR_MESSAGE": refusal.message,
            "RETRY_ATTEMPTS": "0",
        }
        dead_letters.take(self._backends, queue, json.dumps(event), attributes)

    def _dead_letters(self, arn: str | None, service: str, sender: str) -> Queue | None:
        """The dead-letter queue of this ARN, if there is one and its policy admits the sender."""
        if arn is None or self._refusal(arn, service, sender) is not None:
            return None
        return self._backends.queue_by_arn(arn)

    def _refusal(self, arn: str, service: str, sender: str) -> Refusal | None:
        """Why a queue takes nothing of a rule or topic; None where it does."""
        queue = self._backends.queue_by_arn(arn)
        if queue is None:
            return Refusal(_NO_RESOURCE, "no such queue")
        if not policy.admits(queue.policy, resource=arn, action="sqs:SendMessage", service=service, source=sender):
            return Refusal(_NO_PERMISSIONS, f"the queue's policy does not let {sender} send")
        return None

    def _to_queue(self, rule: Rule, arn: str, text: str) -> Refusal | None:
        refusal = self._refusal(arn, "events", rule.arn)
        if refusal is None:
            self._backends.sqs.send_message(arn.rsplit(":", 1)[-1], text)
        return refusal

    def _to_log_group(self, rule: Rule, arn: str, text: str) -> Refusal | None:
        name = arn.split(":log-group:", 1)[-1].removesuffix(":*")
        logs = self._backends.logs
        if name not in logs.groups:
            return Refusal(_NO_RESOURCE, "no such log group")
        if not self._log_group_admits(name, rule.arn):
            return Refusal(_NO_PERMISSIONS, "no resource policy of the logs lets this rule write")
        stream = str(uuid.uuid4())
        logs.create_log_stream(name, stream)
        logs.put_log_events(name, stream, [{"timestamp": int(self._clock.time() * 1000), "message": text}])
        return None

    def _log_group_admits(self, name: str, rule_arn: str) -> bool:
        group = f"arn:{self._backends.partition}:logs:{self._backends.region}:{ACCOUNT_ID}:log-group:{name}"
        documents = [held.policy_document for held in self._backends.logs.resource_policies.values()]
        return all(
            any(
                policy.admits(
                    document, resource=f"{group}:log-stream:any", action=action, service="events", source=rule_arn
                )
                for document in documents
            )
            for action in ("logs:CreateLogStream", "logs:PutLogEvents")
        )


def _matches(rule: Rule, event: dict[str, Any]) -> bool:
    # moto's EventMessageType wants a number as time; the pattern matcher does not care.
    matches: Callable[[Any], bool] = rule.event_pattern.matches_event
    return matches(event)


def _shaped(target: dict[str, Any], event: dict[str, Any]) -> str:
    """The text a target receives: constant Input, the part at InputPath, or the whole event."""
    if target.get("Input"):
        return str(target["Input"])
    if target.get("InputPath"):
        return json.dumps(_at(target["InputPath"], event))
    return json.dumps(event)


def _at(path: str, event: dict[str, Any]) -> Any:
    """The value at a JSON path of plain member names (``$.detail.caseId``); None where it is missing."""
    found: Any = event
    for name in _members(path):
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _members(path: str) -> Iterable[str]:
    return [name for name in path.removeprefix("$").split(".") if name]


def _size(entry: dict[str, Any]) -> int:
    """Bytes an entry counts: its strings in UTF-8, and 14 for a time."""
    texts = [entry.get(name) or "" for name in ("Source", "DetailType", "Detail")] + list(entry.get("Resources") or [])
    return sum(len(str(text).encode()) for text in texts) + (14 if entry.get("Time") else 0)


def _error(code: str, message: str) -> dict[str, Any]:
    return {"ErrorCode": code, "ErrorMessage": message}
