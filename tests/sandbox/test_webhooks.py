"""Jira's own webhooks end to end: registered by the deployment script, sent by Jira, heard by the real zip behind its
address. No automation rule and no sweep rings here.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from sandbox.jira.webhooks import AGAIN_AFTER
from sandbox.stage import Settings, Stage
from tests.conftest import REPOSITORY, published
from tests.webhooks import signature, told

from .cloud_stage import runtime_python
from .play import Play
from .shell import aws_cli

FUNCTION = "security-ir-jira-jira-webhook"
PARAMETER = "/SecurityIncidentResponse/jiraWebhookSecret"


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    settings = Settings(
        packages=REPOSITORY / "dist",
        runtime_python=runtime_python(),
        contract=published(),
        virtual=True,
        rules=False,
        module={
            "case_sweep_schedule": "rate(30 days)",
            "issue_sweep_schedule": "rate(30 days)",
            "log_level": "debug",
            "jira_webhook": {"enabled": True},
        },
    )
    with Stage(settings) as running:
        running.raise_curtain()
        running.jira.add_administrator("Root", "root@example.com", "root-token")
        registered(running)
        yield running


def registered(stage: Stage) -> None:
    """By the script, as an administrator runs it."""
    with aws_cli(stage) as environment:
        done = subprocess.run(
            [
                *(sys.executable, REPOSITORY / "deploy-integrations-solution.py", "jira", "webhook", "--register"),
                *("--url", stage.jira.url, "--email", "root@example.com", "--project-key", "SEC"),
                *("--webhook-url", stage.outputs["jira_webhook_url"], "--region", stage.cloud.region),
            ],
            env={**environment, "JIRA_TOKEN": "root-token"},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
    assert (done.returncode, done.stderr) == (0, "")


def secret(stage: Stage) -> str:
    ssm = stage.cloud.boto3("ssm")
    value: str = ssm.get_parameter(Name=PARAMETER, WithDecryption=True)["Parameter"]["Value"]
    return value


def post(stage: Stage, body: bytes, signed: str) -> int:
    headers = {"Content-Type": "application/json", "X-Hub-Signature": signed}
    try:
        request = urllib.request.Request(stage.outputs["jira_webhook_url"], body, headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refusal:
        return refusal.code


def test_an_issue_a_comment_its_edit_and_a_file_reach_the_case_without_rules_and_sweeps(play: Play) -> None:
    key = play.ada.create_issue("SEC", "Told by a webhook", "Mail headers follow.").key
    play.rest()
    (case_id,) = play.cases_titled("Told by a webhook")
    remark = play.ada.comment(key, "first wording")
    play.rest()
    play.ada.edit_comment(key, remark.id, "second wording")
    play.ada.attach(key, "headers.txt", b"Received: from evil.example")
    play.rest()
    said = play.said_on_case(case_id)
    assert ("second wording" in said, "first wording" in said) == (True, False)
    assert [file.file_name for file in play.stage.security_ir.case(case_id).attachments] == ["headers.txt"]
    assert {attempt.status for attempt in play.stage.jira.webhooks.attempts} == {202}


def test_what_nobody_signed_rings_for_nobody(play: Play) -> None:
    key = play.ada.create_issue("SEC", "Quiet").key
    play.rest()
    body = told(key)
    before = len(play.stage.cloud.calls)
    assert post(play.stage, body, signature(body, "guess")) == 401
    assert post(play.stage, body, signature(told("SEC-999"), secret(play.stage))) == 401
    assert post(play.stage, b" " * 2_000_000, signature(body, secret(play.stage))) == 413
    assert post(play.stage, b"{}", signature(b"{}", secret(play.stage))) == 400
    calls = [call for call in play.stage.cloud.calls[before:] if call.caller == FUNCTION]
    assert "sqs:SendMessage" not in {call.action for call in calls}
    lines = "\n".join(play.stage.cloud.logs(FUNCTION))
    assert "WebhooksWronglySigned" in lines
    assert not any(each in lines for each in (key, secret(play.stage), signature(body, "guess")))


def test_a_replay_writes_nothing_on_either_side(play: Play) -> None:
    key = play.ada.create_issue("SEC", "Replayed").key
    play.rest()
    play.forget()
    body = told(key)
    for _ in range(3):
        assert post(play.stage, body, signature(body, secret(play.stage))) == 202
    play.rest()
    assert play.writes() == []


def test_a_function_that_died_before_it_rang_is_called_again(play: Play) -> None:
    case_id = play.open_case("Killed")
    play.rest()
    play.stage.cloud.kill_during(FUNCTION, "sqs:SendMessage")
    play.ada.comment(play.key_of(case_id), "in spite of a crash")
    play.rest()
    assert "in spite of a crash" not in play.said_on_case(case_id)
    assert play.stage.jira.webhooks.attempts[-1].status == 502
    play.stage.cloud.advance(AGAIN_AFTER[1])
    play.stage.jira.webhooks.send_due()
    play.rest()
    assert "in spite of a crash" in play.said_on_case(case_id)


def test_a_secret_that_is_drawn_anew_is_taken_once_it_is_registered_without_a_restart(play: Play) -> None:
    play.stage.cloud.boto3("ssm").put_parameter(Name=PARAMETER, Value="another horse", Overwrite=True)
    play.stage.cloud.advance(20)
    registered(play.stage)
    assert play.ada.create_issue("SEC", "After the rotation").key
    play.rest()
    assert len(play.cases_titled("After the rotation")) == 1
    assert play.stage.jira.webhooks.attempts[-1].status == 202


def test_the_function_needs_all_it_may_do_and_its_secret_is_in_no_state_and_no_plan(play: Play) -> None:
    play.ada.create_issue("SEC", "Permissions")
    play.rest()
    assert [each.action for each in play.stage.cloud.unused_permissions() if each.caller == FUNCTION] == []
    assert secret(play.stage) not in play.stage.terraform.state
    changes, plan = play.stage.terraform.plan()
    assert not changes
    assert secret(play.stage).encode() not in plan
    policy = json.loads(play.stage.cloud.boto3("lambda").get_policy(FunctionName=FUNCTION)["Policy"])
    actions = {each["Action"]: each for each in policy["Statement"]}
    assert set(actions) == {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"}
    assert actions["lambda:InvokeFunction"]["InvokedViaFunctionUrl"]
