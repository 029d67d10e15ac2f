"""Faults that systems of this kind really have, seen from outside: what is logged, and what rest costs."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from sandbox.jira import Person

from .loop import Loop, a_day_of_sweeps, key_of, open_case

CONTENT = (
    "a title nobody shall log",
    "a description nobody shall log",
    "a remark nobody shall log",
    "a-name-nobody.log",
)
PRIVATE = (*CONTENT, "X-Amz-Signature", "X-Amz-Credential", "grace@example.com", "ada@example.com")
AT_REST_CASES = 4
"""They are on one page of ListCases."""


@pytest.fixture
def logged() -> Iterator[list[str]]:
    """Everything logged above debug from here on, with all its fields."""
    lines: list[str] = []

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(f"{record.getMessage()} {record.__dict__}")

    root, handler = logging.getLogger(), Handler(level=logging.INFO)
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)


@pytest.mark.parametrize("broken", [False, True])
def test_fault_28_no_content_address_or_presigned_url_is_logged_above_debug(
    loop: Loop, ada: Person, logged: list[str], broken: bool
) -> None:
    title, description, remark, name = CONTENT
    case_id = open_case(loop, title, description)
    loop.settle()
    key = key_of(loop, case_id)
    if broken:
        loop.jira.faults.add("POST .*/attachments", status=400, times=3)
        loop.jira.faults.add("PUT .*/issue/[^/]*", status=400, times=3)
        loop.service.faults.add("CreateCaseComment", status=400, times=3)
    loop.service.aws_responder.comment(case_id, remark)
    loop.service.aws_responder.attach(case_id, name, b"evidence")
    loop.service.aws_responder.add_watcher(case_id, "grace@example.com")
    loop.service.aws_responder.edit(case_id, title=title + ", edited")
    ada.comment(key, remark)
    ada.attach(key, "ada-" + name, b"more evidence")
    loop.jira.add_user("Grace Hopper", "grace@example.com")
    loop.sweep_cases()
    loop.settle()
    assert [line for line in logged if case_id in line]
    assert any("refused" in line for line in logged) == broken
    assert [(words, line) for line in logged for words in PRIVATE if words in line] == []


def test_fault_33_a_day_at_rest_costs_the_list_of_cases_and_one_look_a_case_in_six_hours(loop: Loop) -> None:
    for number in range(AT_REST_CASES):
        open_case(loop, f"Case {number}")
    loop.settle()
    a_day_of_sweeps(loop)
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    sweeps, looks = 8, 5 * AT_REST_CASES
    reads = quiet.service_reads
    assert quiet.writes == []
    assert reads.count("ListCases") == sweeps
    assert reads.count("GetCase") <= 2 * looks
    assert reads.count("ListComments") <= 2 * looks
    assert set(reads) <= {"ListCases", "GetCase", "ListComments"}
