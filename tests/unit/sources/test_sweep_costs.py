"""What a case sweep costs, counted in calls, and what one that dies announces once more."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from security_ir_jira.cases.calls import CaseCalls
from security_ir_jira.events import EventBus
from security_ir_jira.ledger.cursors import CaseCursors
from security_ir_jira.ledger.table import Table
from security_ir_jira.sources.cases import CaseSource
from tests.clock import Clock
from tests.unit.ledger.local import NOW

MOVED = datetime.fromtimestamp(NOW, UTC) - timedelta(days=1)


class Died(BaseException):
    """The function's process ended here."""


@dataclass(slots=True)
class Account:
    """A membership with ``cases`` cases, a bus and a ledger. The function dies at the call that is ``dies_at``.

    ``told`` are the cases that were announced as new.
    """

    dynamodb: Any
    cases: int
    calls: Counter[str] = field(default_factory=Counter)
    told: list[str] = field(default_factory=list)
    moved: datetime = MOVED
    clock: Clock = field(default_factory=lambda: Clock(NOW))
    dies_at: int | None = None

    def sweep(self) -> Counter[str]:
        """The calls of one sweep."""
        self.calls.clear()
        cursors = CaseCursors(Table(_Counted(self, self.dynamodb), "ledger", self.clock))  # type: ignore[arg-type]
        bus = EventBus(_Counted(self, self), "bus", self.clock)  # type: ignore[arg-type]  # put_events
        CaseSource(cursors, CaseCalls(_Counted(self, self)), bus, self.clock).sweep(360.0)
        return self.calls

    def list_cases(self, *, maxResults: int, nextToken: str = "0") -> dict[str, Any]:
        first = int(nextToken)
        numbers = range(first, min(first + maxResults, self.cases))
        items = [
            {"caseId": str(1_000_000_000 + each), "caseStatus": "Submitted", "lastUpdatedDate": self.moved}
            for each in numbers
        ]
        after = {"nextToken": str(numbers.stop)} if numbers.stop < self.cases else {}
        return {"items": items, **after}

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.told += [json.loads(each["Detail"])["caseId"] for each in Entries if each["DetailType"] == "CaseCreated"]
        return {"FailedEntryCount": 0, "Entries": [{} for _ in Entries]}


@dataclass(frozen=True, slots=True)
class _Counted:
    account: Account
    client: Any

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            self._count(operation)
            return getattr(self.client, operation)(**arguments)

        return call

    def get_paginator(self, operation: str) -> Any:
        self._count(operation)
        return self.client.get_paginator(operation)

    def _count(self, operation: str) -> None:
        self.account.calls[operation] += 1
        if self.account.dies_at is not None and self.account.calls.total() >= self.account.dies_at:
            raise Died


@pytest.fixture
def account() -> Iterator[Account]:
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="testing", aws_secret_access_key="testing"
        )
        client.create_table(
            TableName="ledger",
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
            BillingMode="PAY_PER_REQUEST",
        )
        yield Account(client, 0)


@pytest.mark.parametrize("cases", [100, 1_000])
def test_a_sweep_costs_a_call_for_25_cases_and_three_for_20_that_are_announced(account: Account, cases: int) -> None:
    account.cases = cases
    first = account.sweep()
    assert len(set(account.told)) == len(account.told) == cases
    assert first == {
        "list_cases": math.ceil(cases / 25),
        "put_events": cases // 10,
        "batch_write_item": cases // 20,
        "query": 1,
        "put_item": 1,
    }
    account.clock.now += 300
    assert account.sweep() - Counter({"put_events": 10, "batch_write_item": 5}) == {
        "list_cases": math.ceil(cases / 25),
        "query": 1,
        "put_item": 1,
    }


@pytest.mark.parametrize("dies_at", range(1, 22))
def test_a_sweep_that_dies_anywhere_announces_what_is_left_and_20_at_most_once_more(
    account: Account, dies_at: int
) -> None:
    account.cases, account.dies_at = 100, dies_at
    with pytest.raises(Died):
        account.sweep()
    account.dies_at = None
    account.clock.now += 400
    account.sweep()
    assert set(account.told) == {str(1_000_000_000 + number) for number in range(100)}, "none is forgotten"
    assert len(account.told) - 100 <= 20
