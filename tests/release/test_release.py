"""make release: an archive and a tag that serve as a module source as they are, the same every time."""

from __future__ import annotations

import hashlib
import json
import os
import posixpath
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

import pytest

from tests.conftest import REPOSITORY

from .clone import OURS, clone, git, make, with_libraries
from .roots import root_of, serving, terraform

VERSION = "1.2.3"
TITLE = f"terraform-aws-security-ir-jira-{VERSION}"
FUNCTIONS = ("jira_client", "jira_notifications_handler", "jira_webhook", "security_ir_client", "security_ir_poller")
BUILT = {"dist/SHA256SUMS", *(f"dist/{function}.zip" for function in FUNCTIONS)}
SECTION = f"""\
## [{VERSION}] - 2026-11-27

### Added

- A thing that is new, as [its page](docs/guide.md#a-thing) tells.
"""


def release(root: Path, version: str = VERSION, **environment: str) -> subprocess.CompletedProcess[str]:
    return make(root, "release", f"VERSION={version}", **environment)


def output(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (root / "dist" / "release").iterdir()}


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = clone(tmp_path_factory.mktemp("release") / "a clone", SECTION)
    done = release(root, RELEASE_URL="https://example.com/v1.2.3/")
    assert done.returncode == 0, done.stderr
    assert f"git push origin v{VERSION}" in done.stdout
    return root


@pytest.fixture(scope="module")
def archive(repository: Path) -> zipfile.ZipFile:
    return zipfile.ZipFile(repository / "dist" / "release" / f"{TITLE}.zip")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository that no release was made of."""
    return clone(tmp_path_factory.mktemp("plain") / "main")


def test_a_release_is_an_archive_an_sbom_their_checksums_and_notes(repository: Path) -> None:
    files = output(repository)
    assert sorted(files) == ["RELEASE_NOTES.md", "SHA256SUMS", f"{TITLE}.cdx.json", f"{TITLE}.zip"]
    sums = [f"{hashlib.sha256(files[name]).hexdigest()}  {name}" for name in (f"{TITLE}.zip", f"{TITLE}.cdx.json")]
    assert files["SHA256SUMS"].decode().splitlines() == sums


def test_the_notes_are_the_changelog_s_and_say_how_to_use_it(repository: Path) -> None:
    files = output(repository)
    notes, checksum = files["RELEASE_NOTES.md"].decode(), hashlib.sha256(files[f"{TITLE}.zip"]).hexdigest()
    assert notes.startswith("### Added\n\n- A thing that is new, as its page tells.\n")
    assert f'source = "https://example.com/v1.2.3/{TITLE}.zip?checksum=sha256:{checksum}"' in notes
    assert "Old." not in notes


def test_the_archive_holds_what_a_user_needs_and_no_tests(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    modules = {*git(REPOSITORY, "ls-files", "*.tf", ":!tests", ":!examples/sandbox").splitlines()}
    assert {*BUILT, "README.md", "LICENSE", "CHANGELOG.md", "docs/guide.md", "examples/basic/main.tf"} <= names
    assert modules <= names
    unwanted = re.compile(
        r"(^|/)(\.|tests/|__pycache__|sandbox/)|^(Makefile|scripts/checks|pyproject\.toml|requirements-dev)|\.tfstate"
    )
    assert [name for name in names if unwanted.search(name)] == []


def test_the_archive_s_pages_link_to_what_is_in_it(archive: zipfile.ZipFile) -> None:
    names = set(archive.namelist())
    folders = {str(folder) for name in names for folder in PurePosixPath(name).parents}
    broken = []
    for page in (name for name in names if name.endswith(".md")):
        for target in re.findall(r"\]\((?![a-z]+:|#)([^)\s#]+)", archive.read(page).decode()):
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), target))
            broken += [f"{page}: {target}"] if path not in names and path not in folders else []
    assert broken == []


def test_whoever_has_the_archive_builds_the_same_zips_from_it(archive: zipfile.ZipFile, tmp_path: Path) -> None:
    archive.extractall(tmp_path)
    with_libraries(tmp_path)
    shutil.rmtree(tmp_path / "dist")
    assert archive.getinfo("build.sh").external_attr >> 16 == 0o100755
    subprocess.run(
        ["bash", tmp_path / "build.sh"], env=os.environ | {"PYTHON": sys.executable}, capture_output=True, check=True
    )
    assert (tmp_path / "dist" / "SHA256SUMS").read_bytes() == archive.read("dist/SHA256SUMS")


def test_the_tag_s_commit_holds_dist_and_is_off_the_branch(repository: Path, archive: zipfile.ZipFile) -> None:
    added = git(repository, "diff", "--name-status", "main", f"v{VERSION}").splitlines()
    assert added == [f"A\t{name}" for name in sorted(BUILT)]
    assert git(repository, "rev-parse", f"v{VERSION}^") == git(repository, "rev-parse", "main")
    assert git(repository, "show", f"v{VERSION}:dist/SHA256SUMS") == archive.read("dist/SHA256SUMS").decode().strip()


def test_the_branch_the_index_and_the_files_are_as_they_were(repository: Path) -> None:
    assert git(repository, "symbolic-ref", "HEAD") == "refs/heads/main"
    assert git(repository, "status", "--porcelain") == ""
    assert git(repository, "rev-list", "--count", "main") == "1"
    assert sorted(path.name for path in (repository / "dist").iterdir()) == ["release"]


def test_another_clone_makes_the_same_bytes_and_finds_the_tag_to_be_its_own(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", "--no-local", "--branch=main", str(repository), str(other))
    with_libraries(other)
    for path in other.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (other / "lambda_src" / "jira_client" / "left.tfstate").write_text("ignored by git, and no part of the commit")
    done = release(other, RELEASE_URL="https://example.com/v1.2.3")
    assert done.returncode == 0, done.stderr
    assert output(other) == output(repository)
    assert git(other, "rev-parse", f"v{VERSION}") == git(repository, "rev-parse", f"v{VERSION}")


def test_the_sbom_names_each_library_of_the_zips_once(repository: Path) -> None:
    document: dict[str, Any] = json.loads(output(repository)[f"{TITLE}.cdx.json"])
    lock = (REPOSITORY / "lambda_src" / "requirements.txt").read_text()
    locked = sorted(
        f"pkg:pypi/{name}@{version}" for name, version in re.findall(r"^([\w-]+)==(\S+)", lock, re.MULTILINE)
    )
    parts = document["components"]
    assert (document["bomFormat"], document["specVersion"]) == ("CycloneDX", "1.6")
    assert [part["purl"] for part in parts if part["type"] == "library"] == locked
    # An expression is SPDX's; what makers write otherwise is a name.
    kinds = [set(part["licenses"][0]) for part in parts if part["type"] == "library"]
    assert kinds
    assert all(kind in ({"expression"}, {"license"}) for kind in kinds)
    sums = {part["name"]: part["hashes"][0]["content"] for part in parts if part["type"] == "file"}
    assert {f"{checksum}  {name}" for name, checksum in sums.items()} == set(
        git(repository, "show", f"v{VERSION}:dist/SHA256SUMS").splitlines()
    )
    known = {document["metadata"]["component"]["bom-ref"], *(part["bom-ref"] for part in parts)}
    edges = {edge["ref"]: edge["dependsOn"] for edge in document["dependencies"]}
    assert set(edges) == known
    assert {target for targets in edges.values() for target in targets} <= known
    assert [target for target in edges[next(each for each in edges if "/requests@" in each)] if "urllib3" in target]


# --- What is refused -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("", "which version? make release VERSION=1.0.0"),
        ("v1.2.3", "'v1.2.3' is not a version. One is 1.0.0 or 1.0.0-rc.1, without a v"),
        ("1.2", "'1.2' is not a version"),
        ("1.02.3", "'1.02.3' is not a version"),
        ("1.2.3; id", "'1.2.3; id' is not a version"),
        (VERSION, f"CHANGELOG.md has no section for {VERSION}. Put this heading below [Unreleased]"),
    ],
)
def test_a_version_that_cannot_be_is_refused(plain: Path, version: str, said: str) -> None:
    refused = release(plain, version)
    assert refused.returncode != 0
    assert f"make release: {said}" in refused.stderr
    assert not (plain / "dist").exists()


@pytest.mark.parametrize(
    ("section", "said"),
    [
        (f"## [{VERSION}] - Unreleased\n\n- New.\n", f"does not say when {VERSION} is released"),
        (f"## [{VERSION}]\n\n- New.\n", f"does not say when {VERSION} is released"),
        (f"## [{VERSION}] - 2026-11-27\n", f"says nothing about {VERSION}"),
    ],
)
def test_a_changelog_that_is_not_done_is_refused(plain: Path, section: str, said: str) -> None:
    changelog = plain / "CHANGELOG.md"
    before = changelog.read_text()
    changelog.write_text(before.replace("## [Unreleased]\n", f"## [Unreleased]\n\n{section}"))
    git(plain, "commit", "--quiet", "--all", "--message=A section")
    refused = release(plain)
    git(plain, "reset", "--quiet", "--hard", "HEAD~")
    assert refused.returncode != 0
    assert f"CHANGELOG.md {said}" in refused.stderr


@pytest.mark.parametrize("name", ["README.md", "new.tf"])
def test_a_work_tree_that_is_not_clean_is_refused_by_name(plain: Path, name: str) -> None:
    with (plain / name).open("a") as file:
        file.write("\n")
    refused = release(plain)
    git(plain, "clean", "--quiet", "--force", "--", name)
    git(plain, "checkout", "--quiet", "--", ".")
    assert refused.returncode != 0
    assert "the work tree is not clean" in refused.stderr
    assert name in refused.stderr


def test_a_tag_of_something_else_is_never_moved(repository: Path) -> None:
    tag = git(repository, "rev-parse", f"v{VERSION}")
    git(repository, "tag", "--force", f"v{VERSION}", "main")
    refused = release(repository)
    git(repository, "tag", "--force", f"v{VERSION}", tag)
    assert refused.returncode != 0
    assert f"the tag v{VERSION} is there, and is not what this commit" in refused.stderr


def test_a_release_of_a_release_is_refused(repository: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    git(tmp_path, "clone", "--quiet", "--branch", f"v{VERSION}", str(repository), str(other))
    refused = release(other)
    assert refused.returncode != 0
    assert "this commit is a release's own: it holds dist/" in refused.stderr


def test_without_lambda_s_python_there_is_no_release(tmp_path: Path) -> None:
    root = clone(tmp_path / "main", SECTION)
    variables = root / "variables.operations.tf"
    variables.write_text(variables.read_text().replace(f'"{OURS}"', '"python3.99"'))
    git(root, "commit", "--quiet", "--all", "--message=Another runtime")
    refused = release(root)
    assert refused.returncode != 0
    assert "python3.99 is not here. Name one: LAMBDA_PYTHON=/path/to/python3.99" in refused.stderr


# --- As a source -----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def address(repository: Path) -> Iterator[str]:
    with serving(output(repository)) as url:
        yield url


def test_a_root_plans_from_the_archive_with_neither_python_nor_git(
    repository: Path, address: str, tmp_path: Path
) -> None:
    checksum = hashlib.sha256(output(repository)[f"{TITLE}.zip"]).hexdigest()
    root = root_of(tmp_path / "root", f"{address}/{TITLE}.zip?checksum=sha256:{checksum}")
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    assert not shutil.which("python3", path=str(nothing))
    assert not shutil.which("git", path=str(nothing))
    initialised = terraform(root, address, str(nothing), "init", "-input=false")
    assert initialised.returncode == 0, initialised.stderr
    planned = terraform(root, address, str(nothing), "plan", "-input=false")
    assert planned.returncode == 0, planned.stderr
    assert re.search(r"^Plan: \d{2,} to add, 0 to change, 0 to destroy\.$", planned.stdout, re.MULTILINE)
    for function in FUNCTIONS:
        assert f"/dist/{function}.zip" in planned.stdout


def test_a_wrong_checksum_is_refused(address: str, tmp_path: Path) -> None:
    root = root_of(tmp_path / "root", f"{address}/{TITLE}.zip?checksum=sha256:{'0' * 64}")
    refused = terraform(root, address, os.environ["PATH"], "init", "-input=false")
    assert refused.returncode != 0
    assert "Checksums did not match" in " ".join(refused.stderr.split())
    assert not (root / ".terraform" / "modules" / "security_ir_jira").exists()


def test_a_bucket_of_s3_serves_as_a_source(repository: Path, address: str, tmp_path: Path) -> None:
    checksum = hashlib.sha256(output(repository)[f"{TITLE}.zip"]).hexdigest()
    # Credentials in the address make go-getter take another endpoint than AWS's; else they are the environment's.
    bucket = f"s3::{address}/your-bucket/{TITLE}.zip?aws_access_key_id=a&aws_access_key_secret=s&region=eu-west-1"
    root = root_of(tmp_path / "root", f"{bucket}&checksum=sha256:{checksum}")
    fetched = terraform(root, address, "", "get")
    assert fetched.returncode == 0, fetched.stderr
    module = root / ".terraform" / "modules" / "security_ir_jira"
    assert {f"dist/{path.name}" for path in (module / "dist").iterdir()} == BUILT


def test_the_tag_serves_as_a_source(repository: Path, tmp_path: Path) -> None:
    root = root_of(tmp_path / "root", f"git::{repository.as_uri()}?ref=v{VERSION}")
    initialised = terraform(root, "http://127.0.0.1:9", os.environ["PATH"], "get")
    assert initialised.returncode == 0, initialised.stderr
    fetched = root / ".terraform" / "modules" / "security_ir_jira"
    assert {f"dist/{path.name}" for path in (fetched / "dist").iterdir()} == BUILT
