"""Schedules fire when they are due, and when they are told to."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from sandbox.cloud import UnknownSchedule
from sandbox.cloud.schedules import period_seconds
from tests.sandbox.cloud_stage import Stage, StageQueue, a_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(virtual=True, functions=False) as stage:
        yield stage


def schedule(stage: Stage, queue: StageQueue, *, name: str = "prefix-case-sweep", state: str = "ENABLED") -> None:
    """A sweep every five minutes, by a role that may send to the queue."""
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue.arn}
    stage.cloud.boto3("scheduler").create_schedule(
        Name=name,
        State=state,
        ScheduleExpression="rate(5 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": queue.arn, "RoleArn": stage.role(name, send), "Input": json.dumps({"sweep": "cases"})},
    )
    stage.cloud.run_until_idle()


def test_a_schedule_fires_once_a_period(stage: Stage) -> None:
    queue = stage.queue("poller")
    schedule(stage, queue)
    stage.cloud.advance(290)
    assert stage.remaining(queue) == 0
    stage.cloud.advance(20)
    assert stage.remaining(queue) == 1
    stage.cloud.advance(3600)
    assert stage.remaining(queue) == 13


def test_a_disabled_schedule_is_never_due(stage: Stage) -> None:
    queue = stage.queue("poller")
    schedule(stage, queue, state="DISABLED")
    stage.cloud.advance(3600)
    assert stage.remaining(queue) == 0


def test_a_schedule_can_be_fired_by_its_name_or_a_part_of_it(stage: Stage) -> None:
    queue = stage.queue("poller")
    schedule(stage, queue)
    stage.cloud.tick_schedule("prefix-case-sweep")
    stage.cloud.sweep("case")
    assert stage.receive(queue) == ['{"sweep": "cases"}'] * 2


def test_an_unknown_schedule_is_named_beside_those_there_are(stage: Stage) -> None:
    schedule(stage, stage.queue("poller"))
    with pytest.raises(UnknownSchedule, match="prefix-case-sweep"):
        stage.cloud.sweep("issue")


def test_a_role_that_may_not_send_delivers_nothing(stage: Stage) -> None:
    queue = stage.queue("poller")
    schedule(stage, queue)
    stage.allow("prefix-case-sweep", {"Effect": "Allow", "Action": "sqs:ReceiveMessage", "Resource": "*"})
    stage.cloud.sweep("case")
    assert stage.remaining(queue) == 0
    assert stage.cloud.undelivered[0].target == queue.arn


@pytest.mark.parametrize(
    ("expression", "seconds"),
    [("rate(1 minute)", 60), ("rate(15 minutes)", 900), ("rate(2 hours)", 7200), ("rate(1 day)", 86_400)],
)
def test_rates_are_read(expression: str, seconds: float) -> None:
    assert period_seconds(expression) == seconds


def test_other_expressions_have_no_period() -> None:
    assert period_seconds("cron(0 12 * * ? *)") is None
