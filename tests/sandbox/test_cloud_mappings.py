"""Event source mappings keep Lambda's promises about batches."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.cloud_stage import Stage, a_stage

REPORT_BAD = """
    import json
    def handler(event, context):
        print(json.dumps([record["body"] for record in event["Records"]]))
        bad = [r["messageId"] for r in event["Records"] if r["body"].startswith("bad")]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in bad]}
"""


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(virtual=True) as stage:
        yield stage


def batches(stage: Stage) -> list[list[str]]:
    """The bodies a function printed, batch by batch."""
    return [json.loads(line) for line in stage.printed() if line.startswith("[")]


def test_a_batch_that_succeeds_is_deleted(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function(REPORT_BAD)
    stage.mapping(queue)
    stage.send(queue, "one", "two")
    stage.cloud.run_until_idle()
    assert [sorted(batch) for batch in batches(stage)] == [["one", "two"]]
    assert stage.remaining(queue) == 0


def test_batches_are_no_larger_than_asked_for(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function(REPORT_BAD)
    stage.mapping(queue, batch=2)
    stage.send(queue, *"abcde")
    stage.cloud.run_until_idle()
    assert sorted(map(len, batches(stage))) == [1, 2, 2]


def test_only_the_failed_records_come_again_and_not_before_their_visibility_ends(stage: Stage) -> None:
    queue = stage.queue_with_dead_letters("work", receives=10, visibility=60)
    stage.function(REPORT_BAD)
    stage.mapping(queue)
    stage.send(queue, "good", "bad")
    stage.cloud.run_until_idle()
    stage.cloud.advance(55)
    assert len(batches(stage)) == 1
    stage.cloud.advance(10)
    assert batches(stage)[1:] == [["bad"]]


def test_a_record_received_too_often_becomes_a_dead_letter(stage: Stage) -> None:
    queue = stage.queue_with_dead_letters("work", receives=3)
    stage.function(REPORT_BAD)
    stage.mapping(queue)
    stage.send(queue, "bad")
    stage.cloud.run_until_settled()
    assert batches(stage) == [["bad"]] * 3
    assert [(letter.queue, letter.body, letter.receive_count) for letter in stage.cloud.dead_letters()] == [
        ("work-dead", "bad", 3)
    ]


def test_a_handler_may_set_the_visibility_of_its_records(stage: Stage) -> None:
    queue = stage.queue("work", VisibilityTimeout="1800")
    stage.function(
        """
        import boto3, os, time
        def handler(event, context):
            record = event["Records"][0]
            print("count", record["attributes"]["ApproximateReceiveCount"])
            boto3.client("sqs").change_message_visibility(
                QueueUrl=os.environ["QUEUE_URL"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=5)
            raise RuntimeError("later")
        """,
        {"Effect": "Allow", "Action": "sqs:ChangeMessageVisibility", "Resource": queue.arn},
        Environment={"Variables": {"QUEUE_URL": queue.url}},
    )
    stage.mapping(queue)
    stage.send(queue, "once")
    stage.cloud.advance(6)
    assert [line for line in stage.printed() if line.startswith("count")] == ["count 1", "count 2"]


@pytest.mark.parametrize(
    "answer",
    [
        "'nonsense'",
        "{'batchItemFailures': [{'itemIdentifier': ''}]}",
        "{'batchItemFailures': [{'itemIdentifier': None}]}",
        "{'batchItemFailures': [{'id': 'x'}]}",
        "{'batchItemFailures': [{'itemIdentifier': 'somebody else'}]}",
        "1 / 0",
    ],
)
def test_an_answer_that_says_nothing_fails_the_whole_batch(stage: Stage, answer: str) -> None:
    queue = stage.queue("work")
    stage.function(f"def handler(event, context): return {answer}")
    stage.mapping(queue)
    stage.send(queue, "one", "two")
    stage.cloud.run_until_idle()
    assert stage.remaining(queue) == 2


@pytest.mark.parametrize("answer", ["None", "{}", "{'batchItemFailures': []}", "{'batchItemFailures': None}"])
def test_an_empty_answer_means_success(stage: Stage, answer: str) -> None:
    queue = stage.queue("work")
    stage.function(f"def handler(event, context): return {answer}")
    stage.mapping(queue)
    stage.send(queue, "one", "two")
    stage.cloud.run_until_idle()
    assert stage.remaining(queue) == 0


def test_invocations_run_side_by_side_up_to_the_maximum(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function(
        """
        import time
        def handler(event, context):
            print("from", time.monotonic())
            time.sleep(0.5)
            print("to", time.monotonic())
        """
    )
    stage.mapping(queue, batch=1, at_once=2)
    stage.send(queue, *"abcd")
    stage.cloud.run_until_idle()
    moments = sorted((float(line.split()[1]), line.startswith("from")) for line in stage.printed())
    running, most = 0, 0
    for _, begins in moments:
        running += 1 if begins else -1
        most = max(most, running)
    assert most == 2


def test_a_record_looks_as_lambda_hands_it_over(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function("import json\ndef handler(event, context): print(json.dumps(event['Records'][0]))")
    stage.mapping(queue)
    stage.cloud.boto3("sqs").send_message(
        QueueUrl=queue.url,
        MessageBody="hello",
        MessageAttributes={"reason": {"DataType": "String", "StringValue": "because"}},
    )
    stage.cloud.run_until_idle()
    record: dict[str, Any] = json.loads(stage.printed()[0])
    assert record["body"] == "hello"
    assert record["messageAttributes"]["reason"]["stringValue"] == "because"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert abs(int(record["attributes"]["SentTimestamp"]) / 1000 - stage.cloud.clock.time()) < 60
    assert (record["eventSource"], record["eventSourceARN"]) == ("aws:sqs", queue.arn)


def test_messages_past_their_retention_are_gone(stage: Stage) -> None:
    queue = stage.queue("work", MessageRetentionPeriod="3600", VisibilityTimeout="1800")
    stage.function("def handler(event, context): raise RuntimeError('not today')")
    stage.mapping(queue)
    stage.send(queue, "one")
    stage.cloud.advance(3 * 3600)
    assert stage.remaining(queue) == 0


def test_a_disabled_mapping_leaves_the_queue_alone(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function(REPORT_BAD)
    stage.mapping(queue)
    client = stage.cloud.boto3("lambda")
    identifier = client.list_event_source_mappings()["EventSourceMappings"][0]["UUID"]
    client.update_event_source_mapping(UUID=identifier, Enabled=False)
    stage.send(queue, "one")
    stage.cloud.run_until_idle()
    assert stage.remaining(queue) == 1


def test_the_background_pump_delivers_by_itself() -> None:
    with a_stage() as stage:
        queue = stage.queue("work")
        stage.function(REPORT_BAD)
        stage.mapping(queue)
        stage.cloud.start()
        stage.send(queue, "one")
        end = time.monotonic() + 30
        while stage.remaining(queue) and time.monotonic() < end:
            time.sleep(0.05)
        assert batches(stage) == [["one"]]
