"""Where Jira is and how to sign in, read from SSM."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from security_ir_jira.errors import RetryLater
from security_ir_jira.jira.credentials import CredentialStore

TOKEN_ARN = "arn:aws:ssm:eu-central-1:123456789012:parameter/elsewhere/token"
NAMES = {"url": "/sir/jiraUrl", "email": "/sir/jiraEmail", "project_key": "/sir/jiraProjectKey", "token": TOKEN_ARN}


@dataclass(slots=True)
class Ssm:
    """``get_parameters`` of an SSM client."""

    values: dict[str, str] = field(
        default_factory=lambda: {
            "/sir/jiraUrl": "https://example.atlassian.net/",
            "/sir/jiraEmail": "bot@example.com",
            "/sir/jiraProjectKey": "SEC",
            "/elsewhere/token": "secret",
        }
    )
    version: int = 1
    calls: list[list[str]] = field(default_factory=list)

    def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:
        assert WithDecryption
        self.calls.append(Names)
        asked = {name: name.partition(":parameter")[2] or name for name in Names}
        return {
            "Parameters": [
                {
                    "Name": path,
                    "ARN": f"arn:aws:ssm:eu-central-1:123456789012:parameter{path}",
                    "Value": self.values[path],
                    "Version": self.version,
                }
                for path in asked.values()
                if path in self.values
            ],
            "InvalidParameters": [name for name, path in asked.items() if path not in self.values],
        }


@dataclass(slots=True)
class Stage:
    ssm: Ssm = field(default_factory=Ssm)
    now: float = 0.0

    def store(self) -> CredentialStore:
        return CredentialStore(lambda: self.ssm, NAMES, lambda: self.now)  # type: ignore[arg-type,return-value]  # one of its methods


@pytest.fixture
def stage() -> Stage:
    return Stage()


def test_four_parameters_are_one_call(stage: Stage) -> None:
    credentials = stage.store()()
    assert (credentials.email, credentials.project_key, credentials.token) == ("bot@example.com", "SEC", "secret")
    assert [set(names) for names in stage.ssm.calls] == [set(NAMES.values())]


def test_a_slash_at_the_end_of_the_address_does_not_matter(stage: Stage) -> None:
    assert stage.store()().url == "https://example.atlassian.net"


def test_a_newline_pasted_with_a_token_does_not_matter(stage: Stage) -> None:
    stage.ssm.values["/elsewhere/token"] = "secret\n"
    assert stage.store()().token == "secret"


def test_they_are_kept_for_five_minutes_and_no_longer(stage: Stage) -> None:
    store = stage.store()
    for stage.now in (0, 150, 300):
        store()
    assert len(stage.ssm.calls) == 1
    stage.now = 301
    store()
    assert len(stage.ssm.calls) == 2


def test_they_are_read_anew_at_once_where_that_is_asked(stage: Stage) -> None:
    store = stage.store()
    store()
    stage.ssm.values["/elsewhere/token"], stage.ssm.version = "rotated", 2
    assert store().token == "secret"
    assert (store(fresh=True).token, store().token_version) == ("rotated", 2)


def test_a_parameter_that_is_not_there_is_waited_for_in_minutes_and_named(stage: Stage) -> None:
    del stage.ssm.values["/elsewhere/token"]
    with pytest.raises(RetryLater, match=TOKEN_ARN) as caught:
        stage.store()()
    assert caught.value.delay == 240


def test_fault_23_a_token_is_in_no_printed_form(stage: Stage) -> None:
    assert "secret" not in repr(stage.store()())
