"""Where the token comes from, and that no message shows it."""

from __future__ import annotations

import getpass
import io
import sys

import pytest

from scripts.deploy import record, token_source
from scripts.deploy.inputs import Inputs
from scripts.deploy.talk import Stop
from scripts.deploy.token_source import Token, token

INPUTS = Inputs("bot@example.com", "https://acme.atlassian.net", "SEC")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_environment_gives_the_token_and_a_line_end_of_a_file_does_no_harm() -> None:
    assert token(None, {"JIRA_TOKEN": "s3cret\n"}) == Token("s3cret")


def test_a_token_on_the_command_line_works_and_a_line_warns(capsys: pytest.CaptureFixture[str]) -> None:
    assert token("s3cret", {"JIRA_TOKEN": "other"}) == Token("s3cret")
    said = capsys.readouterr().out
    assert "stays in your shell's history" in said
    assert "s3cret" not in said


def test_in_a_terminal_the_token_is_asked_for_without_being_shown(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(sys, "stdin", Terminal())

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return "s3cret"

    monkeypatch.setattr(getpass, "getpass", typed)
    assert token(None, {}) == Token("s3cret")
    assert len(asked) == 1
    assert "s3cret" not in capsys.readouterr().out


def test_where_nobody_can_be_asked_the_variable_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    with pytest.raises(Stop, match="export JIRA_TOKEN="):
        token(None, {})


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("  ", "empty"),
        ("<your-jira-api-token>", "placeholder"),
        ("s3 cret", "no blanks"),
        ("s3cret\u2026", "no blanks"),
    ],
)
def test_what_is_no_token_is_refused_without_being_quoted(given: str, said: str) -> None:
    with pytest.raises(Stop, match=said) as refused:
        token(None, {"JIRA_TOKEN": given})
    assert "cret" not in str(refused.value)


def test_a_token_does_not_show_itself() -> None:
    assert "s3cret" not in repr(Token("s3cret"))


def test_other_processes_get_an_environment_without_it() -> None:
    around = {"PATH": "/bin", "JIRA_TOKEN": "s3cret", "TF_VAR_jira_token": "s3cret"}
    assert token_source.without(around) == {"PATH": "/bin"}


def test_the_same_token_keeps_its_version_and_another_one_raises_it() -> None:
    first = record.Record(INPUTS, "us-east-1").with_token(Token("one"))
    assert first.token_version == 1
    assert first.with_token(Token("one")) == first
    second = first.with_token(Token("two"))
    assert second.token_version == 2
    assert second.with_token(Token("one")).token_version == 3
    assert "one" not in repr(first) + first.token_mark
