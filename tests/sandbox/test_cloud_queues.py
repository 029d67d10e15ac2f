"""Queues answer as SQS does where moto alone would not."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sandbox.cloud_stage import Stage, a_stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(virtual=True, functions=False) as stage:
        yield stage


def attributes(stage: Stage, url: str) -> dict[str, str]:
    answer: dict[str, str] = stage.cloud.boto3("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=["All"])[
        "Attributes"
    ]
    return answer


def test_a_redrive_policy_comes_back_as_compact_json(stage: Stage) -> None:
    queue = stage.queue_with_dead_letters("work", receives=1000)
    policy = attributes(stage, queue.url)["RedrivePolicy"]
    assert policy == f'{{"deadLetterTargetArn":"{stage.arn("sqs", "work-dead")}","maxReceiveCount":1000}}'


def test_setting_one_attribute_leaves_the_policy_alone(stage: Stage) -> None:
    queue = stage.queue("work")
    before = json.loads(attributes(stage, queue.url)["Policy"])
    stage.cloud.boto3("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"VisibilityTimeout": "99"})
    assert json.loads(attributes(stage, queue.url)["Policy"]) == before
    assert attributes(stage, queue.url)["VisibilityTimeout"] == "99"


def test_an_empty_policy_removes_it(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.cloud.boto3("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": ""})
    assert "Policy" not in attributes(stage, queue.url)


def test_a_redrive_allow_policy_is_kept_and_can_be_removed(stage: Stage) -> None:
    queue, sqs = stage.queue("dead"), stage.cloud.boto3("sqs")
    assert "RedriveAllowPolicy" not in attributes(stage, queue.url)
    sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"RedriveAllowPolicy": '{"redrivePermission":"denyAll"}'})
    assert attributes(stage, queue.url)["RedriveAllowPolicy"] == '{"redrivePermission":"denyAll"}'
    sqs.set_queue_attributes(QueueUrl=queue.url, Attributes={"RedriveAllowPolicy": ""})
    assert "RedriveAllowPolicy" not in attributes(stage, queue.url)


def test_a_message_of_yesterday_can_still_be_put_off(stage: Stage) -> None:
    queue, sqs = stage.queue("work"), stage.cloud.boto3("sqs")
    stage.send(queue, "old")
    stage.cloud.advance(86_400)
    handle = sqs.receive_message(QueueUrl=queue.url)["Messages"][0]["ReceiptHandle"]
    sqs.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=handle, VisibilityTimeout=900)
    assert stage.receive(queue) == []
    stage.cloud.advance(901)
    assert stage.receive(queue) == ["old"]


def test_visibility_ends_twelve_hours_after_the_receipt_at_the_latest(stage: Stage) -> None:
    queue, sqs = stage.queue("work", VisibilityTimeout="7200"), stage.cloud.boto3("sqs")
    stage.send(queue, "held")
    handle = sqs.receive_message(QueueUrl=queue.url)["Messages"][0]["ReceiptHandle"]
    stage.cloud.advance(3600)
    with pytest.raises(sqs.exceptions.ClientError, match="43200"):
        sqs.change_message_visibility(QueueUrl=queue.url, ReceiptHandle=handle, VisibilityTimeout=43_000)


def test_a_long_poll_ends_when_a_message_arrives_and_holds_up_nobody(stage: Stage) -> None:
    queue = stage.queue("work", ReceiveMessageWaitTimeSeconds="20")
    with ThreadPoolExecutor() as threads:
        began = time.monotonic()
        polling = threads.submit(stage.receive, queue)
        time.sleep(0.2)
        stage.send(queue, "here")
        assert polling.result() == ["here"]
    assert time.monotonic() - began < 10


def test_dead_letters_are_redriven_by_one_call(stage: Stage) -> None:
    queue, sqs = stage.queue_with_dead_letters("work", receives=1), stage.cloud.boto3("sqs")
    sqs.send_message(QueueUrl=f"{queue.url}-dead", MessageBody="again")
    task = {"SourceArn": f"{queue.arn}-dead", "DestinationArn": queue.arn}
    assert sqs.start_message_move_task(**task)["TaskHandle"]
    assert stage.cloud.dead_letters() == []
    assert stage.receive(queue) == ["again"]
