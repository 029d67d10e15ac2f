"""The documentation says what the module has: variables, outputs, and links that lead somewhere."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MADE_BY_COMMANDS = {".cache", ".git", ".pytest_cache", ".terraform", ".venv", "dist"}
CONFIGURATION = REPOSITORY / "docs" / "configuration.md"


def pages() -> list[Path]:
    """Every Markdown page of the repository."""
    return sorted(
        page
        for page in REPOSITORY.rglob("*.md")
        if not MADE_BY_COMMANDS.intersection(page.relative_to(REPOSITORY).parts)
    )


def without_code(markdown: str) -> str:
    return re.sub(r"^ *```.*?^ *```", "", markdown, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ +(.+)$", without_code(page.read_text()), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading).strip().lower().replace(" ", "-") for heading in headings}


def links(page: Path) -> Iterator[str]:
    """The targets of a page's links to files of the repository."""
    for target in re.findall(r"\]\(([^)\s]+)\)", without_code(page.read_text())):
        if not re.match(r"[a-z]+:", target):
            yield target


def root_terraform() -> str:
    """All Terraform files of the root, one after the other."""
    return "".join(file.read_text() for file in sorted(REPOSITORY.glob("*.tf")))


def declared(kind: str) -> list[str]:
    return re.findall(rf'^{kind} "(\w+)"', root_terraform(), re.MULTILINE)


def required_variables() -> set[str]:
    blocks = re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', root_terraform(), re.MULTILINE | re.DOTALL)
    return {name for name, body in blocks if not re.search(r"^  default\s*=", body, re.MULTILINE)}


def described(section: str) -> list[str]:
    """The names in the first column of the tables below one heading of docs/configuration.md."""
    body = re.split(rf"^## {section}$", CONFIGURATION.read_text(), flags=re.MULTILINE)[1]
    return re.findall(r"^\| `(\w+)` \|", re.split(r"^## ", body, flags=re.MULTILINE)[0], re.MULTILINE)


def module_blocks(page: Path) -> list[set[str]]:
    """The arguments of each `module` block in a page's HCL."""
    blocks = re.findall(r'^module "\w+" \{\n(.*?)^\}', page.read_text(), re.MULTILINE | re.DOTALL)
    return [set(re.findall(r"^  (\w+)\s*=", block, re.MULTILINE)) for block in blocks]


@pytest.mark.parametrize(("section", "kind"), [("Variables", "variable"), ("Outputs", "output")])
def test_the_configuration_page_has_every_variable_and_output_once_and_no_other(section: str, kind: str) -> None:
    assert sorted(described(section)) == sorted(declared(kind))


def test_the_readme_s_module_block_uses_existing_variables_and_all_that_are_required() -> None:
    (arguments,) = module_blocks(REPOSITORY / "README.md")
    assert arguments - {"source"} <= set(declared("variable"))
    assert required_variables() <= arguments


def test_every_relative_link_leads_to_a_file_and_a_heading_that_exist() -> None:
    broken = []
    for page in pages():
        for link in links(page):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            if not target.exists() or (anchor and anchor not in anchors(target)):
                broken.append(f"{page.relative_to(REPOSITORY)}: {link}")
    assert broken == []


def test_every_module_of_the_code_stands_in_the_table_of_its_floors() -> None:
    text = (REPOSITORY / "docs" / "architecture.md").read_text()
    table = text.split("\n## Where the code is\n")[1].split("\n## ")[0]
    named = {name for quoted in re.findall(r"`([\w/]+)`", table) for name in quoted.split("/")}
    package = REPOSITORY / "lambda_src" / "security_ir_jira"
    assert {path.stem for path in package.rglob("*.py")} - {"__init__"} <= named


def test_every_decision_stands_in_the_list_of_decisions() -> None:
    folder = REPOSITORY / "docs" / "decisions"
    assert sorted(links(folder / "README.md")) == sorted(page.name for page in folder.glob("0*.md"))


def test_every_make_target_that_the_readme_names_exists() -> None:
    named = set(re.findall(r"\bmake ([a-z]+)\b", (REPOSITORY / "README.md").read_text()))
    listed = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    assert {"demo", "test"} <= named
    assert named <= set(re.findall(r"^  make (\S+)", listed, re.MULTILINE)) | {"help"}
