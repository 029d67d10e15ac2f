"""A repository of its own with our files, for what make does in one."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tests.conftest import REPOSITORY

OURS = f"python{sys.version_info.major}.{sys.version_info.minor}"
# Somebody who commits at a moment of 2026.
PERSON = {
    f"GIT_{role}_{what}": value
    for role in ("AUTHOR", "COMMITTER")
    for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.com"), ("DATE", "1772000000 +0100"))
} | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}


def git(root: Path, *arguments: str) -> str:
    environment = os.environ | PERSON
    return subprocess.run(
        ["git", *arguments], cwd=root, env=environment, capture_output=True, text=True, check=True
    ).stdout.strip()


def clone(folder: Path, changelog: str = "") -> Path:
    """A repository with our files in one commit, and with this below [Unreleased] in its changelog.

    Lambda's Python is that of the tests there.
    """
    folder.mkdir()
    for name in git(REPOSITORY, "ls-files", "--cached", "--others", "--exclude-standard").splitlines():
        # A release's own commit holds dist/, and what it was made of does not.
        if (REPOSITORY / name).is_file() and not name.startswith("dist/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, folder / name)
    variables = folder / "variables.operations.tf"
    variables.write_text(variables.read_text().replace('default     = "python3.13"', f'default     = "{OURS}"'))
    assert f'"{OURS}"' in variables.read_text()
    (folder / "CHANGELOG.md").write_text(
        f"# Changelog\n\n## [Unreleased]\n\n{changelog}\n## [1.0.0] - 2026-01-01\n\n- Old.\n"
    )
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=All of it")
    return with_libraries(folder)


def with_libraries(folder: Path) -> Path:
    """The folder, with the functions' libraries as builds before have installed them here."""
    installed = REPOSITORY / ".cache" / "build"
    installed.mkdir(parents=True, exist_ok=True)
    (folder / ".cache").mkdir()
    (folder / ".cache" / "build").symlink_to(installed)
    return folder


def make(root: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run make there; nothing of a make that runs the tests reaches it."""
    command = ["make", "--no-print-directory", f"PYTHON={sys.executable}", *arguments]
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    return subprocess.run(command, cwd=root, env=inherited | environment, capture_output=True, text=True, check=False)
