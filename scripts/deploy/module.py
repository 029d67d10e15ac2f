"""The module beside this script, as its own files describe it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from . import hcl
from .blocks import declared

ROOT = Path(__file__).resolve().parents[2]


@cache
def variables() -> frozenset[str]:
    """The names of its inputs."""
    return frozenset(declared(ROOT.glob("variables*.tf"), "variable"))


@cache
def outputs() -> tuple[tuple[str, str], ...]:
    """The names of its outputs, and what each is."""
    found = declared([ROOT / "outputs.tf"], "output").items()
    return tuple((name, _text(output["description"])) for name, output in found if "sensitive" not in output)


def _text(expression: str) -> str:
    return str(hcl.parse(f"text = {expression}")["text"])


def default_status_mapping() -> dict[str, hcl.Value]:
    """`to_jira` and `to_case` where nothing else is set."""
    text = (ROOT / "configuration.tf").read_text()
    return hcl.parse_object(text.partition("default_status_mapping = ")[2])
