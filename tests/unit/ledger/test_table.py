"""Leases: who works on a pair, alone, and until when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from security_ir_jira.errors import PairBusy, RetryLater
from security_ir_jira.ledger.table import Table
from tests.clock import Clock
from tests.unit.ledger.local import NOW, TABLE, items

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Crash = Callable[[str], None]


@pytest.fixture
def crash(table: Table) -> Iterator[Crash]:
    """Takes a lease and does not give it back."""
    with ExitStack() as held:
        yield lambda partition: held.enter_context(table.lease(partition, 360))


def test_a_pair_is_held_by_one_at_a_time(table: Table) -> None:
    with table.lease("CASE#1", 360), pytest.raises(PairBusy), table.lease("CASE#1", 360):
        pass


@pytest.mark.parametrize(("age", "delay"), [(0, 5.0), (9, 5.0), (10, 60.0), (300, 60.0)])
def test_history_25_a_busy_pair_is_looked_at_again_in_seconds_and_calmly_where_its_holder_may_be_dead(
    table: Table, clock: Clock, age: float, delay: float
) -> None:
    with table.lease("CASE#1", 360):
        clock.now += age
        with pytest.raises(PairBusy) as caught, table.lease("CASE#1", 360):
            pass
    assert caught.value.delay == delay


def test_pairs_are_held_independently(table: Table) -> None:
    with table.lease("CASE#1", 360), table.lease("CASE#2", 360), table.lease("ISSUE#1", 360):
        pass


def test_a_lease_ends_with_its_work(table: Table) -> None:
    for _ in range(2):
        with table.lease("CASE#1", 360):
            pass


def test_a_lease_ends_with_work_that_failed(table: Table) -> None:
    with pytest.raises(ZeroDivisionError), table.lease("CASE#1", 360):
        raise ZeroDivisionError
    with table.lease("CASE#1", 360):
        pass


def test_the_lease_of_a_holder_that_crashed_ends_when_its_invocation_must_have(
    table: Table, clock: Clock, crash: Crash
) -> None:
    crash("CASE#1")
    clock.now += 360
    with pytest.raises(PairBusy), table.lease("CASE#1", 360):
        pass
    clock.now += 1
    with table.lease("CASE#1", 360):
        pass


def test_a_holder_whose_lease_ended_does_not_release_anothers(table: Table, clock: Clock, crash: Crash) -> None:
    with table.lease("CASE#1", 60):
        clock.now += 100
        crash("CASE#1")
    with pytest.raises(PairBusy), table.lease("CASE#1", 360):
        pass


def test_a_forgotten_lease_leaves_the_table_in_the_end(client: DynamoDBClient, crash: Crash) -> None:
    crash("CASE#1")
    (item,) = items(client)
    assert int(item["expires_at"]["N"]) > NOW + 360


def test_the_module_is_as_old_as_its_table(table: Table, client: DynamoDBClient) -> None:
    made = client.describe_table(TableName=TABLE)["Table"]["CreationDateTime"]
    assert table.created_at() == made.timestamp()


# Many at once


@dataclass(slots=True)
class Busy:
    """A table that takes ``takes`` items of each batch, for the first ``calls`` calls."""

    client: Any
    takes: int
    calls: int
    made: list[int] = field(default_factory=list)

    def batch_write_item(self, *, RequestItems: dict[str, list[Any]]) -> dict[str, Any]:
        ((name, requests),) = RequestItems.items()
        self.made.append(len(requests))
        takes = self.takes if len(self.made) <= self.calls else len(requests)
        if requests[:takes]:
            self.client.batch_write_item(RequestItems={name: requests[:takes]})
        return {"UnprocessedItems": {name: requests[takes:]} if requests[takes:] else {}}


def put_forty(client: Any) -> None:
    Table(client, TABLE, lambda: NOW, sleep=lambda _: None).put_many(
        "CURSOR#x", {f"CASE#{number}": {"n": number, "none": None} for number in range(40)}
    )


def test_many_items_are_written_25_a_call(client: DynamoDBClient) -> None:
    busy = Busy(client, 0, 0)
    put_forty(busy)
    assert busy.made == [25, 15]
    assert len(items(client)) == 40
    assert not any("none" in item for item in items(client))


def test_what_a_batch_leaves_undone_is_written_all_the_same(client: DynamoDBClient) -> None:
    busy = Busy(client, 10, 3)
    put_forty(busy)
    assert len(items(client)) == 40
    assert busy.made == [25, 25, 20, 10]


def test_a_table_that_takes_nothing_is_tried_again_later(client: DynamoDBClient) -> None:
    busy = Busy(client, 0, 1_000)
    with pytest.raises(RetryLater):
        put_forty(busy)
    assert len(busy.made) == 6
