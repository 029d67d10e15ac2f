"""One queue in, partial batch responses out."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from security_ir_jira.errors import NotPermitted, Refused, RetryLater, SideDown, Throttled, Unavailable, Undeliverable
from security_ir_jira.shell.worker import Worker, seconds_left, visible_after

QUEUE, DEAD_LETTERS = "https://sqs/queue", "https://sqs/dead-letters"


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_URL", QUEUE)
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", DEAD_LETTERS)


@dataclass(slots=True)
class Queue:
    """What the worker did to its queues, in order: ``("visible", receipt, seconds)``, ``("dead", body, reason)`` and
    ``("anew", body, seconds, attributes)``.
    """

    acts: list[tuple[Any, ...]] = field(default_factory=list)

    def change_message_visibility_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> None:
        assert QueueUrl == QUEUE
        assert len({entry["Id"] for entry in Entries}) == len(Entries) <= 10
        self.acts += [("visible", entry["ReceiptHandle"], entry["VisibilityTimeout"]) for entry in Entries]

    def change_message_visibility(self, *, QueueUrl: str, ReceiptHandle: str, VisibilityTimeout: int) -> None:
        assert QueueUrl == QUEUE
        self.acts.append(("visible", ReceiptHandle, VisibilityTimeout))

    def send_message(
        self, *, QueueUrl: str, MessageBody: str, MessageAttributes: dict[str, Any], DelaySeconds: int = 0
    ) -> None:
        told = {name: value["StringValue"] for name, value in MessageAttributes.items()}
        if QueueUrl == DEAD_LETTERS:
            self.acts.append(("dead", MessageBody, told["reason"]))
        else:
            assert QueueUrl == QUEUE
            self.acts.append(("anew", MessageBody, DelaySeconds, told))


@dataclass(slots=True)
class Context:
    """A Lambda context with that many milliseconds to go."""

    left: int = 300_000

    def get_remaining_time_in_millis(self) -> int:
        return self.left


@dataclass(slots=True)
class Stage:
    """A worker whose work is to note its subject, and to fail as ``failures`` says."""

    failures: dict[str, Exception] = field(default_factory=dict)
    queue: Queue = field(default_factory=Queue)
    context: Context = field(default_factory=Context)
    worked: list[tuple[str, list[int]]] = field(default_factory=list)
    cost: int = 0
    clock: Callable[[], float] = time.time

    def deliver(self, *bodies: object, received: int = 1, told: Mapping[str, object] | None = None) -> set[str]:
        """The ids of the records that come again; ``told`` are numbers that came with each as attributes."""
        records = [
            {
                "messageId": f"message-{number}",
                "receiptHandle": f"receipt-{number}",
                "body": body if isinstance(body, str) else json.dumps(body),
                "attributes": {"ApproximateReceiveCount": str(received), "SentTimestamp": "1767268800000"},
                "messageAttributes": {
                    name: {"dataType": "Number", "stringValue": str(value)} for name, value in (told or {}).items()
                },
                "eventSource": "aws:sqs",
            }
            for number, body in enumerate(bodies)
        ]
        worker = Worker(self, queue=self.queue, clock=self.clock)  # type: ignore[arg-type]  # three of its methods
        answer = worker({"Records": records}, self.context)  # type: ignore[arg-type]  # only the time left is asked
        return {str(failure["itemIdentifier"]) for failure in answer["batchItemFailures"]}

    @property
    def delays(self) -> dict[str, int]:
        """When each record becomes visible again, in seconds, if it is not deleted."""
        return {act[1]: act[2] for act in self.queue.acts if act[0] == "visible"}

    @property
    def dead(self) -> list[tuple[str, str]]:
        return [(body, reason) for kind, body, reason in self.queue.acts if kind == "dead"]

    def read(self, body: dict[str, Any]) -> tuple[str, int]:
        if "subject" not in body:
            raise Undeliverable("names no subject")
        return body["subject"], body.get("asked", 0)

    def receive(self, subject: str, heard: Sequence[int], seconds: float, sent: float) -> None:
        assert seconds > 60
        self.queue.acts.append(("work", subject, None))
        self.worked.append((subject, list(heard)))
        self.context.left -= self.cost
        if subject in self.failures:
            raise self.failures[subject]


def about(subject: str, asked: int = 0) -> dict[str, Any]:
    return {"subject": subject, "asked": asked}


def test_records_that_succeeded_do_not_come_again() -> None:
    assert Stage().deliver(about("a"), about("b")) == set()


def test_only_the_record_that_failed_comes_again() -> None:
    stage = Stage({"b": Unavailable("down")})
    assert stage.deliver(about("a"), about("b"), about("c")) == {"message-1"}
    assert [subject for subject, _ in stage.worked] == ["a", "b", "c"]


def test_fault_13_a_batch_of_which_everything_failed_comes_again_as_a_whole() -> None:
    stage = Stage({"a": Unavailable("down"), "b": Unavailable("down")})
    assert stage.deliver(about("a"), about("b")) == {"message-0", "message-1"}


def test_a_failure_nobody_foresaw_comes_again_too() -> None:
    stage = Stage({"a": ZeroDivisionError()})
    assert stage.deliver(about("a"), received=6) == {"message-0"}
    assert 32 <= stage.delays["receipt-0"] <= 64


def test_first_of_all_every_record_is_kept_away_until_this_invocation_must_have_ended() -> None:
    stage = Stage()
    stage.deliver(*(about(str(number)) for number in range(12)))
    assert stage.queue.acts[:12] == [("visible", f"receipt-{number}", 360) for number in range(12)]
    assert stage.queue.acts[12][0] == "work"


def test_work_goes_on_where_the_queue_does_not_let_visibility_be_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Queue, **__: object) -> None:
        raise ClientError({"Error": {"Code": "ReceiptHandleIsInvalid"}}, "ChangeMessageVisibility")

    monkeypatch.setattr(Queue, "change_message_visibility_batch", refuse)
    monkeypatch.setattr(Queue, "change_message_visibility", refuse)
    stage = Stage({"a": Unavailable("down")})
    assert stage.deliver(about("a"), about("b")) == {"message-0"}
    assert [subject for subject, _ in stage.worked] == ["a", "b"]


def test_a_lease_outlives_the_invocation_by_a_minute() -> None:
    assert seconds_left(Context(240_000)) == 300  # type: ignore[arg-type]  # only the time left is asked


@pytest.mark.parametrize(("received", "least", "most"), [(1, 1, 2), (3, 4, 8), (8, 128, 256), (10, 450, 900)])
def test_a_failed_record_waits_longer_each_time_it_was_received(received: int, least: int, most: int) -> None:
    stage = Stage({"a": Unavailable("down")})
    stage.deliver(about("a"), received=received)
    assert least <= stage.delays["receipt-0"] <= most


@pytest.mark.parametrize("received", [11, 100, 1_000])
def test_no_wait_is_longer_than_15_minutes(received: int) -> None:
    assert 450 <= visible_after(received, None) <= 900


def test_waits_are_spread_so_that_an_outage_ends_without_a_stampede() -> None:
    assert len({visible_after(10, None) for _ in range(50)}) > 10


def test_a_wait_the_other_side_asked_for_is_rounded_up_to_the_second() -> None:
    stage = Stage({"a": Unavailable("429", delay=77.4)})
    stage.deliver(about("a"), received=9)
    assert stage.delays["receipt-0"] == 78


def test_a_wait_of_hours_is_cut_to_15_minutes() -> None:
    assert visible_after(1, 7_200.0) == 900


def test_a_wait_that_is_over_already_is_still_a_second() -> None:
    assert visible_after(1, 0.0) == 1


def test_history_24_what_asks_for_little_is_tried_once_a_minute_in_the_end() -> None:
    waits = [visible_after(tries, 1.0) for tries in (1, 5, 8, 100)]
    assert waits == [1, 8, 60, 60]


def test_history_24_what_fails_for_ever_is_put_into_the_queue_anew_before_sqs_counts_it_out() -> None:
    stage = Stage({"a": Throttled("429", delay=1.0)})
    assert stage.deliver(about("a"), received=499) == {"message-0"}
    assert stage.deliver(about("a"), received=500) == set(), "deleted, for another one is there"
    told = {"sent": "1767268800", "since": "1767268800", "tries": "500"}
    assert stage.queue.acts[-1] == ("anew", json.dumps(about("a")), 60, told)


def test_what_was_put_in_anew_remembers_since_when_and_how_often_it_failed() -> None:
    stage = Stage({"a": Unavailable("500")})
    stage.deliver(about("a"), received=500, told={"sent": 1766999000, "since": 1767000000, "tries": 700})
    assert stage.queue.acts[-1][3] == {"sent": "1766999000", "since": "1767000000", "tries": "1200"}
    stage.deliver(about("a"), received=1, told={"sent": 1766999000, "since": 1767000000, "tries": 700})
    assert stage.delays["receipt-0"] >= 450, "not as if it had failed once"


def test_what_cannot_be_put_in_anew_comes_again_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Queue, **__: object) -> None:
        raise ClientError({"Error": {"Code": "OverLimit"}}, "SendMessage")

    monkeypatch.setattr(Queue, "send_message", refuse)
    assert Stage({"a": Unavailable("500")}).deliver(about("a"), received=600) == {"message-0"}


@pytest.mark.parametrize(
    ("failure", "counted"),
    [
        (NotPermitted("403", delay=300.0), {"NotPermitted"}),
        (SideDown("down", delay=60.0), {"SideDown"}),
        (SideDown("401", delay=60.0, because="JiraUnauthorized"), {"JiraUnauthorized"}),
        (SideDown("403", delay=60.0, because="NotPermitted"), {"NotPermitted"}),
        (ClientError({"Error": {"Code": "AccessDeniedException"}}, "Query"), {"NotPermitted"}),
        (ClientError({"Error": {"Code": "InternalServerError"}}, "Query"), {"RecordsFailed"}),
        (Refused("400", status=400), {"RecordsFailed"}),
    ],
)
def test_a_failure_is_counted_by_its_kind(
    failure: Exception, counted: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []
    monkeypatch.setattr("security_ir_jira.shell.worker.count", names.append)
    Stage({"a": failure}).deliver(about("a"))
    assert set(names) == counted


@pytest.mark.parametrize("body", ["no json", "[1, 2]", '"text"', "null", {"other": 1}])
def test_a_record_that_means_nothing_goes_to_the_dead_letters_at_once(body: object) -> None:
    stage = Stage()
    assert stage.deliver(body) == set()
    ((buried, reason),) = stage.dead
    assert buried == (body if isinstance(body, str) else json.dumps(body))
    assert reason


def test_a_dead_letter_says_why() -> None:
    stage = Stage({"a": Undeliverable("an issue of another project")})
    assert stage.deliver(about("a")) == set()
    assert stage.dead == [(json.dumps(about("a")), "an issue of another project")]


def test_a_reason_is_short_enough_for_an_attribute() -> None:
    stage = Stage({"a": Undeliverable("x" * 5_000)})
    stage.deliver(about("a"))
    assert len(stage.dead[0][1]) == 250


def test_a_dead_letter_does_not_hold_up_the_others() -> None:
    stage = Stage()
    stage.deliver("no json", about("b"))
    assert stage.worked == [("b", [0])]


def test_a_dead_letter_that_cannot_be_sent_comes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Queue, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(Queue, "send_message", refuse)
    assert Stage().deliver("no json") == {"message-0"}


def test_records_of_one_subject_are_worked_on_once_and_together() -> None:
    stage = Stage()
    stage.deliver(about("a", 1), about("b", 2), about("a", 3))
    assert stage.worked == [("a", [1, 3]), ("b", [2])]


def test_records_of_one_subject_fail_together() -> None:
    stage = Stage({"a": RetryLater("busy", delay=3)})
    assert stage.deliver(about("a"), about("b"), about("a")) == {"message-0", "message-2"}
    assert (stage.delays["receipt-0"], stage.delays["receipt-2"]) == (3, 3)
    assert len(stage.worked) == 2


def test_nothing_is_begun_for_which_no_time_is_left() -> None:
    stage = Stage(context=Context(100_000), cost=90_000)
    assert stage.deliver(about("a"), about("b"), about("a")) == {"message-1"}
    assert [subject for subject, _ in stage.worked] == ["a"]
    assert stage.delays["receipt-1"] == 1
