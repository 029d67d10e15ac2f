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

FUNCTIONS = ("jira_client", "jira_notifications_handler", "jira_webhook", "security_ir_client", "security_ir_poller")
# What build.sh calls besides Python, pip and uv.
TOOLS = ("bash", "dirname", "mkdir", "mktemp", "rm")
OURS = f"{sys.version_info.major}.{sys.version_info.minor}"

# Imports all that a zip holds of ours, in whatever order; an empty module would lack what others ask it for.
EVERY_MODULE = """
import importlib, pkgutil, sys
for name in (sys.argv[1], "security_ir_jira", "rich_text"):
    package = importlib.import_module(name)
    for module in pkgutil.walk_packages(package.__path__, f"{name}."):
        importlib.import_module(module.name)
assert importlib.import_module(f"{sys.argv[1]}.handler").handler
"""


def checkout(folder: Path, *, with_libraries: bool = True, runtime: str = OURS) -> Path:
    """A copy of what build.sh reads, with the libraries it has installed before unless told otherwise.

    Lambda's Python is that of the tests there.
    """
    folder.mkdir()
    shutil.copy(REPOSITORY / "build.sh", folder)
    shutil.copytree(REPOSITORY / "scripts", folder / "scripts", copy_function=shutil.copyfile)
    variables = (REPOSITORY / "variables.operations.tf").read_text()
    assert variables.count('"python3.13"') == 1
    (folder / "variables.operations.tf").write_text(variables.replace('"python3.13"', f'"python{runtime}"'))
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


def test_a_zip_has_at_most_1_85_megabytes(package: zipfile.ZipFile) -> None:
    assert package.filename
    assert Path(package.filename).stat().st_size <= 1_850_000


def test_python_of_the_runtimes_version_reads_bytecode_only(built: Path, tmp_path: Path) -> None:
    for function in FUNCTIONS:
        code = tmp_path / function
        zipfile.ZipFile(built / "dist" / f"{function}.zip").extractall(code)
        for source in code.rglob("*.py"):
            if not source.is_relative_to(code / "security_ir_jira" / "operate"):
                # What were read anew would have no name in it.
                source.write_text("")
        imported = subprocess.run(
            [sys.executable, "-c", EVERY_MODULE, function],
            env={"PYTHONPATH": str(code), "AWS_DEFAULT_REGION": "eu-west-1", "PYTHONDONTWRITEBYTECODE": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert imported.returncode == 0, imported.stderr


def test_without_that_python_the_zips_hold_sources_only_and_the_build_says_so(tmp_path: Path) -> None:
    root = checkout(tmp_path / "checkout", runtime="3.99")
    result = build(root)
    assert result.returncode == 0, result.stderr
    assert "Python 3.99 is not here: the zips hold no bytecode" in result.stdout
    assert "LAMBDA_PYTHON=/path/to/python3.99 ./build.sh" in result.stdout
    names = zipfile.ZipFile(root / "dist" / "jira_client.zip").namelist()
    assert [name for name in names if name.endswith(".pyc")] == []


def test_every_module_but_the_seldom_ones_has_its_bytecode(package: zipfile.ZipFile) -> None:
    names = set(package.namelist())
    tag = sys.implementation.cache_tag
    without = {
        name
        for name in names
        if name.endswith(".py") and re.sub(r"([^/]+)\.py$", rf"__pycache__/\1.{tag}.pyc", name) not in names
    }
    assert {name for name in without if not name.startswith("security_ir_jira/operate/")} == set()


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
        "__pycache__",
        "urllib3",
    }
    assert f"{function}/handler.py" in package.namelist()


def test_a_zip_holds_nothing_of_the_installer_the_compiler_or_the_runtime(package: zipfile.ZipFile) -> None:
    unwanted = re.compile(r"\.(pyd|so)$|^bin/|/(INSTALLER|RECORD|REQUESTED|WHEEL)$|^boto|(^|/)\.|(^|/)tests?/")
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
