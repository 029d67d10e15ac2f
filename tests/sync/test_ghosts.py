"""Nothing is made twice, and what is not there does not come back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from sandbox.jira import Person, Visibility
from security_ir_jira.config import Config
from security_ir_jira.ledger.table import Table
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
    loop.clock.sleep(60)
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
