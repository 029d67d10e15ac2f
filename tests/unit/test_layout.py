"""Every Terraform module looks alike: what a reader seeks is in the file that is named so."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

MODULES = [REPOSITORY, *sorted(path for path in (REPOSITORY / "modules").iterdir() if path.is_dir())]
every_module = pytest.mark.parametrize("module", MODULES, ids=lambda module: module.name)


def files_that_declare(module: Path, kind: str) -> set[str]:
    """The names of a module's files that hold a `variable` or an `output`."""
    return {file.name for file in module.glob("*.tf") if re.search(rf'^{kind} "', file.read_text(), re.MULTILINE)}


@every_module
def test_a_module_has_its_readme_its_inputs_and_its_outputs_where_everybody_looks(module: Path) -> None:
    wanted = {"README.md", "main.tf", "variables.tf", "outputs.tf", "versions.tf"}
    assert wanted <= {file.name for file in module.iterdir()}


@every_module
def test_variables_are_in_files_of_that_name(module: Path) -> None:
    misplaced = {
        name for name in files_that_declare(module, "variable") if not re.fullmatch(r"variables(\.\w+)?\.tf", name)
    }
    assert misplaced == set()


@every_module
def test_outputs_are_in_one_file(module: Path) -> None:
    assert files_that_declare(module, "output") == {"outputs.tf"}


def test_what_every_estate_must_give_is_in_the_first_file_one_opens() -> None:
    elsewhere = "".join(file.read_text() for file in REPOSITORY.glob("variables.*.tf"))
    variables = re.findall(r'^variable "(\w+)" \{\n(.*?)^\}', elsewhere, re.MULTILINE | re.DOTALL)
    assert variables
    assert [name for name, body in variables if not re.search(r"^  default\s*=", body, re.MULTILINE)] == []
