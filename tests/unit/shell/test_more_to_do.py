"""Work that is not through comes again, and is no failure: nothing counts it, nothing logs it as one."""

from __future__ import annotations

import json
from typing import Any

import pytest

from security_ir_jira.errors import MoreToDo, PairBusy, Throttled, Unavailable
from security_ir_jira.shell import worker

from .test_worker import Stage, about


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_URL", "https://sqs/queue")
    monkeypatch.setenv("DEAD_LETTER_QUEUE_URL", "https://sqs/dead-letters")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    names: list[str] = []

    def add_metric(name: str, unit: Any, value: float) -> None:
        names.append(name)

    monkeypatch.setattr(worker.metrics, "add_metric", add_metric)
    return names


def test_it_comes_again_after_the_time_it_asks_for_and_counts_nothing(counted: list[str]) -> None:
    stage = Stage({"a": MoreToDo("25 announced so far", delay=60)})
    assert stage.deliver(about("a")) == {"message-0"}
    assert stage.delays == {"receipt-0": 60}
    assert counted == []


def test_what_fails_is_counted(counted: list[str]) -> None:
    stage = Stage({"a": Unavailable("503", delay=60)})
    assert stage.deliver(about("a")) == {"message-0"}
    assert sorted(counted) == ["FailingFor", "Unavailable"]


def test_what_waits_for_its_turn_at_a_pair_does_not_fail(counted: list[str]) -> None:
    stage = Stage({"a": PairBusy("taken", delay=5)})
    assert stage.deliver(about("a")) == {"message-0"}
    assert counted == ["PairBusy"]


def test_the_time_in_which_nobody_had_come_to_a_message_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    measured: dict[str, float] = {}
    monkeypatch.setattr(worker, "measure", measured.__setitem__)
    sent, received, now = 1_767_268_800, 1_767_270_600, 1_767_270_603.0
    stage = Stage({"a": Throttled("429", delay=5)})
    record = {
        "messageId": "message",
        "receiptHandle": "receipt",
        "body": json.dumps(about("a")),
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": f"{sent}000",
            "ApproximateFirstReceiveTimestamp": f"{received}000",
        },
        "messageAttributes": {},
        "eventSource": "aws:sqs",
    }
    function = worker.Worker(stage, queue=stage.queue, clock=lambda: now)  # type: ignore[arg-type]  # three methods
    function({"Records": [record]}, stage.context)  # type: ignore[arg-type]  # only the time left is asked
    assert measured == {"FailingFor": 3.0}
