"""docs/configuration.md says what the module declares: variables with type and default, outputs, and what is fixed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from jira_webhook.request import MOST_BYTES
from jira_webhook.secret import KEPT_SECONDS
from scripts.deploy.blocks import declared, object_attributes
from security_ir_jira.sources.cases import MOST_ASKED_FOR_TAGS
from tests.conftest import REPOSITORY

PAGE = REPOSITORY / "docs" / "configuration.md"
WORKER = REPOSITORY / "modules" / "worker"


def root_files() -> Iterator[Path]:
    yield from sorted(REPOSITORY.glob("*.tf"))


VARIABLES = declared(root_files(), "variable")


def rows(section: str) -> list[list[str]]:
    """The cells of every row of the tables below one heading of the page, without the tables' own headings."""
    body = re.split(rf"^## {section}$", PAGE.read_text(), flags=re.MULTILINE)[1]
    lines = re.findall(r"^\| (?!-)(.+) \|$", re.split(r"^## ", body, flags=re.MULTILINE)[0], re.MULTILINE)
    table = [[cell.strip() for cell in re.split(r" *(?<!\\)\| ", line)] for line in lines]
    return [cells for cells in table if cells[0] not in {"variable", "output", "what"}]


def described(section: str) -> dict[str, list[str]]:
    """The rows of a section by the name in their first cell."""
    table = rows(section)
    names = [cells[0].strip("`") for cells in table]
    assert len(set(names)) == len(names), f"twice in {section}: {sorted({n for n in names if names.count(n) > 1})}"
    return {name: cells[1:] for name, cells in zip(names, table, strict=True)}


def in_words(variable: Mapping[str, str]) -> str:
    """A variable's type as the page puts it, apart from an object's attributes."""
    kind = variable["type"]
    words = {"any": "object", "list(string)": "list of string", "map(string)": "map of string"}
    plain = "object" if kind.startswith("object(") else words.get(kind, kind)
    return ", ".join([plain, *(mark for mark in ("ephemeral", "sensitive") if variable.get(mark) == "true")])


def attributes_in_words(cell: str) -> dict[str, bool]:
    """The attributes that a cell names: name → whether it is optional."""
    return {name: bool(optional) for name, optional in re.findall(r"`(\w+)`( \(optional\))?", cell)}


def number(name: str, file: Path) -> int:
    """A number among a file's local values or arguments, which may be written as a product."""
    (product,) = re.findall(rf"^\s+{name}\s*= ([\d* ]+)$", file.read_text(), re.MULTILINE)
    value = 1
    for factor in product.split("*"):
        value *= int(factor)
    return value


@pytest.mark.parametrize(("section", "kind"), [("Variables", "variable"), ("Outputs", "output")])
def test_the_page_has_every_variable_and_output_once_and_no_other(section: str, kind: str) -> None:
    named, there = set(described(section)), set(declared(root_files(), kind))
    assert sorted(there - named) == []
    assert sorted(named - there) == []


@pytest.mark.parametrize("name", VARIABLES)
def test_the_page_gives_a_variable_the_type_that_it_has(name: str) -> None:
    cell = described("Variables")[name][0]
    assert cell.partition(":")[0] == in_words(VARIABLES[name])
    if VARIABLES[name]["type"].startswith("object("):
        assert attributes_in_words(cell) == object_attributes(VARIABLES[name]["type"])


@pytest.mark.parametrize("name", VARIABLES)
def test_the_page_gives_a_variable_the_default_that_it_has(name: str) -> None:
    default = VARIABLES[name].get("default", "")
    assert described("Variables")[name][1].strip("`") == " ".join(default.split())


def test_the_page_says_what_every_variable_and_output_means() -> None:
    table = described("Variables") | described("Outputs")
    assert [name for name, cells in table.items() if not cells[-1]] == []


def test_the_page_names_the_page_s_files_of_variables() -> None:
    introduction = PAGE.read_text().split("\n## Variables\n")[1].split("\n### ")[0]
    assert set(re.findall(r"`(variables[\w.]*\.tf)`", introduction)) == {
        file.name for file in REPOSITORY.glob("variables*.tf")
    }


def test_the_fixed_values_are_those_of_the_code() -> None:
    main = WORKER / "main.tf"
    feeding = re.findall(
        r"^ +(\w+) = \{[^{}]*\bqueue += \{[^{}]*\bbatch_size = (\d+), maximum_concurrency = (\d+)",
        (REPOSITORY / "main.tf").read_text(),
        re.MULTILINE,
    )
    records = {function: int(count) for function, count, _ in feeding}
    runs = {function: int(count) for function, _, count in feeding}
    assert set(records) == {"security_ir_poller", "jira_notifications_handler", "jira_client", "security_ir_client"}
    assert len({runs["security_ir_poller"], runs["jira_notifications_handler"]}) == 1
    assert len({runs["jira_client"], runs["security_ir_client"]}) == 1
    time_limit = number("timeout_seconds", main)
    webhook = REPOSITORY / "modules" / "jira_webhook" / "main.tf"
    assert re.search(r"visibility_timeout_seconds = local\.timeout_seconds \* 6$", main.read_text(), re.MULTILINE)
    dead_after = number("maximum_event_age_in_seconds", REPOSITORY / "modules" / "schedules" / "main.tf")

    (batch,) = set(records.values())  # one number in one row: a second one needs a second row
    assert described("Fixed values") == {
        "functions": [f"time limit {time_limit} s; `jira_webhook` {number('timeout_seconds', webhook)} s"],
        "runs of `jira_webhook` at one time": [f"{number('runs_at_one_time', webhook)}, reserved"],
        "webhooks": [f"up to {MOST_BYTES >> 20} MiB; their secret is read anew at least every {KEPT_SECONDS:.0f} s"],
        "cases asked for their tags in a sweep": [
            f"{MOST_ASKED_FOR_TAGS}, those that moved last; only with `case_filter.tags`"
        ],
        "records in one run": [f"up to {batch}"],
        "runs at one time": [
            f"{runs['security_ir_poller']} for each of the two sources, {runs['jira_client']} for each of the two sinks"
        ],
        "queues": [
            f"{time_limit * 6:,} s visibility, {number('max_receive_count', main):,} receives, "
            f"{number('message_retention_seconds', main) // 86400} days retention for the queue and for its dead "
            "letters"
        ],
        "redrive": [f"{number('redrive_pace', main)} messages a second"],
        "orders to sweep": [f"tried for {dead_after:,} s, then dead-lettered"],
    }
