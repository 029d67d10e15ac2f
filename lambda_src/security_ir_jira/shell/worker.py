"""What every function does around its own work: one queue in, partial batch responses out.

A record that failed sets its own visibility: exponential by receive count, capped at 15 minutes, or what the other
side asked for. What can never succeed goes to the dead letters at once, with the reason as an attribute.
"""

from __future__ import annotations

import json
import math
import os
import random
import time
import warnings
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from ..errors import JiraUnauthorized, MoreToDo, RetryLater, Undeliverable

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import ChangeMessageVisibilityBatchRequestEntryTypeDef

logger = Logger()
metrics = Metrics()
# Most invocations have nothing to count, which Powertools would remark on each time.
warnings.filterwarnings("ignore", "No application metrics to publish", UserWarning)

Subject = TypeVar("Subject", bound=Hashable)
Request = TypeVar("Request")

LONGEST_DELAY = 900
_GRACE_SECONDS = 60
_LEAST_SECONDS = 20
"""What an invocation must have left for another subject to be begun."""


def visible_after(receive_count: int, asked: float | None) -> int:
    """Seconds until a failed record is delivered again: what was asked for, else 2, 4, 8 … with jitter, at most 900."""
    if asked is not None:
        return max(1, min(LONGEST_DELAY, math.ceil(asked)))
    longest = min(LONGEST_DELAY, 2 ** min(receive_count, 20))
    return max(1, round(random.uniform(longest / 2, longest)))


def count(name: str) -> None:
    """Add one to a metric."""
    metrics.add_metric(name, MetricUnit.Count, 1)


def seconds_left(context: LambdaContext) -> float:
    """How long a lease, or a record's absence from the queue, must last to outlive this invocation."""
    return context.get_remaining_time_in_millis() / 1000 + _GRACE_SECONDS


def _asked(failure: Exception, receive_count: int) -> float | None:
    """The wait a failure asks for. A refused token waits longer each time, to outlast a long weekend."""
    if isinstance(failure, JiraUnauthorized) and failure.delay is not None:
        return failure.delay if receive_count < 10 else LONGEST_DELAY
    return failure.delay if isinstance(failure, RetryLater) else None


@contextmanager
def _best_effort() -> Iterator[None]:
    """Visibility only decides when a record comes again: where SQS refuses, the queue's own timeout does."""
    try:
        yield
    except (ClientError, BotoCoreError) as error:
        logger.warning("visibility not changed", reason=str(error))


class Function(Protocol[Subject, Request]):
    """What one of the functions does with its messages."""

    def read(self, body: dict[str, Any], /) -> tuple[Subject, Request]:
        """The subject of a record's body, and what is asked about it. Raises ``Undeliverable`` for one that means
        nothing.
        """
        ...

    def receive(self, subject: Subject, heard: Sequence[Request], seconds: float, /) -> None:
        """Work for a subject; ``seconds`` outlast the invocation. Raises ``RetryLater`` where its records are to come
        again.
        """
        ...


@dataclass(frozen=True, slots=True)
class Worker(Generic[Subject, Request]):
    """Runs a function for the subjects of a batch of records: those of one subject together, once a batch."""

    function: Function[Subject, Request]
    queue: SQSClient = field(default_factory=lambda: boto3.client("sqs"))
    clock: Callable[[], float] = time.time

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
        """Answer a batch of SQS records with those that failed (``ReportBatchItemFailures``)."""
        self._keep_away(event, round(seconds_left(context)))
        batch = _Batch(self, event, context)
        processor = BatchProcessor(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        return process_partial_response(event, batch.process, processor, context)

    def _keep_away(self, event: dict[str, Any], seconds: int) -> None:
        """A crashed attempt must not wait out the queue's own, much longer, visibility timeout."""
        for start in range(0, len(event["Records"]), 10):
            entries: Sequence[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": seconds}
                for number, record in enumerate(event["Records"][start : start + 10])
            ]
            with _best_effort():
                self.queue.change_message_visibility_batch(QueueUrl=os.environ["QUEUE_URL"], Entries=entries)

    def come_again(self, record: SQSRecord, asked: float | None) -> None:
        """Set the time at which a failed record is delivered again."""
        with _best_effort():
            self.queue.change_message_visibility(
                QueueUrl=os.environ["QUEUE_URL"],
                ReceiptHandle=record.receipt_handle,
                VisibilityTimeout=visible_after(int(record.attributes.approximate_receive_count), asked),
            )

    def dead_letter(self, record: SQSRecord, reason: str) -> None:
        """Send a record that can never succeed to the dead letters."""
        self.queue.send_message(
            QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"],
            MessageBody=record.body,
            MessageAttributes={"reason": {"DataType": "String", "StringValue": reason[:250]}},
        )


def entry_point(make: Callable[[], Function[Any, Any]]) -> Callable[[dict[str, Any], LambdaContext], Any]:
    """The handler of a function that ``make`` puts together: it answers a batch of SQS records with those that failed.

    Importing it needs no surroundings; in Lambda all is made at start-up, while a whole processor is lent for it.
    """
    worker = cache(lambda: Worker(make()))
    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        worker()

    @logger.inject_lambda_context
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
        return worker()(event, context)

    return handler


class _Batch(Generic[Subject, Request]):
    """One invocation's records, with what became of each subject."""

    def __init__(self, worker: Worker[Subject, Request], event: dict[str, Any], context: LambdaContext) -> None:
        self._worker = worker
        self._context = context
        self._read: dict[str, tuple[Subject, Request] | Undeliverable] = {
            record["messageId"]: self._read_body(record["body"]) for record in event["Records"]
        }
        self._outcomes: dict[Subject, Exception | None] = {}

    def _read_body(self, text: str) -> tuple[Subject, Request] | Undeliverable:
        try:
            body = json.loads(text)
            if not isinstance(body, dict):
                return Undeliverable("not a JSON object")
            return self._worker.function.read(body)
        except Undeliverable as error:
            return error
        except Exception as error:
            # Whatever a stranger can send: one record must not stop its batch.
            return Undeliverable(f"cannot be read: {type(error).__name__}: {error}")

    def process(self, record: SQSRecord) -> None:
        """Work on one record; raises so that the batch processor reports it as failed."""
        read = self._read[record.message_id]
        logger.set_correlation_id(record.message_id)
        failure = read if isinstance(read, Undeliverable) else self._outcome(read[0])
        if isinstance(failure, Undeliverable):
            logger.error("record can never succeed", reason=str(failure))
            count("RecordsDeadLettered")
            self._worker.dead_letter(record, str(failure))
        elif failure is not None:
            if not isinstance(failure, MoreToDo):
                sent = int(record.attributes.sent_timestamp) / 1000
                metrics.add_metric("FailingFor", MetricUnit.Seconds, max(0.0, self._worker.clock() - sent))
            self._worker.come_again(record, _asked(failure, int(record.attributes.approximate_receive_count)))
            raise failure

    def _outcome(self, subject: Subject) -> Exception | None:
        if subject not in self._outcomes:
            self._outcomes[subject] = self._attempt(subject)
        return self._outcomes[subject]

    def _attempt(self, subject: Subject) -> Exception | None:
        if self._context.get_remaining_time_in_millis() < _LEAST_SECONDS * 1000:
            return RetryLater("no time left in this invocation", delay=1)
        requests = [
            read[1] for read in self._read.values() if not isinstance(read, Undeliverable) and read[0] == subject
        ]
        try:
            self._worker.function.receive(subject, requests, seconds_left(self._context))
        except Undeliverable as reason:
            return reason
        except MoreToDo as reason:
            logger.info("more to do", subject=str(subject), reason=str(reason))
            return reason
        except RetryLater as reason:
            log = logger.error if isinstance(reason, JiraUnauthorized) else logger.warning
            log("to be tried again", subject=str(subject), reason=str(reason), error=type(reason).__name__)
            count(type(reason).__name__)
            return reason
        except Exception as error:
            logger.exception("failed, to be tried again", subject=str(subject))
            count("RecordsFailed")
            return error
        return None
