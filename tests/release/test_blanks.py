"""A clone may lie in a folder whose name has a blank."""

from __future__ import annotations

from pathlib import Path

import pytest

from .clone import clone, make


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("blanks") / "a b"
    folder.mkdir()
    return clone(folder / "main")


def test_make_builds_there(root: Path) -> None:
    built = make(root, "build")
    assert built.returncode == 0, built.stderr
    assert (root / "dist" / "jira_client.zip").is_file()


def test_make_validates_there(root: Path) -> None:
    validated = make(root, "validate", "TERRAFORM_ROOTS=modules/ledger/")
    assert validated.returncode == 0, validated.stdout + validated.stderr
    assert "The configuration is valid." in validated.stdout
