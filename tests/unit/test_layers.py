"""The floors of the code: each knows only those below, and nothing knows more than it needs."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from graphlib import TopologicalSorter
from pathlib import Path
from typing import get_type_hints

import pytest

from security_ir_jira.cases.client import CaseClient
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.sinks.case_hand import CaseHand
from security_ir_jira.sinks.hand import CaseReader, IssueReader
from security_ir_jira.sinks.issue_hand import IssueHand
from tests.defaults import DOCUMENT

SOURCES = Path(__file__).parents[2] / "lambda_src"
OURS = "security_ir_jira"
FLOORS = [
    {"shell"},
    {"sinks", "sources", "operate"},
    {"ledger", "jira", "cases"},
    {"plan", "transfer", "notices", "recognition"},
    {"memory", "events"},
    {"answers", "line"},
    {"model", "config", "errors", "ids", "trust"},
]
FUNCTIONS = ("jira_client", "jira_notifications_handler", "jira_webhook", "security_ir_client", "security_ir_poller")


def modules(package: str) -> dict[str, Path]:
    return {
        ".".join(path.relative_to(SOURCES).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (SOURCES / package).rglob("*.py")
    }


ALL = {name: path for package in (OURS, "rich_text") for name, path in modules(package).items()}


def imported(name: str, path: Path) -> set[str]:
    """What a module loads as it is imported: neither for type checkers only, nor within a function."""
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    found: set[str] = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            modules_or_names = {f"{base}.{alias.name}" for alias in node.names}
            found |= {each if each in ALL else base for each in modules_or_names}
    return found


GRAPH = {name: imported(name, path) & ALL.keys() - {name} for name, path in ALL.items()}


def floor(name: str) -> int:
    room = name.split(".")[1]
    return next(number for number, rooms in enumerate(FLOORS) if room in rooms)


def test_every_room_has_a_floor() -> None:
    rooms = {name.split(".")[1] for name in modules(OURS) if "." in name}
    assert rooms == set().union(*FLOORS)


@pytest.mark.parametrize("name", [name for name in GRAPH if name.startswith(f"{OURS}.")])
def test_a_floor_knows_only_those_below(name: str) -> None:
    ours = [other for other in GRAPH[name] if other.startswith(f"{OURS}.")]
    room = name.split(".")[1]
    assert [other for other in ours if floor(other) < floor(name)] == []
    assert [other for other in ours if floor(other) == floor(name) <= 2 and other.split(".")[1] != room] == []


def test_there_is_no_circle() -> None:
    assert list(TopologicalSorter(GRAPH).static_order())


def test_the_plan_touches_no_client_and_rich_text_nothing_of_ours() -> None:
    clients = ("boto3", "botocore", "requests", "aws_lambda_powertools")
    for name, path in ALL.items():
        if name.startswith((f"{OURS}.plan", f"{OURS}.memory", f"{OURS}.model", "rich_text")):
            assert [each for each in imported(name, path) if each.startswith(clients)] == []
        if name.startswith("rich_text"):
            assert [each for each in imported(name, path) if each.startswith((OURS, *FUNCTIONS))] == []


def run(code: str, **environment: str) -> str:
    """The output of code in a process of its own, with no environment but what is given."""
    ours = {"PYTHONPATH": str(SOURCES), "PATH": os.environ["PATH"], **environment}
    return subprocess.run([sys.executable, "-c", code], env=ours, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_handler_is_imported_without_any_surroundings(function: str) -> None:
    assert run(f"from {function}.handler import handler; print(callable(handler))").strip() == "True"


def test_the_poller_loads_few_of_our_modules_and_nothing_of_jira_or_of_texts() -> None:
    settings = {name: DOCUMENT[name] for name in ("status_mapping", "issue_filter", "case_filter")}
    code = f"""
import dataclasses, json, os, sys
from security_ir_jira.config import Config
os.environ["SYNC_CONFIG"] = json.dumps({{each.name: "" for each in dataclasses.fields(Config)}} | {settings!r})
from security_ir_poller.handler import handler
from security_ir_jira.shell import runtime
runtime.security_ir_poller()
ours = [module for name, module in sys.modules.items() if name.startswith(("security_ir_jira.", "rich_text"))]
print(json.dumps([module.__name__ for module in ours if not hasattr(module, "__path__")]))
"""
    names = json.loads(
        run(code, LEDGER_TABLE="ledger", EVENT_BUS_NAME="bus", AWS_DEFAULT_REGION="eu-central-1").splitlines()[-1]
    )
    assert 0 < len(names) <= 16, names
    heavy = [name for name in names if name.split(".")[1] in ("jira", "plan", "sinks") or name.startswith("rich_text")]
    assert heavy == []


@pytest.mark.parametrize(
    ("hand", "other", "reader", "client"),
    [(IssueHand, "cases", CaseReader, CaseClient), (CaseHand, "issues", IssueReader, JiraClient)],
)
def test_a_hand_has_no_way_to_write_the_other_side(hand: type, other: str, reader: type, client: type) -> None:
    assert get_type_hints(hand)[other] is reader
    offered = {name for name in vars(reader) if not name.startswith("_")}
    writes = {
        name for name in vars(client) if name.startswith(("add_", "set_", "edit_", "remove_", "delete_", "create_"))
    }
    others = {"close", "upload_url", "upload_attachment", "transition", "link"} & vars(client).keys()
    assert writes
    assert offered & (writes | others) == set()
    assert offered <= vars(client).keys()
