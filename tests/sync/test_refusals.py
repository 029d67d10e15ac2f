"""What one side refuses, or cannot do for now, holds up nothing but itself."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.jira import Person, Visibility
from security_ir_jira.cases.client import CaseClient
from security_ir_jira.config import Config
from security_ir_jira.errors import Refused

from .loop import Loop, key_of, open_case, open_own_case, said_on_issue, set_up, status_of, texts


@pytest.mark.parametrize("how", ["delete", "restrict"])
def test_a_comment_taken_back_after_closure_holds_up_nothing(loop: Loop, ada: Person, how: str) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    remark = ada.comment(key, "secret")
    loop.settle()
    loop.service.switches.comments_on_closed = False
    loop.service.person("grace").close(case_id)
    loop.settle()
    if how == "delete":
        ada.delete_comment(key, remark.id)
    else:
        ada.edit_comment(key, remark.id, visibility=Visibility("role", "Administrators"))
    ada.comment(key, "later")
    loop.settle(7_200)
    assert loop.waiting == []


def test_a_cut_description_is_attached_and_kept_though_its_writing_was_never_recorded(
    loop: Loop, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    write, crashes = CaseClient.set_fields, iter([True])

    def write_and_crash(self: CaseClient, *arguments: Any, **fields: Any) -> None:
        write(self, *arguments, **fields)
        if next(crashes, False):
            raise RuntimeError("killed after the write")

    monkeypatch.setattr(CaseClient, "set_fields", write_and_crash)
    ada.edit(key, description="word " * 3_000)
    loop.settle()
    assert len(loop.service.case(case_id).attachments) == 1
    loop.service.person("grace").edit(case_id, description="Short now.")
    loop.settle()
    assert loop.jira.issue(key).description_text == "Short now."
    assert texts(loop, case_id)[1].count("word ") >= 2_900


def test_parts_that_were_taken_do_not_come_back_when_a_later_one_is_refused(
    loop: Loop, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    add = CaseClient.add_comment

    def add_first_parts(self: CaseClient, case: str, body: str, *, token: str) -> str:
        if "(2/" in body:
            raise Refused("quota", status=402)
        return add(self, case, body, token=token)

    monkeypatch.setattr(CaseClient, "add_comment", add_first_parts)
    ada.comment(key, "word " * 4_000)
    loop.sweep_cases()
    loop.settle()
    assert not [comment for comment in said_on_issue(loop, key) if "on the AWS case" in comment.text]


def test_a_file_that_cannot_be_fetched_for_now_does_not_keep_the_issue_open(loop: Loop) -> None:
    case_id = open_own_case(loop)
    loop.service.faults.add("AttachmentDownload", error="SlowDown", status=503, times=None)
    loop.service.aws_responder.attach(case_id, "logs.txt", b"x")
    loop.service.person("grace").close(case_id)
    loop.settle(3_600)
    assert status_of(loop, case_id) == ("Closed", "Done")


def test_an_issue_that_takes_no_files_is_closed_all_the_same(loop: Loop) -> None:
    case_id = open_own_case(loop)
    loop.jira.faults.add("POST .*/attachments", status=404, times=None)
    loop.service.aws_responder.attach(case_id, "logs.txt", b"x")
    loop.service.person("grace").close(case_id)
    loop.settle(7_200)
    assert status_of(loop, case_id) == ("Closed", "Done")
    assert "logs.txt" in texts(loop, case_id)[1]
    assert loop.waiting == []


def test_a_tag_alone_pairs_a_case_with_no_issue(loop: Loop, ada: Person) -> None:
    loop.automation = False
    issue = ada.create_issue("SEC", "Unrelated", "Nothing to do with it")
    loop.native = False
    case_id = open_case(loop, "Leaked key")
    object.__setattr__(loop.service.case(case_id), "tags", (("jira-issue-id", issue.id),))
    loop.sweep_cases()
    loop.settle()
    assert key_of(loop, case_id) != issue.key
    assert loop.jira.issue(issue.key).summary == "Unrelated"


def test_one_refused_custom_field_leaves_the_others_filled(loop: Loop, config: Config) -> None:
    loop.jira.add_field("customfield_10050", "Case ARN")
    loop.jira.add_field("customfield_10051", "Accounts")
    fields = {"customfield_10050": "caseArn", "customfield_10051": "impactedAccounts", "customfield_19999": "caseId"}
    set_up(loop, config, jira_custom_fields=fields)
    accounts = [f"{100_000_000_000 + number}" for number in range(40)]
    case_id = loop.service.aws_responder.open_case("Case", "Text", impacted_accounts=accounts)
    loop.settle()
    filled = loop.jira.issue(key_of(loop, case_id)).fields
    assert filled["customfield_10050"] == loop.service.case(case_id).arn
    assert accounts[0] in filled["customfield_10051"]


def test_refused_details_hold_up_no_comment(loop: Loop) -> None:
    loop.jira.faults.add("POST .*/comment", status=403, times=1)
    case_id = open_own_case(loop)
    loop.service.person("grace").comment(case_id, "hello there")
    loop.settle()
    assert "hello there" in texts(loop, case_id)[1]


def test_a_refused_title_on_an_open_case_is_said_there_and_comments_go_on(loop: Loop, ada: Person) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    loop.service.faults.add("UpdateCase", error="ValidationException", status=400, times=None)
    ada.edit(key, summary="Not for AWS")
    ada.comment(key, "goes on")
    loop.settle()
    assert "Not for AWS" in texts(loop, case_id)[0]
    assert "goes on" in texts(loop, case_id)[0]
    assert loop.waiting == []


def test_the_status_of_an_issue_is_kept_current_on_a_case_that_aws_manages(loop: Loop, ada: Person) -> None:
    case_id = open_case(loop)
    loop.settle()
    for status in ("In Progress", "In Review", "In Progress"):
        ada.transition(key_of(loop, case_id), status)
        loop.settle()
    said = texts(loop, case_id)[0]
    assert (said.count('is now "In Progress"'), said.count("is now")) == (1, 1)


def test_a_deletion_that_jira_forbids_waits_until_it_is_allowed(loop: Loop, config: Config) -> None:
    set_up(loop, config, on_case_deleted="delete")
    open_case(loop, "Another")
    case_id = open_case(loop)
    loop.sweep_cases()
    loop.settle()
    key = key_of(loop, case_id)
    loop.jira.faults.add("DELETE .*/issue/[0-9]+", status=403, times=None)
    loop.service.aws_responder.delete(case_id)
    loop.sweep_cases()
    loop.settle(7_200)
    assert "NotPermitted" in loop.told_errors()
    assert key in [issue.key for issue in loop.jira.issues()]
    loop.jira.faults.clear()
    loop.settle(7_200)
    assert key not in [issue.key for issue in loop.jira.issues()]
    assert loop.waiting == []


def test_a_restricted_comment_that_is_then_deleted_keeps_its_note(loop: Loop, ada: Person) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    remark = ada.comment(key, "secret")
    loop.settle()
    ada.edit_comment(key, remark.id, visibility=Visibility("role", "Administrators"))
    loop.settle()
    ada.delete_comment(key, remark.id)
    loop.notify(key)
    loop.settle()
    assert "Its text as it was" not in texts(loop, case_id)[0]
