"""build.sh: the same bytes every time, only what belongs in the zips, and errors one can act on."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

FUNCTIONS = ("jira_client", "jira_notifications_handler", "security_ir_client", "security_ir_poller")
# What build.sh calls besides Python, pip and uv.
TOOLS = ("bash", "dirname", "mkdir", "mktemp", "rm")


def checkout(folder: Path, *, with_libraries: bool = True) -> Path:
    """A copy of what build.sh reads, with the libraries it has installed before unless told otherwise."""
    folder.mkdir()
    shutil.copy(REPOSITORY / "build.sh", folder)
    # copyfile: new dates and the default modes, as in a clone made by somebody else
    shutil.copytree(REPOSITORY / "lambda_src", folder / "lambda_src", copy_function=shutil.copyfile)
    if with_libraries:
        installed = REPOSITORY / ".cache" / "build"
        installed.mkdir(parents=True, exist_ok=True)
        (folder / ".cache").mkdir()
        (folder / ".cache" / "build").symlink_to(installed)
    return folder


def build(
    root: Path, python: Path | str = sys.executable, path: str = os.environ["PATH"]
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [root / "build.sh"],
        env=os.environ | {"PYTHON": str(python), "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def dist(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "dist").iterdir()}


def path_of(folder: Path, *programs: Path) -> str:
    """A PATH that holds build.sh's own tools and the given programs, and nothing else."""
    folder.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (folder / tool).symlink_to(found)
    for program in programs:
        (folder / program.name).symlink_to(program)
    return str(folder)


def python_without_pip(folder: Path) -> Path:
    venv.create(folder, with_pip=False)
    return folder / "bin" / "python"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = checkout(tmp_path_factory.mktemp("build") / "checkout")
    result = build(root)
    assert result.returncode == 0, result.stderr
    return root


@pytest.fixture(params=FUNCTIONS)
def package(built: Path, request: pytest.FixtureRequest) -> zipfile.ZipFile:
    return zipfile.ZipFile(built / "dist" / f"{request.param}.zip")


def test_two_builds_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    other = checkout(tmp_path / "other")
    compiled = other / "lambda_src" / "jira_client" / "__pycache__" / "handler.cpython-311.pyc"
    compiled.parent.mkdir(exist_ok=True)
    compiled.write_bytes(b"left by an import")
    for path in other.rglob("*.py"):
        path.chmod(0o600)
        os.utime(path, (1_000_000_000, 1_000_000_000))
    assert build(other).returncode == 0
    assert dist(other) == dist(built)


def test_pip_and_uv_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    root = checkout(tmp_path / "uv", with_libraries=False)
    python = python_without_pip(tmp_path / "python")
    result = build(root, python, path_of(tmp_path / "bin", Path(sys.executable).with_name("uv")))
    assert result.returncode == 0, result.stderr
    assert dist(root) == dist(built)


def test_a_second_build_installs_nothing_and_leaves_only_the_zips(built: Path, tmp_path: Path) -> None:
    result = build(built, python_without_pip(tmp_path / "python"), path_of(tmp_path / "bin"))
    assert result.returncode == 0, result.stderr
    assert sorted(dist(built)) == ["SHA256SUMS", *(f"{function}.zip" for function in FUNCTIONS)]


def test_the_checksums_are_those_of_the_zips(built: Path) -> None:
    expected = [
        f"{hashlib.sha256((built / 'dist' / f'{function}.zip').read_bytes()).hexdigest()}  {function}.zip"
        for function in FUNCTIONS
    ]
    assert (built / "dist" / "SHA256SUMS").read_text().splitlines() == expected


def test_a_zip_is_at_most_two_megabytes(package: zipfile.ZipFile) -> None:
    assert package.filename
    assert Path(package.filename).stat().st_size <= 2_000_000


def test_a_zip_holds_its_function_the_shared_packages_and_the_libraries(package: zipfile.ZipFile) -> None:
    assert package.filename
    function = Path(package.filename).stem
    code = {name.split("/")[0] for name in package.namelist() if ".dist-info/" not in name}
    assert code == {
        function,
        "rich_text",
        "security_ir_jira",
        "aws_lambda_powertools",
        "certifi",
        "charset_normalizer",
        "idna",
        "jmespath",
        "requests",
        "typing_extensions.py",
        "urllib3",
    }
    assert f"{function}/handler.py" in package.namelist()


def test_a_zip_holds_nothing_of_the_installer_the_compiler_or_the_runtime(package: zipfile.ZipFile) -> None:
    unwanted = re.compile(
        r"\.(pyc|pyd|so)$|__pycache__|^bin/|/(INSTALLER|RECORD|REQUESTED|WHEEL)$|^boto|(^|/)\.|(^|/)tests?/"
    )
    assert [name for name in package.namelist() if unwanted.search(name)] == []


def test_entries_are_sorted_with_one_date_and_one_mode(package: zipfile.ZipFile) -> None:
    assert package.namelist() == sorted(package.namelist())
    assert {(info.date_time, info.external_attr >> 16) for info in package.infolist()} == {
        ((1980, 1, 1, 0, 0, 0), 0o100644)
    }


def test_a_python_that_is_too_old_is_named(tmp_path: Path) -> None:
    old = tmp_path / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" && exit 0\nexit 1\n')
    old.chmod(0o755)
    result = build(checkout(tmp_path / "checkout"), old)
    assert result.returncode == 1
    assert "Python 3.11 or later is needed" in result.stderr
    assert "Python 3.9.2" in result.stderr


def test_a_python_that_is_not_there_is_named(tmp_path: Path) -> None:
    result = build(checkout(tmp_path / "checkout"), tmp_path / "python3")
    assert result.returncode == 1
    assert "python3 is not here. Install Python 3.11 or later" in result.stderr


def test_without_pip_and_uv_it_says_what_to_install(tmp_path: Path) -> None:
    root = checkout(tmp_path / "checkout", with_libraries=False)
    result = build(root, python_without_pip(tmp_path / "python"), path_of(tmp_path / "bin"))
    assert result.returncode == 1
    assert "neither pip nor uv is here" in result.stderr
    assert not (root / "dist").exists()


def test_a_library_that_is_not_the_locked_one_is_refused(tmp_path: Path) -> None:
    root = checkout(tmp_path / "checkout", with_libraries=False)
    lock = root / "lambda_src" / "requirements.txt"
    lock.write_text(re.sub(r"sha256:\w+", "sha256:" + "0" * 64, lock.read_text()))
    result = build(root)
    assert result.returncode == 1
    assert "could not be installed" in result.stderr
    assert not (root / "dist").exists()
    assert list((root / ".cache" / "build").iterdir()) == []


def test_a_package_that_is_missing_is_named(tmp_path: Path) -> None:
    root = checkout(tmp_path / "checkout")
    shutil.rmtree(root / "lambda_src" / "security_ir_poller")
    result = build(root)
    assert result.returncode == 1
    assert "lambda_src/security_ir_poller is missing" in result.stderr
