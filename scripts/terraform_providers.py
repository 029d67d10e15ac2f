"""Finds where Terraform's providers come from, and writes the CLI configuration that says so.

    python3 scripts/terraform_providers.py CONFIG

The first that has them is taken: the mirror that ``TF_PROVIDER_MIRROR`` names; the installation that the user's own CLI
configuration names; Terraform's implied folders; the registry, if it answers; a mirror found nearby on the disk. What
the user's own configuration says besides (credentials, a cache) stays in force.
https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

from __future__ import annotations

import json
import os
import re
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

REGISTRY = "registry.terraform.io"
LEAST_VERSION = (5, 100, 0)
_PROVIDER = Path(REGISTRY, "hashicorp", "aws")
_VERSION = re.compile(r"(?:^|_)(\d+)\.(\d+)\.(\d+)(?:_|$)")
_INSTALLATION = re.compile(r"^\s*(provider_installation|providers)\s*\{", re.MULTILINE)
_DISCOVERY = f"https://{REGISTRY}/.well-known/terraform.json"
_PATIENCE = 3.0
_DEPTH = 4

REMEDY = """\
The aws provider, 5.100.0 or later, is not on this disk, and registry.terraform.io does not answer.
Either connect this machine to the registry, or put a mirror on its disk (on another machine:
terraform providers mirror FOLDER) and name it: export TF_PROVIDER_MIRROR=FOLDER"""


class NoProviders(Exception):
    """There is nowhere to install the providers from; the message says how to mend that."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the search looks at. ``near`` are the folders a mirror may lie under; ``registry_answers`` asks it."""

    environment: Mapping[str, str]
    home: Path
    shared: Sequence[Path] = (Path("/usr/local/share"), Path("/usr/share"))
    near: Sequence[Path] = (Path("/opt"), Path("/usr/local"), Path("/usr/share"))
    registry_answers: Callable[[], bool] = lambda: registry_answers(_DISCOVERY)


@dataclass(frozen=True, slots=True)
class Found:
    """A ``mirror``, or ``None`` where Terraform finds its way itself; ``remark`` is for people."""

    mirror: Path | None = None
    remark: str = ""


def find(around: Surroundings) -> Found:
    """Raises ``NoProviders``."""
    named = around.environment.get("TF_PROVIDER_MIRROR")
    if named:
        return Found(_checked(Path(named).expanduser()))
    if _INSTALLATION.search(users_configuration(around)):
        return Found()
    if any(_holds_provider(folder) for folder in _implied(around)):
        return Found()
    if around.registry_answers():
        return Found()
    for folder in (*around.near, around.home):
        for mirror in _mirrors(folder, _DEPTH):
            return Found(mirror, f"registry.terraform.io does not answer: providers from {mirror}")
    raise NoProviders(REMEDY)


def configuration(around: Surroundings, found: Found) -> str:
    """The CLI configuration in full, in HCL."""
    users = users_configuration(around)
    if found.mirror is None:
        return users
    block = f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(str(found.mirror))}\n  }}\n}}\n"
    return block if _INSTALLATION.search(users) else "\n".join(filter(None, (users.rstrip(), block)))


def users_configuration(around: Surroundings) -> str:
    """What the user's own CLI configuration says; a file that is named and not there says nothing."""
    named = around.environment.get("TF_CLI_CONFIG_FILE") or around.environment.get("TERRAFORM_CONFIG")
    file = Path(named).expanduser() if named else around.home / ".terraformrc"
    return file.read_text() if file.is_file() else ""


def registry_answers(address: str, patience: float = _PATIENCE) -> bool:
    """Whether the registry's discovery document comes within so many seconds, all told."""
    answers: list[bool] = []
    asking = threading.Thread(target=lambda: answers.append(_asks(address, patience)), daemon=True)
    asking.start()
    asking.join(patience)
    return answers == [True]


def _asks(address: str, patience: float) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=patience) as answer:
            return "providers.v1" in json.load(answer)
    except urllib.error.URLError as error:
        # Python lacks roots that Terraform may have; somebody is there.
        return "CERTIFICATE_VERIFY_FAILED" in str(error.reason)
    except (OSError, ValueError):
        return False


def _implied(around: Surroundings) -> Iterator[Path]:
    """https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories"""
    yield around.home / ".terraform.d" / "plugins"
    data = around.environment.get("XDG_DATA_HOME")
    yield (Path(data) if data else around.home / ".local" / "share") / "terraform" / "plugins"
    yield from (folder / "terraform" / "plugins" for folder in around.shared)


def _checked(mirror: Path) -> Path:
    if not _holds_provider(mirror):
        raise NoProviders(f"TF_PROVIDER_MIRROR: there is no aws provider of 5.100.0 or later in {mirror / _PROVIDER}")
    return mirror.resolve()


def _holds_provider(mirror: Path) -> bool:
    try:
        names = [each.name for each in (mirror / _PROVIDER).iterdir()]
    except OSError:
        return False
    found = (_VERSION.search(name) for name in names)
    return any(match and tuple(map(int, match.groups())) >= LEAST_VERSION for match in found)


def _mirrors(folder: Path, depth: int) -> Iterator[Path]:
    """Folders that hold the registry's, nearest first, and none further down than ``depth``."""
    level = [folder]
    for _ in range(depth):
        yield from (each for each in level if _holds_provider(each))
        level = [child for each in level for child in _folders(each)]


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
    except OSError:
        return []


def main(target: Path) -> int:
    around = Surroundings(os.environ, Path.home())
    try:
        found = find(around)
    except NoProviders as reason:
        print(reason, file=sys.stderr)
        return 1
    if found.remark:
        print(found.remark, file=sys.stderr)
    text = configuration(around, found)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file() or target.read_text() != text:
        target.touch(mode=0o600)
        target.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
