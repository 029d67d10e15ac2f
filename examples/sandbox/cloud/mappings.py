"""Event source mappings: polls queues, invokes functions with batches, and honours what they answer.

https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from moto.sqs.exceptions import ReceiptHandleIsInvalid

from .backends import Backends, EventSourceMapping, Message, Queue
from .clock import Clock
from .functions import Acted
from .runtime import Outcome

_LOG = logging.getLogger(__name__)

# Lambda starts with five pollers where no maximum concurrency is set.
_DEFAULT_CONCURRENCY = 5
_RECEIVE_AT_MOST = 10

Invoke = Callable[[str, bytes], Outcome]


class Mappings:
    """Moves messages from queues to functions. Every method but `stop` is called with `turn` held."""

    def __init__(
        self, backends: Backends, clock: Clock, turn: threading.Condition, invoke: Invoke, acted: Acted
    ) -> None:
        self._backends = backends
        self._clock = clock
        self._turn = turn
        self._invoke = invoke
        self._acted = acted
        self._running: Counter[str] = Counter()
        self._workers = ThreadPoolExecutor(max_workers=64, thread_name_prefix="invocation")
        self._errors: list[Exception] = []

    @property
    def running(self) -> int:
        """How many invocations are under way."""
        return self._running.total()

    def start_batches(self) -> None:
        """Start an invocation for every batch there is room for."""
        for mapping in self._enabled():
            queue = self._queue(mapping)
            if queue is None:
                continue
            self._expire(queue)
            while self._running[mapping.uuid] < _concurrency(mapping) and (batch := self._receive(queue, mapping)):
                self._running[mapping.uuid] += 1
                self._workers.submit(self._run, mapping, queue, batch)

    def waiting(self) -> bool:
        """Whether some mapped queue has a message that could be received now."""
        return any(queue.messages for queue in self._queues())

    def next_due(self) -> float | None:
        """When the next message of a mapped queue becomes visible, in seconds since the epoch."""
        times = [max(m.visible_at, m.delayed_until) for queue in self._queues() for m in queue._messages]
        # moto shows a message only once its moment has passed.
        return min(times) / 1000 + 0.001 if times else None

    def raise_errors(self) -> None:
        """Raise what went wrong in the sandbox itself (not in a function) while a batch was run."""
        if self._errors:
            raise self._errors.pop(0)

    def stop(self) -> None:
        """Wait for what runs, start nothing more. Called without `turn`."""
        self._workers.shutdown(wait=True, cancel_futures=True)

    def _enabled(self) -> Iterable[EventSourceMapping]:
        return [mapping for mapping in self._backends.mappings() if mapping.enabled]

    def _queues(self) -> list[Queue]:
        return [queue for mapping in self._enabled() if (queue := self._queue(mapping)) is not None]

    def _queue(self, mapping: EventSourceMapping) -> Queue | None:
        return self._backends.queue_by_arn(mapping.event_source_arn)

    def _expire(self, queue: Queue) -> None:
        """Drop messages older than the queue keeps them."""
        oldest = (self._clock.time() - _setting(queue, "message_retention_period")) * 1000
        queue._messages[:] = [m for m in queue._messages if (m.sent_timestamp or 0) > oldest]

    def _receive(self, queue: Queue, mapping: EventSourceMapping) -> list[Message]:
        name = mapping.function_arn.rsplit(":", 1)[-1]
        visibility = _setting(queue, "visibility_timeout")
        batch: list[Message] = []
        while len(batch) < mapping.batch_size:
            wanted = min(_RECEIVE_AT_MOST, mapping.batch_size - len(batch))
            received = self._backends.sqs.receive_message(queue.name, wanted, 0, visibility, ["All"])
            if not received:
                break
            batch += received
        if batch:
            self._acted(name, "sqs:ReceiveMessage", queue.queue_arn)
            self._acted(name, "sqs:GetQueueAttributes", queue.queue_arn)
        return batch

    def _run(self, mapping: EventSourceMapping, queue: Queue, batch: list[Message]) -> None:
        name = mapping.function_arn.rsplit(":", 1)[-1]
        payload = json.dumps({"Records": [self._record(queue, message) for message in batch]})
        try:
            outcome = self._invoke(name, payload.encode())
            failed = _failed(mapping, batch, outcome)
            with self._turn:
                self._delete(name, queue, [message for message in batch if message.id not in failed])
        except Exception as error:
            # Kept for whoever waits for the cloud, and logged where nobody does.
            _LOG.error("%s could not be run: %s", name, error)
            with self._turn:
                self._errors.append(error)
        finally:
            with self._turn:
                self._running[mapping.uuid] -= 1
                self._turn.notify_all()

    def _delete(self, name: str, queue: Queue, done: list[Message]) -> None:
        for message in done:
            # It may have expired or moved to the dead letters while the function ran past its visibility.
            with contextlib.suppress(ReceiptHandleIsInvalid):
                queue.delete_message(str(message.receipt_handle))
        if done:
            self._acted(name, "sqs:DeleteMessage", queue.queue_arn)

    def _record(self, queue: Queue, message: Message) -> dict[str, Any]:
        """https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
        return {
            "messageId": message.id,
            "receiptHandle": message.receipt_handle,
            "body": message.body,
            "attributes": {
                "ApproximateReceiveCount": str(message.approximate_receive_count),
                "SentTimestamp": str(message.sent_timestamp),
                "SenderId": message.sender_id,
                "ApproximateFirstReceiveTimestamp": str(message.approximate_first_receive_timestamp),
            },
            "messageAttributes": {key: _attribute(value) for key, value in message.message_attributes.items()},
            "md5OfBody": message.body_md5,
            "eventSource": "aws:sqs",
            "eventSourceARN": queue.queue_arn,
            "awsRegion": self._backends.region,
        }


def _setting(queue: Queue, name: str) -> int:
    # `queue.attributes` would count the messages each time; moto sets these members by name, out of mypy's sight.
    return int(getattr(queue, name))


def _concurrency(mapping: EventSourceMapping) -> int:
    scaling: dict[str, Any] = mapping.scaling_config or {}
    return int(scaling.get("MaximumConcurrency") or _DEFAULT_CONCURRENCY)


def _attribute(value: dict[str, Any]) -> dict[str, Any]:
    binary = value.get("BinaryValue")
    attribute: dict[str, Any] = {
        "stringListValues": [],
        "binaryListValues": [],
        "dataType": value["DataType"],
    }
    if binary is not None:
        attribute["binaryValue"] = base64.b64encode(binary).decode() if isinstance(binary, bytes) else binary
    else:
        attribute["stringValue"] = value.get("StringValue")
    return attribute


def _failed(mapping: EventSourceMapping, batch: list[Message], outcome: Outcome) -> set[str]:
    """The ids that stay in the queue: all of them where the function failed or its answer cannot be understood."""
    everything = {message.id for message in batch}
    if outcome.failure is not None:
        return everything
    if "ReportBatchItemFailures" not in (mapping.function_response_types or []):
        return set()
    named = _named_failures(outcome.answer)
    return named if named is not None and named <= everything else everything


def _named_failures(answer: bytes) -> set[str] | None:
    """The ids of a batch item failure response; None where it is invalid.

    Empty and null answers, and empty and null lists, mean that all succeeded.
    """
    try:
        response = json.loads(answer or b"null")
        items = (response or {}).get("batchItemFailures") or []
        identifiers = [item["itemIdentifier"] for item in items]
    except (ValueError, AttributeError, TypeError, KeyError):
        return None
    if not all(isinstance(identifier, str) and identifier for identifier in identifiers):
        return None
    return set(identifiers)
