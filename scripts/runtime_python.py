"""Prints a Python of the version that Lambda runs the functions with, the default of `lambda_runtime`, if one is here.

Looked for, in this order: ``LAMBDA_PYTHON``, the Python that runs this, ``python3.x`` on the PATH, uv's and pyenv's.
Exits with 1, and prints the version alone, where there is none.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

VARIABLES = Path(__file__).parents[1] / "variables.operations.tf"
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"


def version_of_lambda() -> str:
    """The minor version, as ``3.13``."""
    default = re.search(r'variable "lambda_runtime" \{.*?default\s*=\s*"python([0-9.]+)"', VARIABLES.read_text(), re.S)
    assert default, "variables.operations.tf gives lambda_runtime a default"
    return default[1]


def printed_by(*command: str) -> str:
    """What a command prints; empty where it fails or is not here."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return ""


def candidates(version: str) -> Iterator[str]:
    """Pythons that may be of that version."""
    yield os.environ.get("LAMBDA_PYTHON", "")
    yield sys.executable
    yield shutil.which(f"python{version}") or ""
    yield printed_by("uv", "python", "find", "--no-python-downloads", version)
    root = printed_by("pyenv", "root")
    if root:
        yield from map(str, sorted(Path(root, "versions").glob(f"{version}.*/bin/python")))


def main() -> None:
    version = version_of_lambda()
    found = next((each for each in candidates(version) if each and printed_by(each, "-c", VERSION) == version), None)
    print(found or version)
    sys.exit(0 if found else 1)


if __name__ == "__main__":
    main()
