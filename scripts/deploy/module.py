"""The module beside this script, as its own files describe it."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from . import hcl

ROOT = Path(__file__).resolve().parents[2]


@cache
def variables() -> frozenset[str]:
    """The names of its inputs."""
    declared = (re.findall(r'^variable "(\w+)"', file.read_text(), re.MULTILINE) for file in ROOT.glob("variables*.tf"))
    return frozenset(name for names in declared for name in names)


@cache
def outputs() -> tuple[tuple[str, str], ...]:
    """The names of its outputs, and what each is."""
    blocks = re.findall(r'^output "(\w+)" \{\n(.*?)^\}', (ROOT / "outputs.tf").read_text(), re.MULTILINE | re.DOTALL)
    return tuple((name, _description(body)) for name, body in blocks if "sensitive" not in body)


def _description(body: str) -> str:
    found = re.search(r'^  description = ("(?:[^"\\]|\\.)*")', body, re.MULTILINE)
    return str(hcl.parse(f"text = {found[1]}")["text"]) if found else ""


def default_status_mapping() -> dict[str, hcl.Value]:
    """`to_jira` and `to_case` where nothing else is set."""
    text = (ROOT / "configuration.tf").read_text()
    return hcl.parse_object(text.partition("default_status_mapping = ")[2])
