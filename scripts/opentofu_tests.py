"""Runs Terraform's tests with OpenTofu: ``python -m scripts.opentofu_tests PROGRAM TESTS FOLDER``.

OpenTofu's test language lacks a little of Terraform's. Copies in FOLDER are without ``override_during``: what is
overridden is known at plan there anyhow. A file that says still more than OpenTofu knows is left to Terraform, and
named. A test that fails is a failure, and so is anything else that OpenTofu reports.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# Of a run with a module of its own, while its file speaks of another's resources and variables.
UNKNOWN_TO_OPENTOFU = (
    "No value for required variable",
    "Reference to undeclared resource",
    "Resource not found: ",
    "Unknown variable",
    "Unsupported attribute",
)
_ERROR = re.compile(r"^Error: (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of one file; ``said`` is all of it."""

    name: str
    passed: bool
    said: str

    @property
    def left_to_terraform(self) -> bool:
        """Whether nothing went wrong but words that OpenTofu does not know."""
        errors = _ERROR.findall(self.said)
        return not self.passed and bool(errors) and all(error.startswith(UNKNOWN_TO_OPENTOFU) for error in errors)


def copy(tests: Path, folder: Path) -> list[Path]:
    """The tests as OpenTofu reads them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    copies = []
    for file in sorted(tests.glob("*.tftest.hcl")):
        copies.append(folder / file.name)
        copies[-1].write_text(re.sub(r"^\s*override_during\s*=.*\n", "", file.read_text(), flags=re.MULTILINE))
    return copies


def run(program: str, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [program, *arguments, "-no-color", f"-test-directory={folder}"]
    return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def main(program: str, tests: Path, folder: Path) -> int:
    files = copy(tests, folder)
    initialised = run(program, folder, "init", "-backend=false", "-input=false")
    if initialised.returncode:
        print(initialised.stdout)
        return 1
    every = []
    for file in files:
        done = run(program, folder, "test", f"-filter={file}")
        every.append(Ran(file.name, done.returncode == 0, done.stdout))
        if not every[-1].left_to_terraform:
            print(done.stdout, flush=True)
    return verdict(every, ci=os.environ.get("CI") in {"1", "true"})


def verdict(every: Sequence[Ran], *, ci: bool) -> int:
    """The exit code: CI leaves no check out."""
    left = [ran.name for ran in every if ran.left_to_terraform]
    if left:
        print(f"Left to Terraform, whose test language they are written in: {', '.join(left)}")
    failed = [ran for ran in every if not ran.passed and not ran.left_to_terraform]
    return 1 if failed or (left and ci) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
