"""The command line is the one that was announced, and says what it does not understand."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.deploy import usage
from tests.conftest import REPOSITORY

SCRIPT = REPOSITORY / "deploy-integrations-solution.py"
ANNOUNCED = """\
usage: deploy-integrations-solution jira [-h] --email EMAIL --url URL --token TOKEN

options:
   -h, --help     show this help message and exit
   --email EMAIL  Jira email
   --url URL      Jira URL
   --token TOKEN  Jira API token
   --project-key  Jira Project key
   --log-level    info,debug,error: Log level for Lambda functions
"""


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The script as people start it, with nothing of ours in its environment."""
    return subprocess.run(
        [sys.executable, SCRIPT, *arguments],
        env={"PATH": os.environ["PATH"], "HOME": "/nonexistent", **environment},
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_help_is_the_announced_one_line_by_line_and_our_own_options_come_after() -> None:
    shown = run("jira", "-h")
    assert shown.returncode == 0
    head, _, options = shown.stdout.partition("\noptions:\n")
    announced_head, _, announced_options = ANNOUNCED.partition("\noptions:\n")
    assert head.startswith(announced_head)
    assert options.startswith(announced_options)


@pytest.mark.parametrize(
    ("text", "parser"),
    [(usage.JIRA, usage.jira_parser), (usage.WEBHOOK, usage.webhook_parser)],
    ids=["jira", "webhook"],
)
def test_the_help_names_every_option_there_is_and_no_other(
    text: str, parser: Callable[[], argparse.ArgumentParser]
) -> None:
    known = {option for action in parser()._actions for option in action.option_strings}
    described = {line.split()[0].rstrip(",") for line in text.splitlines() if line.startswith("   -")}
    assert described - {"-h"} == known - {"-h", "--help"}
    assert all(option in text.partition("\noptions:")[0] for option in known - {"--help"})


def test_the_help_of_webhooks_is_shown() -> None:
    assert run("jira", "webhook", "-h").stdout == usage.WEBHOOK


def test_the_script_finds_its_parts_however_it_is_called(tmp_path: Path) -> None:
    link = tmp_path / "deploy"
    link.symlink_to(SCRIPT)
    shown = subprocess.run(
        [sys.executable, link, "jira", "-h"], env={"PYTHONSAFEPATH": "1"}, capture_output=True, text=True, check=False
    )
    assert shown.stdout == usage.JIRA


def test_the_documentation_has_every_option() -> None:
    page = (REPOSITORY / "docs" / "deploy-script.md").read_text()
    parsers = (usage.jira_parser(), usage.webhook_parser())
    options = {option for parser in parsers for action in parser._actions for option in action.option_strings}
    assert {option for option in options if option not in page} == {"-h", "--help"}


@pytest.mark.parametrize("asked", [("-h",), ("--help",)])
def test_the_help_of_the_whole_names_the_integrations(asked: tuple[str, ...]) -> None:
    shown = run(*asked)
    assert shown.returncode == 0
    assert "jira" in shown.stdout


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ((), "which integration? There is one: jira"),
        (("servicenow",), "'servicenow' is no integration"),
        (("jira", "--projectkey", "SEC"), "--projectkey is no option; is --project-key meant?"),
        (("jira", "--check", "--destroy"), "not allowed with"),
        (("jira", "--check", "--no-check"), "contradict"),
        (("jira", "--email"), "expected one argument"),
        (("jira", "--em", "a@example.com"), "--em is no option"),
        (("jira", "webhook"), "--register --remove is required"),
        (("jira", "webhook", "--register", "--remove"), "not allowed with"),
        (("jira", "webhook", "--register", "--secret", "x"), "is --secret-parameter meant?"),
    ],
)
def test_a_line_without_meaning_ends_with_2_and_says_why(given: tuple[str, ...], said: str) -> None:
    ended = run(*given)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "-h" in ended.stderr


def test_what_is_missing_is_said_all_at_once_before_anything_is_started() -> None:
    ended = run("jira", PATH="/nonexistent")
    assert ended.returncode == 1
    for option in ("--email", "--url", "--project-key"):
        assert f"{option} is missing" in ended.stderr


def old_python(folder: Path) -> Path:
    """What this Python says of itself when it is told to be 3.9."""
    program = folder / "old.py"
    program.write_text(
        "import runpy, sys\n"
        "sys.version_info, sys.version = (3, 9, 25), '3.9.25 (main)'\n"
        "sys.argv = sys.argv[1:]\n"
        "runpy.run_path(sys.argv[0], run_name='__main__')\n"
    )
    return program


def test_a_python_that_is_too_old_is_named_with_what_to_install(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, old_python(tmp_path), SCRIPT, "jira", "-h"],
        env={"PATH": "/nonexistent"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert "Python 3.11 or later is needed, and this is 3.9.25" in ended.stderr
    assert "dnf install -y python3.11" in ended.stderr


def test_an_old_python_hands_over_to_a_newer_one_on_the_path(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3.12").symlink_to(sys.executable)
    ended = subprocess.run(
        [sys.executable, old_python(tmp_path), SCRIPT, "jira", "-h"],
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.stdout == usage.JIRA


def test_the_script_itself_is_grammar_of_an_old_python() -> None:
    import ast

    tree = ast.parse(SCRIPT.read_text(), feature_version=(3, 6))
    assert not any(isinstance(node, ast.ImportFrom) and node.module == "__future__" for node in tree.body)
