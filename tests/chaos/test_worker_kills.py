"""A function dies at a call of its queue: its message comes again, and what it says is done once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from security_ir_jira.shell.worker import Worker
from tests.sync.wire import Client, Killed

from .agreement import are_in_step
from .stage import Stage, staged


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    for name in ("QUEUE_URL", "DEAD_LETTER_QUEUE_URL"):
        monkeypatch.setenv(name, name.lower())
    with staged() as made:
        yield made


class Queue:
    """A queue that does as it is asked; ``dead`` is what was sent to the dead letters."""

    def __init__(self) -> None:
        self.dead: list[str] = []

    def change_message_visibility(self, **_: object) -> None:
        pass

    def change_message_visibility_batch(self, **_: object) -> None:
        pass

    def send_message(self, *, MessageBody: str, **_: object) -> None:
        self.dead.append(MessageBody)


@dataclass(slots=True)
class Context:
    """A Lambda context with five minutes to go."""

    def get_remaining_time_in_millis(self) -> int:
        return 300_000


def deliver(stage: Stage, queue: Queue, name: str, bodies: list[dict[str, Any]], received: int) -> set[str]:
    """Deliver a batch; the ids of the records that stay in the queue. Raises ``Killed``."""
    records = [
        {
            "messageId": str(number),
            "receiptHandle": str(number),
            "body": json.dumps(body),
            "attributes": {"ApproximateReceiveCount": str(received), "SentTimestamp": "1767268800000"},
            "eventSource": "aws:sqs",
        }
        for number, body in enumerate(bodies)
    ]
    sqs: Any = Client(stage.loop.wire, "sqs", queue)
    context: Any = Context()
    worker = Worker(stage.loop.functions[name], sqs, stage.loop.clock)
    answer = worker({"Records": records}, context)
    return {str(each["itemIdentifier"]) for each in answer["batchItemFailures"]}


def delivered_until_done(
    stage: Stage, name: str, bodies: list[dict[str, Any]], kill_at: int | None
) -> tuple[bool, Queue]:
    """Deliver a batch of which the function dies at a point, again and again; whether it died."""
    queue, left, died = Queue(), bodies, False
    if kill_at is not None:
        stage.loop.wire.kill_after(kill_at)
    for received in range(1, 50):
        try:
            failed = deliver(stage, queue, name, left, received)
        except Killed:
            died = True
            stage.loop.wire.revive()
            stage.loop.start(stage.loop.config)
            stage.loop.clock.pass_seconds(361)
            continue
        left = [body for number, body in enumerate(left) if str(number) in failed]
        if not left:
            return died, queue
        stage.loop.clock.pass_seconds(60)
    raise AssertionError(f"never done: {left}")


@pytest.mark.parametrize("kill_at", [0, 1])
def test_who_dies_while_it_takes_its_messages_out_of_sight_loses_none(stage: Stage, kill_at: int) -> None:
    case_id = stage.own_case()
    stage.loop.native = False
    stage.grace.comment(case_id, "a remark")
    bell = {"detail": {"caseId": case_id, "changed": ["comments"]}}
    assert delivered_until_done(stage, "jira_client", [bell], kill_at)[0]
    stage.loop.settle()
    are_in_step(stage)


@pytest.mark.parametrize("point", ["before", "after"])
def test_who_dies_while_it_puts_a_message_off_loses_none(stage: Stage, point: str) -> None:
    """The first try fails and is put off; whether SQS heard of that or not, the message comes again."""
    case_id = stage.own_case()
    stage.loop.native = False
    stage.grace.comment(case_id, "a remark")
    stage.loop.jira.faults.add("POST .*/comment", status=429, retry_after=60, times=1)
    stage.loop.wire.kill_where = f"{point} sqs change_message_visibility"
    bell = {"detail": {"caseId": case_id, "changed": ["comments"]}}
    assert delivered_until_done(stage, "jira_client", [bell], None)[0]
    stage.loop.settle()
    are_in_step(stage)


@pytest.mark.parametrize("kill_at", range(4))
def test_who_dies_while_it_buries_a_message_buries_it_in_the_end(stage: Stage, kill_at: int) -> None:
    died, queue = delivered_until_done(stage, "jira_client", [{"detail": "of nothing"}], kill_at)
    assert died
    assert 1 <= len(queue.dead) <= 2
