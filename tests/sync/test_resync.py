"""A resync brings one pair into step, whatever was not told."""

from __future__ import annotations

import pytest

from sandbox.jira import Person
from security_ir_jira.events import EventBus
from security_ir_jira.operate.desk import Desk
from security_ir_jira.operate.resync import Resync

from .loop import Loop, key_of, open_case, open_own_case, texts


@pytest.fixture
def resync(loop: Loop) -> Resync:
    return Resync(loop.ledger, loop.case_cursors, EventBus(loop.bus, "bus"))  # type: ignore[arg-type]  # only put_events is called


@pytest.mark.parametrize("by", ["case id", "issue key", "issue id", "issue key in small letters"])
def test_both_sides_are_brought_into_step(loop: Loop, ada: Person, resync: Resync, by: str) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    loop.native = loop.automation = False
    ada.comment(key, "from the issue")
    loop.service.aws_responder.comment(case_id, "from the case")
    loop.settle()
    named = {"case id": case_id, "issue key": key, "issue id": loop.jira.issue(key).id}.get(by, key.lower())
    loop.events.clear()
    answer = resync(named)
    assert [(event["source"], event["detail"]["changed"]) for event in loop.events] == [
        ("security-ir", ["deep"]),
        ("jira", ["deep"]),
    ]
    assert answer["found"] == {"caseId": case_id, "issueKey": key, "issueId": loop.jira.issue(key).id}
    loop.settle()
    case_side, issue_side = texts(loop, case_id)
    assert "from the issue" in case_side
    assert "from the case" in issue_side


def test_a_pair_in_step_is_not_written(loop: Loop, case_id: str, resync: Resync) -> None:
    quiet = loop.quiet()
    resync(case_id)
    loop.settle()
    assert quiet.writes == []


@pytest.mark.parametrize("named", ["SEC-999", "1000000099", "", "no such thing"])
def test_what_is_no_pair_is_said_to_be_none(loop: Loop, case_id: str, resync: Resync, named: str) -> None:
    answer = resync(named)
    assert answer["found"] is None
    assert "No pair" in answer["next"]
    assert loop.waiting == []


def test_a_pair_whose_birth_is_under_way_is_to_be_waited_for(loop: Loop, resync: Resync) -> None:
    loop.jira.faults.add("POST .*/rest/api/3/issue", drop=True, times=1)
    case_id = open_case(loop)
    loop.run()
    answer = resync(case_id)
    assert answer["found"] is None
    assert "being made" in answer["next"]


def test_a_pair_that_is_over_is_left_alone(loop: Loop, case_id: str, resync: Resync) -> None:
    loop.ledger.gone(case_id, "jira")
    answer = resync(case_id)
    assert answer["did"] == "nothing"
    assert "issue was deleted" in answer["next"]


def test_the_desk_hands_each_request_to_whom_it_is_for() -> None:
    desk = Desk(
        doctor=lambda: {"doctor": True},
        resync=lambda named: {"resync": named},
        backfill=lambda direction, action: {"backfill": [direction, action]},
    )
    assert desk({"doctor": {}}) == {"doctor": True}
    assert desk({"resync": "SEC-1"}) == {"resync": "SEC-1"}
    assert desk({"backfill": "issues", "action": "start"}) == {"backfill": ["issues", "start"]}
    assert desk({"backfill": ""}) == {"backfill": ["", "status"]}
    nonsense: list[object] = [{}, [], None, "doctor", {"resync": 1}]
    assert all("error" in desk(each) for each in nonsense)
