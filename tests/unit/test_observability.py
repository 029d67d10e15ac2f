"""Alarms, dashboard, metrics and runbook speak of the same things."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from security_ir_jira import errors
from tests.conftest import REPOSITORY
from tests.unit.test_docs import anchors

RUNBOOK = REPOSITORY / "docs" / "runbook.md"
OPERATIONS = REPOSITORY / "docs" / "operations.md"

AWS_METRICS = {
    "ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible", "ConsumedReadCapacityUnits",
    "ConsumedWriteCapacityUnits", "Duration", "Errors", "Invocations", "MatchedEvents", "NumberOfMessagesDeleted",
    "ReadThrottleEvents", "Throttles", "WriteThrottleEvents",
}  # fmt: skip
"""https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/aws-services-cloudwatch-metrics.html"""


DIMENSIONS = {"FunctionName", "QueueName", "TableName", "EventBusName", "RuleName"}


def terraform() -> list[Path]:
    return sorted(REPOSITORY.glob("modules/*/*.tf"))


def alarms() -> Iterator[tuple[str, str]]:
    """The name and the body of each alarm's block."""
    for file in terraform():
        pattern = r'^resource "aws_cloudwatch_(?:metric|composite)_alarm" "(\w+)" \{\n(.*?)^\}'
        yield from re.findall(pattern, file.read_text(), re.MULTILINE | re.DOTALL)


def causes() -> set[str]:
    """The alarms that one block makes."""
    text = (REPOSITORY / "modules" / "monitoring" / "alarms.tf").read_text()
    listed = re.search(r"^  causes = \{\n(.*?)^  \}", text, re.MULTILINE | re.DOTALL)
    assert listed is not None
    return set(re.findall(r"^    ([a-z-]+) = \{", listed[1], re.MULTILINE))


def metrics_of_the_table() -> set[str]:
    section = OPERATIONS.read_text().split("\n## Metrics\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| (`.*?`) \|", section, re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def metrics_of_terraform() -> set[str]:
    """The names of metrics in alarms and dashboard: every string that is written as metrics are."""
    rooms = ("dashboard/rows.tf", "monitoring/alarms.tf", "monitoring/sweeps.tf", "worker/alarms.tf")
    text = "".join((REPOSITORY / "modules" / room).read_text() for room in rooms) + (REPOSITORY / "main.tf").read_text()
    # Descriptions are sentences, and no string of theirs is a single word.
    words = set(re.findall(r'"([A-Z][a-z]+(?:[A-Z][a-z]+)*)"', text))
    words = {word for word in words if not word.endswith("Threshold")}
    return words - {"Sum", "Maximum", "Minimum", "SampleCount"} - DIMENSIONS


def metrics_of_the_functions() -> set[str]:
    """What `count` and `add_metric` are called with, and the errors whose names are counted."""
    text = "".join(file.read_text() for file in (REPOSITORY / "lambda_src").rglob("*.py"))
    named = set(re.findall(r'(?:\bcount|add_metric|_count|gauge|measure)\(\s*"(\w+)"', text))
    named |= set(re.findall(r'Refused\(\d+, "(\w+)"', text))  # what the door turns away is counted
    kinds = {name: kind for name, kind in vars(errors).items() if isinstance(kind, type)}
    later = {name for name, kind in kinds.items() if issubclass(kind, errors.RetryLater)}
    return (named | later) - {"MoreToDo"}  # no failure, and not counted


def test_every_alarm_names_a_page_of_the_runbook_that_exists() -> None:
    named = {}
    for name, body in alarms():
        found = re.search(r"Runbook: docs/runbook\.md#([a-z-]+|\$\{each\.key\})\"$", body, re.MULTILINE)
        assert found is not None, f"the alarm {name} names no page"
        named[name] = causes() if found[1] == "${each.key}" else {found[1]}
    assert len(named) == 7
    assert set().union(*named.values()) <= anchors(RUNBOOK)


def test_every_page_of_the_runbook_is_of_an_alarm() -> None:
    pages = set(re.findall(r"^### (\S+)$", RUNBOOK.read_text(), re.MULTILINE))
    rung = set(re.findall(r"Runbook: docs/runbook\.md#([a-z-]+)", "".join(file.read_text() for file in terraform())))
    assert pages == causes() | rung


def test_every_alarm_stands_in_the_list_of_alarms() -> None:
    section = OPERATIONS.read_text().split("\n## Alarms\n")[1].split("\n## ")[0]
    assert set(re.findall(r"\(runbook\.md#([a-z-]+)\)", section)) == {
        "dead-letters", "age", "errors", "sweeps", "event-log", "webhooks", *causes(),
    }  # fmt: skip


def test_alarms_and_dashboard_watch_metrics_of_aws_or_of_the_list_of_metrics() -> None:
    assert metrics_of_terraform() - AWS_METRICS == metrics_of_the_table()


def test_every_metric_that_a_function_writes_stands_in_the_list_of_metrics() -> None:
    assert metrics_of_the_functions() <= metrics_of_the_table()
