"""python -m sandbox: the token for somebody's Jira is never on the command line, and no page is said to be none."""

from __future__ import annotations

import getpass
import io
import sys
from typing import cast

import pytest

from sandbox.__main__ import _page, arguments, jira_token
from sandbox.stage import Stage
from sandbox.transcript import Transcript

ALWAYS = ["--runtime-python", "python", "--packages", "dist"]
URL = "https://your-company.atlassian.net"


class Terminal:
    """Standard input with somebody at it, or nobody."""

    def __init__(self, *, attended: bool) -> None:
        self.attended = attended

    def isatty(self) -> bool:
        return self.attended


def test_the_token_is_the_environment_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIRA_TOKEN", "from-the-environment")
    assert jira_token(URL) == "from-the-environment"


def test_without_one_somebody_at_a_terminal_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def answer(prompt: str) -> str:
        asked.append(prompt)
        return "typed"

    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    monkeypatch.setattr(sys, "stdin", Terminal(attended=True))
    monkeypatch.setattr(getpass, "getpass", answer)
    assert jira_token(URL) == "typed"
    assert asked == [f"API token for {URL}: "]


def test_without_anybody_to_ask_it_says_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JIRA_TOKEN", raising=False)
    monkeypatch.setattr(sys, "stdin", Terminal(attended=False))
    with pytest.raises(SystemExit, match="set JIRA_TOKEN"):
        jira_token(URL)


def test_a_token_on_the_command_line_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        arguments([*ALWAYS, "--jira-url", URL, "--jira-token", "visible-to-all"])
    assert "unrecognized arguments: --jira-token" in capsys.readouterr().err


def test_where_one_side_is_elsewhere_it_says_that_there_is_no_page() -> None:
    out = io.StringIO()
    with _page(cast(Stage, None), Transcript(out), shown=False) as page:
        assert page is None
    assert "No page: one side is elsewhere" in out.getvalue()
