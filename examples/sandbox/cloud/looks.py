"""What somebody who watches the local AWS sees of it, read without a request. Called with `turn` held."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from boto3.dynamodb.types import TypeDeserializer

from .backends import Backends, Message
from .measures import LogLine

Item = dict[str, Any]
"""An item of a table as plain values: sets as sorted lists, numbers as numbers."""


@dataclass(frozen=True, slots=True)
class MessageSeen:
    """A message: its body, when it was sent and when it can be received next (epoch), and how often it was."""

    message_id: str
    body: str
    sent: float
    due: float
    receives: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class QueueSeen:
    """A queue and all that it holds, oldest first; ``dead_letters_of`` are the queues whose dead letters it takes."""

    name: str
    messages: tuple[MessageSeen, ...]
    dead_letters_of: tuple[str, ...]


def queues(backends: Backends) -> list[QueueSeen]:
    """Every queue, by name."""
    known = sorted(backends.sqs.queues.values(), key=lambda queue: str(queue.name))
    redriven = [(str(q.dead_letter_queue.name), str(q.name)) for q in known if q.dead_letter_queue]
    return [
        QueueSeen(
            str(queue.name),
            tuple(_message(message) for message in queue._messages),
            tuple(source for target, source in redriven if target == queue.name),
        )
        for queue in known
    ]


def items(backends: Backends, table: str) -> list[Item]:
    """Every item of a table."""
    known = backends.dynamodb.tables.get(table)
    return [_plain(item.to_json()["Attributes"]) for item in known.all_items()] if known else []


def latest_lines(backends: Backends, group: str, at_most: int) -> list[LogLine]:
    """The latest lines of a log group."""
    known = backends.logs.groups.get(group)
    return heapq.nlargest(at_most, _lines(known, group), key=lambda line: line.at)[::-1] if known else []


def count_of_lines(backends: Backends, group: str) -> int:
    """How many lines a log group holds: there are only ever more."""
    known = backends.logs.groups.get(group)
    return sum(len(stream.events) for stream in known.streams.values()) if known else 0


def _lines(group: Any, name: str) -> Iterator[LogLine]:
    for stream in group.streams.values():
        for event in stream.events:
            yield LogLine(name, event.timestamp / 1000, event.message)


def _message(message: Message) -> MessageSeen:
    told = message.message_attributes.get("reason") or message.message_attributes.get("ERROR_MESSAGE") or {}
    return MessageSeen(
        message_id=message.id,
        body=message.body,
        sent=(message.sent_timestamp or 0) / 1000,
        due=max(message.visible_at, message.delayed_until) / 1000,
        receives=message.approximate_receive_count,
        reason=str(told.get("StringValue", "")),
    )


def _plain(attributes: dict[str, Any]) -> Item:
    read = TypeDeserializer()
    return {name: _value(read.deserialize(value)) for name, value in attributes.items()}


def _value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {name: _value(each) for name, each in value.items()}
    if isinstance(value, set | frozenset):
        return sorted(map(_value, value), key=str)
    return [_value(each) for each in value] if isinstance(value, list) else value
