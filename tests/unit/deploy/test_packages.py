"""`dist/` is taken where it is whole and of these sources, and built otherwise."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts.deploy import module, packages
from scripts.deploy.packages import FUNCTIONS, missing
from scripts.deploy.talk import Stop


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with sources and the zips of them."""
    for package in (*FUNCTIONS, "rich_text", "security_ir_jira"):
        (tmp_path / "lambda_src" / package).mkdir(parents=True)
        (tmp_path / "lambda_src" / package / "__init__.py").write_text(f"# {package}\n")
    (tmp_path / "dist").mkdir()
    sums = ""
    for function in FUNCTIONS:
        with zipfile.ZipFile(tmp_path / "dist" / f"{function}.zip", "w") as archive:
            for package in (function, "rich_text", "security_ir_jira"):
                archive.write(tmp_path / "lambda_src" / package / "__init__.py", f"{package}/__init__.py")
        digest = hashlib.sha256((tmp_path / "dist" / f"{function}.zip").read_bytes()).hexdigest()
        sums += f"{digest}  {function}.zip\n"
    (tmp_path / "dist" / "SHA256SUMS").write_text(sums)
    return tmp_path


def why(checkout: Path) -> str | None:
    return missing(checkout / "dist", checkout / "lambda_src")


def test_zips_that_are_whole_and_of_these_sources_are_taken(checkout: Path) -> None:
    assert why(checkout) is None


def test_a_release_archive_has_zips_without_sources(checkout: Path) -> None:
    shutil.rmtree(checkout / "lambda_src")
    assert why(checkout) is None


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda root: shutil.rmtree(root / "dist"), "not all there"),
        (lambda root: (root / "dist" / "jira_client.zip").unlink(), "not all there"),
        (lambda root: (root / "dist" / "SHA256SUMS").write_text("a b c"), "not all there"),
        (lambda root: (root / "dist" / "jira_client.zip").write_bytes(b"PK"), "not what dist/SHA256SUMS says"),
        (lambda root: (root / "lambda_src" / "rich_text" / "__init__.py").write_text("new"), "other sources"),
        (lambda root: (root / "lambda_src" / "rich_text" / "more.py").write_text(""), "other sources"),
    ],
)
def test_zips_that_are_not_are_built(checkout: Path, spoil: Callable[[Path], object], said: str) -> None:
    spoil(checkout)
    assert said in (why(checkout) or "")


def test_a_build_that_fails_ends_everything_and_never_sees_the_token(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(checkout / "dist")
    build = checkout / "build.sh"
    build.write_text(f"#!/bin/sh\nenv > {checkout}/seen\nexit 1\n")
    build.chmod(0o755)
    monkeypatch.setattr(module, "ROOT", checkout)
    monkeypatch.setattr(packages, "DIST", checkout / "dist")
    monkeypatch.setenv("JIRA_TOKEN", "s3cret")
    monkeypatch.delenv("PYTHON", raising=False)
    with pytest.raises(Stop, match="could not be built"):
        packages.ensure()
    seen = (checkout / "seen").read_text()
    assert "s3cret" not in seen
    assert f"PYTHON={sys.executable}" in seen


def test_jira_can_be_asked_by_a_python_that_has_nothing_but_the_zips() -> None:
    assert missing(packages.DIST, packages.SOURCES) is None, "run make build first"
    code = """
import sys
from scripts.deploy import module, packages
packages.borrow_libraries()
from scripts.deploy import jira_check
import requests
print(requests.__file__)
print("boto3" in sys.modules, "botocore" in sys.modules)
"""
    bare = subprocess.run(
        [sys.executable, "-I", "-S", "-c", f"import sys; sys.path.insert(0, {str(module.ROOT)!r})\n{code}"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    assert bare.returncode == 0, bare.stderr
    where, boto = bare.stdout.splitlines()[-2:]
    assert where.startswith(str(packages.DIST / "jira_client.zip"))
    assert boto == "False False"
