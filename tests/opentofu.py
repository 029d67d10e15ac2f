"""The OpenTofu of the tests, as `make opentofu opentofu-config` leaves it."""

from __future__ import annotations

import re
from pathlib import Path

from tests.conftest import REPOSITORY


def version() -> str:
    """The one that scripts/opentofu/go.mod names."""
    needed = (REPOSITORY / "scripts" / "opentofu" / "go.mod").read_text()
    found = re.search(r"^require github\.com/opentofu/opentofu v(\S+)$", needed, re.MULTILINE)
    assert found, "scripts/opentofu/go.mod requires OpenTofu"
    return found[1]


def program() -> Path:
    path = REPOSITORY / ".cache" / "tools" / f"opentofu-{version()}" / "tofu"
    assert path.exists(), "make opentofu"
    return path


def configuration() -> dict[str, str]:
    """The variable that names where its providers come from."""
    return {"TF_CLI_CONFIG_FILE": str(REPOSITORY / ".cache" / "opentofu.rc")}
