"""The deployment script, end to end: into the local AWS, once more without a change, and down again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from sandbox.cloud import Cloud
from sandbox.jira import JiraServer
from sandbox.terraform import program
from tests.conftest import REPOSITORY, published

SCRIPT = REPOSITORY / "deploy-integrations-solution.py"
REGION = "us-east-1"
TOKEN = "a-token-that-nobody-else-has"
OTHER_TOKEN = "a-second-token-of-the-account"


@dataclass(frozen=True, slots=True)
class Account:
    """A local AWS and a Jira site, and somebody with a folder (its name holds a blank)."""

    cloud: Cloud
    jira: JiraServer
    folder: Path
    programs: Path

    def run(self, *more: str, token: str | None = TOKEN) -> str:
        """All that a run says which ends well."""
        options = ["--email", self.jira.email, "--url", self.jira.url, "--project-key", "SEC"]
        done = subprocess.run(
            [sys.executable, SCRIPT, "jira", *options, "--directory", self.folder, "--yes", *more],
            env=os.environ
            | {
                "PATH": str(self.programs),
                "AWS_ENDPOINT_URL": self.cloud.url,
                "AWS_ACCESS_KEY_ID": "any",
                "AWS_SECRET_ACCESS_KEY": "any",
                "AWS_EC2_METADATA_DISABLED": "true",
            }
            | ({"JIRA_TOKEN": token} if token else {}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    def parameter(self, name: str) -> str:
        answer = self.cloud.boto3("ssm").get_parameter(Name=f"/SecurityIncidentResponse/{name}", WithDecryption=True)
        return str(answer["Parameter"]["Value"])

    def tables(self) -> list[str]:
        return list(self.cloud.boto3("dynamodb").list_tables()["TableNames"])

    def holding(self, token: str) -> list[Path]:
        """The files of the folder that hold a token; the provider itself left out."""
        files = (each for each in self.folder.rglob("*") if each.is_file() and "providers" not in each.parts)
        return [file for file in files if token.encode() in file.read_bytes()]


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    with Cloud(region=REGION) as cloud, JiraServer(contract=published(), token=TOKEN) as jira:
        jira.valid_tokens.add(OTHER_TOKEN)
        jira.add_project("SEC")
        # The script takes what it finds, Terraform first: here it finds the one that is tested.
        programs = tmp_path / "programs"
        programs.mkdir()
        (programs / Path(program()).name).symlink_to(program())
        yield Account(cloud, jira, tmp_path / "my deployment", programs)
        assert jira.violations == []
        assert jira.writes() == []


def test_it_deploys_finds_nothing_to_do_rotates_the_token_and_takes_everything_down(account: Account) -> None:
    said = account.run("--region", REGION, "--log-level", "debug")
    topic = f"arn:aws:sns:{REGION}:{account.cloud.account_id}:security-ir-jira-jira-notifications"
    assert topic in said
    assert "Turn on rule" in said
    assert account.cloud.boto3("sns").get_topic_attributes(TopicArn=topic)["Attributes"]["TopicArn"] == topic
    assert account.parameter("jiraToken") == TOKEN
    assert account.parameter("jiraUrl") == account.jira.url
    assert account.tables() == ["security-ir-jira-ledger"]
    assert account.holding(TOKEN) == []
    assert TOKEN not in said

    main_tf = account.folder / "main.tf"
    written_first = (account.folder / "terraform.tfstate").read_bytes()
    assert "Nothing has to be changed." in account.run("--log-level", "debug")
    assert (account.folder / "terraform.tfstate").read_bytes() == written_first
    terraform = [program(), "fmt", "-check", "-diff", str(main_tf)]
    formatted = subprocess.run(terraform, capture_output=True, text=True, check=False)
    assert formatted.returncode == 0, formatted.stdout + formatted.stderr

    (account.folder / "settings.tfvars").write_text('alarm_emails = ["soc@example.com"]\nsync_watchers = false\n')
    account.run("--log-level", "debug", token=OTHER_TOKEN)
    assert account.parameter("jiraToken") == OTHER_TOKEN
    topics = [each["TopicArn"] for each in account.cloud.boto3("sns").list_topics()["Topics"]]
    assert len(topics) == 2
    assert account.holding(OTHER_TOKEN) == []

    said = account.run("--destroy", token=None)
    assert "What stays: all cases, and all issues" in said
    assert account.tables() == []
    assert account.cloud.boto3("lambda").list_functions()["Functions"] == []
    assert account.cloud.boto3("sns").list_topics()["Topics"] == []
    assert account.cloud.boto3("ssm").describe_parameters()["Parameters"] == []
