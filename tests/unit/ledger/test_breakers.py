"""What the functions know together of a side that is down."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from security_ir_jira.ledger.breakers import Breakers, Broken
from security_ir_jira.ledger.table import Table
from tests.clock import Clock
from tests.unit.ledger.local import NOW, items, operations

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def breakers(table: Table) -> Breakers:
    return Breakers(table)


def test_failures_within_a_minute_are_counted_together_for_all_functions(breakers: Breakers, table: Table) -> None:
    assert [breakers.failed("jira"), Breakers(table).failed("jira"), breakers.failed("jira")] == [1, 2, 3]
    assert breakers.failed("security_ir") == 1


def test_failures_further_apart_say_nothing_together(breakers: Breakers, clock: Clock) -> None:
    breakers.failed("jira")
    clock.now += 61
    assert breakers.failed("jira") == 1


def test_a_side_that_hangs_fails_slowly_and_is_noticed(breakers: Breakers, clock: Clock) -> None:
    counted = []
    for _ in range(3):
        clock.now += 31
        counted.append(breakers.failed("jira"))
    assert counted == [1, 2, 3]


def test_failures_alone_open_nothing(breakers: Breakers) -> None:
    breakers.failed("jira")
    assert breakers.all() == {}


def test_an_open_breaker_is_known_to_all_functions_until_it_is_closed(
    breakers: Breakers, table: Table, clock: Clock
) -> None:
    breakers.open("jira", "down", "ConnectionError", NOW + 60)
    clock.now += 60
    breakers.open("jira", "down", "ConnectTimeout", NOW + 120)
    assert Breakers(table).all() == {"jira": Broken("down", "ConnectTimeout", since=NOW, probe_at=NOW + 120)}
    breakers.close("jira")
    assert breakers.all() == {}


def test_one_of_many_asks_again_once_it_is_due(breakers: Breakers, table: Table, clock: Clock) -> None:
    breakers.open("jira", "down", "503", NOW + 60)
    assert not breakers.claim("jira", NOW + 120)
    clock.now += 60
    claims = [Breakers(table).claim("jira", NOW + 120) for _ in range(3)]
    assert claims == [True, False, False]


def test_a_breaker_that_was_closed_meanwhile_is_not_claimed_and_leaves_nothing(
    breakers: Breakers, client: DynamoDBClient
) -> None:
    assert not breakers.claim("jira", NOW + 60)
    assert items(client) == []


def test_all_breakers_are_read_by_one_query(breakers: Breakers, client: DynamoDBClient) -> None:
    called = operations(client)
    breakers.all()
    assert called == ["Query"]
