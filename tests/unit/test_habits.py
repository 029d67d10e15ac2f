"""What the repository's services call exists, and the pages they point to do."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator

import pytest

from tests.conftest import REPOSITORY

CALLERS = [
    *sorted((REPOSITORY / ".github").rglob("*.yml")),
    REPOSITORY / ".pre-commit-config.yaml",
    REPOSITORY / ".github" / "pull_request_template.md",
    REPOSITORY / "SECURITY.md",
    REPOSITORY / "UPGRADING.md",
]


def targets() -> set[str]:
    listed = subprocess.run(["make", "help"], cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    return set(re.findall(r"^  make (\S+)", listed, re.MULTILINE))


def called_by(text: str) -> Iterator[str]:
    """The targets in a step, in a hook, and between backticks."""
    for line in text.splitlines():
        begin = r"\b" if re.search(r"\b(run|entry):", line) else r"[`']"
        yield from re.findall(rf"{begin}make (?:--no-print-directory )?([a-z]+)\b", line)


def test_every_make_target_that_is_called_exists() -> None:
    known = targets()
    called = {(file.name, target) for file in CALLERS for target in called_by(file.read_text())}
    assert {"test", "release", "fmt", "ruff", "mypy", "lock"} <= {target for _, target in called}
    assert sorted(each for each in called if each[1] not in known) == []


def test_the_hooks_are_local_and_download_nothing() -> None:
    hooks = (REPOSITORY / ".pre-commit-config.yaml").read_text()
    assert set(re.findall(r"repo: (\S+)", hooks)) == {"local"}
    assert set(re.findall(r"language: (\S+)", hooks)) == {"system"}


@pytest.mark.parametrize("workflow", ["test.yml", "release.yml"])
def test_a_workflow_has_no_more_rights_than_it_says(workflow: str) -> None:
    text = (REPOSITORY / ".github" / "workflows" / workflow).read_text()
    assert re.search(r"^permissions:( \{\}|\n  contents: read)$", text, re.MULTILINE)


def test_the_release_workflow_attests_what_it_publishes() -> None:
    text = (REPOSITORY / ".github" / "workflows" / "release.yml").read_text()
    steps = [text.index(step) for step in ("make release", "actions/attest-build-provenance@", "gh release create")]
    assert steps == sorted(steps)
    assert "What it cannot do" in text


def test_upgrading_names_the_record_of_addresses() -> None:
    assert "tests/release/stateful_addresses.txt" in (REPOSITORY / "UPGRADING.md").read_text()
