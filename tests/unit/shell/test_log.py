"""What the lines of the log tell of one record, and what they never hold."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from security_ir_jira.errors import NotPermitted, PairBusy, Refused, RetryLater, SideDown, Unavailable
from security_ir_jira.shell import worker
from tests.unit.shell.test_worker import Stage, about, environment

__all__ = ["environment"]  # a fixture


@dataclass(slots=True)
class Talkative(Stage):
    """Names a pair in its lines, as the sinks do, for subjects that begin with a ``p``."""

    def read(self, body: dict[str, Any]) -> tuple[str, int]:
        if body.get("subject") == "unreadable":
            raise RetryLater("cannot be told for now")
        return Stage.read(self, body)

    def receive(self, subject: str, heard: Sequence[int], seconds: float, sent: float) -> None:
        if subject.startswith("p"):
            worker.logger.append_keys(case_id=f"case of {subject}", issue_key=f"issue of {subject}")
        Stage.receive(self, subject, heard, seconds, sent)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the functions print as lines of their log."""
    handler, level, printed = worker.logger.registered_handler, worker.logger.log_level, io.StringIO()
    assert isinstance(handler, logging.StreamHandler)
    worker.logger.setLevel("WARNING")
    before = handler.setStream(printed)
    yield printed
    handler.setStream(before)
    worker.logger.setLevel(level)


def lines(log: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_line_names_the_pair_and_the_message_that_it_is_about(log: io.StringIO) -> None:
    failures: dict[str, Exception] = {"p": Unavailable("503"), "other": Unavailable("503")}
    Talkative(failures).deliver(about("p"), about("other"), {"no": "subject"})
    told = {(line.get("subject"), line.get("case_id"), line.get("correlation_id")) for line in lines(log)}
    assert told >= {("p", "case of p", "message-0"), ("other", None, "message-1"), (None, None, "message-2")}


def test_what_cannot_be_read_yet_is_not_told_of_the_message_before_it(log: io.StringIO) -> None:
    Talkative({"p": Unavailable("503")}).deliver(about("p"))
    Talkative().deliver(about("a"), about("unreadable"))
    (line,) = [line for line in lines(log) if line["message"].startswith("cannot be read")]
    assert (line.get("case_id"), line["correlation_id"]) == (None, "message-1")


def test_the_words_of_an_error_nobody_foresaw_are_not_in_the_log(log: io.StringIO) -> None:
    quoted = "Value 'what somebody wrote' at 'body' failed to satisfy constraint"
    try:
        try:
            raise Refused("add_comment: 400", status=400, said=quoted) from ClientError(
                {"Error": {"Code": "ValidationException", "Message": quoted}}, "CreateCaseComment"
            )
        except Refused:
            raise ClientError({"Error": {"Code": "InternalServerError", "Message": quoted}}, "PutItem")  # noqa: B904
    except ClientError as error:
        unforeseen = error
    Stage({"a": unforeseen, "b": ValueError(quoted)}).deliver(about("a"), about("b"))
    said = lines(log)
    assert "what somebody wrote" not in json.dumps(said)
    assert [(line["error"], line.get("reason")) for line in said] == [
        ("ClientError", "PutItem: InternalServerError"),
        ("ValueError", None),
    ]
    assert any("receive" in frame for frame in said[0]["where"])


@pytest.mark.parametrize(
    ("failure", "lasted", "level"),
    [
        (Unavailable("503"), 60, "WARNING"),
        (Unavailable("503"), 900, "ERROR"),
        (SideDown("down", delay=60.0), 900, "ERROR"),
        (PairBusy("taken", delay=5), 900, "WARNING"),
        (NotPermitted("403", delay=300.0), 60, "ERROR"),
        (SideDown("401", delay=60.0, because="JiraUnauthorized"), 60, "ERROR"),
    ],
)
def test_what_an_alarm_rings_for_is_told_at_every_level(
    log: io.StringIO, failure: Exception, lasted: int, level: str
) -> None:
    Stage({"a": failure}, clock=lambda: 1_767_268_800.0 + lasted).deliver(about("a"))
    assert [(line["message"], line["level"]) for line in lines(log)] == [("to be tried again", level)]
