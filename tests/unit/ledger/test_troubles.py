"""The pairs whose work does not get done."""

from __future__ import annotations

import pytest

from security_ir_jira.errors import NotPermitted
from security_ir_jira.ledger.table import Table
from security_ir_jira.ledger.troubles import Attempt, Trouble, Troubles
from security_ir_jira.model import Side
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


def lacks_a_permission(troubles: Troubles, began_at: float, *asked: str) -> None:
    attempt = Attempt(began_at, frozenset(asked))
    troubles.note("jira", "1234567890", "NotPermitted", "403", attempt=attempt, due_in=300.0)


def test_who_was_seen_by_the_last_try_waits_until_that_one_is_tried_again(troubles: Troubles, clock: Clock) -> None:
    lacks_a_permission(troubles, NOW, "comments")
    with pytest.raises(NotPermitted) as waits:
        troubles.wait_for_turn("jira", "1234567890", {"comments"}, NOW - 1)
    assert waits.value.delay is not None
    assert 300 < waits.value.delay <= 320
    clock.now += 300
    troubles.wait_for_turn("jira", "1234567890", {"comments"}, NOW - 1)


@pytest.mark.parametrize(
    ("side", "asked", "sent"),
    [("security_ir", "comments", NOW - 1), ("jira", "deep", NOW - 1), ("jira", "comments", NOW + 1)],
    ids=["of the other side", "asks for more", "sent later"],
)
def test_what_the_last_try_did_not_see_does_not_wait(troubles: Troubles, side: Side, asked: str, sent: float) -> None:
    lacks_a_permission(troubles, NOW, "comments")
    troubles.wait_for_turn(side, "1234567890", {asked}, sent)


def test_after_another_kind_of_failure_nobody_waits(troubles: Troubles) -> None:
    lacks_a_permission(troubles, NOW, "deep")
    troubles.note("jira", "1234567890", "Unavailable", "500")
    troubles.wait_for_turn("jira", "1234567890", {"comments"}, NOW - 1)
