"""What EventBridge Scheduler dead-lettered is read again after a redrive."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from unittest.mock import Mock

import pytest

from security_ir_jira.shell.worker import Worker


class Function:
    """Notes what it was told."""

    def __init__(self) -> None:
        self.told: list[dict[str, Any]] = []

    def read(self, body: dict[str, Any], /) -> tuple[str, None]:
        self.told.append(body)
        return "subject", None

    def receive(self, subject: str, heard: Sequence[None], seconds: float, sent: float, /) -> None:
        """Nothing is to be done."""


def told(body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    monkeypatch.setenv("QUEUE_URL", "https://sqs/queue")
    function = Function()
    record = {
        "messageId": "message",
        "receiptHandle": "receipt",
        "body": json.dumps(body),
        "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767268800000"},
        "eventSource": "aws:sqs",
    }
    Worker(function, queue=Mock())({"Records": [record]}, Mock(get_remaining_time_in_millis=lambda: 300_000))
    return function.told


def test_an_order_is_read_out_of_the_call_that_was_dead_lettered(monkeypatch: pytest.MonkeyPatch) -> None:
    call = {"MessageBody": '{"sweep":"cases"}', "QueueUrl": "https://sqs/queue"}
    assert told(call, monkeypatch) == [{"sweep": "cases"}]


@pytest.mark.parametrize("body", [{"sweep": "cases"}, {"MessageBody": "[]", "QueueUrl": "q"}, {"MessageBody": "{}"}])
def test_anything_else_is_read_as_it_stands(body: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    assert told(body, monkeypatch) == [body]
