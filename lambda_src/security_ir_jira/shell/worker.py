"""What every function does around its own work: one queue in, partial batch responses out.

A record that failed sets its own visibility: exponential by the number of tries, capped at 15 minutes, or what the
other side asked for. However long that goes on, SQS neither counts it out nor lets it expire: now and then a record is
put into the queue anew. What can never succeed goes to the dead letters at once, with the reason as an attribute.
"""

from __future__ import annotations

import math
import os
import random
import re
import time
import traceback
import warnings
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar

import boto3
from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext
from botocore.exceptions import BotoCoreError, ClientError

from ..answers import SECURITY_IR, Answer, verdict
from ..errors import (
    JiraUnauthorized,
    MoreToDo,
    NotFound,
    NotPermitted,
    PairBusy,
    Refused,
    RetryLater,
    SideDown,
    Throttled,
    Undeliverable,
)
from ..events import read_json
from .clients import prepare_boto3

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import (
        ChangeMessageVisibilityBatchRequestEntryTypeDef,
        MessageAttributeValueTypeDef,
    )

logger = Logger()
metrics = Metrics()
# Most invocations have nothing to count, which Powertools would remark on each time.
warnings.filterwarnings("ignore", "No application metrics to publish", UserWarning)

Record = Mapping[str, Any]
"""A message as Lambda hands it on: https://docs.aws.amazon.com/lambda/latest/dg/with-sqs.html"""
Failed = dict[str, list[dict[str, str]]]
"""The records to be delivered again (``ReportBatchItemFailures``).
https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html
"""
Subject = TypeVar("Subject", bound=Hashable)
Request = TypeVar("Request")

LONGEST_DELAY = 900
_GRACE_SECONDS = 60
_LEAST_SECONDS = 20
"""What an invocation must have left for another subject to be begun."""
_MOST_RECEIVES = 500
"""Half of the receives after which SQS itself dead-letters a record (``maxReceiveCount``)."""
_CALM_SECONDS = 60
"""Tries that ask for less than this come no oftener in the end."""
_LASTING_SECONDS = 900
"""From here on the age alarms ring."""
_PAIR_KEYS = ("case_id", "issue_key")
"""What a sink adds to its lines of the log once it knows its pair."""


def visible_after(tries: int, asked: float | None) -> int:
    """Seconds until a record that failed so often is delivered again: 2, 4, 8 … with jitter, at most 900.

    What was asked for is kept; where that is little, it grows to a minute with the tries.
    """
    longest: int = min(LONGEST_DELAY, 2 ** min(tries, 20))
    if asked is not None:
        return max(1, min(LONGEST_DELAY, math.ceil(max(asked, min(_CALM_SECONDS, longest / 4)))))
    return max(1, round(random.uniform(longest / 2, longest)))


def count(name: str) -> None:
    """Add one to a metric."""
    metrics.add_metric(name, MetricUnit.Count, 1)


def gauge(name: str, value: int) -> None:
    """Note how many there are of something, none included."""
    metrics.add_metric(name, MetricUnit.Count, value)


def measure(name: str, seconds: float) -> None:
    """Note a number of seconds in a metric."""
    metrics.add_metric(name, MetricUnit.Seconds, max(0.0, seconds))


def seconds_left(context: LambdaContext) -> float:
    """How long a lease, or a record's absence from the queue, must last to outlive this invocation."""
    return context.get_remaining_time_in_millis() / 1000 + _GRACE_SECONDS


@dataclass(frozen=True, slots=True)
class _History:
    """When a record was first sent, since when it is tried (epoch), and how often it was: the times before it was put
    in anew included.

    What waited for its turn behind thousands of others did not fail meanwhile.
    """

    sent: float
    since: float
    tries: int

    @classmethod
    def of(cls, record: Record) -> _History:
        sent, since, before = (_told(record, name) for name in ("sent", "since", "tries"))
        attributes = record["attributes"]
        first = attributes.get("ApproximateFirstReceiveTimestamp") or attributes["SentTimestamp"]
        return cls(
            int(attributes["SentTimestamp"]) / 1000 if sent is None else float(sent),
            int(first) / 1000 if since is None else float(since),
            int(attributes["ApproximateReceiveCount"]) + (before or 0),
        )


def _told(record: Record, name: str) -> int | None:
    """A number that went with a record when it was put into the queue anew."""
    told = str((record.get("messageAttributes") or {}).get(name, {}).get("stringValue", ""))
    return int(told) if re.fullmatch("[0-9]{1,12}", told) else None


def _order(body: dict[str, Any]) -> dict[str, Any]:
    """What a message says. EventBridge Scheduler dead-letters the call it could not make, and the order is in there.

    https://docs.aws.amazon.com/scheduler/latest/UserGuide/configuring-schedule-dlq.html
    """
    order = read_json(body["MessageBody"]) if set(body) == {"MessageBody", "QueueUrl"} else body
    return order if isinstance(order, dict) else body


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
        nothing, and ``RetryLater`` where that cannot be told for now.
        """
        ...

    def receive(self, subject: Subject, heard: Sequence[Request], seconds: float, sent: float, /) -> None:
        """Work for a subject; ``seconds`` outlast the invocation, ``sent`` is when the latest of its records was sent
        (epoch). Raises ``RetryLater`` where they are to come again.
        """
        ...


@dataclass(eq=False, repr=False, slots=True)
class Worker(Generic[Subject, Request]):
    """Runs a function for the subjects of a batch of records: those of one subject together, once a batch."""

    function: Function[Subject, Request]
    queue: SQSClient = field(default_factory=lambda: boto3.client("sqs"))
    clock: Callable[[], float] = time.time

    def __call__(self, event: dict[str, Any], context: LambdaContext) -> Failed:
        """Answer a batch of SQS records with those that failed (``ReportBatchItemFailures``)."""
        self._keep_away(event, round(seconds_left(context)))
        batch = _Batch(self, event, context)
        failed = [record["messageId"] for record in event["Records"] if not batch.is_done(record)]
        return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}

    def _keep_away(self, event: dict[str, Any], seconds: int) -> None:
        """A crashed attempt must not wait out the queue's own, much longer, visibility timeout."""
        for start in range(0, len(event["Records"]), 10):
            entries: Sequence[ChangeMessageVisibilityBatchRequestEntryTypeDef] = [
                {"Id": str(number), "ReceiptHandle": record["receiptHandle"], "VisibilityTimeout": seconds}
                for number, record in enumerate(event["Records"][start : start + 10])
            ]
            with _best_effort():
                self.queue.change_message_visibility_batch(QueueUrl=os.environ["QUEUE_URL"], Entries=entries)

    def come_again(self, record: Record, history: _History, asked: float | None) -> bool:
        """See that a failed record is delivered again in time. Whether it was put into the queue anew for that, and is
        to be deleted.
        """
        seconds = visible_after(history.tries, asked)
        with _best_effort():
            if int(record["attributes"]["ApproximateReceiveCount"]) >= _MOST_RECEIVES:
                told = {"sent": int(history.sent), "since": int(history.since), "tries": history.tries}
                self.queue.send_message(
                    QueueUrl=os.environ["QUEUE_URL"],
                    MessageBody=record["body"],
                    DelaySeconds=seconds,
                    MessageAttributes={
                        name: {"DataType": "Number", "StringValue": str(value)} for name, value in told.items()
                    },
                )
                return True
            self.queue.change_message_visibility(
                QueueUrl=os.environ["QUEUE_URL"], ReceiptHandle=record["receiptHandle"], VisibilityTimeout=seconds
            )
        return False

    def dead_letter(self, record: Record, reason: str) -> bool:
        """Send a record that can never succeed to the dead letters, its body as it came. Where SQS does not take it, it
        is still in its queue.
        """
        printable = "".join(letter for letter in reason if letter.isprintable())[:250]
        try:
            self._bury(record, {"reason": {"DataType": "String", "StringValue": printable or "not told"}})
        except Exception as error:
            # Whatever it is: it must not make the whole batch come again.
            logger.warning("no dead letter yet", error=type(error).__name__)
            return False
        return True

    def _bury(self, record: Record, attributes: dict[str, MessageAttributeValueTypeDef]) -> None:
        try:
            self.queue.send_message(
                QueueUrl=os.environ["DEAD_LETTER_QUEUE_URL"], MessageBody=record["body"], MessageAttributes=attributes
            )
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if not attributes or code not in ("InvalidParameterValue", "InvalidMessageContents"):
                raise
            # The largest body leaves no room for an attribute; the log has the reason.
            self._bury(record, {})


def entry_point(make: Callable[[], Function[Any, Any]]) -> Callable[[dict[str, Any], LambdaContext], Any]:
    """The handler of a function that ``make`` puts together: it answers a batch of SQS records with those that failed.

    Importing it needs no surroundings; in Lambda all is made at start-up, while a whole processor is lent for it.
    """

    @cache
    def worker() -> Worker[Any, Any]:
        prepare_boto3()
        return Worker(make())

    if "AWS_LAMBDA_RUNTIME_API" in os.environ:
        worker()

    @logger.inject_lambda_context
    @metrics.log_metrics
    def handler(event: dict[str, Any], context: LambdaContext) -> Failed:
        return worker()(event, context)

    return handler


class _Batch(Generic[Subject, Request]):
    """One invocation's records, with what became of each subject."""

    def __init__(self, worker: Worker[Subject, Request], event: dict[str, Any], context: LambdaContext) -> None:
        self._worker = worker
        self._context = context
        self._histories = {record["messageId"]: _History.of(record) for record in event["Records"]}
        self._read: dict[str, tuple[Subject, Request] | Exception] = {
            record["messageId"]: self._read_body(record) for record in event["Records"]
        }
        self._outcomes: dict[Subject, Exception | None] = {}

    def _read_body(self, record: Record) -> tuple[Subject, Request] | Exception:
        """A record's subject and request, or why there are none. No reason repeats what a stranger wrote."""
        _log_as(record["messageId"])
        try:
            body = read_json(record["body"])
            if not isinstance(body, dict):
                return Undeliverable(
                    "not a JSON object: only the module's own rules, topic and schedules may send here"
                )
            return self._worker.function.read(_order(body))
        except RetryLater as reason:
            error = type(reason).__name__
            log = self._log(error, self._histories[record["messageId"]].since)
            log("cannot be read, to be tried again", reason=str(reason), error=error)
            count(error)
            return reason
        except Undeliverable as reason:
            return reason
        except Exception as error:
            # Whatever a stranger can send: one record must not stop its batch.
            return Undeliverable(f"cannot be read: {type(error).__name__}")

    def is_done(self, record: Record) -> bool:
        """Work on one record, after which it may be deleted unless it failed."""
        read = self._read[record["messageId"]]
        _log_as(record["messageId"])
        failure = read if isinstance(read, Exception) else self._outcome(read[0])
        if isinstance(failure, Undeliverable):
            logger.error("record can never succeed", reason=str(failure))
            if not self._worker.dead_letter(record, str(failure)):
                return False
            count("RecordsDeadLettered")
        elif failure is not None:
            history = self._histories[record["messageId"]]
            # Whoever finds a pair in use only waits for its turn, and never for long.
            if not isinstance(failure, MoreToDo | PairBusy):
                measure("FailingFor", self._worker.clock() - history.since)
            return self._worker.come_again(record, history, failure.delay if isinstance(failure, RetryLater) else None)
        return True

    def _log(self, error: str, since: float) -> Callable[..., None]:
        """How loudly a failure is told: what an alarm rings for is in the log at every level."""
        lasting = self._worker.clock() - since >= _LASTING_SECONDS and error != PairBusy.__name__
        about_us = error in (JiraUnauthorized.__name__, NotPermitted.__name__)
        return logger.error if about_us or lasting else logger.warning

    def _outcome(self, subject: Subject) -> Exception | None:
        if subject not in self._outcomes:
            self._outcomes[subject] = self._attempt(subject)
        return self._outcomes[subject]

    def _attempt(self, subject: Subject) -> Exception | None:
        if self._context.get_remaining_time_in_millis() < _LEAST_SECONDS * 1000:
            return RetryLater("no time left in this invocation", delay=1)
        told = {
            number: read[1]
            for number, read in self._read.items()
            if not isinstance(read, Exception) and read[0] == subject
        }
        histories = [self._histories[number] for number in told]
        sent, since = max(each.sent for each in histories), min(each.since for each in histories)
        try:
            self._worker.function.receive(subject, list(told.values()), seconds_left(self._context), sent)
        except Undeliverable as reason:
            return reason
        except MoreToDo as reason:
            logger.info("more to do", subject=str(subject), reason=str(reason))
            return reason
        except RetryLater as reason:
            error = _alarming(reason)
            log = self._log(error, since)
            log("to be tried again", subject=str(subject), reason=str(reason), error=error)
            count(error)
            return reason
        except Refused as refusal:
            logger.error("refused, to be tried again", subject=str(subject), reason=str(refusal))
            count("RecordsFailed")
            return refusal
        except Exception as error:
            logger.error("failed, to be tried again", subject=str(subject), **_what_happened(error))
            count("NotPermitted" if _is_about_us(error) else "RecordsFailed")
            return error
        return None


def _log_as(message_id: str) -> None:
    """From now on lines of the log are about this record, and no longer about the pair of the one before it."""
    logger.remove_keys(_PAIR_KEYS)
    logger.set_correlation_id(message_id)


def _alarming(reason: RetryLater) -> str:
    """The metric that a failure counts for: where a side lets none of us in, or holds us back, that is why it waits."""
    explained = (JiraUnauthorized.__name__, NotPermitted.__name__, Throttled.__name__)
    if isinstance(reason, SideDown) and reason.because in explained:
        return reason.because
    return type(reason).__name__


def _what_happened(error: Exception) -> dict[str, Any]:
    """What the log may hold of an error nobody foresaw: its kind and the lines of code it came through.

    Its words, and those of the errors behind it, may quote what people wrote.
    """
    reason = None
    if isinstance(error, ClientError):
        reason = f"{error.operation_name}: {error.response.get('Error', {}).get('Code', '')}"
    elif isinstance(error, NotFound):
        reason = str(error)
    where = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)]
    return {"error": type(error).__name__, "reason": reason, "where": where}


def _is_about_us(error: Exception) -> bool:
    """Whether AWS refuses our role what it needs of the module's own queue, table, bus or parameters."""
    if not isinstance(error, ClientError):
        return False
    code = error.response.get("Error", {}).get("Code", "")
    return verdict(SECURITY_IR, Answer(400, code=code)) == "about us"
