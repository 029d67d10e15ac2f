"""Nothing that holds state changes its address unnoticed: Terraform would destroy it, and make another."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

from .roots import root_of, serving, terraform

RECORD = Path(__file__).with_name("stateful_addresses.txt")
STATEFUL = {
    "aws_cloudwatch_event_bus",
    "aws_cloudwatch_log_group",
    "aws_dynamodb_table",
    "aws_kms_key",
    "aws_sns_topic",
    "aws_sqs_queue",
    "aws_ssm_parameter",
}
MOVED = re.compile(r"^moved \{\n\s*from\s*=\s*(\S+)\n\s*to\s*=\s*(\S+)\n\}", re.MULTILINE)

CALL = re.compile(r"module\.(\w+)(?:\[[^\]]+\])?\.")


def recorded() -> list[str]:
    """Addresses that a release had, as the module sees them."""
    lines = RECORD.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def moves(addresses: Collection[str]) -> dict[str, str]:
    """The `moved` blocks of the root and of the modules that these are in, from and to, as the root sees them."""
    found = dict(MOVED.findall("\n".join(file.read_text() for file in sorted(REPOSITORY.glob("*.tf")))))
    for call, name in {(match[0], match[1]) for match in map(CALL.match, addresses) if match}:
        file = REPOSITORY / "modules" / name / "moved.tf"
        inside = MOVED.findall(file.read_text()) if file.exists() else []
        found |= {f"{call}{origin}": f"{call}{target}" for origin, target in inside}
    return found


def now(address: str, moved: Mapping[str, str]) -> str:
    """Where Terraform finds what had this address: a move of a module, or of all instances, moves what is in it."""
    for origin, target in moved.items():
        if address == origin or address.startswith((f"{origin}.", f"{origin}[")):
            return now(target + address.removeprefix(origin), {key: moved[key] for key in moved if key != origin})
    return address


def lost(addresses: Collection[str], planned: Collection[str], moved: Mapping[str, str]) -> list[str]:
    """The addresses that an upgrade would leave behind."""
    return [address for address in addresses if now(address, moved) not in planned]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The addresses of what holds state, in a plan with everything that one configuration can have."""
    root = root_of(tmp_path_factory.mktemp("addresses") / "root", str(REPOSITORY))
    with serving({}) as sts:
        for command in (("init", "-input=false"), ("plan", "-input=false", "-out=plan")):
            done = terraform(root, sts, "", *command)
            assert done.returncode == 0, done.stderr
        shown = terraform(root, sts, "", "show", "-json", "plan")
    changes = json.loads(shown.stdout)["resource_changes"]
    return {
        change["address"].removeprefix("module.security_ir_jira.")
        for change in changes
        if change["mode"] == "managed" and change["type"] in STATEFUL
    }


def test_every_address_of_a_release_is_there_or_was_moved(planned: set[str]) -> None:
    gone = lost(recorded(), planned, moves(recorded()))
    assert gone == [], f"a changed address needs a moved block, in moved.tf (UPGRADING.md): {gone}"


def test_every_address_there_is_stands_in_the_record(planned: set[str]) -> None:
    assert sorted(planned - set(recorded())) == [], f"add these to {RECORD.name}: a release has them from now on"
    assert recorded() == sorted(recorded())


def test_a_moved_block_accounts_for_an_address() -> None:
    moved = {
        "module.ledger": "module.book",
        "module.worker": "module.function",
        "module.book.aws_dynamodb_table.this": "module.book.aws_dynamodb_table.pairs",
    }
    planned = {"module.book.aws_dynamodb_table.pairs", 'module.function["a"].aws_sqs_queue.this'}
    old = ["module.ledger.aws_dynamodb_table.this", 'module.worker["a"].aws_sqs_queue.this']
    assert lost(old, planned, moved) == []
    assert lost(old, planned, {}) == old
    assert lost([*old, "module.workers.aws_sqs_queue.this"], planned, moved) == ["module.workers.aws_sqs_queue.this"]
