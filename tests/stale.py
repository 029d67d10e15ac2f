"""DynamoDB as it may answer: a read that does not ask for consistency sees the table as it was a while ago.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.ReadConsistency.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends

Item = Mapping[str, Any]
Key = tuple[str, str]

LAG_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Before:
    """What stood under a key until it was written at ``at`` (epoch), in which delivery."""

    at: float
    delivery: int
    key: Key
    item: Item | None


@dataclass(slots=True)
class StaleClient:
    """A DynamoDB client of one table with keys ``PK`` and ``SK``.

    Only reads that ask for it see what was written within the last ``LAG_SECONDS`` of ``clock``, in this ``delivery``
    or the one before: the deliveries of a clock that stands still are not all one moment. One call at a time is
    carried out, whichever threads call: moto's conditions are no conditions otherwise.
    """

    client: Any
    clock: Callable[[], float]
    delivery: int = 0
    _past: list[Before] = field(default_factory=list)
    _turn: threading.RLock = field(default_factory=threading.RLock)

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        return partial(self._call, operation)

    def _call(self, operation: str, **arguments: Any) -> Any:
        with self._turn:
            now = self.clock()
            self._past = [
                each for each in self._past if each.at > now - LAG_SECONDS and each.delivery >= self.delivery - 1
            ]
            for key in _written(operation, arguments):
                self._past.append(Before(now, self.delivery, key, self._now(arguments, key)))
            answer = getattr(self.client, operation)(**arguments)
            if arguments.get("ConsistentRead") or operation not in ("get_item", "query"):
                return answer
            return self._as_it_was(operation, arguments, answer)

    def _now(self, arguments: Mapping[str, Any], key: Key) -> Item | None:
        name = arguments.get("TableName") or next(iter(arguments.get("RequestItems", ())), None)
        name = name or _entries(arguments)[0]["TableName"]
        stored = dynamodb_backends[DEFAULT_ACCOUNT_ID][self.client.meta.region_name].get_item(name, _as_key(key))
        return None if stored is None else stored.to_json()["Attributes"]

    def _as_it_was(self, operation: str, arguments: Mapping[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
        # The oldest that is still remembered of each key comes last, and stays.
        was = {each.key: each.item for each in reversed(self._past)}
        if operation == "get_item":
            item = was.get(_key_of(arguments["Key"]), answer.get("Item"))
            rest = {name: value for name, value in answer.items() if name != "Item"}
            return rest if item is None else {**rest, "Item": item}
        (partition,) = arguments["ExpressionAttributeValues"].values()
        items = [item for item in answer["Items"] if _key_of(item) not in was]
        if "LastEvaluatedKey" not in answer:
            items += [item for key, item in was.items() if item is not None and key[0] == partition["S"]]
        return {**answer, "Items": sorted(items, key=_key_of)}

    def get_paginator(self, operation: str) -> Pages:
        return Pages(partial(self._page, operation))

    def _page(self, operation: str, **arguments: Any) -> dict[str, Any]:
        # Through the name, as any other call: whoever listens to those hears of this one.
        page: dict[str, Any] = getattr(self, operation)(**arguments)
        return page


@dataclass(frozen=True, slots=True)
class Pages:
    """A paginator of Query."""

    ask: Callable[..., dict[str, Any]]

    def paginate(self, **arguments: Any) -> Iterator[dict[str, Any]]:
        page = self.ask(**arguments)
        yield page
        while "LastEvaluatedKey" in page:
            page = self.ask(**arguments, ExclusiveStartKey=page["LastEvaluatedKey"])
            yield page


def _written(operation: str, arguments: Mapping[str, Any]) -> list[Key]:
    """The keys that a call may write."""
    if operation == "put_item":
        return [_key_of(arguments["Item"])]
    if operation in ("update_item", "delete_item"):
        return [_key_of(arguments["Key"])]
    return [_key_of(entry.get("Key") or entry["Item"]) for entry in _entries(arguments)]


def _entries(arguments: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    batched = [each for some in arguments.get("RequestItems", {}).values() for each in some]
    return [entry for each in (*arguments.get("TransactItems", ()), *batched) for entry in each.values()]


def _key_of(item: Item) -> Key:
    return item["PK"]["S"], item["SK"]["S"]


def _as_key(key: Key) -> dict[str, Any]:
    return {"PK": {"S": key[0]}, "SK": {"S": key[1]}}
