"""A table in a local DynamoDB, and a clock that stands still."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest
from moto import mock_aws

from security_ir_jira.ledger.pairs import PairLedger
from security_ir_jira.ledger.table import Table
from tests.clock import Clock
from tests.unit.ledger.local import NOW, TABLE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBClient]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        made = boto3.client("dynamodb", region_name="eu-central-1")
        made.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield made


@pytest.fixture
def table(client: DynamoDBClient, clock: Clock) -> Table:
    return Table(client, TABLE, clock)


@pytest.fixture
def ledger(table: Table) -> PairLedger:
    return PairLedger(table)
