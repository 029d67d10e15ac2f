"""What was written a moment ago is seen: the table answers any read that does not insist on it as it was before."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from security_ir_jira.ledger.cursors import IssueCursors
from security_ir_jira.ledger.pairs import PairLedger
from security_ir_jira.ledger.table import Table
from security_ir_jira.memory import Agreed, Base, Copy
from tests.clock import Clock
from tests.stale import StaleClient
from tests.unit.ledger.local import TABLE
from tests.unit.things import CASE_ID, a_pair, an_issue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def stale(client: DynamoDBClient, clock: Clock) -> StaleClient:
    return StaleClient(client, clock)


@pytest.fixture
def ledger(stale: StaleClient, clock: Clock) -> PairLedger:
    client: Any = stale
    return PairLedger(Table(client, TABLE, clock))


def test_a_pair_that_was_just_bound_is_loaded(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    assert ledger.load(CASE_ID).pair == a_pair()


def test_a_pair_is_loaded_as_it_was_just_left(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    ledger.advance(CASE_ID, {"title": Agreed("new", "newer")})
    ledger.record(CASE_ID, Copy("COMMENT#jira#501", "digest", parts=("100001",)))
    facts = ledger.load(CASE_ID)
    assert facts.pair == replace(a_pair(), base=Base(title=Agreed("new", "newer")))
    assert set(facts.copies) == {"COMMENT#jira#501"}


def test_an_issue_that_was_just_reserved_or_bound_is_known(ledger: PairLedger) -> None:
    ledger.reserve_case("10100", {}, Base())
    entry = ledger.entry_of_issue("10100")
    assert entry is not None
    assert entry.reservation is not None
    ledger.bind(a_pair())
    for name in ("10100", "SEC-1"):
        entry = ledger.entry_of_issue(name)
        assert entry is not None
        assert entry.case_id == CASE_ID


def test_an_issue_that_just_moved_is_known_under_its_new_key(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    ledger.located(a_pair(), an_issue(key="OPS-7"))
    assert ledger.entry_of_issue("OPS-7") is not None


# The table itself


def a_cursor(stale: StaleClient, clock: Clock) -> IssueCursors:
    """What is read without insisting."""
    client: Any = stale
    cursors = IssueCursors(Table(client, TABLE, clock))
    cursors.advance("10100", "first", keep_for=60)
    clock.now += 2
    cursors.advance("10100", "second", keep_for=60)
    cursors.advance("10200", "other", keep_for=60)
    return cursors


def test_a_read_that_does_not_insist_sees_the_table_as_it_was(stale: StaleClient, clock: Clock) -> None:
    assert a_cursor(stale, clock).all() == (None, {"10100": "first"})


def test_a_read_that_does_not_insist_sees_what_was_written_a_second_ago(stale: StaleClient, clock: Clock) -> None:
    cursors = a_cursor(stale, clock)
    clock.now += 2
    assert cursors.all() == (None, {"10100": "second", "10200": "other"})


def test_a_read_that_does_not_insist_sees_what_was_written_two_deliveries_ago(stale: StaleClient, clock: Clock) -> None:
    cursors = a_cursor(stale, clock)
    stale.delivery += 2
    assert cursors.all() == (None, {"10100": "second", "10200": "other"})
