"""What CloudWatch would know of this cloud: the metrics of AWS's own services, and those the functions print.

Functions print theirs into their logs, in the embedded metric format:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from .backends import Backends

# A metric's namespace, its name, and its dimensions in order of their names.
Metric = tuple[str, str, tuple[tuple[str, str], ...]]
# A value and its time, in seconds since the epoch.
Point = tuple[float, float]

_SAMPLED_EVERY = 60.0
_REPORT = re.compile(r"^REPORT RequestId: \S+\tDuration: ([\d.]+) ms")
_CRASH = re.compile(r"^(\S+ (Sandbox|Runtime)\.|\[ERROR\])")
_READS = {"dynamodb:GetItem", "dynamodb:Query", "dynamodb:ConditionCheckItem"}


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of a log group, and when it was written (seconds since the epoch)."""

    group: str
    at: float
    message: str


def metric(namespace: str, name: str, **dimensions: str) -> Metric:
    """A metric, for looking it up."""
    return namespace, name, tuple(sorted(dimensions.items()))


@dataclass(slots=True)
class Measures:
    """Samples queues once a minute and reads everything else from what is there. Called with `turn` held."""

    backends: Backends
    _sampled: float = 0.0
    _points: dict[Metric, list[Point]] = field(default_factory=lambda: defaultdict(list))

    def matched(self, bus: str, rule: str, at: float) -> None:
        """A rule on a bus took an event."""
        self._points[metric("AWS/Events", "MatchedEvents", EventBusName=bus, RuleName=rule)].append((at, 1.0))

    def sample(self, now: float, *, anyway: bool = False) -> None:
        """Note how full each queue is, if the last look was a minute ago."""
        if not anyway and now - self._sampled < _SAMPLED_EVERY:
            return
        self._sampled = now
        for queue in self.backends.sqs.queues.values():
            visible = [message for message in queue._messages if message.visible]
            # SQS leaves out of the age what was received three times:
            # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-available-cloudwatch-metrics.html
            fresh = [(m.sent_timestamp or 0) / 1000 for m in queue._messages if m.approximate_receive_count < 3]
            values = {
                "ApproximateNumberOfMessagesVisible": float(len(visible)),
                "ApproximateAgeOfOldestMessage": now - min(fresh) if fresh else 0.0,
            }
            for name, value in values.items():
                self._points[metric("AWS/SQS", name, QueueName=queue.name)].append((now, value))

    def points(self, ledger_calls: Iterable[tuple[str, str, float]]) -> dict[Metric, list[Point]]:
        """Everything measured so far, oldest first; ``ledger_calls``: action, table and time of each call of DynamoDB.

        A call counts as one capacity unit, which is what ours mostly take.
        """
        known = defaultdict(list, {name: list(points) for name, points in self._points.items()})
        for line in self.lines():
            for name, at, value in _measured(line):
                known[name].append((at, value))
        for action, table, at in ledger_calls:
            unit = "ConsumedReadCapacityUnits" if action in _READS else "ConsumedWriteCapacityUnits"
            known[metric("AWS/DynamoDB", unit, TableName=table)].append((at, 1.0))
        return {name: sorted(points) for name, points in known.items()}

    def lines(self) -> list[LogLine]:
        """Every line of every log group, oldest first."""
        found = [
            LogLine(name, event.timestamp / 1000, event.message)
            for name, group in self.backends.logs.groups.items()
            for stream in group.streams.values()
            for event in stream.events
        ]
        return sorted(found, key=lambda line: line.at)


def _measured(line: LogLine) -> Iterator[tuple[Metric, float, float]]:
    function = line.group.removeprefix("/aws/lambda/")
    if function == line.group:
        return
    if line.message.startswith("START "):
        yield metric("AWS/Lambda", "Invocations", FunctionName=function), line.at, 1.0
    elif report := _REPORT.match(line.message):
        yield metric("AWS/Lambda", "Duration", FunctionName=function), line.at, float(report[1])
    elif _CRASH.match(line.message):
        yield metric("AWS/Lambda", "Errors", FunctionName=function), line.at, 1.0
    elif line.message.startswith("{") and '"_aws"' in line.message:
        yield from _embedded(json.loads(line.message))


def _embedded(document: dict[str, Any]) -> Iterator[tuple[Metric, float, float]]:
    at = document["_aws"]["Timestamp"] / 1000
    for directive in document["_aws"]["CloudWatchMetrics"]:
        for names in directive["Dimensions"]:
            dimensions = {name: str(document[name]) for name in names}
            for defined in directive["Metrics"]:
                values = document[defined["Name"]]
                for value in values if isinstance(values, list) else [values]:
                    yield metric(directive["Namespace"], defined["Name"], **dimensions), at, float(value)
