"""DynamoDB in a few calls: items as plain dictionaries, conditions that fail as exceptions, leases."""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from ..errors import PairBusy, RetryLater

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

Item = dict[str, Any]

_BUSY_DELAY = 5.0
_AT_WORK_SECONDS = 10.0
"""What a run takes at most, but for large files: the holder of an older lease may be dead, and is waited for calmly."""
_CALM_DELAY = 60.0
_MOST_AT_ONCE = 25
"""Items that one BatchWriteItem takes."""
_TRIES = 6
"""How often nothing at all of a batch may be taken: some three seconds."""
_serialise = TypeSerializer().serialize
_deserialise = TypeDeserializer().deserialize


class ConditionFailed(Exception):
    """The item is not what the write expected it to be; ``item`` is what it is, where that was asked for."""

    def __init__(self, reason: str, item: Item | None = None) -> None:
        super().__init__(reason)
        self.item = item or {}


class Table:
    """One table. ``clock`` gives the epoch in seconds."""

    def __init__(
        self,
        client: DynamoDBClient,
        name: str,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._client = client
        self._name = name
        self._sleep = sleep
        self.clock = clock

    def get(self, partition: str, sort_key: str) -> Item | None:
        """One item, strongly consistent."""
        answer = self._client.get_item(TableName=self._name, Key=_key(partition, sort_key), ConsistentRead=True)
        return _unpack(answer["Item"]) if "Item" in answer else None

    def query(self, partition: str, *, consistent: bool = False) -> Iterator[Item]:
        """All items of a partition, a page per MB."""
        pages = self._client.get_paginator("query").paginate(
            TableName=self._name,
            KeyConditionExpression="PK = :partition",
            ExpressionAttributeValues=_pack({":partition": partition}),
            ConsistentRead=consistent,
        )
        for page in pages:
            for item in page["Items"]:
                yield _unpack(item)

    def put(
        self,
        partition: str,
        sort_key: str,
        attributes: Mapping[str, object],
        condition: str | None = None,
        values: Mapping[str, object] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Write a whole item; ``None`` attributes are left out. Raises ``ConditionFailed``."""
        item = _pack({"PK": partition, "SK": sort_key, **attributes})
        with _conditional():
            self._client.put_item(
                TableName=self._name,
                Item=item,
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **_conditions(condition, values, names),
            )

    def put_many(self, partition: str, items: Mapping[str, Mapping[str, object]]) -> None:
        """Write whole items of a partition by their sort keys, 25 a call; ``None`` attributes are left out.

        Raises ``RetryLater`` where the table does not take all of them; some may be written then.
        """
        rest: list[Any] = [
            {"PutRequest": {"Item": _pack({"PK": partition, "SK": sort_key, **attributes})}}
            for sort_key, attributes in items.items()
        ]
        tries = 0
        while rest:
            some, rest = rest[:_MOST_AT_ONCE], rest[_MOST_AT_ONCE:]
            answer = self._client.batch_write_item(RequestItems={self._name: some})
            left = answer.get("UnprocessedItems", {}).get(self._name, [])
            tries = tries + 1 if len(left) == len(some) else 0
            if tries == _TRIES:
                raise RetryLater("the ledger does not take what is written")
            if left:
                self._sleep(random.uniform(0.05, 0.1) * 2**tries)
            rest = [*left, *rest]

    def update(
        self,
        partition: str,
        sort_key: str,
        expression: str,
        values: Mapping[str, object] | None = None,
        names: Mapping[str, str] | None = None,
        *,
        condition: str | None = None,
    ) -> Item:
        """Change attributes of an item and return those that were written. Raises ``ConditionFailed``."""
        with _conditional():
            answer = self._client.update_item(
                TableName=self._name,
                Key=_key(partition, sort_key),
                UpdateExpression=expression,
                ReturnValues="UPDATED_NEW",
                **_conditions(condition, values, names),
            )
        return _unpack(answer.get("Attributes", {}))

    def delete(
        self,
        partition: str,
        sort_key: str,
        condition: str | None = None,
        values: Mapping[str, object] | None = None,
        names: Mapping[str, str] | None = None,
    ) -> None:
        """Raises ``ConditionFailed``."""
        with _conditional():
            self._client.delete_item(
                TableName=self._name, Key=_key(partition, sort_key), **_conditions(condition, values, names)
            )

    def transact(self, writes: Sequence[Mapping[str, Any]]) -> None:
        """Several writes (`pack_put`, `pack_update`) or none. Raises ``ConditionFailed``."""
        items: list[Any] = [{kind: {"TableName": self._name, **write[kind]} for kind in write} for write in writes]
        with _conditional():
            self._client.transact_write_items(TransactItems=items)

    def created_at(self) -> float:
        """When the table was made, which is when the module was first applied (epoch)."""
        return self._client.describe_table(TableName=self._name)["Table"]["CreationDateTime"].timestamp()

    @contextmanager
    def lease(self, partition: str, seconds: float) -> Iterator[None]:
        """Hold a partition alone. Raises ``PairBusy`` where another holder's lease has not ended.

        ``seconds`` must outlast the invocation, so that a lease never ends under a holder that is still at work.
        """
        owner, now = uuid.uuid4().hex, self.clock()
        ends_at = int(now + seconds)
        try:
            self.put(
                partition,
                "LEASE",
                {"owner": owner, "began_at": int(now), "ends_at": ends_at, "expires_at": ends_at + 86_400},
                # Its own owner: botocore repeats a put whose answer was lost.
                "attribute_not_exists(PK) OR ends_at < :now OR #owner = :owner",
                {":now": int(now), ":owner": owner},
                {"#owner": "owner"},
            )
        except ConditionFailed as error:
            age = now - float(error.item.get("began_at", now))
            delay = _BUSY_DELAY if age < _AT_WORK_SECONDS else _CALM_DELAY
            raise PairBusy(f"{partition} is being worked on", delay=delay) from error
        try:
            yield
        finally:
            with suppress(ConditionFailed):  # where it had ended, and is another's
                self.delete(partition, "LEASE", "#owner = :owner", {":owner": owner}, {"#owner": "owner"})


def pack_update(
    partition: str, sort_key: str, expression: str, condition: str, values: Mapping[str, object]
) -> dict[str, Any]:
    """An update as a part of ``Table.transact``."""
    return {
        "Update": {"Key": _key(partition, sort_key), "UpdateExpression": expression, **_conditions(condition, values)}
    }


def pack_put(
    partition: str,
    sort_key: str,
    attributes: Mapping[str, object],
    condition: str | None = None,
    values: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    """A put as a part of ``Table.transact``."""
    item = _pack({"PK": partition, "SK": sort_key, **attributes})
    return {"Put": {"Item": item, **_conditions(condition, values)}}


def _conditions(
    condition: str | None, values: Mapping[str, object] | None = None, names: Mapping[str, str] | None = None
) -> dict[str, Any]:
    given: dict[str, Any] = {
        "ConditionExpression": condition,
        "ExpressionAttributeValues": _pack(values or {}),
        "ExpressionAttributeNames": dict(names or {}),
    }
    return {name: value for name, value in given.items() if value}


@contextmanager
def _conditional() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] in ("ConditionalCheckFailedException", "TransactionCanceledException"):
            old: Mapping[str, Any] = error.response.get("Item", {})  # type: ignore[assignment]  # the stubs know it not
            raise ConditionFailed(str(error), _unpack(old)) from error
        raise


def _key(partition: str, sort_key: str) -> dict[str, Any]:
    return _pack({"PK": partition, "SK": sort_key})


def _pack(item: Mapping[str, object]) -> dict[str, Any]:
    return {name: _serialise(value) for name, value in item.items() if value is not None}


def _unpack(item: Mapping[str, Any]) -> Item:
    return {name: _deserialise(value) for name, value in item.items()}
