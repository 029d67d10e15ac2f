"""What a change costs grows with nothing but the pages that its comments take: each comment is read once."""

from __future__ import annotations

from collections import Counter
from typing import Any

import boto3
import pytest

from rich_text import Adf, to_text
from sandbox.jira import Person, Visibility
from security_ir_jira import model

from .loop import REGION, Loop, a_day_of_sweeps, key_of, open_case, texts


@pytest.fixture
def readings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the documents of comments were read as, each time that one was."""
    read: list[str] = []

    def counted(document: Adf) -> str:
        read.append(to_text(document))
        return read[-1]

    monkeypatch.setattr(model, "to_text", counted)
    return read


def document(text: str, **attributes: Any) -> dict[str, Any]:
    paragraph = {"type": "paragraph", "content": [{"type": "text", "text": text}]}
    return {"version": 1, "type": "doc", "content": [paragraph | ({"attrs": attributes} if attributes else {})]}


def with_comments(loop: Loop, ada: Person, count: int) -> tuple[str, list[str]]:
    """A case whose issue has so many comments of people's, all of them copied; and the ids of these."""
    case = open_case(loop)
    loop.settle()
    loop.automation = False
    ids = [ada.comment(key_of(loop, case), document(f"comment {number}")).id for number in range(count)]
    loop.automation = True
    loop.notify(key_of(loop, case))
    loop.settle()
    assert len(loop.service.comments(case)) >= count
    return case, ids


def forget_documents(loop: Loop) -> int:
    """Make the ledger one that remembers no documents, and say how many it had."""
    client = boto3.client("dynamodb", region_name=REGION)
    having = [item for item in client.scan(TableName="ledger")["Items"] if item.pop("document", None)]
    for item in having:
        client.put_item(TableName="ledger", Item=item)
    return len(having)


@pytest.mark.parametrize("count", [3, 60])
def test_a_new_comment_costs_as_much_beside_many_as_beside_few_but_for_the_pages_of_a_list(
    loop: Loop, ada: Person, readings: list[str], count: int
) -> None:
    case, _ = with_comments(loop, ada, count)
    loop.sweep_issues()
    loop.settle()
    quiet, asked = loop.quiet(), len(loop.wire.points)
    readings.clear()
    ada.comment(key_of(loop, case), document("the new one"))
    loop.settle()
    assert readings == ["the new one"]
    assert quiet.writes == ["CreateCaseComment"]
    pages = -(-len(loop.service.comments(case)) // 25)
    calls = Counter(where for where in loop.wire.points[asked:] if where.startswith("before "))
    assert calls.pop("before security-ir list_comments") == pages
    assert sum(count for where, count in calls.items() if " GET " in where) <= 2
    assert sum(calls.values()) <= 25


def test_an_edit_of_any_old_comment_is_seen_and_it_alone_is_read(loop: Loop, ada: Person, readings: list[str]) -> None:
    case, ids = with_comments(loop, ada, 30)
    readings.clear()
    ada.edit_comment(key_of(loop, case), ids[7], document("other words"))
    loop.settle()
    assert readings == ["other words"]
    said = texts(loop, case)[0]
    assert ("other words" in said, "comment 7\n" in f"{said}\n") == (True, False)


def test_an_edit_that_reads_the_same_writes_nothing_and_is_read_once(
    loop: Loop, ada: Person, readings: list[str]
) -> None:
    case, ids = with_comments(loop, ada, 3)
    quiet = loop.quiet()
    loop.automation = False
    ada.edit_comment(key_of(loop, case), ids[1], document("comment 1", localId="9"))
    readings.clear()
    written = quiet.writes
    a_day_of_sweeps(loop)
    loop.notify(key_of(loop, case))
    loop.settle()
    assert readings == ["comment 1"]
    assert quiet.writes == written


def test_what_an_earlier_version_copied_is_read_once_and_nothing_is_written_for_it(
    loop: Loop, ada: Person, readings: list[str]
) -> None:
    _, ids = with_comments(loop, ada, 5)
    assert forget_documents(loop) == len(ids)
    quiet = loop.quiet()
    readings.clear()
    a_day_of_sweeps(loop)
    assert len(readings) == len(ids)
    assert quiet.writes == []
    assert forget_documents(loop) == len(ids)


def test_our_own_comments_on_an_issue_are_never_read(loop: Loop, readings: list[str]) -> None:
    case = open_case(loop)
    for number in range(30):
        loop.service.aws_responder.comment(case, f"word {number}")
    loop.settle()
    readings.clear()
    a_day_of_sweeps(loop)
    loop.service.aws_responder.comment(case, "one more")
    loop.settle()
    assert "one more" in texts(loop, case)[1]
    assert readings == []


def test_a_comment_that_was_hidden_and_is_shown_again_unchanged_comes_back(loop: Loop, ada: Person) -> None:
    case, ids = with_comments(loop, ada, 1)
    key = key_of(loop, case)
    ada.edit_comment(key, ids[0], visibility=Visibility("role", "Administrators"))
    loop.settle()
    assert "comment 0" not in texts(loop, case)[0]
    ada.edit_comment(key, ids[0], unrestricted=True)
    loop.settle()
    assert "comment 0" in texts(loop, case)[0]
