"""Further inputs of the module, from a file like Terraform's own `.tfvars`."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from . import hcl, module
from .talk import Stop

_OPTIONS = {
    "jira_email": "--email",
    "jira_url": "--url",
    "jira_project_key": "--project-key",
    "log_level": "--log-level",
}


DEFAULT_NAME = "security-ir-jira"
"""What the module is called where no `name` is set."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was set, by the names of the module's variables; ``file`` is where."""

    file: Path
    values: Mapping[str, hcl.Value] = field(default_factory=dict)

    @property
    def bearer(self) -> bool:
        return self.values.get("jira_auth") == "bearer"

    @property
    def brings_token(self) -> bool:
        """Whether somebody else keeps the token in SSM."""
        return self.values.get("jira_token_parameter") is not None

    @property
    def packages(self) -> Path | None:
        """A folder of zips that are not the module's own ``dist/``."""
        chosen = self.values.get("lambda_packages")
        named = chosen.get("directory") if isinstance(chosen, dict) else None
        return Path(named) if isinstance(named, str) else None

    @property
    def elsewhere(self) -> bool:
        """Whether the functions' zips come from somewhere else altogether."""
        return bool(self.values.get("lambda_packages"))


def settings(file: Path, *, named: bool = False) -> Settings:
    """Read the file; one that is not there sets nothing, unless it was ``named``. Raises ``Stop``."""
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        if named:
            raise Stop(f"--settings: there is no file {file}") from None
        return Settings(file)
    except (OSError, UnicodeDecodeError) as error:
        raise Stop(f"--settings: {file} cannot be read: {error}") from None
    try:
        values = hcl.parse(text)
    except hcl.NotLiteral as reason:
        raise Stop(f"{file}, {reason}") from None
    for name in values:
        _check(file, name)
    return Settings(file, values)


def _check(file: Path, name: str) -> None:
    if name in _OPTIONS:
        raise Stop(f"{file}: {name} is given by {_OPTIONS[name]}; take it out of the file")
    if name == "jira_token":
        raise Stop(
            f"{file}: jira_token has no place in a file. Take it out, and make a new token if others may have read "
            "it; then export JIRA_TOKEN, or be asked for it"
        )
    if name == "jira_token_version":
        raise Stop(f"{file}: jira_token_version is counted by this script, which knows a new token; take it out")
    if name not in module.variables():
        near = difflib.get_close_matches(name, module.variables(), 1)
        meant = f"; is {near[0]} meant?" if near else ""
        raise Stop(f"{file}: {name} is no input of the module{meant} docs/configuration.md lists them")
