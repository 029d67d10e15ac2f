"""The pairs whose work does not get done."""

from __future__ import annotations

import pytest

from security_ir_jira.ledger.table import Table
from security_ir_jira.ledger.troubles import Trouble, Troubles
from tests.clock import Clock
from tests.unit.ledger.local import NOW


@pytest.fixture
def troubles(table: Table) -> Troubles:
    return Troubles(table)


def test_a_trouble_is_known_since_its_first_failure_and_by_its_latest(troubles: Troubles, clock: Clock) -> None:
    troubles.note("jira", "1234567890", "Unavailable", "PUT /issue/10001: 500")
    clock.now += 900
    troubles.note("jira", "1234567890", "NotPermitted", "PUT /issue/10001: 403")
    (trouble,) = troubles.all()
    assert trouble == Trouble("jira", "1234567890", NOW, NOW + 900, "NotPermitted", "PUT /issue/10001: 403")


def test_what_was_not_noted_for_twenty_minutes_is_over(troubles: Troubles, clock: Clock) -> None:
    troubles.note("security_ir", "1234567890", "Unavailable", "500")
    clock.now += 1_201
    assert troubles.all() == ()
    troubles.note("security_ir", "1234567890", "Unavailable", "500")
    (trouble,) = troubles.all()
    assert trouble.since == NOW + 1_201, "a new trouble is as old as its own first failure"


def test_both_sides_of_a_pair_are_told_apart(troubles: Troubles) -> None:
    troubles.note("jira", "1234567890", "Unavailable", "500")
    troubles.note("security_ir", "1234567890", "NotPermitted", "403")
    assert {(each.side, each.error) for each in troubles.all()} == {
        ("jira", "Unavailable"),
        ("security_ir", "NotPermitted"),
    }


def test_a_reason_stays_short(troubles: Troubles) -> None:
    troubles.note("jira", "1234567890", "Refused", "x" * 5_000)
    assert len(troubles.all()[0].reason) == 250
