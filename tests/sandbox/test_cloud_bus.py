"""EventBridge and SNS deliver into queues and log groups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox.cloud_stage import Stage, StageQueue, a_stage

JIRA = {"source": ["jira"]}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(functions=False) as stage:
        yield stage


def rule(stage: Stage, target: dict[str, Any], pattern: dict[str, Any], *, bus: str = "default") -> None:
    """A rule with one target."""
    events = stage.cloud.boto3("events")
    events.put_rule(Name="rule", EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule="rule", EventBusName=bus, Targets=[{"Id": "target", **target}])


def put(stage: Stage, detail: dict[str, Any], *, bus: str = "default", source: str = "jira") -> dict[str, Any]:
    """The answer of PutEvents for one entry."""
    entry = {"Source": source, "DetailType": "IssueUpdated", "Detail": json.dumps(detail), "EventBusName": bus}
    answer: dict[str, Any] = stage.cloud.boto3("events").put_events(Entries=[entry])
    return answer


def received(stage: Stage, queue: StageQueue) -> list[Any]:
    return [json.loads(body) for body in stage.receive(queue)]


def test_a_native_event_arrives_with_its_whole_envelope(stage: Stage) -> None:
    queue = stage.queue("poller")
    rule(stage, {"Arn": queue.arn}, {"source": ["aws.security-ir"], "detail-type": [{"prefix": "Case "}]})
    stage.cloud.put_native_event("Case Created", {"caseId": "1234567890"})
    stage.cloud.put_native_event("Membership Updated", {"membershipId": "m-1"})
    (event,) = received(stage, queue)
    assert event["source"] == "aws.security-ir"
    assert event["detail-type"] == "Case Created"
    assert event["detail"] == {"caseId": "1234567890"}
    assert event["account"] == stage.cloud.account_id
    assert event["region"] == stage.cloud.region
    assert event["time"].endswith("Z")
    assert set(event) == {
        "version", "id", "detail-type", "source", "account", "time", "region", "resources", "detail",
    }  # fmt: skip


def test_each_bus_has_its_own_rules(stage: Stage) -> None:
    queue = stage.queue("sink")
    stage.cloud.boto3("events").create_event_bus(Name="ours")
    rule(stage, {"Arn": queue.arn}, JIRA, bus="ours")
    put(stage, {"n": 1}, bus="default")
    put(stage, {"n": 2}, bus="ours")
    put(stage, {"n": 3}, bus=stage.arn("events", "event-bus/ours"))
    put(stage, {"n": 4}, bus="ours", source="security-ir")
    assert [event["detail"]["n"] for event in received(stage, queue)] == [2, 3]


def test_a_disabled_rule_delivers_nothing(stage: Stage) -> None:
    queue = stage.queue("sink")
    rule(stage, {"Arn": queue.arn}, JIRA)
    stage.cloud.boto3("events").disable_rule(Name="rule")
    put(stage, {})
    stage.cloud.boto3("events").enable_rule(Name="rule")
    put(stage, {"n": 2})
    assert [event["detail"] for event in received(stage, queue)] == [{"n": 2}]


def test_a_target_may_ask_for_a_part_or_a_constant(stage: Stage) -> None:
    queue = stage.queue("sink")
    rule(stage, {"Arn": queue.arn, "InputPath": "$.detail.issue"}, JIRA)
    put(stage, {"issue": {"key": "SEC-1"}})
    rule(stage, {"Arn": queue.arn, "Input": '{"sweep":"cases"}'}, JIRA)
    put(stage, {})
    assert received(stage, queue) == [{"key": "SEC-1"}, {"sweep": "cases"}]


def test_a_queue_that_does_not_admit_the_rule_gets_nothing(stage: Stage) -> None:
    statement = {
        "Effect": "Allow",
        "Action": "sqs:SendMessage",
        "Resource": stage.arn("sqs", "sink"),
        "Principal": {"Service": "events.amazonaws.com"},
        "Condition": {"ArnEquals": {"aws:SourceArn": stage.arn("events", "rule/another")}},
    }
    queue = stage.queue("sink", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    rule(stage, {"Arn": queue.arn}, JIRA)
    put(stage, {})
    assert received(stage, queue) == []
    assert [(lost.sender, lost.target) for lost in stage.cloud.undelivered] == [
        (stage.arn("events", "rule/rule"), queue.arn)
    ]


def test_events_are_logged_where_the_logs_admit_the_rule(stage: Stage) -> None:
    logs = stage.cloud.boto3("logs")
    logs.create_log_group(logGroupName="/aws/events/ours")
    rule(stage, {"Arn": stage.arn("logs", "log-group:/aws/events/ours")}, JIRA)
    put(stage, {"n": 1})
    assert "resource policy" in stage.cloud.undelivered[0].reason
    statement = {
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": stage.arn("logs", "log-group:/aws/events/ours:*"),
        "Principal": {"Service": ["events.amazonaws.com", "delivery.logs.amazonaws.com"]},
    }
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    logs.put_resource_policy(policyName="events", policyDocument=document)
    put(stage, {"n": 2})
    logged = logs.filter_log_events(logGroupName="/aws/events/ours")["events"]
    assert [json.loads(event["message"])["detail"] for event in logged] == [{"n": 2}]


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ({"Source": "", "DetailType": "t", "Detail": "{}"}, "InvalidArgument"),
        ({"Source": "jira", "DetailType": "t", "Detail": "["}, "MalformedDetail"),
        ({"Source": "jira", "DetailType": "t", "Detail": "[]"}, "MalformedDetail"),
        (
            {"Source": "aws.security-ir", "DetailType": "Case Created", "Detail": "{}"},
            "NotAuthorizedForSourceException",
        ),
    ],
)
def test_an_entry_that_is_refused_is_counted(stage: Stage, entry: dict[str, str], code: str) -> None:
    good = {"Source": "jira", "DetailType": "t", "Detail": "{}"}
    answer = stage.cloud.boto3("events").put_events(Entries=[entry, good])
    assert answer["FailedEntryCount"] == 1
    assert answer["Entries"][0]["ErrorCode"] == code
    assert answer["Entries"][1]["EventId"]


def test_entries_over_256_kb_are_refused(stage: Stage) -> None:
    events = stage.cloud.boto3("events")
    with pytest.raises(events.exceptions.ClientError, match="over the limit"):
        put(stage, {"text": "x" * 262_144})


def test_a_notification_reaches_the_queue_in_its_envelope(stage: Stage) -> None:
    sns, queue = stage.cloud.boto3("sns"), stage.queue("handler")
    topic = sns.create_topic(Name="notifications")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn, Attributes={"RawMessageDelivery": "false"})
    stage.cloud.publish(topic, {"automationData": {"IssueId": "SEC-1"}})
    (envelope,) = received(stage, queue)
    assert envelope["Type"] == "Notification"
    assert envelope["TopicArn"] == topic
    assert json.loads(envelope["Message"]) == {"automationData": {"IssueId": "SEC-1"}}


def test_a_queue_that_does_not_admit_the_topic_gets_nothing(stage: Stage) -> None:
    sns, queue = stage.cloud.boto3("sns"), stage.queue("handler")
    stage.cloud.boto3("sqs").set_queue_attributes(QueueUrl=queue.url, Attributes={"Policy": ""})
    topic = sns.create_topic(Name="notifications")["TopicArn"]
    sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    stage.cloud.publish(topic, "hello")
    assert received(stage, queue) == []
    assert [(lost.sender, lost.target) for lost in stage.cloud.undelivered] == [(topic, queue.arn)]
