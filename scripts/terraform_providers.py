"""Finds where Terraform's providers come from, and writes the CLI configuration that says so.

    python3 scripts/terraform_providers.py CONFIG [PROGRAM]

PROGRAM is Terraform or OpenTofu. The first that has them is taken: the mirror that ``TF_PROVIDER_MIRROR`` names; the
installation that the user's own CLI configuration names; Terraform's implied folders; the registry, if it answers; a
mirror found nearby on the disk. What the user's own configuration says besides (credentials, a cache) stays in force.
OpenTofu takes the same providers by the name of its own registry: where only a mirror of Terraform's is at hand, links
to it are laid out beside CONFIG as OpenTofu seeks them.
https://developer.hashicorp.com/terraform/cli/config/config-file#provider-installation
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

LEAST_VERSION = (5, 100, 0)
_PROVIDER = Path("hashicorp", "aws")
_VERSION = re.compile(r"(?:^|_)(\d+)\.(\d+)\.(\d+)(?:_|$)")
_INSTALLATION = re.compile(r"^\s*(provider_installation|providers)\s*\{", re.MULTILINE)
_FILESYSTEM_MIRROR = re.compile(r"\bfilesystem_mirror\s*\{[^}]*?\bpath\s*=\s*\"([^\"]+)\"")
_PATIENCE = 3.0
_DEPTH = 4

REMEDY = """\
The aws provider, 5.100.0 or later, is not on this disk, and {registry} does not answer.
Either connect this machine to the registry, or put a mirror on its disk (on another machine:
{command} providers mirror FOLDER) and name it: export TF_PROVIDER_MIRROR=FOLDER"""


@dataclass(frozen=True, slots=True)
class Tool:
    """Who asks: its command, its registry, and its own configurations in the user's home, the first that is there."""

    command: str
    registry: str
    configurations: Sequence[str]


TERRAFORM = Tool("terraform", "registry.terraform.io", (".terraformrc",))
OPENTOFU = Tool("tofu", "registry.opentofu.org", (".tofurc", ".terraformrc"))


class NoProviders(Exception):
    """There is nowhere to install the providers from; the message says how to mend that."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the search looks at. ``near`` are the folders a mirror may lie under; ``registry_answers`` asks one."""

    environment: Mapping[str, str]
    home: Path
    shared: Sequence[Path] = (Path("/usr/local/share"), Path("/usr/share"))
    near: Sequence[Path] = (Path("/opt"), Path("/usr/local"), Path("/usr/share"))
    registry_answers: Callable[[str], bool] = lambda host: registry_answers(
        f"https://{host}/.well-known/terraform.json"
    )
    tool: Tool = TERRAFORM

    @property
    def registries(self) -> Sequence[str]:
        """By whose names a mirror may hold the provider: links make Terraform's OpenTofu's."""
        return tuple(dict.fromkeys((self.tool.registry, TERRAFORM.registry)))


@dataclass(frozen=True, slots=True)
class Found:
    """A ``mirror``, or ``None`` where Terraform finds its way itself; ``remark`` is for people."""

    mirror: Path | None = None
    remark: str = ""


def find(around: Surroundings) -> Found:
    """Raises ``NoProviders``."""
    named = around.environment.get("TF_PROVIDER_MIRROR")
    if named:
        return Found(_checked(Path(named).expanduser(), around))
    users = users_configuration(around)
    if _INSTALLATION.search(users):
        return Found(_of_terraform_only(map(Path, _FILESYSTEM_MIRROR.findall(users)), around))
    if any(_holds_provider(folder, around.registries) for folder in _implied(around)):
        return Found(_of_terraform_only(_implied(around), around))
    if around.registry_answers(around.tool.registry):
        return Found()
    for folder in (*around.near, around.home):
        for mirror in _mirrors(folder, _DEPTH, around.registries):
            return Found(mirror, f"{around.tool.registry} does not answer: providers from {mirror}")
    raise NoProviders(REMEDY.format(registry=around.tool.registry, command=around.tool.command))


def _of_terraform_only(folders: Iterator[Path], around: Surroundings) -> Path | None:
    """The mirror that the tool itself would pass by, since it holds the provider by the other registry's name."""
    holding = [folder for folder in folders if _holds_provider(folder, around.registries)]
    if any(_holds_provider(folder, (around.tool.registry,)) for folder in holding):
        return None
    return next(iter(holding), None)


def linked(mirror: Path, tool: Tool, beside: Path) -> Path:
    """The mirror as the tool reads it: itself, or links to its packages in a folder of ours.

    Links stand for packages only: further up in a mirror they are not followed.
    """
    if _holds_provider(mirror, (tool.registry,)):
        return mirror
    theirs, ours = mirror / TERRAFORM.registry / _PROVIDER, beside / tool.registry / _PROVIDER
    shutil.rmtree(beside, ignore_errors=True)
    for entry in sorted(theirs.iterdir()):
        for package in sorted(entry.iterdir()) if entry.is_dir() else [entry]:
            link = ours / package.relative_to(theirs)
            link.parent.mkdir(parents=True, exist_ok=True)
            link.symlink_to(package.resolve())
    return beside


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
    own = (around.home / name for name in around.tool.configurations)
    files = [Path(named).expanduser()] if named else [file for file in own if file.is_file()]
    return files[0].read_text() if files and files[0].is_file() else ""


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


def _checked(mirror: Path, around: Surroundings) -> Path:
    if not _holds_provider(mirror, around.registries):
        folders = " or ".join(str(mirror / registry / _PROVIDER) for registry in around.registries)
        raise NoProviders(f"TF_PROVIDER_MIRROR: there is no aws provider of 5.100.0 or later in {folders}")
    return mirror.resolve()


def _holds_provider(mirror: Path, registries: Sequence[str]) -> bool:
    return any(_is_new_enough(mirror / registry / _PROVIDER) for registry in registries)


def _is_new_enough(provider: Path) -> bool:
    try:
        names = [each.name for each in provider.iterdir()]
    except OSError:
        return False
    found = (_VERSION.search(name) for name in names)
    return any(match and tuple(map(int, match.groups())) >= LEAST_VERSION for match in found)


def _mirrors(folder: Path, depth: int, registries: Sequence[str]) -> Iterator[Path]:
    """Folders that hold a registry's, nearest first, and none further down than ``depth``."""
    level = [folder]
    for _ in range(depth):
        yield from (each for each in level if _holds_provider(each, registries))
        level = [child for each in level for child in _folders(each)]


def _folders(folder: Path) -> list[Path]:
    try:
        return sorted(each for each in folder.iterdir() if each.is_dir() and not each.is_symlink())
    except OSError:
        return []


def tool_of(program: str) -> Tool:
    """Which of the two a program is; one that does not say is Terraform."""
    try:
        said = subprocess.run([program, "version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return TERRAFORM
    # Not always the first line: a warning may come before it.
    return OPENTOFU if re.search(r"^OpenTofu v", said, re.MULTILINE) else TERRAFORM


def main(target: Path, program: str = "terraform") -> int:
    tool = tool_of(program)
    around = Surroundings(os.environ, Path.home(), tool=tool)
    try:
        found = find(around)
    except NoProviders as reason:
        print(reason, file=sys.stderr)
        return 1
    if found.remark:
        print(found.remark, file=sys.stderr)
    if found.mirror:
        links = target.absolute().with_name(f"{target.stem}-providers")
        found = Found(linked(found.mirror, tool, links))
    text = configuration(around, found)
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.is_file() or target.read_text() != text:
        target.touch(mode=0o600)
        target.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
