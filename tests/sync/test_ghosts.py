"""Nothing is made twice, and what is not there does not come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.jira import Person, Visibility
from security_ir_jira.cases.calls import CaseCalls
from security_ir_jira.config import Config
from security_ir_jira.errors import Conflict
from security_ir_jira.ledger.table import Table
from security_ir_jira.memory import Notice
from security_ir_jira.plan import files as plan_files

from .loop import (
    Files,
    Loop,
    a_day_of_sweeps,
    files_on_case,
    files_on_issue,
    key_of,
    open_case,
    open_own_case,
    set_up,
)

# The table is lost


@dataclass(frozen=True, slots=True)
class Shown:
    """What people see on both sides of all pairs."""

    comments: list[str]
    files: list[Files]
    statuses: list[str]

    @classmethod
    def by(cls, loop: Loop) -> Shown:
        cases, issues = loop.service.cases(), sorted(loop.jira.issues(), key=lambda issue: issue.key)
        return cls(
            [each.body for case in cases for each in loop.service.comments(case.case_id)]
            + [each.text for issue in issues for each in loop.jira.comments(issue.key)],
            [
                [(each.file_name, loop.service.content(case.case_id, each.attachment_id)) for each in case.attachments]
                for case in cases
            ]
            + [[(each.filename, each.content) for each in issue.attachments] for issue in issues],
            [case.status for case in cases] + [issue.status.name for issue in issues],
        )


def nothing_changes_without_the_table(loop: Loop, *, first: str = "case") -> None:
    a_day_of_sweeps(loop)
    before = Shown.by(loop)
    loop.lose_the_table()
    if first == "issue":
        for issue in loop.jira.issues():
            loop.notify(issue.key)
        loop.settle()
    loop.sweep_cases()
    loop.sweep_issues()
    loop.settle()
    a_day_of_sweeps(loop)
    after = Shown.by(loop)
    assert [each for each in after.comments if each not in before.comments] == []
    assert after == before
    assert loop.waiting == []
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    assert quiet.writes == []


either_first = pytest.mark.parametrize("first", ["case", "issue"])


@either_first
def test_history_26_files_comments_and_closure_are_not_copied_again(loop: Loop, ada: Person, first: str) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    ada.attach(key, "zażółć.txt", b"from Jira")
    loop.service.person("grace").attach(case_id, "trail.json", b"from the case")
    ada.comment(key, "seen in *Jira*")
    loop.service.person("grace").comment(case_id, "seen on the case")
    loop.settle()
    loop.service.person("grace").close(case_id, "False Positive")
    loop.settle()
    nothing_changes_without_the_table(loop, first=first)


@either_first
def test_history_26_equal_names_are_told_apart_by_their_contents(
    loop: Loop, case_id: str, ada: Person, first: str
) -> None:
    key = key_of(loop, case_id)
    ada.attach(key, "log.txt", b"one")
    loop.settle()
    loop.service.aws_responder.attach(case_id, "log.txt", b"two")
    loop.sweep_cases()
    loop.settle()
    ada.attach(key, "log.txt", b"six")
    loop.settle()
    loop.service.aws_responder.attach(case_id, "log-2.txt", b"four")
    nothing_changes_without_the_table(loop, first=first)
    assert len(files_on_case(loop, case_id)) == len(files_on_issue(loop, case_id)) == 4


def test_a_table_that_is_lost_before_jiras_index_shows_an_issue_makes_no_second_one(loop: Loop) -> None:
    loop.jira.switches.search_lag = 90.0
    case_id = open_case(loop)
    loop.settle()
    loop.lose_the_table()
    loop.sweep_cases()
    loop.advance(3_600)
    assert list(loop.pairs()) == [case_id]
    assert len(loop.jira.issues()) == 1


def test_history_26_a_file_that_came_while_the_table_was_lost_is_copied_once(
    loop: Loop, case_id: str, ada: Person
) -> None:
    key = key_of(loop, case_id)
    ada.attach(key, "log.txt", b"old")
    loop.settle()
    loop.lose_the_table()
    loop.automation = False
    ada.attach(key, "log.txt", b"new")
    loop.service.aws_responder.attach(case_id, "log.txt", b"too")
    loop.sweep_cases()
    loop.sweep_issues()
    loop.settle()
    a_day_of_sweeps(loop)
    contents = [b"new", b"old", b"too"]
    assert sorted(content for _, content in files_on_case(loop, case_id)) == contents
    assert sorted(content for _, content in files_on_issue(loop, case_id)) == contents


def test_history_26_a_copy_that_is_still_being_checked_is_not_sent_again(loop: Loop, case_id: str, ada: Person) -> None:
    loop.service.switches.scan_seconds = None
    ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.settle()
    loop.lose_the_table()
    loop.sweep_cases()
    loop.settle()
    (attachment,) = loop.service.case(case_id).attachments
    loop.service.aws_responder.set_attachment_status(case_id, attachment.attachment_id, "Verified")
    a_day_of_sweeps(loop)
    assert files_on_case(loop, case_id) == files_on_issue(loop, case_id) == [("log.txt", b"log")]


def test_history_26_a_file_that_may_have_a_copy_and_is_deleted_holds_up_no_other(
    loop: Loop, case_id: str, ada: Person
) -> None:
    attachment = ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.settle()
    loop.lose_the_table()
    loop.jira.faults.add("GET .*/attachment/content/.*", status=503, times=10_000)
    loop.sweep_cases()
    loop.settle()
    ada.delete_attachment(attachment.id)
    loop.service.aws_responder.attach(case_id, "log.txt", b"another")
    loop.jira.faults.clear()
    a_day_of_sweeps(loop)
    assert ("log.txt", b"another") in files_on_issue(loop, case_id)


def test_history_26_split_edited_withdrawn_and_deleted_comments_are_not_copied_again(
    loop: Loop, case_id: str, ada: Person
) -> None:
    key = key_of(loop, case_id)
    kept = ada.comment(key, "word " * 5_000)
    shrunk = ada.comment(key, "long " * 5_000)
    secret, gone = ada.comment(key, "secret"), ada.comment(key, "evidence")
    loop.service.aws_responder.comment(case_id, "said on the case")
    loop.settle()
    ada.edit_comment(key, shrunk.id, "short")
    ada.edit_comment(key, secret.id, "secret", visibility=Visibility("role", "Administrators"))
    ada.edit_comment(key, kept.id, "words " * 5_000)
    ada.delete_comment(key, gone.id)
    loop.settle()
    nothing_changes_without_the_table(loop)


def test_history_26_a_comment_that_was_edited_meanwhile_edits_its_copy(loop: Loop, case_id: str, ada: Person) -> None:
    key = key_of(loop, case_id)
    in_jira, on_case = ada.comment(key, "first"), loop.service.aws_responder.comment(case_id, "erster")
    loop.settle()
    count = len(loop.service.comments(case_id)), len(loop.jira.comments(key))
    loop.lose_the_table()
    loop.automation = loop.native = False
    loop.clock.pass_seconds(60)
    ada.edit_comment(key, in_jira.id, "second")
    loop.service.aws_responder.edit_comment(case_id, on_case, "zweiter")
    loop.sweep_cases()
    loop.sweep_issues()
    loop.settle()
    assert (len(loop.service.comments(case_id)), len(loop.jira.comments(key))) == count
    assert "second" in "".join(each.body for each in loop.service.comments(case_id))
    assert "zweiter" in "".join(each.text for each in loop.jira.comments(key))


@either_first
def test_history_26_what_cannot_go_is_not_told_again(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    monkeypatch.setattr(plan_files, "FILE_LIMIT", 10)
    key = key_of(loop, own_case)
    ada.attach(key, "huge.bin", b"x" * 11)
    ada.attach(key, "huge.bin", b"y" * 11)
    ada.attach(key, "empty.txt", b"")
    loop.service.aws_responder.attach(own_case, "malware.exe", b"MZ", "Failed")
    loop.sweep_cases()
    loop.settle()
    loop.service.switches.scan_verdict = "Failed"
    ada.attach(key, "virus.exe", b"MZ")
    a_day_of_sweeps(loop)
    loop.service.person("grace").close(own_case)
    loop.settle()
    ada.attach(key, "late.bin", b"x" * 12)
    nothing_changes_without_the_table(loop, first=first)


@either_first
def test_history_26_what_was_said_in_our_own_name_is_not_said_again(
    loop: Loop, config: Config, ada: Person, first: str
) -> None:
    set_up(loop, config, jira_custom_fields={"customfield_19999": "caseArn"}, conflict_winner="security_ir")
    case_id = open_case(loop)
    loop.settle()
    key = key_of(loop, case_id)
    ada.transition(key, "In Progress")
    loop.settle()
    loop.automation = loop.native = False
    loop.service.aws_responder.edit(case_id, title="From AWS", description="Case. " * 1_000)
    ada.edit(key, summary="From Jira", description="Issue. " * 3_000)
    loop.notify(key)
    loop.settle()
    loop.automation = loop.native = True
    loop.jira.add_project("OPS")
    ada.move(key, "OPS")
    loop.settle()
    loop.service.aws_responder.close(case_id, "Duplicate")
    loop.settle()
    ada.transition(key_of(loop, case_id), "To Do")
    ada.edit(key_of(loop, case_id), summary="Too late")
    loop.settle()
    ada.transition(key_of(loop, case_id), "Done")
    ada.edit(key_of(loop, case_id), summary="From AWS")
    loop.settle()
    nothing_changes_without_the_table(loop, first=first)


def test_history_26_the_whole_of_a_cut_description_is_not_attached_again(loop: Loop, ada: Person) -> None:
    issue = ada.create_issue(
        "SEC", "Long story", "\n\n".join(f"Paragraph {each} tells what was seen." for each in range(400))
    )
    loop.settle()
    (case,) = loop.service.cases()
    assert [name for name, _ in files_on_case(loop, case.case_id)] == [f"{issue.key}-description.md"]
    nothing_changes_without_the_table(loop)


# Crashes


def dies_after(monkeypatch: pytest.MonkeyPatch, client: object, call: str) -> None:
    """The function dies once, right after a call was answered: nothing is tidied up, its lease stays."""
    answer: Callable[..., Any] = getattr(client, call)
    delete = Table.delete

    def die(*args: Any, **named: Any) -> Any:
        answer(*args, **named)
        monkeypatch.setattr(client, call, answer)
        monkeypatch.setattr(Table, "delete", lambda *_: monkeypatch.setattr(Table, "delete", delete))
        raise RuntimeError("killed")

    monkeypatch.setattr(client, call, die)


@pytest.mark.parametrize("repeats", [True, False])
@pytest.mark.parametrize("remembers", [True, False])
def test_history_32_a_function_that_dies_with_an_upload_url_in_its_hand_brings_the_file(
    loop: Loop, case_id: str, ada: Person, monkeypatch: pytest.MonkeyPatch, repeats: bool, remembers: bool
) -> None:
    loop.service.switches.pending_from_url = True
    loop.service.switches.repeats_upload_url = repeats
    loop.service.switches.client_token_seconds = None if remembers else 60
    dies_after(monkeypatch, loop.cases, "upload_url")
    ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.settle()
    a_day_of_sweeps(loop)
    assert contents(loop, case_id) == [b"log"]
    assert files_on_issue(loop, case_id) == [("log.txt", b"log")]
    at_rest(loop)


def test_history_32_a_name_that_an_unfinished_upload_holds_is_given_up(
    loop: Loop, case_id: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.service.switches.pending_from_url = True
    dies_after(monkeypatch, loop.cases, "upload_url")
    ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.run()
    upload_url = loop.cases.upload_url

    def unless_named_so(case_id: str, name: str, size: int, *, token: str) -> str:
        if name == "log.txt":
            raise Conflict("an attachment of that name is being uploaded")
        return upload_url(case_id, name, size, token=token)

    monkeypatch.setattr(loop.cases, "upload_url", unless_named_so)
    loop.settle()
    loop.advance(60)  # until it is checked
    assert contents(loop, case_id) == [b"log"]
    at_rest(loop)


def test_history_32_a_closed_case_with_an_unfinished_upload_is_looked_into_for_a_day(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.service.switches.pending_from_url, loop.service.switches.client_token_seconds = True, 60
    dies_after(monkeypatch, loop.cases, "upload_url")
    ada.attach(key_of(loop, own_case), "log.txt", b"log")
    loop.settle()
    loop.service.person("grace").close(own_case)
    for _ in range(2):
        a_day_of_sweeps(loop)
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    assert set(quiet.service_reads) == {"ListCases"}


@pytest.mark.parametrize("after", [True, False])
def test_a_name_that_was_reserved_is_used_again(
    loop: Loop, case_id: str, ada: Person, monkeypatch: pytest.MonkeyPatch, after: bool
) -> None:
    loop.service.faults.add("AttachmentUpload", after=after, drop=not after)
    ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.settle()
    asked = [each for each in loop.service.requests if each.operation == "GetCaseAttachmentUploadUrl"]
    assert {each.body["fileName"] for each in asked} == {"log.txt"}


def contents(loop: Loop, case_id: str) -> list[bytes]:
    """What the files of a case hold that were checked."""
    return [
        loop.service.content(case_id, each.attachment_id)
        for each in loop.service.case(case_id).attachments
        if each.status == "Verified"
    ]


def at_rest(loop: Loop) -> None:
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    assert quiet.writes == []
    assert loop.waiting == []


# Deletions


@pytest.mark.parametrize("first", ["issue", "case"])
@pytest.mark.parametrize("others", [0, 1])
@pytest.mark.parametrize("policy", ["comment", "close"])
def test_history_27_where_both_halves_are_deleted_nothing_waits(
    loop: Loop, config: Config, ada: Person, first: str, others: int, policy: str
) -> None:
    set_up(loop, config, on_case_deleted=policy, on_issue_deleted=policy)
    for _ in range(others):
        open_case(loop, "Another")
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    loop.sweep_cases()
    loop.settle()
    steps: list[Callable[[], Any]] = [lambda: ada.delete(key), lambda: loop.service.aws_responder.delete(case_id)]
    for step in steps if first == "issue" else reversed(steps):
        step()
        loop.notify(key)
        loop.sweep_cases()
        loop.advance(60)
    for _ in range(12):
        loop.sweep_cases()
        loop.sweep_issues()
        loop.advance(300)
    loop.advance(3_600)
    assert loop.waiting == []
    at_rest(loop)
    failures = len(loop.failures)
    a_day_of_sweeps(loop)
    assert len(loop.failures) == failures


def test_history_27_what_was_left_to_be_said_on_a_case_that_went_too_waits_for_nothing(loop: Loop, ada: Person) -> None:
    open_case(loop, "Another")
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    loop.sweep_cases()
    loop.settle()
    ada.delete(key)
    loop.notify(key)
    loop.advance(1_500)
    pair = loop.ledger.load(case_id).pair
    assert pair is not None
    loop.ledger.leave(case_id, Notice("security_ir", "closed-case"))
    loop.service.aws_responder.delete(case_id)
    detail = {"caseId": case_id, "issueId": pair.issue_id, "changed": ["notice"]}
    loop.send("security_ir_client", {"source": "jira", "detail-type": "IssueUpdated", "detail": detail})
    loop.advance(3_600)
    assert loop.waiting == []


@pytest.mark.parametrize("fresh", [0, 5])
@pytest.mark.parametrize("told_by", ["sweeps", "jira"])
@pytest.mark.parametrize("old", [1, 4])
def test_history_30_a_membership_made_anew_deletes_no_issue(
    loop: Loop, config: Config, old: int, fresh: int, told_by: str
) -> None:
    set_up(loop, config, on_case_deleted="delete")
    cases = [open_case(loop, f"Old {number}") for number in range(old)]
    loop.sweep_cases()
    loop.settle()
    for case_id in cases:
        loop.service.aws_responder.delete(case_id)
    loop.advance(3_600)
    for number in range(fresh):
        open_case(loop, f"New {number}")
    loop.settle()
    for _ in range(12):
        if told_by == "sweeps":
            loop.sweep_cases()
        else:
            for case_id in cases:
                detail = {"caseId": case_id, "changed": ["case"]}
                loop.send("jira_client", {"source": "security-ir", "detail-type": "CaseDeleted", "detail": detail})
        loop.advance(300)
    loop.advance(3_600)
    assert sorted(each.summary for each in loop.jira.issues() if each.summary.startswith("Old")) == [
        f"Old {number}" for number in range(old)
    ]
    assert "CasesVanished" in loop.counts
    assert loop.waiting == []
    at_rest(loop)


def test_history_30_one_of_several_cases_that_is_deleted_takes_its_issue_along(loop: Loop, config: Config) -> None:
    set_up(loop, config, on_case_deleted="delete")
    cases = [open_case(loop, f"Case {number}") for number in range(4)]
    loop.sweep_cases()
    loop.settle()
    loop.service.aws_responder.delete(cases[0])
    for _ in range(12):
        loop.sweep_cases()
        loop.advance(300)
    assert sorted(each.summary for each in loop.jira.issues()) == ["Case 1", "Case 2", "Case 3"]
    assert loop.counts.count("CasesVanished") == 0


def test_history_30_a_membership_that_cannot_be_read_is_no_deletion(loop: Loop, config: Config) -> None:
    set_up(loop, config, on_case_deleted="delete")
    open_case(loop, "Another")
    case_id = open_case(loop)
    loop.sweep_cases()
    loop.settle()
    loop.service.faults.add("GetCase", error="ResourceNotFoundException", status=404, times=None)
    loop.service.faults.add("ListCases", error="AccessDeniedException", status=403, times=None)
    detail = {"caseId": case_id, "changed": ["case"]}
    loop.send("jira_client", {"source": "security-ir", "detail-type": "CaseDeleted", "detail": detail})
    loop.advance(3_600)
    assert len(loop.jira.issues()) == 2
    loop.service.faults.clear()
    loop.advance(3_600)
    assert len(loop.jira.issues()) == 2
    assert loop.waiting == []


def test_a_case_that_came_back_has_to_stay_away_anew_to_be_called_deleted(loop: Loop, config: Config) -> None:
    set_up(loop, config, on_case_deleted="delete")
    open_case(loop, "Another")
    case_id = open_case(loop)
    loop.sweep_cases()
    loop.settle()
    detail = {"caseId": case_id, "changed": ["case"]}
    told = {"source": "security-ir", "detail-type": "CaseUpdated", "detail": detail}
    away = loop.service.faults.add
    away("GetCase", error="ResourceNotFoundException", status=404, times=1)
    loop.send("jira_client", told)
    loop.run()
    assert "security_ir" in loop.ledger.load(case_id).pair.missing  # type: ignore[union-attr]
    loop.advance(700)
    assert not loop.ledger.load(case_id).pair.missing  # type: ignore[union-attr]
    away("GetCase", error="ResourceNotFoundException", status=404, times=1)
    loop.send("jira_client", told)
    loop.settle()
    assert len(loop.jira.issues()) == 2


def test_an_issue_that_came_back_has_to_stay_away_anew_to_be_called_deleted(loop: Loop, ada: Person) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    loop.jira.faults.add(f"GET .*/issue/{loop.jira.issue(key).id}", status=404, times=1)
    loop.notify(key)
    loop.run()
    assert "jira" in loop.ledger.load(case_id).pair.missing  # type: ignore[union-attr]
    loop.advance(700)
    assert not loop.ledger.load(case_id).pair.missing  # type: ignore[union-attr]
    loop.jira.faults.add(f"GET .*/issue/{loop.jira.issue(key).id}", status=404, times=1)
    loop.notify(key)
    loop.settle()
    assert "was deleted" not in "".join(comment.body for comment in loop.service.comments(case_id))


def test_history_30_a_project_that_was_emptied_closes_no_case(loop: Loop, config: Config, ada: Person) -> None:
    set_up(loop, config, on_issue_deleted="close")
    cases = [open_own_case(loop) for _ in range(5)]
    loop.automation = False
    keys = [key_of(loop, case_id) for case_id in cases]
    for key in keys:
        ada.delete(key)
    for key in keys:
        loop.notify(key)
        loop.advance(300)
    for _ in range(12):
        loop.sweep_cases()
        loop.advance(600)
    assert {loop.service.case(case_id).status for case_id in cases} == {"Submitted"}
    assert "was deleted" not in "".join(each.body for case in cases for each in loop.service.comments(case))
    assert "IssuesVanished" in loop.counts
    assert loop.waiting == []
    at_rest(loop)


def test_history_30_what_was_written_in_jira_while_all_cases_were_away_waits_for_nothing_and_arrives_with_them(
    loop: Loop, ada: Person
) -> None:
    cases = [open_case(loop, f"Case {number}") for number in range(4)]
    loop.sweep_cases()
    loop.settle()
    away = loop.service.faults
    for operation in ("GetCase", "CreateCaseComment", "ListComments"):
        away.add(operation, error="ResourceNotFoundException", status=404, times=None)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(CaseCalls, "listed", lambda _: iter(()))
        ada.comment(key_of(loop, cases[0]), "written in the dark")
        for _ in range(20):
            loop.sweep_cases()
            loop.advance(300)
        assert loop.waiting == []
        assert "CasesVanished" in loop.counts
    away.clear()
    loop.sweep_cases()
    loop.settle()
    assert "written in the dark" in "".join(each.body for each in loop.service.comments(cases[0]))


def test_history_30_two_of_five_issues_that_are_deleted_close_their_cases(
    loop: Loop, config: Config, ada: Person
) -> None:
    set_up(loop, config, on_issue_deleted="close")
    cases = [open_own_case(loop) for _ in range(5)]
    for case_id in cases[:2]:
        key = key_of(loop, case_id)
        ada.delete(key)
        loop.notify(key)
    loop.advance(1_500)
    assert [loop.service.case(case_id).status for case_id in cases] == ["Closed"] * 2 + ["Submitted"] * 3


# Down and pending


def is_done_though_jira_was_down(loop: Loop, case_id: str) -> None:
    loop.jira.down = False
    loop.settle(7_200)
    (issue,) = loop.jira.issues()
    assert f"aws-sir-{case_id}" in issue.labels
    assert issue.status.name == "Done"
    at_rest(loop)


def test_history_19_a_case_that_a_sweep_saw_open_and_that_closed_while_jira_was_down_is_born_and_done(
    loop: Loop,
) -> None:
    loop.native = False
    loop.jira.down = True
    case_id = open_case(loop)
    loop.sweep_cases()
    loop.advance(600)
    loop.service.aws_responder.close(case_id)
    loop.sweep_cases()
    loop.advance(600)
    is_done_though_jira_was_down(loop, case_id)


def test_history_19_a_case_that_only_native_events_told_of_is_born_and_done(loop: Loop) -> None:
    loop.jira.down = True
    case_id = open_case(loop)
    loop.run()
    loop.service.aws_responder.close(case_id)
    loop.advance(600)
    is_done_though_jira_was_down(loop, case_id)


def test_history_19_a_comment_on_a_case_that_was_closed_long_ago_makes_no_issue(loop: Loop) -> None:
    loop.native = False
    case_id = open_case(loop)
    loop.service.aws_responder.close(case_id)
    loop.native = True
    loop.service.aws_responder.comment(case_id, "An afterthought.")
    loop.settle()
    loop.sweep_cases()
    loop.settle()
    assert loop.jira.issues() == []


def every_five_minutes(loop: Loop, seconds: int) -> None:
    for _ in range(seconds // 300):
        loop.sweep_cases()
        loop.advance(300)


@pytest.mark.parametrize("moves", [True, False])
@pytest.mark.parametrize("closed", [True, False])
def test_history_18_a_file_that_is_pending_for_hours_arrives_soon_after_its_check(
    loop: Loop, case_id: str, moves: bool, closed: bool
) -> None:
    loop.service.switches.attachment_moves_date = moves
    attachment = loop.service.aws_responder.attach(case_id, "sample.bin", b"sample", "Pending")
    if closed:
        loop.service.aws_responder.close(case_id)
    every_five_minutes(loop, 2 * 3_600)
    assert loop.waiting == []
    assert files_on_issue(loop, case_id) == []
    loop.service.aws_responder.set_attachment_status(case_id, attachment, "Verified")
    every_five_minutes(loop, 80 * 60 + 300)
    assert files_on_issue(loop, case_id) == [("sample.bin", b"sample")]
    quiet = loop.quiet()
    every_five_minutes(loop, 6 * 3_600)
    assert quiet.service_reads.count("GetCase") <= (0 if closed else 3)


def test_history_18_a_failed_file_of_a_closed_case_is_named_soon_after_its_check(loop: Loop, case_id: str) -> None:
    loop.service.switches.attachment_moves_date = False
    attachment = loop.service.aws_responder.attach(case_id, "malware.exe", b"MZ", "Pending")
    loop.service.aws_responder.close(case_id)
    every_five_minutes(loop, 7_200)
    loop.service.aws_responder.set_attachment_status(case_id, attachment, "Failed")
    every_five_minutes(loop, 80 * 60 + 300)
    assert "malware.exe" in "".join(each.text for each in loop.jira.comments(key_of(loop, case_id)))


def test_history_18_our_own_births_start_no_watch(loop: Loop, ada: Person) -> None:
    ada.create_issue("SEC", "Phishing mail", "Somebody clicked.")
    loop.settle()
    quiet = loop.quiet()
    every_five_minutes(loop, 7_200)
    assert quiet.service_reads.count("GetCase") <= 2, "once as it is first listed, and perhaps once in six hours"
