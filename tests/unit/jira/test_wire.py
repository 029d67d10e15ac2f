"""Jira's answers in the terms of this package."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from security_ir_jira.jira.wire import (
    read_case_property,
    read_comment,
    read_issue,
    read_time,
    read_transition,
    read_watchers,
)
from security_ir_jira.model import MadeFor

EVENING = datetime(2026, 11, 23, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-23T20:15:00.000+0000",
        "2026-11-23T22:15:00.000+0200",
        "2026-11-23T20:15:00Z",
        1795464900000,
        1795464900000.0,
        "1795464900000",
    ],
)
def test_a_date_is_read_as_text_or_in_milliseconds(moment: str | int | float) -> None:
    assert read_time(moment) == EVENING
    assert read_time(moment).utcoffset() == timedelta(0)


def a_transition(**fields: dict[str, object]) -> dict[str, Any]:
    return {"id": 31, "name": "Resolve", "to": {"id": "10003", "name": "Done"}, "fields": fields}


def test_a_transition_demands_what_its_screen_requires_and_does_not_fill_itself() -> None:
    read = read_transition(
        a_transition(
            resolution={"required": True, "hasDefaultValue": False},
            priority={"required": True, "hasDefaultValue": True},
            comment={"required": False},
        )
    )
    assert (read.id, read.to.id) == ("31", "10003")
    assert read.fields == frozenset({"resolution", "priority", "comment"})
    assert read.required == {"resolution"}


def test_a_transition_whose_screen_is_not_told_demands_nothing_that_is_known() -> None:
    answer = a_transition()
    del answer["fields"]
    read = read_transition(answer)
    assert (read.fields, read.required) == (None, frozenset())


@pytest.mark.parametrize("value", [None, "1000000001", {}, {"caseId": ""}, {"caseId": 1000000001}])
def test_a_property_that_names_no_case_says_nothing(value: object) -> None:
    assert read_case_property(value) is None


def test_a_property_names_the_case_an_issue_was_made_for() -> None:
    assert read_case_property({"caseId": "1000000001", "caseArn": "arn"}) == MadeFor("1000000001", "arn")
    marked = {"caseId": "1000000001", "caseArn": "arn", "instance": "soc"}
    assert read_case_property(marked) == MadeFor("1000000001", "arn", "soc")


def a_comment(**changes: Any) -> dict[str, Any]:
    return {"id": 7, "author": {"accountId": "ada", "displayName": "Ada"}, "created": 1795464900000, **changes}


@pytest.mark.parametrize(
    ("changes", "shared"),
    [
        ({}, True),
        ({"jsdPublic": True}, True),
        ({"jsdPublic": False}, False),
        ({"visibility": {"type": "role", "value": "Administrators"}}, False),
    ],
)
def test_a_restricted_or_internal_comment_is_not_shared(changes: dict[str, Any], shared: bool) -> None:
    assert read_comment(a_comment(**changes)).shared is shared


def test_a_comment_is_edited_once_its_dates_differ() -> None:
    assert not read_comment(a_comment()).edited
    assert not read_comment(a_comment(updated=1795464900000)).edited
    assert read_comment(a_comment(updated=1795464901000)).edited


def test_a_comment_of_nobody_is_somebodys() -> None:
    read = read_comment(a_comment(author=None))
    assert (read.author, read.author_id) == ("Somebody", "")


def an_answer(**fields: Any) -> dict[str, Any]:
    ordinary = {
        "summary": "Leaked key",
        "project": {"key": "SEC", "projectTypeKey": "software"},
        "issuetype": {"id": "1"},
        "status": {"id": "10000", "name": "To Do"},
        "created": "2026-11-23T20:15:00.000+0000",
    }
    return {"id": "10100", "key": "SEC-1", "fields": {**ordinary, **fields}}


def test_an_issue_without_most_fields_is_an_issue() -> None:
    read = read_issue(an_answer(summary=None, description=None))
    assert (read.summary, read.description, read.document) == ("", "", None)
    assert (read.labels, read.files, read.watch_count, read.comments) == ((), (), 0, None)


def test_comments_that_came_with_an_issue_count_only_if_they_are_all() -> None:
    one = a_comment()
    assert read_issue(an_answer(comment={"comments": [one], "total": 2})).comments is None
    (comment,) = read_issue(an_answer(comment={"comments": [one], "total": 1})).comments or ()
    assert comment.id == "7"


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ({"watchCount": 0, "watchers": []}, True),
        ({"watchCount": 2, "watchers": [{"accountId": "ada"}, {"accountId": "bob"}]}, True),
        ({"watchCount": 2, "watchers": [], "isWatching": False}, False),
        ({"watchCount": 2, "watchers": [{"accountId": "us"}], "isWatching": True}, False),
        ({"watchCount": 1, "watchers": [{"accountId": "us"}], "isWatching": True}, True),
    ],
)
def test_watchers_that_jira_keeps_to_itself_are_not_taken_for_none(answer: dict[str, Any], shown: bool) -> None:
    assert read_watchers(answer).shown is shown


def test_a_comment_is_told_by_its_document_letter_for_letter() -> None:
    text = {"type": "paragraph", "content": [{"type": "text", "text": "Seen."}]}
    same, other = (
        {"version": 1, "type": "doc", "content": [text | more]} for more in ({}, {"attrs": {"localId": "1"}})
    )
    first, again, moved = (read_comment(a_comment(body=json.loads(json.dumps(each)))) for each in (same, same, other))
    assert first.document == again.document != moved.document
    assert first.body == again.body == moved.body == "Seen."


def test_a_document_without_a_bottom_is_read_like_any_other() -> None:
    deep: dict[str, Any] = {"type": "text", "text": "far down"}
    for _ in range(5_000):
        deep = {"type": "blockquote", "content": [deep]}
    read = read_comment(a_comment(body={"version": 1, "type": "doc", "content": [deep]}))
    assert read.document is None
    assert isinstance(read.body, str)


@pytest.mark.parametrize("body", [None, {}, {"version": 1, "type": "doc", "content": []}])
def test_a_comment_without_words_is_a_comment(body: object) -> None:
    assert read_comment(a_comment(body=body)).body == ""
