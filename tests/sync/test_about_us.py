"""What is refused for who we are waits; what is down is left alone; only a value is ever refused for good."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest

from sandbox.jira import Person
from security_ir_jira.config import Config

from .loop import (
    LEASE_SECONDS,
    Loop,
    files_on_case,
    files_on_issue,
    key_of,
    open_own_case,
    set_up,
    status_of,
    texts,
)
from .test_histories import edit, held, refuses_texts

EVERYTHING = os.environ.get("CHAOS") == "all"
"""`make soak` plays every variant, `make test` those that differ most."""
HOUR, QUARTER, MINUTE = 3_600, 900, 60
LONG = 1_200
"""Longer than anything that is sat out, tried again soon, or taken for gone."""
DENIALS = ("could not be copied", "not accept", "offers no way", "both sides", "was deleted")


def sweeps(loop: Loop, seconds: float, every: float = QUARTER) -> None:
    """Let time pass, both sides being swept now and then."""
    end = loop.clock.now + seconds
    while loop.clock.now < end:
        loop.sweep_cases()
        loop.sweep_issues()
        loop.advance(min(every, end - loop.clock.now))


def everything_happens(loop: Loop, ada: Person, case_id: str, name: str) -> None:
    """People work on both sides of a pair."""
    key, grace = key_of(loop, case_id), loop.service.person("grace")
    ada.comment(key, f"{name} from Jira")
    ada.attach(key, f"{name}-jira.txt", f"{name} seen in Jira".encode())
    ada.edit(key, description=f"{name} described in Jira")
    grace.comment(case_id, f"{name} from the case")
    grace.attach(case_id, f"{name}-case.txt", f"{name} seen on the case".encode())
    grace.edit(case_id, title=f"{name} titled on the case")


def assert_all_arrived(loop: Loop, case_id: str, name: str) -> None:
    case, issue = texts(loop, case_id)
    key = key_of(loop, case_id)
    assert case.count(f"{name} from Jira") == 1
    assert issue.count(f"{name} from the case") == 1
    assert loop.jira.issue(key).summary == f"{name} titled on the case" == loop.service.case(case_id).title
    assert loop.service.case(case_id).description == f"{name} described in Jira"
    for files in (files_on_case(loop, case_id), files_on_issue(loop, case_id)):
        contents = sorted(content for _, content in files)
        assert contents == sorted([f"{name} seen in Jira".encode(), f"{name} seen on the case".encode()])
    assert [each for each in DENIALS if each in case + issue] == []


@pytest.fixture
def pair(loop: Loop) -> str:
    return open_own_case(loop)


# About us: histories 9, 20 to 22


@pytest.mark.parametrize(
    "permission",
    [
        "ADD_COMMENTS",
        "TRANSITION_ISSUES",
        *(["CREATE_ATTACHMENTS", "EDIT_ISSUES", "MANAGE_WATCHERS"] if EVERYTHING else []),
    ],
)
def test_history_9_a_permission_that_is_lacking_for_long_refuses_nothing(
    loop: Loop, ada: Person, pair: str, permission: str
) -> None:
    loop.jira.withdraw("SEC", permission)
    loop.jira.add_user("Bob", "bob@example.com")
    everything_happens(loop, ada, pair, "Night")
    loop.service.person("grace").add_watcher(pair, "bob@example.com")
    loop.run()
    loop.service.person("grace").close(pair)
    sweeps(loop, LONG)
    assert "NotPermitted" in {type(failure).__name__ for _, failure in loop.failures}
    loop.jira.grant("SEC", permission)
    loop.advance(QUARTER)
    assert_all_arrived(loop, pair, "Night")
    assert status_of(loop, pair) == ("Closed", "Done")
    assert "Bob" in [user.name for user in loop.jira.issue(key_of(loop, pair)).watchers]
    assert loop.waiting == []


def test_what_a_permission_is_lacking_for_is_tried_again_after_five_minutes(loop: Loop, pair: str) -> None:
    """However Jira words it: here it refuses the text, and only when asked tells that nobody may write one."""
    loop.jira.withdraw("SEC", "EDIT_ISSUES")
    loop.jira.faults.add("PUT .*/issue/[^/]+", status=400, body={"errors": {"summary": "cannot be set"}}, times=None)
    loop.service.person("grace").edit(pair, title="Two keys")
    loop.advance(290)
    assert len(loop.failures) <= 1


@pytest.mark.parametrize("status", [403, *([402] if EVERYTHING else [])])
def test_history_9_a_jira_that_refuses_everything_for_long_refuses_nothing(
    loop: Loop, ada: Person, pair: str, status: int
) -> None:
    loop.jira.faults.add(status=status, body={"errorMessages": ["Forbidden"], "errors": {}}, times=None)
    everything_happens(loop, ada, pair, "Night")
    sweeps(loop, LONG)
    loop.jira.faults.clear()
    loop.advance(QUARTER)
    assert_all_arrived(loop, pair, "Night")
    assert loop.waiting == []


@pytest.mark.parametrize(
    ("error", "status"),
    [
        ("SecurityIncidentResponseNotActiveException", 400),
        *([("AccessDeniedException", 403), ("ExpiredTokenException", 403)] if EVERYTHING else []),
    ],
)
def test_history_9_a_security_ir_that_refuses_our_role_for_long_refuses_nothing(
    loop: Loop, ada: Person, pair: str, error: str, status: int
) -> None:
    loop.service.faults.add(error=error, status=status, times=None)
    everything_happens(loop, ada, pair, "Night")
    sweeps(loop, LONG)
    loop.service.faults.clear()
    loop.advance(QUARTER)
    assert_all_arrived(loop, pair, "Night")
    assert loop.waiting == []


@pytest.mark.parametrize(
    "operation",
    [
        "CreateCaseComment",
        *(["UpdateCase", "GetCaseAttachmentUploadUrl", "GetCaseAttachmentDownloadUrl"] if EVERYTHING else []),
    ],
)
def test_history_9_an_action_that_our_role_lacks_for_long_refuses_nothing(
    loop: Loop, ada: Person, pair: str, operation: str
) -> None:
    loop.service.faults.add(operation, error="AccessDeniedException", status=403, times=None)
    everything_happens(loop, ada, pair, "Night")
    sweeps(loop, LONG)
    loop.service.faults.clear()
    loop.advance(QUARTER)
    assert_all_arrived(loop, pair, "Night")
    assert loop.waiting == []


def test_history_9_a_closure_that_our_role_may_not_make_for_long_is_made_afterwards(
    loop: Loop, ada: Person, pair: str
) -> None:
    loop.service.faults.add("CloseCase", error="AccessDeniedException", status=403, times=None)
    ada.transition(key_of(loop, pair), "Done")
    sweeps(loop, LONG)
    loop.service.faults.clear()
    loop.advance(QUARTER)
    assert status_of(loop, pair) == ("Closed", "Done")
    assert loop.waiting == []


@pytest.mark.parametrize(
    "writes",
    ["POST .*/issue/[^/]+/comment", *(["PUT .*/issue/[^/]+"] if EVERYTHING else [])],
)
def test_a_write_that_is_answered_as_if_the_issue_were_not_there_is_no_absence(
    loop: Loop, ada: Person, pair: str, writes: str
) -> None:
    """Jira's own pages give 404 for what somebody may not do as well."""
    missing = "Issue does not exist or you do not have permission to see it."
    loop.jira.faults.add(writes, status=404, body={"errorMessages": [missing], "errors": {}}, times=None)
    everything_happens(loop, ada, pair, "Night")
    sweeps(loop, LONG)
    assert "NotPermitted" in loop.told_errors()
    assert not [each for each in loop.events if each["detail-type"] == "IssueDeleted"]
    assert len(loop.waiting) < 20
    loop.jira.faults.clear()
    loop.advance(QUARTER)
    assert_all_arrived(loop, pair, "Night")
    assert loop.waiting == []


def take_for_nobody(loop: Loop) -> None:
    """Jira goes on as if nobody had signed in."""
    header = {"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}
    loop.jira.faults.add("POST .*/search/jql", status=200, body={"issues": []}, headers=header, times=None)
    loop.jira.faults.add(status=404, body={"errorMessages": ["Not found"]}, headers=header, times=None)


@pytest.mark.parametrize("how", ["header", "unreadable"])
def test_history_20_an_issue_made_in_the_dark_becomes_a_case_and_nothing_is_taken_for_deleted(
    loop: Loop, ada: Person, pair: str, how: str
) -> None:
    loop.sweep_issues()
    loop.advance(5)
    swept = loop.issue_cursors.all()[0]
    if how == "header":
        take_for_nobody(loop)
    else:
        loop.jira.withdraw("SEC")
        loop.jira.faults.add("POST .*/search/jql", status=200, body={"issues": [], "isLast": True}, times=None)
    loop.automation = False
    key = ada.create_issue("SEC", "Made in the dark").key
    ada.comment(key_of(loop, pair), "said in the dark")
    loop.service.person("grace").edit(pair, title="Renamed in the dark")
    sweeps(loop, LONG)
    assert loop.issue_cursors.all()[0] == swept, "the cursor does not move over what could not be seen"
    assert not [each for each in loop.events if each["detail-type"] in ("IssueDeleted", "CaseDeleted")]
    if how == "header":
        assert "JiraUnauthorized" in loop.told_errors()
    loop.jira.faults.clear()
    loop.jira.grant("SEC")
    sweeps(loop, QUARTER)
    assert key in loop.pairs().values()
    assert "said in the dark" in texts(loop, pair)[0]
    assert loop.jira.issue(key_of(loop, pair)).summary == "Renamed in the dark"
    assert loop.waiting == []


def test_history_21_two_401_in_a_row_are_over_within_minutes(loop: Loop, ada: Person, pair: str) -> None:
    loop.jira.faults.add(status=401, times=2)
    ada.comment(key_of(loop, pair), "in between")
    loop.advance(3 * MINUTE)
    assert "in between" in texts(loop, pair)[0]
    assert loop.waiting == []


def test_history_22_a_project_that_cannot_be_read_for_long_loses_no_comment_and_no_edit(loop: Loop, pair: str) -> None:
    grace = loop.service.person("grace")
    loop.jira.withdraw("SEC")
    first = grace.comment(pair, "first")
    for number in (2, 3):
        grace.comment(pair, f"remark {number}")
    sweeps(loop, LONG)
    grace.edit_comment(pair, first, "first, edited")
    sweeps(loop, LONG)
    told = Counter(each["detail-type"] for each in loop.events)
    assert told["IssueDeleted"] == 0
    changes = [message for message in loop.waiting if "sweep" not in message.body]
    assert len(changes) <= 8, "a few wait, and do not breed"
    loop.jira.grant("SEC")
    loop.advance(QUARTER)
    issue = texts(loop, pair)[1]
    assert issue.count("first, edited") == issue.count("remark 2") == issue.count("remark 3") == 1
    assert [each for each in DENIALS if each in issue] == []
    assert loop.waiting == []


# Down: histories 23 to 25


def down(loop: Loop, side: str, is_down: bool) -> None:
    server: Any = loop.jira if side == "jira" else loop.service
    server.faults.down = is_down


def requests_a_minute(loop: Loop, side: str) -> list[int]:
    """How many requests came to a side in each minute of its log."""
    server: Any = loop.jira if side == "jira" else loop.service
    minutes = Counter(int(each.at // MINUTE) for each in server.requests)
    return list(minutes.values())


@pytest.mark.parametrize("side", ["jira", "security_ir"])
def test_history_23_an_outage_costs_one_question_a_minute_and_is_over_in_a_minute(
    loop: Loop, ada: Person, side: str
) -> None:
    pairs = [open_own_case(loop) for _ in range(2)]
    loop.quiet()
    down(loop, side, True)
    for number, case_id in enumerate(pairs):
        everything_happens(loop, ada, case_id, f"Pair-{number}")
    before = len(loop.failures)
    sweeps(loop, 2 * QUARTER)
    assert max(requests_a_minute(loop, side)[1:]) <= 10
    assert sum(requests_a_minute(loop, side)) <= 60
    held = [message for message in loop.waiting if "sweep" not in message.body]
    assert max(message.received for message in held) <= 33, "once a minute, and few more at the beginning"
    assert {type(failure).__name__ for _, failure in loop.failures[before:]} <= {"SideDown", "Unavailable"}
    down(loop, side, False)
    loop.advance(90)
    for number, case_id in enumerate(pairs):
        assert_all_arrived(loop, case_id, f"Pair-{number}")
    loop.advance(QUARTER)
    assert loop.dead == []
    assert loop.waiting == []


def test_history_24_a_server_that_asks_for_a_second_for_long_is_asked_once_a_minute(loop: Loop, pair: str) -> None:
    loop.jira.faults.add("(POST|PUT) .*", status=429, retry_after=1, times=None)
    loop.service.person("grace").comment(pair, "throttled")
    loop.advance(LONG)
    assert max(message.received for message in loop.waiting) <= 30
    loop.jira.faults.clear()
    loop.advance(QUARTER)
    assert "throttled" in texts(loop, pair)[1]
    assert loop.dead == []


def test_history_25_the_lease_of_the_dead_is_waited_for_calmly(loop: Loop, ada: Person, pair: str) -> None:
    lease = loop.ledger.lease_case(pair, LEASE_SECONDS)
    lease.__enter__()
    loop.advance(20)
    ada.comment(key_of(loop, pair), "waits for the dead")
    loop.service.person("grace").comment(pair, "waits as well")
    before = len(loop.failures)
    loop.advance(LEASE_SECONDS - 20)
    tries = Counter(queue for queue, _ in loop.failures[before:])
    assert max(tries.values()) <= LEASE_SECONDS / MINUTE + 1
    loop.advance(2 * MINUTE)
    case, issue = texts(loop, pair)
    assert "waits for the dead" in case
    assert "waits as well" in issue
    assert loop.waiting == []
    lease.__exit__(None, None, None)  # what the dead would have tidied up is another's by now


# Only a value is refused for good, and once more under another configuration


@pytest.mark.parametrize("side", ["case", "issue"])
@pytest.mark.parametrize("field", ["title", "description"])
def test_what_was_refused_is_tried_once_more_when_the_configuration_changes(
    loop: Loop, ada: Person, pair: str, config: Config, side: Any, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source: Any = "issue" if side == "case" else "case"
    set_up(loop, config, digest="one")
    refusing = pytest.MonkeyPatch()
    refuses_texts(refusing, side, field)
    edit(loop, pair, ada, source, **{field: "Typed at night"})
    loop.settle()
    assert held(loop, pair, side, field) != "Typed at night"
    assert "Refused" in loop.counts
    refusing.undo()
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert held(loop, pair, side, field) != "Typed at night", "silent as long as nothing changes"
    set_up(loop, config, digest="two")
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert held(loop, pair, side, field) == "Typed at night"


def test_what_is_refused_again_is_said_no_second_time(
    loop: Loop, ada: Person, pair: str, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(loop, config, digest="one")
    refuses_texts(monkeypatch, "case", "title")
    edit(loop, pair, ada, "issue", title="Typed at night")
    loop.settle()
    set_up(loop, config, digest="two")
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    asked = loop.counts.count("Refused")
    assert asked == 2
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert loop.counts.count("Refused") == asked
    assert texts(loop, pair)[0].count("Typed at night") == 1


def test_a_comment_that_was_refused_is_tried_once_more_when_the_configuration_changes(
    loop: Loop, ada: Person, pair: str, config: Config
) -> None:
    set_up(loop, config, digest="one")
    loop.service.faults.add("CreateCaseComment", error="ValidationException", status=400, times=1)
    ada.comment(key_of(loop, pair), "refused at first")
    loop.settle()
    assert "refused at first" not in texts(loop, pair)[0]
    set_up(loop, config, digest="two")
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert texts(loop, pair)[0].count("refused at first") == 1


@pytest.mark.parametrize("side", ["case", "issue"])
def test_a_file_that_was_refused_is_tried_once_more_when_the_configuration_changes(
    loop: Loop, ada: Person, pair: str, config: Config, side: str
) -> None:
    set_up(loop, config, digest="one")
    refuse_files(loop, side, times=None)
    held = files_on_case if side == "case" else files_on_issue
    if side == "case":
        ada.attach(key_of(loop, pair), "night.log", b"seen at night")
    else:
        loop.service.person("grace").attach(pair, "night.log", b"seen at night")
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert loop.counts.count("Refused") == 1, "silent as long as nothing changes"
    set_up(loop, config, digest="two")
    sweeps(loop, 13 * HOUR, every=2 * HOUR)
    assert loop.counts.count("Refused") == 2
    said = texts(loop, pair)[0 if side == "case" else 1]
    assert said.count("night.log") == 1, "said no second time"
    loop.jira.faults.clear()
    loop.service.faults.clear()
    set_up(loop, config, digest="three")
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert held(loop, pair) == [("night.log", b"seen at night")]


def refuse_files(loop: Loop, side: str, times: int | None) -> None:
    if side == "case":
        loop.service.faults.add("GetCaseAttachmentUploadUrl", error="ValidationException", status=400, times=times)
    else:
        body = {"errorMessages": ["not this one"], "errors": {}}
        loop.jira.faults.add("POST .*/attachments", status=400, body=body, times=times)


def test_a_refused_file_whose_second_try_dies_is_still_tried(
    loop: Loop, ada: Person, pair: str, config: Config
) -> None:
    set_up(loop, config, digest="one")
    refuse_files(loop, "case", times=1)
    ada.attach(key_of(loop, pair), "night.log", b"seen at night")
    sweeps(loop, HOUR)
    set_up(loop, config, digest="two")
    loop.service.faults.add("GetCaseAttachmentUploadUrl", error="InternalServerException", status=500, times=4)
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert files_on_case(loop, pair) == [("night.log", b"seen at night")]


def test_one_message_of_a_pair_asks_for_a_missing_permission_and_the_others_wait(loop: Loop, pair: str) -> None:
    loop.jira.withdraw("SEC", "ADD_COMMENTS")
    for number in range(10):
        loop.service.person("grace").comment(pair, f"remark {number}")
        loop.advance(1)
    loop.advance(MINUTE)
    loop.quiet()
    loop.advance(HOUR)
    assert 0 < len([each for each in loop.jira.requests if "comment" in each.path]) <= HOUR / MINUTE
    assert max(message.received for message in loop.waiting) <= 30
    loop.jira.grant("SEC", "ADD_COMMENTS")
    loop.advance(2 * QUARTER / 3)
    issue = texts(loop, pair)[1]
    assert [issue.count(f"remark {number}") for number in range(10)] == [1] * 10
    assert loop.waiting == []


def test_what_is_new_does_not_wait_for_a_missing_permission(loop: Loop, pair: str) -> None:
    loop.jira.withdraw("SEC", "ADD_COMMENTS")
    loop.service.person("grace").comment(pair, "cannot be said")
    loop.advance(10 * MINUTE)
    loop.service.person("grace").close(pair)
    loop.advance(MINUTE)
    assert status_of(loop, pair) == ("Closed", "Done")


@pytest.mark.parametrize(
    ("operation", "status", "ends"),
    [("CloseCase", "Done", "Closed"), ("UpdateCaseStatus", "In Progress", "Detection and Analysis")],
)
def test_history_7_a_conflict_that_lasts_for_minutes_refuses_no_status(
    loop: Loop, ada: Person, pair: str, operation: str, status: str, ends: str
) -> None:
    loop.service.faults.add(operation, error="ConflictException", status=409, times=None)
    ada.transition(key_of(loop, pair), status)
    loop.advance(5 * MINUTE)
    loop.service.faults.clear()
    loop.advance(QUARTER)
    assert loop.service.case(pair).status == ends
    assert "did not accept the status" not in texts(loop, pair)[1]
    assert loop.waiting == []


def test_a_closure_waits_for_as_long_as_a_conflict_lasts(loop: Loop, ada: Person, pair: str) -> None:
    loop.service.faults.add("CloseCase", error="ConflictException", status=409, times=None)
    ada.transition(key_of(loop, pair), "Done")
    loop.advance(3 * HOUR)
    assert "did not accept the status" not in texts(loop, pair)[1]
    loop.service.faults.clear()
    loop.advance(QUARTER)
    assert loop.service.case(pair).status == "Closed"


def test_a_conflict_that_does_not_pass_is_said_once(loop: Loop, ada: Person, pair: str) -> None:
    loop.service.faults.add("UpdateCaseStatus", error="ConflictException", status=409, times=None)
    ada.transition(key_of(loop, pair), "In Progress")
    loop.advance(HOUR)
    assert loop.waiting == []
    assert texts(loop, pair)[1].count("did not accept the status") == 1
    quiet = loop.quiet()
    sweeps(loop, 7 * HOUR, every=2 * HOUR)
    assert quiet.writes == []
