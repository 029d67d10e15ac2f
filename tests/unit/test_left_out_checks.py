"""No check is left out in silence: the rules of tests/conftest.py, each on a test run of its own."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

NEEDS_CONTRACTS = "def test_a_contract(contracts):\n    assert contracts.is_dir()\n"
NEEDS_A_BROWSER = "import pytest\n\ndef test_a_page():\n    pytest.skip('browser check left out: none is here')\n"
SKIPPED_TEST = "import pytest\n\ndef test_a_thing():\n    pytest.skip('no time')\n"
SKIPPED_MODULE = "import pytest\n\npytest.skip('no time', allow_module_level=True)\n"


def run(folder: Path, test: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs one test file under our conftest, as if this repository stood in `folder`/repository."""
    tests = folder / "repository" / "tests"
    tests.mkdir(parents=True)
    shutil.copy(REPOSITORY / "tests" / "conftest.py", tests)
    (tests / "test_it.py").write_text(test)
    ours = ("CI", "PYTEST_ADDOPTS", "REQUIRE_CONTRACTS", "SHARED_CONTRACTS")
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--rootdir", tests, tests],
        cwd=tests,
        env=inherited | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_clone_without_contracts_passes_and_names_what_it_left_out(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS_CONTRACTS)
    assert result.returncode == 0
    assert "contract checks left out" in result.stdout
    assert "test_it.py::test_a_contract" in result.stdout


def test_each_kind_of_check_that_was_left_out_is_named_by_itself(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS_CONTRACTS + NEEDS_A_BROWSER)
    assert result.returncode == 0
    for kind, test in (("contract", "test_a_contract"), ("browser", "test_a_page")):
        assert f"{kind} checks left out" in result.stdout
        assert f"test_it.py::{test}" in result.stdout


def test_contracts_are_found_beside_the_repository(tmp_path: Path) -> None:
    (tmp_path / "shared" / "contracts").mkdir(parents=True)
    result = run(tmp_path, NEEDS_CONTRACTS, CI="true", REQUIRE_CONTRACTS="1")
    assert result.returncode == 0
    assert "left out" not in result.stdout


def test_contracts_are_found_where_the_environment_says(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS_CONTRACTS, SHARED_CONTRACTS=str(tmp_path), REQUIRE_CONTRACTS="1")
    assert result.returncode == 0


def test_required_contracts_that_are_missing_fail_the_run(tmp_path: Path) -> None:
    result = run(tmp_path, NEEDS_CONTRACTS, REQUIRE_CONTRACTS="1")
    assert result.returncode == 1
    assert "REQUIRE_CONTRACTS is set" in result.stdout


@pytest.mark.parametrize("test", [NEEDS_CONTRACTS, SKIPPED_TEST, SKIPPED_MODULE])
def test_any_skip_fails_in_ci(tmp_path: Path, test: str) -> None:
    result = run(tmp_path, test, CI="true")
    assert result.returncode != 0
    assert "CI leaves no check out" in result.stdout


@pytest.mark.parametrize("test", [SKIPPED_TEST, SKIPPED_MODULE + NEEDS_CONTRACTS])
def test_other_skips_are_only_skips_elsewhere(tmp_path: Path, test: str) -> None:
    result = run(tmp_path, test)
    assert "1 skipped" in result.stdout
    assert "contract checks left out" not in result.stdout
