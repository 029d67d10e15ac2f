"""scripts/preflight.sh: everything that is missing is said at once, each with what mends it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

# What the script calls besides what it looks for.
TOOLS = ("bash", "dirname", "sed")
FINE = {
    "uname": 'case "$1" in -s) echo Linux ;; -m) echo x86_64 ;; esac',
    "terraform": "echo Terraform v1.11.4; echo on linux_amd64",
    "python3": "exit 0",
    "cc": "exit 0",
    "git": "exit 0",
    "tflint": "exit 0",
    "go": 'case "$2" in GOVERSION) echo go1.26.6 ;; GOTOOLCHAIN) echo auto ;; esac',
}
EVERY = ("linux", "terraform", "python", "venv", "runtime", "compiler", "git", "tflint", "opentofu")
OLD_PYTHON = 'case "$1" in --version) echo Python 3.9.2 ;; *) case "$2" in "") ;; *) exit 1 ;; esac ;; esac'


def preflight(
    folder: Path, programs: Mapping[str, str], *needs: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run in a copy where nothing is cached, on a machine that has these programs and no others."""
    scripts, path = folder / "a clone" / "scripts", folder / "bin"
    scripts.mkdir(parents=True)
    shutil.copy(REPOSITORY / "scripts" / "preflight.sh", scripts)
    shutil.copytree(REPOSITORY / "scripts" / "opentofu", scripts / "opentofu")
    shutil.copy(REPOSITORY / "Makefile", folder / "a clone")
    path.mkdir()
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (path / tool).symlink_to(found)
    for name, body in programs.items():
        (path / name).write_text(f"#!{path}/bash\n{body}\n")
        (path / name).chmod(0o755)
    return subprocess.run(
        [scripts / "preflight.sh", *needs],
        env={"PATH": str(path), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_where_all_is_here_it_says_nothing(tmp_path: Path) -> None:
    done = preflight(tmp_path, FINE, *EVERY)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_on_an_empty_machine_everything_is_said_at_once_with_its_remedy(tmp_path: Path) -> None:
    done = preflight(tmp_path, {"uname": FINE["uname"]}, *EVERY)
    assert done.returncode == 1
    for missing, remedy in (
        ("Terraform or OpenTofu 1.11.4 or later.", "https://developer.hashicorp.com/terraform/install"),
        ("Python 3.11 or later; python3 is not here.", "https://www.python.org/downloads/"),
        ("A C compiler, for the tests' virtual time.", "apt install gcc"),
        ("git.", "apt install git"),
        ("tflint, or Go 1.26.6 or later to build it.", "https://github.com/terraform-linters/tflint#installation"),
        ("OpenTofu 1.12.6, or Go 1.26.6 or later to build it.", "https://go.dev/doc/install"),
    ):
        line = done.stderr.splitlines().index(f"  {missing}")
        assert remedy in done.stderr.splitlines()[line + 1]
    assert done.stderr.strip().endswith("Then run make again.")


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("Terraform v1.11.4", True),
        ("Terraform v1.12.0-beta1", True),
        ("Terraform v2.0.0", True),
        ("Terraform v1.11.3", False),
        ("Terraform v1.9.10", False),
        ("OpenTofu v1.11.5", True),
        ("OpenTofu v1.10.7", False),
        ("Something else", False),
    ],
)
def test_a_terraform_that_is_too_old_is_named_with_its_version(tmp_path: Path, said: str, fine: bool) -> None:
    done = preflight(tmp_path, {"mine": f"echo {said}"}, "terraform", TERRAFORM="mine")
    assert done.returncode == (0 if fine else 1)
    assert fine or f"mine is {said.replace(' v', ' ') if ' v' in said else 'neither'}." in done.stderr


def test_a_python_that_is_too_old_is_named_with_its_version(tmp_path: Path) -> None:
    done = preflight(tmp_path, FINE | {"python3": OLD_PYTHON}, "python")
    assert done.returncode == 1
    assert "Python 3.11 or later; python3 is: Python 3.9.2." in done.stderr
    assert "make PYTHON=/path/to/python3" in done.stderr


def test_a_python_without_venv_is_named(tmp_path: Path) -> None:
    without = 'case "$2" in *ensurepip*) exit 1 ;; esac'
    done = preflight(tmp_path, FINE | {"python3": without}, "python", "venv")
    assert done.returncode == 1
    assert "Python's venv and ensurepip" in done.stderr
    assert "apt install python3-venv" in done.stderr


def test_a_machine_for_which_the_runtime_client_is_compiled_needs_a_compiler(tmp_path: Path) -> None:
    uname = 'case "$1" in -s) echo Linux ;; -m) echo ppc64le ;; esac'
    done = preflight(tmp_path, FINE | {"uname": uname}, "linux", "runtime")
    assert done.returncode == 1
    assert "awslambdaric is not published for ppc64le" in done.stderr
    assert "apt install build-essential cmake" in done.stderr


def test_macos_is_told_why_not_and_what_works_there(tmp_path: Path) -> None:
    uname = 'case "$1" in -s) echo Darwin ;; -m) echo arm64 ;; esac'
    done = preflight(tmp_path, FINE | {"uname": uname}, "linux", "terraform", "runtime")
    assert done.returncode == 1
    assert "Linux; this is Darwin." in done.stderr
    assert "The module itself and ./build.sh work here." in done.stderr


@pytest.mark.parametrize(
    ("version", "toolchain", "fine"),
    [("go1.26.6", "local", True), ("go1.21.0", "auto", True), ("go1.25.1", "local", False), ("go1.20", "auto", False)],
)
def test_go_is_new_enough_or_fetches_itself_anew(tmp_path: Path, version: str, toolchain: str, fine: bool) -> None:
    go = f'case "$2" in GOVERSION) echo {version} ;; GOTOOLCHAIN) echo {toolchain} ;; esac'
    done = preflight(tmp_path, FINE | {"go": go}, "opentofu")
    assert done.returncode == (0 if fine else 1)


def test_an_opentofu_of_the_tests_version_makes_go_needless(tmp_path: Path) -> None:
    programs = {"tofu": "echo OpenTofu v1.12.6; echo on linux_amd64"}
    assert preflight(tmp_path, programs, "opentofu").returncode == 0


@pytest.mark.parametrize(("here", "taken"), [(("terraform", "tofu"), "terraform"), (("tofu",), "tofu")])
def test_make_takes_opentofu_where_it_is_alone(tmp_path: Path, here: tuple[str, ...], taken: str) -> None:
    said = {"terraform": "Terraform v1.11.4", "tofu": "OpenTofu v1.12.6"}
    programs = {name: f'echo "{said[name]}"; echo "{name} $*" >>"{tmp_path}/calls"' for name in here}
    assert preflight(tmp_path, programs).returncode == 0
    make = shutil.which("make")
    assert make
    done = subprocess.run(
        [make, "fmt"],
        cwd=tmp_path / "a clone",
        env={"PATH": str(tmp_path / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "calls").read_text().splitlines()[-1] == f"{taken} fmt -check -diff -recursive"


def test_make_says_it_before_it_does_anything(tmp_path: Path) -> None:
    for name in ("Makefile", "build.sh"):
        shutil.copy(REPOSITORY / name, tmp_path)
    shutil.copytree(REPOSITORY / "scripts", tmp_path / "scripts")
    shutil.copytree(REPOSITORY / "examples", tmp_path / "examples", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(REPOSITORY / "requirements-dev.txt", tmp_path)
    before = sorted(tmp_path.iterdir())
    command = ["make", "--jobs=4", "test", f"PYTHON={sys.executable}", "TERRAFORM=nowhere", "CC=nowhere"]
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    done = subprocess.run(command, cwd=tmp_path, env=ours, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    assert "Terraform or OpenTofu 1.11.4 or later" in done.stderr
    assert "Installing" not in done.stdout
    assert sorted(tmp_path.iterdir()) == before
