"""`jira webhook` against the simulated Jira: what it makes there, what it leaves alone, and where secrets go."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sandbox.jira import JiraServer
from sandbox.jira.state.model import Webhook
from scripts.deploy.jira_webhooks import EVENTS
from security_ir_jira.model import LABEL
from tests.conftest import REPOSITORY
from tests.sync.loop import WEBHOOKS

SCRIPT = REPOSITORY / "deploy-integrations-solution.py"
DOOR = "https://abc.lambda-url.us-east-1.on.aws/"
QUERY = f'project = "SEC" OR labels = {LABEL}'
SECRET = "drawn-by-terraform"


@pytest.fixture
def jira() -> Iterator[JiraServer]:
    with JiraServer() as server:
        server.add_project("SEC")
        server.add_administrator("Root", "root@example.com", "root-token")
        yield server


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With an AWS CLI that notes what it is asked, and in which environment."""
    aws = tmp_path / "bin" / "aws"
    aws.parent.mkdir()
    aws.write_text(f'#!/bin/sh\necho "$@" > "{tmp_path}/asked"\nenv > "{tmp_path}/env"\ncat "{tmp_path}/secret"\n')
    aws.chmod(0o755)
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    return tmp_path


def run(jira: JiraServer, folder: Path, *more: str, token: str = "root-token") -> subprocess.CompletedProcess[str]:
    given = ["--url", jira.url, "--email", "root@example.com", "--project-key", "SEC", "--region", "us-east-1"]
    where = ["--webhook-url", DOOR, "--directory", str(folder / "deployment")]
    return subprocess.run(
        [sys.executable, SCRIPT, "jira", "webhook", *given, *where, *more],
        env={"PATH": f"{folder / 'bin'}:{os.environ['PATH']}", "HOME": str(folder), "JIRA_TOKEN": token},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def hooks(jira: JiraServer) -> list[Webhook]:
    return list(jira.site.webhooks.values())


def test_it_registers_one_webhook_signed_with_the_secret_of_the_parameter(jira: JiraServer, folder: Path) -> None:
    done = run(jira, folder, "--register")
    assert (done.returncode, done.stderr) == (0, "")
    (hook,) = hooks(jira)
    assert (hook.name, hook.url, hook.jql) == ("security-ir-jira SEC", DOOR, QUERY)
    assert (hook.events, hook.secret, hook.exclude_body, hook.enabled) == (WEBHOOKS, SECRET, False, True)
    assert "get-parameter --name /SecurityIncidentResponse/jiraWebhookSecret" in (folder / "asked").read_text()
    for said in (DOOR, QUERY, *EVENTS):
        assert said in done.stdout


def test_a_second_run_sets_right_what_is_there_and_makes_no_second_one(jira: JiraServer, folder: Path) -> None:
    run(jira, folder, "--register")
    (hook,) = hooks(jira)
    broken = replace(hook, url="https://old.lambda-url.us-east-1.on.aws/", jql="", enabled=False, secret="old")
    jira.site.webhooks[hook.id] = broken
    done = run(jira, folder, "--register")
    assert "was there" in done.stdout
    assert f"It told {broken.url} until now" in done.stdout
    assert hooks(jira) == [hook]


def test_one_that_was_made_by_hand_for_the_same_address_is_taken_over_and_a_double_removed(
    jira: JiraServer, folder: Path
) -> None:
    jira.site.webhooks[1] = Webhook(1, "by hand", DOOR, WEBHOOKS)
    jira.site.webhooks[2] = Webhook(2, "security-ir-jira SEC", DOOR, WEBHOOKS)
    done = run(jira, folder, "--register")
    assert [(hook.id, hook.name, hook.secret) for hook in hooks(jira)] == [(1, "security-ir-jira SEC", SECRET)]
    assert "a second time" in done.stdout


def test_webhooks_of_others_are_left_alone(jira: JiraServer, folder: Path) -> None:
    others = [
        Webhook(1, "chat", "https://chat.example.com/", WEBHOOKS),
        Webhook(2, "security-ir-jira SECEU", "https://other.lambda-url.eu-west-1.on.aws/", WEBHOOKS),
    ]
    jira.site.webhooks.update({hook.id: hook for hook in others})
    run(jira, folder, "--register")
    assert hooks(jira)[:2] == others
    done = run(jira, folder, "--remove")
    assert hooks(jira) == others
    assert "Nothing else was touched" in done.stdout
    again = run(jira, folder, "--remove")
    assert (again.returncode, hooks(jira)) == (0, others)
    assert "nothing was touched" in again.stdout


def test_one_of_another_deployment_with_the_same_name_is_left_alone_and_told(jira: JiraServer, folder: Path) -> None:
    run(jira, folder, "--register")
    other = Webhook(7, "security-ir-jira SEC", "https://other.lambda-url.eu-west-1.on.aws/", WEBHOOKS)
    jira.site.webhooks[other.id] = other
    done = run(jira, folder, "--register")
    assert f"tells {other.url}: it is left alone" in done.stdout
    assert len(hooks(jira)) == 2
    unnamed = run(jira, folder, "--remove", "--webhook-url", "https://gone.lambda-url.us-east-1.on.aws/")
    assert unnamed.returncode == 1
    assert "--webhook-url" in unnamed.stderr
    run(jira, folder, "--remove")
    assert hooks(jira) == [other]


def test_to_remove_takes_no_secret_and_no_aws(jira: JiraServer, folder: Path) -> None:
    run(jira, folder, "--register")
    (folder / "asked").unlink()
    assert run(jira, folder, "--remove").returncode == 0
    assert hooks(jira) == []
    assert not (folder / "asked").exists()


def test_neither_token_nor_secret_is_said_written_or_passed_to_the_cli(jira: JiraServer, folder: Path) -> None:
    done = run(jira, folder, "--register")
    assert "root-token" not in (folder / "env").read_text()
    for text in (done.stdout, done.stderr, (folder / "asked").read_text()):
        assert "root-token" not in text
        assert SECRET not in text
    written = [file for file in folder.rglob("*") if file.is_file() and file.name not in ("secret", "aws")]
    assert not any(SECRET in file.read_text() or "root-token" in file.read_text() for file in written)


def test_there_is_no_option_for_the_token(jira: JiraServer, folder: Path) -> None:
    done = run(jira, folder, "--register", "--token", "root-token")
    assert done.returncode == 2
    assert "--token is no option" in done.stderr


def test_the_settings_say_where_the_secret_is_and_how_the_instance_is_called(jira: JiraServer, folder: Path) -> None:
    settings = folder / "settings.tfvars"
    settings.write_text('name = "security-ir-corp"\n')
    run(jira, folder, "--register", "--settings", str(settings))
    assert hooks(jira)[0].name == "security-ir-corp SEC"
    assert "--name /SecurityIncidentResponse/security-ir-corp/jiraWebhookSecret" in (folder / "asked").read_text()
    settings.write_text('parameter_prefix = "/security/jira"\n')
    run(jira, folder, "--register", "--settings", str(settings))
    assert "--name /security/jira/jiraWebhookSecret" in (folder / "asked").read_text()
    arn = "arn:aws:ssm:us-east-1:111122223333:parameter/shared/webhooks"
    settings.write_text(f"jira_webhook = {{ enabled = true, secret_parameter_arn = {json.dumps(arn)} }}\n")
    run(jira, folder, "--register", "--settings", str(settings))
    assert f"--name {arn}" in (folder / "asked").read_text()


@pytest.mark.parametrize(
    ("more", "token", "said"),
    [
        (("--register",), "wrong", "does not know root@example.com with this token"),
        (("--register", "--email", "integration@example.com"), "jira-token", "Administer Jira"),
        (("--register", "--url", "http://127.0.0.1:9"), "root-token", "cannot be asked"),
        (("--register", "--project-key", "sec"), "root-token", "--project-key SEC"),
        (("--register", "--webhook-url", ""), "root-token", "Nothing was deployed from"),
        (("--register", "--url", "https://api.atlassian.com/ex/jira/1-2"), "root-token", "the site's own address"),
    ],
)
def test_what_is_wrong_is_said_with_what_mends_it_and_nothing_is_made(
    jira: JiraServer, folder: Path, more: tuple[str, ...], token: str, said: str
) -> None:
    done = run(jira, folder, *more, token=token)
    assert done.returncode == 1
    assert said in done.stderr
    assert hooks(jira) == []


def test_a_secret_that_cannot_be_read_makes_no_webhook_without_one(jira: JiraServer, folder: Path) -> None:
    (folder / "secret").unlink()
    done = run(jira, folder, "--register")
    assert done.returncode == 1
    assert "cannot be read from /SecurityIncidentResponse/jiraWebhookSecret in us-east-1" in done.stderr
    assert hooks(jira) == []
