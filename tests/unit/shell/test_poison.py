"""Whatever comes in by any of the four queues: a dead letter with a reason at once where it can never succeed."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from security_ir_jira.errors import RetryLater, Undeliverable
from security_ir_jira.shell import worker
from security_ir_jira.shell.worker import Worker
from security_ir_jira.sinks.cases import case_sink
from security_ir_jira.sinks.issues import issue_sink
from security_ir_jira.sources.cases import CaseSource, Home
from security_ir_jira.sources.issues import IssueSource
from tests.poison import ACCOUNT, CASE_ID, DEAD, ISSUE_ID, LONG, MARK, OWN, RAW, REGION, SQS_BYTES, forged

FUNCTIONS = tuple(OWN)
FORGED = forged("9999999999", "99999999")


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_URL", "https://sqs/queue")
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", "https://sqs/dead-letters")
    # A hundred counts are printed at once, which needs a namespace.
    monkeypatch.setattr(worker, "count", lambda _: None)


@dataclass(slots=True)
class Asked:
    """Stands in for everything a function may ask or write, and remembers that it was."""

    what: list[str] = field(default_factory=list)
    before_write: Any = None

    def __getattr__(self, name: str) -> Any:
        self.what.append(name)
        return lambda *_, **__: None


@dataclass(slots=True)
class Queue:
    """Dead letters as they were sent: body and attributes; ``room`` is what a message may have in bytes."""

    dead: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    room: int = SQS_BYTES

    def change_message_visibility_batch(self, **_: object) -> None:
        """Visibility is another test's."""

    def change_message_visibility(self, **_: object) -> None:
        """Likewise."""

    def send_message(self, *, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any]) -> None:
        assert QueueUrl == "https://sqs/dead-letters"
        size = len(MessageBody.encode()) + sum(
            len(name) + len(each["DataType"]) + len(each["StringValue"].encode())
            for name, each in MessageAttributes.items()
        )
        if size > self.room:
            raise ClientError({"Error": {"Code": "InvalidParameterValue"}}, "SendMessage")
        self.dead.append((MessageBody, MessageAttributes))

    def reasons(self) -> list[str]:
        return [attributes["reason"]["StringValue"] for _, attributes in self.dead]


class Context:
    def get_remaining_time_in_millis(self) -> int:
        return 300_000


@dataclass(slots=True)
class Stage:
    """One of the four functions as it reads; what it works on is only noted."""

    name: str
    asked: Asked = field(default_factory=Asked)
    queue: Queue = field(default_factory=Queue)
    worked: list[str] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)
    read: Callable[[dict[str, Any]], tuple[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        asked: Any = self.asked
        functions: dict[str, Callable[[], Any]] = {
            "security_ir_poller": lambda: CaseSource(asked, asked, asked, home=Home(ACCOUNT, REGION)),
            "jira_notifications_handler": lambda: IssueSource(asked, asked, asked, asked, count=self.counted.append),
            "jira_client": lambda: issue_sink(asked, asked, asked),
            "security_ir_client": lambda: case_sink(asked, asked, asked),
        }
        self.read = functions[self.name]().read
        self.asked.what.clear()

    def receive(self, subject: str, heard: Sequence[object], seconds: float, sent: float) -> None:
        self.worked.append(subject)

    def deliver(self, *bodies: str, **more: object) -> set[str]:
        """The ids of the records that come again."""
        records = [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": body,
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767268800000"},
                "eventSource": "aws:sqs",
                **more,
            }
            for number, body in enumerate(bodies)
        ]
        run = Worker(self, queue=self.queue)  # type: ignore[arg-type]  # three of its methods
        answer = run({"Records": records}, Context())  # type: ignore[arg-type]  # only the time left is asked
        return {str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]}


@pytest.fixture
def stage(name: str) -> Stage:
    return Stage(name)


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """What is logged at any level, with all its fields."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(str(record.__dict__))

    target, handler = logging.getLogger(worker.logger.name), Handler(level=logging.DEBUG)
    target.addHandler(handler)
    yield lines
    target.removeHandler(handler)


def dead_kinds() -> Iterator[Any]:
    for name in FUNCTIONS:
        for kind, body in RAW.items():
            yield pytest.param(name, body, id=f"{name}: {kind}")
        for kind, message in DEAD[name].items():
            yield pytest.param(name, json.dumps(message), id=f"{name}: {kind}")
        for other in FUNCTIONS:
            for kind, message in OWN[other].items():
                if other != name:
                    yield pytest.param(name, json.dumps(message), id=f"{name}: {kind} for {other}")


@pytest.mark.parametrize(("name", "body"), list(dead_kinds()))
def test_poison_is_a_dead_letter_at_once_and_stops_nobody(stage: Stage, body: str, logged: list[str]) -> None:
    good = json.dumps(next(iter(OWN[stage.name].values())))
    assert stage.deliver(good, body, good) == set()
    assert len(stage.worked) == 1
    assert stage.asked.what == []
    ((letter, _),) = stage.queue.dead
    assert letter == body
    if len(body) < SQS_BYTES - 300:
        (reason,) = stage.queue.reasons()
        assert 0 < len(reason) <= 250
        assert reason.isprintable()
        assert MARK not in reason
    assert MARK not in "".join(logged)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_a_function_is_for_is_worked_on(stage: Stage) -> None:
    for message in OWN[stage.name].values():
        assert stage.deliver(json.dumps(message)) == set()
    assert stage.queue.dead == []
    assert len(stage.worked) == len(OWN[stage.name])


@pytest.mark.parametrize(("queue", "event"), FORGED.values(), ids=FORGED.keys())
def test_a_well_formed_event_is_looked_at_whatever_else_it_says(queue: str, event: dict[str, Any]) -> None:
    stage = Stage(queue)
    assert stage.deliver(json.dumps(event)) == set()
    assert (stage.queue.dead, len(stage.worked)) == ([], 1)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_attributes_of_a_message_are_no_part_of_what_it_says(stage: Stage) -> None:
    attributes = {"sweep": {"stringValue": "cases", "dataType": "String"}, "IssueId": {"stringValue": "SEC-1"}}
    assert stage.deliver("{}", messageAttributes=attributes) == set()
    assert stage.worked == []


@pytest.mark.parametrize("name", ["jira_notifications_handler"])
def test_a_notification_that_names_no_issue_is_counted(stage: Stage) -> None:
    bodies = [json.dumps(message) for message in DEAD[stage.name].values()]
    stage.deliver(*bodies)
    assert stage.counted == ["NotificationsIgnored"] * len(bodies)


# What is named becomes a key of the ledger, and part of a request


@pytest.mark.parametrize("name", FUNCTIONS)
def test_no_subject_is_longer_than_the_services_ids(stage: Stage) -> None:
    longest = {
        "security_ir_poller": {"source": "aws.security-ir", "detail-type": "Case X", "detail": {"caseId": "1" * 32}},
        "jira_notifications_handler": {"IssueId": f"{'S' * 100}-{'9' * 18}"},
        "jira_client": {"detail": {"caseId": "1" * 32}},
        "security_ir_client": {"detail": {"issueKey": f"{'S' * 100}-{'9' * 18}"}},
    }[stage.name]
    stage.deliver(json.dumps(longest))
    (subject,) = stage.worked
    assert len(subject.encode()) <= 119


# Dead letters


def failing(**failures: Exception) -> Stage:
    """A stage whose function fails for each subject as given."""
    stage = Stage("jira_client")

    def read(body: dict[str, Any]) -> tuple[str, None]:
        if body["subject"] in failures:
            raise failures[body["subject"]]
        return body["subject"], None

    stage.read = read
    return stage


def test_a_reason_is_printable_and_short() -> None:
    stage = failing(a=Undeliverable("no\x00\n\ud800 " + "x" * 5_000))
    stage.deliver('{"subject": "a"}')
    assert stage.queue.reasons() == ["no " + "x" * 247]


def test_a_reason_that_says_nothing_printable_is_still_one() -> None:
    stage = failing(a=Undeliverable("\x00"))
    stage.deliver('{"subject": "a"}')
    assert stage.queue.reasons() == ["not told"]


def test_what_nobody_foresaw_in_a_body_is_a_dead_letter_that_repeats_nothing_of_it(logged: list[str]) -> None:
    stage = failing(a=KeyError(MARK))
    assert stage.deliver('{"subject": "a"}', '{"subject": "b"}') == set()
    assert stage.queue.reasons() == ["cannot be read: KeyError"]
    assert stage.worked == ["b"]
    assert MARK not in "".join(logged)


def test_a_body_that_leaves_no_room_for_a_reason_is_a_dead_letter_all_the_same() -> None:
    stage = Stage("jira_client")
    body = "x" * SQS_BYTES
    assert stage.deliver(body) == set()
    assert stage.queue.dead == [(body, {})]


def test_a_record_that_cannot_be_made_a_dead_letter_comes_again_and_the_others_do_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    counted: list[str] = []
    monkeypatch.setattr(worker, "count", counted.append)

    def refuse(_: Queue, **__: object) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied"}}, "SendMessage")

    stage = Stage("jira_client")
    with monkeypatch.context() as refused:
        refused.setattr(Queue, "send_message", refuse)
        good = json.dumps(OWN["jira_client"]["an event of a case"])
        assert stage.deliver(LONG, good) == {"message-0"}
    assert (stage.worked, counted) == ([CASE_ID], [])
    assert stage.deliver(LONG) == set()
    assert counted == ["RecordsDeadLettered"]


def test_a_record_that_cannot_be_read_for_now_comes_again() -> None:
    stage = failing(a=RetryLater("SSM does not answer", delay=7))
    assert stage.deliver('{"subject": "a"}', '{"subject": "b"}') == {"message-0"}
    assert (stage.queue.dead, stage.worked) == ([], ["b"])


def test_an_id_beside_that_of_the_function_s_own_side_is_not_even_read() -> None:
    stage = Stage("security_ir_client")
    stage.deliver(json.dumps({"detail": {"issueId": ISSUE_ID, "caseId": {"not": ["an", "id"]}}}))
    assert stage.worked == [ISSUE_ID]
