"""The configuration that is applied: a root like anybody's own, so that it can become that."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from . import hcl, module
from . import record as records
from .record import Record
from .settings import Settings
from .talk import Stop
from .usage import SETTINGS

FILE = "main.tf"
_MARK = "# Written by deploy-integrations-solution.py"
_CONFIGURATION = ("*.tf", "*.tf.json", "*.tofu", "*.tfstate")
_OURS = (records.FILE, SETTINGS)
_HEAD = f"""\
{_MARK}, and written anew by each of its runs: change options or
# settings.tfvars instead. Or make it your own: take this folder into your repository, give it a backend, change it as
# you like, and run Terraform yourself, with TF_VAR_jira_token in its environment.
"""
_TOKEN = """
variable "jira_token" {
  description = "API token of the Jira account; by the environment only: TF_VAR_jira_token."
  type        = string
  ephemeral   = true
  sensitive   = true
}
"""


def write(folder: Path, record: Record, settings: Settings, overrides: Mapping[str, hcl.Value] | None = None) -> None:
    """Write it into the folder, which only its owner may read. Raises ``Stop`` where somebody else's is there."""
    refuse_others(folder)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)  # also where it was made beforehand, for the settings
    except OSError as error:
        raise Stop(f"--directory: {folder} cannot be made, or is not yours: {error.strerror}") from None
    file = folder / FILE
    try:
        file.touch(mode=0o600)
        file.write_text(text(folder, record, settings, overrides or {}), encoding="utf-8")
    except OSError as error:
        raise Stop(f"{file} cannot be written: {error.strerror}. Mend that first") from None


def refuse_others(folder: Path) -> None:
    """Raises ``Stop`` where the folder holds a configuration that is not ours, or nothing of ours among other things:
    it will be closed to everybody else. Files beside ours, such as one that gives it a backend, are welcome.
    """
    if _is_ours(folder / FILE):
        return
    theirs = sorted(each.name for pattern in _CONFIGURATION for each in folder.glob(pattern))
    if theirs:
        raise Stop(
            f"--directory: {folder} holds another Terraform configuration ({', '.join(theirs[:3])}). Name a folder of "
            "its own"
        )
    if folder.is_dir() and any(folder.iterdir()) and not any((folder / each).exists() for each in _OURS):
        raise Stop(
            f"--directory: {folder} holds other things, and nothing of a deployment. Name a folder of its own, which "
            f"need not be there yet, or write {SETTINGS} into this one, if it is meant"
        )


def _is_ours(file: Path) -> bool:
    return file.is_file() and file.read_text(encoding="utf-8", errors="replace").startswith(_MARK)


def text(folder: Path, record: Record, settings: Settings, overrides: Mapping[str, hcl.Value]) -> str:
    """The whole file, as Terraform formats it."""
    asked = {
        "jira_url": record.inputs.url,
        "jira_email": record.inputs.email,
        "jira_project_key": record.inputs.project_key,
        "log_level": record.inputs.log_level,
    }
    lines = [f"  source = {hcl.render(_source(folder))}\n", "\n", *_arguments(asked)]
    if not settings.brings_token:
        lines += ["  jira_token         = var.jira_token\n", f"  jira_token_version = {record.token_version}\n", "\n"]
    further = {**settings.values, **overrides}
    lines += _arguments(further)
    while lines[-1] == "\n":
        lines.pop()
    provider: dict[str, hcl.Value] = {"region": record.region}
    if record.account_id:
        provider["allowed_account_ids"] = [record.account_id]
    return "".join(
        (
            _HEAD,
            "\nterraform {\n  required_providers {\n    aws = {\n"
            '      source  = "hashicorp/aws"\n      version = ">= 5.100.0"\n    }\n  }\n}\n',
            f'\nprovider "aws" {hcl.render(provider)}\n',
            "" if settings.brings_token else _TOKEN,
            '\nmodule "security_ir_jira" {\n',
            *lines,
            "}\n",
            *(_output(name, description) for name, description in module.outputs()),
        )
    )


def _source(folder: Path) -> str:
    """Terraform takes a path for a folder of this machine only if it begins with a dot."""
    path = Path(os.path.relpath(module.ROOT, folder.resolve())).as_posix()
    return path if path.startswith(".") else f"./{path}"


def _arguments(values: Mapping[str, hcl.Value]) -> list[str]:
    """Arguments of the module and an empty line; those of several lines stand apart."""
    short = {name: hcl.render(value, "  ") for name, value in values.items() if "\n" not in hcl.render(value)}
    width = max(map(len, short), default=0)
    found = [f"  {name:<{width}} = {value}\n" for name, value in short.items()]
    found = [*found, "\n"] if found else []
    for name, value in values.items():
        if name not in short:
            found += [f"  {name} = {hcl.render(value, '  ')}\n", "\n"]
    return found


def _output(name: str, description: str) -> str:
    told = f"  description = {hcl.render(description)}\n" if description else ""
    equals = "value       =" if description else "value ="
    return f'\noutput "{name}" {{\n{told}  {equals} module.security_ir_jira.{name}\n}}\n'
