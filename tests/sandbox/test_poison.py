"""Poison against the deployed functions: the real zips, roles, queues and topic, with a shared secret demanded."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.stage import REGION, Settings, Stage
from tests.conftest import REPOSITORY, published
from tests.poison import DEAD, ISSUE_KEY, MARK, RAW

from .cloud_stage import runtime_python
from .play import Play

SECRET, ROTATED = "correct-horse-battery-staple", "another-horse-altogether"
PARAMETER = "/shared/notifications"
FUNCTIONS = ("security_ir_poller", "jira_client", "jira_notifications_handler", "security_ir_client")
SOME = ("words", "lists in lists", "an integer of 5,000 digits", "NaN", "a lone surrogate", "an escaped NUL", "null")


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """The module applied with a shared secret that somebody else keeps."""
    settings = Settings(
        packages=REPOSITORY / "dist",
        runtime_python=runtime_python(),
        contract=published(),
        virtual=True,
        module={
            "case_sweep_schedule": "rate(30 days)",
            "issue_sweep_schedule": "rate(30 days)",
            "log_level": "debug",
            "notifications_shared_secret_parameter_arn": f"arn:aws:ssm:{REGION}:123456789012:parameter{PARAMETER}",
        },
    )
    with Stage(settings) as running:
        write_secret(running, SECRET)
        running.raise_curtain()
        running.jira.on_change.clear()  # rules that do not know the secret
        yield running


def write_secret(stage: Stage, value: str) -> None:
    stage.cloud.boto3("ssm").put_parameter(Name=PARAMETER, Value=value, Type="SecureString", Overwrite=True)


def publish(play: Play, message: str | dict[str, Any]) -> None:
    play.stage.cloud.publish(play.stage.outputs["jira_notifications_topic_arn"], message)


def told(key: str, secret: str) -> dict[str, Any]:
    """What an automation rule sends that knows the secret."""
    return {"automationData": {"IssueId": key, "Secret": secret}}


def counted(play: Play, metric: str) -> int:
    """What the function that hears notifications counted so far."""
    name = play.stage.outputs["functions"]["jira_notifications_handler"]["name"]
    documents = [json.loads(line) for line in play.stage.cloud.logs(name) if f'"{metric}":' in line]
    return int(sum(sum(document[metric]) for document in documents))


def logs(play: Play) -> str:
    functions = play.stage.outputs["functions"].values()
    return "\n".join(line for function in functions for line in play.stage.cloud.logs(function["name"]))


def test_a_notification_that_carries_the_secret_makes_a_case(play: Play) -> None:
    key = play.ada.create_issue("SEC", "With the secret").key
    publish(play, told(key, SECRET))
    play.rest()
    assert len(play.cases_titled("With the secret")) == 1


def test_notifications_without_the_secret_are_counted_and_leave_no_trace(play: Play) -> None:
    key = play.ada.create_issue("SEC", "Without the secret").key
    before = counted(play, "NotificationsWrongSecret"), counted(play, "NotificationsIgnored")
    strangers: list[str | dict[str, Any]] = [
        told(key, f"{MARK}-guess"),
        {"IssueId": key},
        {"sweep": "issues"},
        MARK,
        json.dumps({"IssueId": [MARK]}),
    ]
    for message in strangers:
        publish(play, message)
    play.rest()
    after = counted(play, "NotificationsWrongSecret"), counted(play, "NotificationsIgnored")
    assert [now - then for now, then in zip(after, before, strict=True)] == [len(strangers)] * 2
    assert play.stage.cloud.dead_letters() == []
    assert play.cases_titled("Without the secret") == []
    assert play.writes() == []
    assert MARK not in logs(play)


def test_a_sweep_finds_what_was_ignored(play: Play) -> None:
    play.sweep("issue")
    play.rest()
    assert len(play.cases_titled("Without the secret")) == 1


def test_a_rotated_secret_holds_at_once_and_the_old_one_no_longer(play: Play) -> None:
    first, second = (play.ada.create_issue("SEC", title).key for title in ("New secret", "Old secret"))
    play.stage.cloud.advance(120)
    write_secret(play.stage, ROTATED)
    publish(play, told(first, ROTATED))
    play.rest()
    publish(play, told(second, SECRET))
    play.rest()
    assert len(play.cases_titled("New secret")) == 1
    assert play.cases_titled("Old secret") == []
    write_secret(play.stage, SECRET)
    play.stage.cloud.advance(600)


def test_a_secret_that_is_gone_holds_up_notifications_and_nothing_else(play: Play) -> None:
    told_of, swept = (play.ada.create_issue("SEC", title).key for title in ("Told meanwhile", "Swept meanwhile"))
    play.stage.cloud.boto3("ssm").delete_parameter(Name=PARAMETER)
    play.stage.cloud.advance(600)
    publish(play, told(told_of, SECRET))
    play.sweep("issue")
    play.stage.cloud.run_until_idle()
    assert swept in [issue.key for issue in play.stage.jira.issues() if issue.labels]
    write_secret(play.stage, SECRET)
    play.rest()
    assert len(play.cases_titled("Told meanwhile")) == 1
    assert play.stage.cloud.dead_letters() == []


@pytest.mark.parametrize("function", FUNCTIONS)
def test_poison_in_a_queue_is_a_dead_letter_with_a_reason_at_once(play: Play, function: str) -> None:
    # In this queue only what comes from somebody who knows the secret is worth a dead letter.
    known = {"Secret": SECRET} if function == "jira_notifications_handler" else {}
    kinds = [{**message, **known} for message in DEAD[function].values() if "Message" not in message][:20]
    bodies = [*(RAW[kind] for kind in SOME), *(json.dumps(each).replace("eu-central-1", REGION) for each in kinds)]
    if known:
        bodies = [RAW[kind] for kind in ("words", "lists in lists", "null")] + [
            json.dumps({"Message": json.dumps({**json.loads(message["Message"]), **known})})
            for message in DEAD[function].values()
            if str(message.get("Message")).startswith('{"automationData": {"IssueId":')
        ][:20]
    queue = play.stage.outputs["queues"][function]
    for body in bodies:
        play.stage.cloud.boto3("sqs").send_message(QueueUrl=queue["url"], MessageBody=body)
    play.stage.cloud.run_until_idle()
    letters = play.stage.cloud.dead_letters()
    assert sorted(letter.body for letter in letters) == sorted(bodies)
    assert {letter.queue for letter in letters} == {queue["dead_letter_arn"].rpartition(":")[2]}
    for letter in letters:
        assert letter.reason
        assert len(letter.reason) <= 250
        assert letter.reason.isprintable()
        assert MARK not in letter.reason
    assert play.writes() == []
    assert MARK not in logs(play)
    play.empty_dead_letters()


def test_the_largest_message_is_a_dead_letter_as_it_came(play: Play) -> None:
    body = "x" * 262_144
    queue = play.stage.outputs["queues"]["jira_client"]
    play.stage.cloud.boto3("sqs").send_message(QueueUrl=queue["url"], MessageBody=body)
    play.stage.cloud.run_until_idle()
    (letter,) = play.stage.cloud.dead_letters()
    assert letter.body == body
    play.empty_dead_letters()


def test_a_stranger_s_case_on_the_bus_comes_to_rest(play: Play) -> None:
    detail = {"version": "99", "caseId": "9999999999", "issueKey": ISSUE_KEY, "occurredAt": "2099-01-01T00:00:00Z"}
    play.stage.cloud.boto3("events").put_events(
        Entries=[
            {
                "EventBusName": play.stage.outputs["event_bus"]["name"],
                "Source": "security-ir",
                "DetailType": "CaseDeleted",
                "Detail": json.dumps(detail),
            }
        ]
    )
    play.stage.cloud.run_until_idle()
    assert [each.operation for each in play.stage.security_ir.requests] == ["GetCase"]
    assert (play.writes(), play.stage.cloud.dead_letters()) == ([], [])


def test_afterwards_the_secret_is_nowhere_but_in_its_parameter(play: Play) -> None:
    stage = play.stage
    functions = stage.cloud.boto3("lambda")
    ledger = stage.cloud.boto3("dynamodb").scan(TableName=stage.outputs["ledger_table"]["name"])["Items"]
    configured = [
        functions.get_function_configuration(FunctionName=each["name"]) for each in stage.outputs["functions"].values()
    ]
    (_, plan), written = stage.terraform.plan(), [logs(play), play.logged_events(), str(ledger), str(configured)]
    for secret in (SECRET, ROTATED, f"{MARK}-guess"):
        assert secret not in stage.terraform.state
        assert secret.encode() not in plan
        assert [text for text in written if secret in text] == []
