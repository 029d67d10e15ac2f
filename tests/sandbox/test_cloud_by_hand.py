"""What the commands that people type, and the doctor's reads, need of the local AWS."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.cloud.functions import access_key
from tests.sandbox.cloud_stage import Stage, a_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(virtual=True, functions=False) as stage:
        yield stage


def signed(stage: Stage, service: str) -> Any:
    """A client that signs as the function ``fn``."""
    make: Any = boto3.client
    return make(
        service,
        region_name=stage.cloud.region,
        endpoint_url=stage.cloud.url,
        aws_access_key_id=access_key("fn"),
        aws_secret_access_key="x",
    )


def test_reads_are_asked_for_by_the_name_and_the_resource_that_policies_have(stage: Stage) -> None:
    may = {"Effect": "Allow", "Action": "sns:Publish", "Resource": "*"}
    stage.function("def handler(event, context): pass", {"Sid": "Else", **may})
    asked: list[Any] = [
        lambda: signed(stage, "scheduler").get_schedule(GroupName="sweeps", Name="case-sweep"),
        lambda: signed(stage, "lambda").list_event_source_mappings(FunctionName="fn"),
        lambda: signed(stage, "events").describe_rule(Name="native"),
        lambda: signed(stage, "events").list_targets_by_rule(Rule="own", EventBusName="bus"),
        lambda: signed(stage, "cloudwatch").get_metric_statistics(
            Namespace="AWS/SQS", MetricName="x", StartTime=0, EndTime=60, Period=60, Statistics=["Maximum"]
        ),
    ]
    for ask in asked:
        with pytest.raises(ClientError, match="AccessDenied"):
            ask()
    assert [(call.action, call.resource) for call in stage.cloud.unauthorised_calls()] == [
        ("scheduler:GetSchedule", stage.arn("scheduler", "schedule/sweeps/case-sweep")),
        ("lambda:ListEventSourceMappings", "*"),
        ("events:DescribeRule", stage.arn("events", "rule/native")),
        ("events:ListTargetsByRule", stage.arn("events", "rule/bus/own")),
        ("cloudwatch:GetMetricStatistics", "*"),
    ]


def redrive(stage: Stage, pace: int) -> None:
    stage.cloud.boto3("sqs").start_message_move_task(
        SourceArn=stage.arn("sqs", "work-dead"),
        DestinationArn=stage.arn("sqs", "work"),
        MaxNumberOfMessagesPerSecond=pace,
    )


def test_a_paced_redrive_arrives_at_its_pace(stage: Stage) -> None:
    work = stage.queue_with_dead_letters("work", receives=3)
    dead = stage.cloud.boto3("sqs").get_queue_url(QueueName="work-dead")["QueueUrl"]
    for number in range(7):
        stage.cloud.boto3("sqs").send_message(QueueUrl=dead, MessageBody=json.dumps(number))
    redrive(stage, 3)
    assert sorted(stage.receive(work)) == ["0", "1", "2"]
    stage.cloud.clock.jump_to(stage.cloud.clock.time() + 1.1)
    assert sorted(stage.receive(work)) == ["3", "4", "5"]
    stage.cloud.clock.jump_to(stage.cloud.clock.time() + 1.1)
    assert stage.receive(work) == ["6"]


def test_a_pace_that_sqs_does_not_know_is_refused(stage: Stage) -> None:
    stage.queue_with_dead_letters("work", receives=3)
    with pytest.raises(ClientError):
        redrive(stage, 501)
