"""Work that is not through comes again, and is no failure: nothing counts it, nothing logs it as one."""

from __future__ import annotations

from typing import Any

import pytest

from security_ir_jira.errors import MoreToDo, Unavailable
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
