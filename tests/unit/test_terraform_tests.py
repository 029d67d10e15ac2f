"""The tests in tests/terraform are written in what both Terraform and OpenTofu understand.

`make opentofu-test` asks OpenTofu itself. This tells whoever has Terraform only, which understands more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from scripts.deploy.blocks import Block, blocks
from tests.conftest import REPOSITORY

FILES = sorted((REPOSITORY / "tests" / "terraform").glob("*.tftest.hcl"))


def foreign_to_opentofu(text: str) -> Iterator[str]:
    """What of a file OpenTofu does not understand, with the place."""
    if re.search(r"^\s*override_during\b", text, re.MULTILINE):
        yield "override_during: mock an apply, as worker.tftest.hcl does"
    file = list(blocks(text))
    overrides = any(block.kind in {"override_data", "override_resource"} for block in file)
    for run in (block for block in file if block.kind == "run"):
        parts = list(_inside(run))
        name = run.labels[0]
        of_its_own = any(part.kind == "module" for part in parts)
        if of_its_own and overrides:
            yield f"{name}: its module lacks what the file overrides; give it a file of its own"
        for part in parts:
            if of_its_own and part.kind == "variables" and _speaks_of("var", part):
                yield f"{name}: var in variables; take it from run.given"
            if part.kind == "assert" and _speaks_of("run", part):
                yield f"{name}: run in an assertion; say what is expected"


def _inside(block: Block) -> Iterator[Block]:
    return blocks(dedent(block.body.lstrip("\n")))


def _speaks_of(root: str, block: Block) -> bool:
    return any(re.search(rf"(?<![\w.\"]){root}\.[a-z]", each) for each in block.attributes.values())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name.partition(".")[0])
def test_both_programs_understand_our_tests(file: Path) -> None:
    assert list(foreign_to_opentofu(file.read_text())) == []


@pytest.mark.parametrize(
    ("test", "complaint"),
    [
        ("override_resource {\n  target          = a.b\n  override_during = plan\n}\n", "override_during"),
        (
            'run "a" {\n  module {\n    source = "./m"\n  }\n}\noverride_data {\n  target = data.a.b\n}\n',
            "a: its module",
        ),
        (
            'run "a" {\n  module {\n    source = "./m"\n  }\n\n  variables {\n    x = merge(var.x, {})\n  }\n}\n',
            "a: var in",
        ),
        ('run "b" {\n  assert {\n    condition = output.x != run.a.x\n  }\n}\n', "b: run in"),
    ],
)
def test_what_opentofu_does_not_understand_is_named(test: str, complaint: str) -> None:
    assert [each.startswith(complaint) for each in foreign_to_opentofu(test)] == [True]
