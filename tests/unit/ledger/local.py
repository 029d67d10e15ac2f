"""What the tests of the ledger share besides their fixtures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = 1_767_268_800.0
TABLE = "ledger"


def items(client: DynamoDBClient) -> list[dict[str, Any]]:
    return client.scan(TableName=TABLE)["Items"]


def operations(client: DynamoDBClient) -> list[str]:
    """Every operation called from here on."""
    called: list[str] = []

    def note(model: Any, **_: object) -> None:
        called.append(model.name)

    client.meta.events.register("before-call.dynamodb", note)
    return called
