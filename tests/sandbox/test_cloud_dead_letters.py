"""A delivery that its queue refuses is with the dead letters: with its reason, and as it was."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.cloud_stage import Stage, StageQueue, a_stage

NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})
DETAIL = {"issueKey": "SEC-1"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(functions=False) as stage:
        yield stage


@pytest.fixture
def queue(stage: Stage) -> StageQueue:
    """A queue that admits nobody."""
    return stage.queue("sink", Policy=NOBODY)


@pytest.fixture
def dead(stage: Stage) -> StageQueue:
    return stage.queue("sink-dead-letters")


def rule(stage: Stage, target: str, dead: StageQueue) -> str:
    """A rule with one target; its ARN."""
    events = stage.cloud.boto3("events")
    answer = events.put_rule(Name="rule", EventPattern=json.dumps({"source": ["jira"]}))
    events.put_targets(Rule="rule", Targets=[{"Id": "target", "Arn": target, "DeadLetterConfig": {"Arn": dead.arn}}])
    return str(answer["RuleArn"])


def put(stage: Stage) -> None:
    entry = {"Source": "jira", "DetailType": "IssueUpdated", "Detail": json.dumps(DETAIL)}
    stage.cloud.boto3("events").put_events(Entries=[entry])


def schedule(stage: Stage, queue: StageQueue, dead: StageQueue, *senders_of: StageQueue) -> str:
    """A schedule whose role may send to `senders_of`; its ARN."""
    allowed = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": [each.arn for each in senders_of] or [stage.arn("sqs", "nothing")],
    }
    role = stage.role("scheduler", allowed)
    answer = stage.cloud.boto3("scheduler").create_schedule(
        Name="sweep",
        ScheduleExpression="rate(5 minutes)",
        FlexibleTimeWindow={"Mode": "OFF"},
        Target={"Arn": queue.arn, "RoleArn": role, "Input": '{"sweep":"cases"}', "DeadLetterConfig": {"Arn": dead.arn}},
    )
    return str(answer["ScheduleArn"])


def the_letter(stage: Stage, dead: StageQueue) -> tuple[Any, dict[str, str]]:
    """The body and the attributes of the one dead letter."""
    answer = stage.cloud.boto3("sqs").receive_message(
        QueueUrl=dead.url, MaxNumberOfMessages=10, MessageAttributeNames=["All"], VisibilityTimeout=0
    )
    (message,) = answer["Messages"]
    attributes = {name: value["StringValue"] for name, value in message["MessageAttributes"].items()}
    return json.loads(message["Body"]), attributes


def test_an_event_that_a_queue_refuses_waits_with_its_reason(stage: Stage, queue: StageQueue, dead: StageQueue) -> None:
    rule_arn = rule(stage, queue.arn, dead)
    put(stage)
    event, told = the_letter(stage, dead)
    assert event["detail"] == DETAIL
    assert (told["RULE_ARN"], told["TARGET_ARN"]) == (rule_arn, queue.arn)
    assert told["ERROR_CODE"] == "NO_PERMISSIONS"
    assert rule_arn in told["ERROR_MESSAGE"]
    assert stage.cloud.undelivered == []
    assert [letter.reason for letter in stage.cloud.dead_letters()] == [f"NO_PERMISSIONS: {told['ERROR_MESSAGE']}"]


def test_an_event_for_a_queue_that_is_gone_waits_too(stage: Stage, queue: StageQueue, dead: StageQueue) -> None:
    rule(stage, queue.arn, dead)
    stage.cloud.boto3("sqs").delete_queue(QueueUrl=queue.url)
    put(stage)
    assert the_letter(stage, dead)[1]["ERROR_CODE"] == "NO_RESOURCE"


def test_an_event_that_the_log_refuses_waits_too(stage: Stage, dead: StageQueue) -> None:
    stage.cloud.boto3("logs").create_log_group(logGroupName="/aws/events/ours")
    rule(stage, stage.arn("logs", "log-group:/aws/events/ours"), dead)
    put(stage)
    assert the_letter(stage, dead)[0]["detail"] == DETAIL


def test_dead_letters_that_do_not_admit_the_rule_take_nothing(stage: Stage, queue: StageQueue) -> None:
    closed = stage.queue("closed", Policy=NOBODY)
    rule_arn = rule(stage, queue.arn, closed)
    put(stage)
    assert stage.remaining(closed) == 0
    assert [(lost.sender, lost.target) for lost in stage.cloud.undelivered] == [(rule_arn, queue.arn)]


def test_a_redriven_event_arrives_as_it_would_have(stage: Stage, queue: StageQueue, dead: StageQueue) -> None:
    rule(stage, queue.arn, dead)
    put(stage)
    event, _ = the_letter(stage, dead)
    stage.cloud.boto3("sqs").start_message_move_task(SourceArn=dead.arn, DestinationArn=queue.arn)
    assert [json.loads(body) for body in stage.receive(queue)] == [event]
    assert stage.remaining(dead) == 0


def test_a_notification_that_a_queue_refuses_waits_in_its_envelope(
    stage: Stage, queue: StageQueue, dead: StageQueue
) -> None:
    sns = stage.cloud.boto3("sns")
    topic = sns.create_topic(Name="notifications")["TopicArn"]
    redrive = json.dumps({"deadLetterTargetArn": dead.arn})
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes={"RedrivePolicy": redrive})
    stage.cloud.publish(topic, {"IssueId": "SEC-1"})
    envelope, told = the_letter(stage, dead)
    assert (envelope["Type"], envelope["TopicArn"]) == ("Notification", topic)
    assert json.loads(envelope["Message"]) == {"IssueId": "SEC-1"}
    assert set(told) == {"RequestID", "ErrorCode", "ErrorMessage"}
    assert stage.cloud.undelivered == []


def test_a_schedule_that_may_not_send_dead_letters_its_call(stage: Stage, queue: StageQueue, dead: StageQueue) -> None:
    arn = schedule(stage, queue, dead, dead)
    stage.cloud.tick_schedule("sweep")
    call, told = the_letter(stage, dead)
    assert json.loads(call["MessageBody"]) == {"sweep": "cases"}
    assert (told["SCHEDULE_ARN"], told["TARGET_ARN"], told["ERROR_CODE"]) == (arn, queue.arn, "AccessDenied")
    assert stage.cloud.undelivered == []


def test_a_schedule_whose_role_may_do_neither_is_lost(stage: Stage, queue: StageQueue, dead: StageQueue) -> None:
    arn = schedule(stage, queue, dead)
    stage.cloud.tick_schedule("sweep")
    assert stage.remaining(dead) == 0
    assert [lost.sender for lost in stage.cloud.undelivered] == [arn]
