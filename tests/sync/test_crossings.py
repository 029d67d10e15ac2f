"""A crash, a lost answer or a refusal that meets something else at a bad moment."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import boto3
import pytest

from sandbox.jira import Person
from security_ir_jira.cases.client import CaseClient
from security_ir_jira.config import Config
from security_ir_jira.errors import Conflict, OutcomeUnknown, Unavailable
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.memory import digest
from security_ir_jira.sinks import case_hand
from security_ir_jira.sinks.comments import Delivery

from .loop import (
    EVIDENCE,
    REGION,
    Loop,
    a_day_of_sweeps,
    files_on_case,
    files_on_issue,
    key_of,
    open_case,
    set_up,
    status_of,
    texts,
)
from .test_upgrade import DAMAGED, as_the_first_version_left_it, document

Act = Callable[..., Any]


def fails_after(monkeypatch: pytest.MonkeyPatch, holder: Any, name: str, failure: Exception, at: int = 1) -> None:
    """Let one call, by its number, be carried out and then fail."""
    act: Act = getattr(holder, name)
    calls: list[int] = []

    def once(*arguments: Any, **named: Any) -> Any:
        answer = act(*arguments, **named)
        calls.append(1)
        if len(calls) == at:
            raise failure
        return answer

    monkeypatch.setattr(holder, name, once)


def fails_instead(monkeypatch: pytest.MonkeyPatch, holder: Any, name: str, failure: Exception, at: int = 1) -> None:
    """Let one call, by its number, fail and not be carried out."""
    act: Act = getattr(holder, name)
    calls: list[int] = []

    def once(*arguments: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == at:
            raise failure
        return act(*arguments, **named)

    monkeypatch.setattr(holder, name, once)


# Texts


def test_what_is_alike_is_remembered_across_a_crash(loop: Loop, ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = as_the_first_version_left_it(loop)
    key = key_of(loop, case_id)
    fails_after(monkeypatch, CaseClient, "set_fields", RuntimeError("killed"))
    ada.edit(key, description=document(DAMAGED, "Two hosts.", "Seen by Ada."))
    loop.settle()
    ada.edit(key, description=document(DAMAGED, "Two hosts.", "Seen by Ada.", "More."))
    loop.settle()
    assert loop.service.case(case_id).description == f"{EVIDENCE}\n\nTwo hosts.\n\nSeen by Ada.\n\nMore."


def test_an_edit_that_follows_a_lost_answer_and_an_outage_is_the_one_that_stays(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.native = False
    key = key_of(loop, own_case)
    fails_after(monkeypatch, CaseClient, "set_fields", Unavailable("the answer was lost"))
    ada.edit(key, summary="first wording")
    loop.run()
    fails_instead(monkeypatch, CaseClient, "set_fields", Unavailable("down"))
    ada.edit(key, summary="second wording")
    loop.run()
    loop.settle()
    assert loop.service.case(own_case).title == loop.jira.issue(key).summary == "second wording"
    assert "both sides" not in "".join(texts(loop, own_case))


def test_a_title_that_jira_refused_in_the_first_version_is_not_taken_back_now(loop: Loop, own_case: str) -> None:
    key = key_of(loop, own_case)
    loop.native = False
    loop.service.person("grace").edit(own_case, title="New title")
    client = boto3.client("dynamodb", region_name=REGION)
    item: Any = client.get_item(TableName="ledger", Key={"PK": {"S": f"CASE#{own_case}"}, "SK": {"S": "PAIR"}})["Item"]
    refused = {"S": digest("New title")}
    item["agreed"]["M"]["title"] = {"M": {"case": refused, "issue": refused, "refused": {"BOOL": True}}}
    client.put_item(TableName="ledger", Item=item)
    loop.notify(key)
    a_day_of_sweeps(loop)
    assert loop.service.case(own_case).title == "New title"


# Status


def test_a_case_closed_while_its_status_was_being_refused_closes_its_issue(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_status = CaseClient.set_status

    def closed_meanwhile(self: CaseClient, case_id: str, status: str) -> None:
        if loop.service.case(case_id).status != "Closed":
            loop.service.person("grace").close(case_id)
        set_status(self, case_id, status)

    monkeypatch.setattr(CaseClient, "set_status", closed_meanwhile)
    ada.transition(key_of(loop, own_case), "In Progress")
    loop.settle()
    assert status_of(loop, own_case) == ("Closed", "Done")


def test_a_case_left_half_way_by_an_error_goes_on_to_where_the_issue_is(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.service.switches.submitted_only_to_detection = True
    fails_instead(monkeypatch, CaseClient, "set_status", Unavailable("500"), at=3)
    ada.transition(key_of(loop, own_case), "In Review")
    loop.settle()
    assert status_of(loop, own_case) == ("Post-incident Activities", "In Review")


def test_an_issue_left_on_its_way_comes_back_where_the_case_went_back(
    loop: Loop, own_case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    grace = loop.service.person("grace")
    grace.set_status(own_case, "Detection and Analysis")
    loop.settle()
    loop.automation = False
    fails_after(monkeypatch, JiraClient, "transition", Unavailable("the answer was lost"))
    grace.set_status(own_case, "Post-incident Activities")
    loop.run()
    grace.set_status(own_case, "Detection and Analysis")
    a_day_of_sweeps(loop)
    assert status_of(loop, own_case) == ("Detection and Analysis", "In Progress")


@pytest.mark.parametrize("status", [503, 404])
def test_a_workflow_that_cannot_be_read_holds_up_nothing_but_the_status(loop: Loop, own_case: str, status: int) -> None:
    loop.start(loop.config)
    loop.jira.faults.add("GET .*/statuses", status=status, times=None)
    grace = loop.service.person("grace")
    grace.comment(own_case, "must arrive")
    grace.edit(own_case, title="New title")
    grace.close(own_case)
    loop.settle(600)
    assert loop.jira.issue(key_of(loop, own_case)).summary == "New title"
    assert "must arrive" in texts(loop, own_case)[1]
    assert "CaseDeleted" not in [event["detail-type"] for event in loop.events]
    loop.jira.faults.clear()
    loop.settle()
    assert status_of(loop, own_case) == ("Closed", "Done")


def test_a_closure_does_not_wait_for_the_check_of_a_file(loop: Loop, own_case: str) -> None:
    loop.service.switches.scan_seconds = None
    grace = loop.service.person("grace")
    grace.attach(own_case, "x.bin", b"x", "Pending")
    loop.jira.faults.add("POST .*/transitions", status=503, headers={"Retry-After": "1"}, times=3)
    grace.close(own_case)
    loop.settle(120)
    assert status_of(loop, own_case) == ("Closed", "Done")


def test_a_conflict_at_the_closure_of_a_case_without_an_issue_passes(
    loop: Loop, config: Config, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(loop, config, on_issue_deleted="close")
    fails_instead(monkeypatch, CaseClient, "close", Conflict("409"))
    key = key_of(loop, own_case)
    ada.delete(key)
    loop.notify(key)
    loop.settle(7_200)
    assert loop.service.case(own_case).status == "Closed"


# Comments


def test_a_comment_deleted_while_an_answer_was_lost_does_not_come_back(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(loop, own_case)
    fails_after(monkeypatch, CaseClient, "add_comment", Unavailable("the answer was lost"), at=2)
    remark = ada.comment(key, "SECRET " * 3_000)
    loop.run()
    ada.delete_comment(key, remark.id)
    loop.settle()
    assert "SECRET" not in texts(loop, own_case)[1]


def test_the_note_on_a_deleted_comment_is_said_once_across_a_crash(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = key_of(loop, own_case)
    remark = ada.comment(key, "w" * 11_930)
    loop.settle()
    fails_instead(monkeypatch, Delivery, "settle", RuntimeError("killed"))
    ada.delete_comment(key, remark.id)
    loop.settle()
    case, issue = texts(loop, own_case)
    assert (case.count("was deleted in Jira"), issue.count("was deleted in Jira")) == (1, 0)


def test_an_edit_is_not_lost_while_a_permission_is(loop: Loop, own_case: str) -> None:
    grace = loop.service.person("grace")
    remark = grace.comment(own_case, "first wording")
    loop.settle()
    loop.jira.faults.add("PUT .*/comment/.*", status=404, times=None)
    grace.edit_comment(own_case, remark, "second wording")
    loop.run()
    loop.jira.faults.clear()
    loop.settle()
    assert "second wording" in texts(loop, own_case)[1]


def test_what_failed_beside_a_comment_is_taken_up_again(loop: Loop, own_case: str) -> None:
    loop.native = False
    grace = loop.service.person("grace")
    grace.comment(own_case, "hello")
    grace.close(own_case)
    loop.jira.faults.add("POST .*/transitions", status=503, headers={"Retry-After": "1"}, times=3)
    told = {"source": "aws.security-ir", "detail-type": "Case Comment Added", "detail": {"caseId": own_case}}
    loop.send("security_ir_poller", told)
    loop.settle(3_000)
    assert status_of(loop, own_case) == ("Closed", "Done")


def test_two_sides_that_both_have_to_wait_do_not_ring_each_other_on_and_on(
    loop: Loop, own_case: str, ada: Person
) -> None:
    loop.service.faults.add("CreateCaseComment", error="InternalServerException", status=500, times=None)
    loop.jira.faults.add("PUT .*/issue/[^/]*", status=503, times=None)
    ada.comment(key_of(loop, own_case), "must wait")
    loop.service.person("grace").edit(own_case, title="New title")
    loop.settle(600)
    assert len(loop.waiting) < 10


# Files


@pytest.mark.parametrize("second", [b"two!", b"one!"], ids=["other", "equal"])
def test_two_files_of_one_name_whose_answers_were_lost_are_two(
    loop: Loop, own_case: str, second: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload, losses = JiraClient.upload_attachment, iter([True, True])

    def lost(self: JiraClient, *arguments: Any) -> str:
        landed = upload(self, *arguments)
        if next(losses, False):
            raise OutcomeUnknown("the answer was lost")
        return landed

    monkeypatch.setattr(JiraClient, "upload_attachment", lost)
    grace = loop.service.person("grace")
    grace.attach(own_case, "log.txt", b"one!")
    grace.attach(own_case, "log.txt", second)
    a_day_of_sweeps(loop)
    assert sorted(content for _, content in files_on_issue(loop, own_case)) == sorted([b"one!", second])
    assert sorted(content for _, content in files_on_case(loop, own_case)) == sorted([b"one!", second])


def test_a_limit_that_cannot_be_asked_for_holds_up_no_closure(
    loop: Loop, own_case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_instead(monkeypatch, JiraClient, "upload_attachment", OutcomeUnknown("the answer was lost"))
    loop.jira.faults.add("GET .*/attachment/meta", status=403, times=None)
    grace = loop.service.person("grace")
    grace.attach(own_case, "log.txt", b"one!")
    loop.sweep_cases()
    loop.settle(60)
    grace.close(own_case)
    loop.settle(600)
    assert status_of(loop, own_case) == ("Closed", "Done")


def test_a_copy_that_arrived_on_a_full_case_is_no_file_too_many(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_hand, "CASE_FILES", 1)
    fails_after(monkeypatch, case_hand, "put", OutcomeUnknown("the answer was lost"))
    loop.service.switches.scan_seconds = 600.0
    ada.attach(key_of(loop, own_case), "a.txt", b"evidence")
    a_day_of_sweeps(loop)
    assert files_on_case(loop, own_case) == files_on_issue(loop, own_case) == [("a.txt", b"evidence")]
    assert "50 files" not in "".join(texts(loop, own_case))


# What is said


def test_another_custom_field_that_is_refused_later_is_said_too(loop: Loop, config: Config) -> None:
    set_up(loop, config, jira_custom_fields={"customfield_19999": "caseId"})
    case_id = open_case(loop)
    loop.settle()
    set_up(loop, config, jira_custom_fields={"customfield_29999": "caseId"})
    loop.sweep_cases()
    a_day_of_sweeps(loop)
    said = texts(loop, case_id)[1]
    assert ("for customfield_19999:" in said, "for customfield_29999:" in said) == (True, True)


def test_a_notice_for_an_issue_that_is_gone_lets_its_absence_be_found(loop: Loop, own_case: str, ada: Person) -> None:
    loop.automation = False
    key = key_of(loop, own_case)
    loop.service.switches.comments_on_closed = False
    ada.comment(key, "too late")
    loop.service.person("grace").close(own_case)
    loop.settle()
    loop.notify(key)
    loop.step()
    ada.delete(key)
    loop.settle(7_200)
    assert "NotFound" not in [type(failure).__name__ for _, failure in loop.failures]
