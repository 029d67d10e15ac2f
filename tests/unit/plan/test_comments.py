"""Which comments the other side has not got as they stand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from security_ir_jira import model
from security_ir_jira.memory import Copy, Known, digest, read_digest
from security_ir_jira.model import Comment, Side, pack
from security_ir_jira.plan.comments import DELETED, WITHDRAWN, plan_comments, plan_deletions, plan_documents
from tests.unit.things import a_comment


def copied(number: int, body: str = "", **changes: object) -> Copy:
    copy = Copy(f"COMMENT#jira#{number}", read_digest(body or f"comment {number}"), parts=("900",))
    return replace(copy, **changes)  # type: ignore[arg-type]  # fields of a Copy


def test_new_comments_are_copied_in_their_order_of_creation() -> None:
    comments = [a_comment(3), a_comment(1), a_comment(2)]
    assert [work.comment.id for work in plan_comments("jira", comments, Known())] == ["1", "2", "3"]


def test_comments_of_one_moment_keep_the_order_of_their_numbers() -> None:
    moment = a_comment(0).created
    comments = [a_comment(number, created=moment) for number in (100, 9, 10)]
    assert [work.comment.id for work in plan_comments("jira", comments, Known())] == ["9", "10", "100"]


def test_fault_4_a_comment_that_was_copied_is_not_copied_again() -> None:
    known = Known(copies={str(number): copied(number) for number in range(60)})
    assert plan_comments("jira", [a_comment(number) for number in range(60)], known) == ()


def test_two_comments_of_equal_text_are_two_comments() -> None:
    known = Known(copies={"1": copied(1, "+1")})
    (work,) = plan_comments("jira", [a_comment(1, "+1"), a_comment(2, "+1")], known)
    assert work.comment.id == "2"


def test_an_edited_comment_brings_its_copy_up_to_date() -> None:
    (work,) = plan_comments("jira", [a_comment(1, "edited")], Known(copies={"1": copied(1)}))
    assert work.copy == copied(1)


def test_a_copy_whose_last_part_is_missing_is_taken_up_again() -> None:
    known = Known(copies={"1": copied(1, total=2)})
    assert len(plan_comments("jira", [a_comment(1)], known)) == 1


def test_fault_5_what_the_integration_wrote_never_comes_back_however_it_reads() -> None:
    known = Known(ours=frozenset({"1"}))
    assert plan_comments("jira", [a_comment(1, "[JIRA Update] edited by somebody")], known) == ()


def test_what_the_integration_sent_and_has_no_answer_for_does_not_come_back() -> None:
    known = Known(sent=frozenset({digest("hello")}))
    assert plan_comments("jira", [a_comment(1, "hello")], known) == ()


def test_a_comment_that_is_not_shared_is_not_copied() -> None:
    assert plan_comments("jira", [a_comment(1, shared=False)], Known()) == ()


def test_what_people_type_as_the_integrations_account_is_copied() -> None:
    assert len(plan_comments("jira", [a_comment(1, author="Security integration")], Known())) == 1


def test_a_comment_that_became_restricted_gives_way_to_a_note_once() -> None:
    hidden = a_comment(1, shared=False)
    (work,) = plan_comments("jira", [hidden], Known(copies={"1": copied(1)}))
    assert work.withdraw
    assert plan_comments("jira", [hidden], Known(copies={"1": copied(1, source=WITHDRAWN)})) == ()


def test_a_comment_that_is_not_shared_is_copied_where_that_was_asked_for() -> None:
    (work,) = plan_comments("jira", [a_comment(1, shared=False)], Known(), restricted=True)
    assert not work.withdraw


def test_a_restricted_comment_whose_copy_may_have_arrived_gives_way_too() -> None:
    hidden = a_comment(1, shared=False)
    (work,) = plan_comments("jira", [hidden], Known(copies={"1": copied(1, parts=(), sending="d")}))
    assert work.withdraw
    assert plan_comments("jira", [hidden], Known(copies={"1": copied(1, parts=())})) == ()


# What an earlier version read


@pytest.mark.parametrize(("edited", "compared"), [(False, False), (True, True)])
def test_a_comment_that_an_earlier_version_read_is_looked_at_only_if_it_was_ever_edited(
    edited: bool, compared: bool
) -> None:
    known = Known(copies={"1": copied(1, source="0" * 32)})
    works = plan_comments("jira", [a_comment(1, edited=edited)], known)
    assert [work.compare for work in works] == ([True] if compared else [])


@pytest.mark.parametrize("changes", [{"total": 2}, {"sending": "d"}])
def test_a_copy_that_an_earlier_version_left_unfinished_is_taken_up_again(changes: dict[str, Any]) -> None:
    known = Known(copies={"1": replace(copied(1, source="0" * 32), **changes)})
    (work,) = plan_comments("jira", [a_comment(1)], known)
    assert not work.compare


def test_a_comment_of_a_case_reads_the_same_in_every_version_so_another_text_is_an_edit() -> None:
    known = Known(copies={"1": copied(1, source="0" * 32)})
    (work,) = plan_comments("security_ir", [a_comment(1)], known)
    assert not work.compare


@pytest.mark.parametrize("source", [WITHDRAWN, DELETED])
def test_a_note_in_a_comments_place_is_no_earlier_reading(source: str) -> None:
    (work,) = plan_comments("jira", [a_comment(1)], Known(copies={"1": copied(1, source=source)}))
    assert not work.compare


@pytest.mark.parametrize(("side", "source"), [("security_ir", digest("hi")), ("jira", read_digest("hi"))])
def test_a_side_remembers_its_comments_in_its_own_way(side: Side, source: str) -> None:
    known = Known(copies={"1": copied(1, source=source)})
    assert plan_comments(side, [a_comment(1, "hi")], known) == ()
    assert len(plan_comments(side, [a_comment(1, "hi!")], known)) == 1


def test_a_copy_whose_comment_is_gone_is_marked_once() -> None:
    known = Known(copies={"1": copied(1), "2": copied(2, source=DELETED), "3": copied(3, parts=())})
    assert [copy.key for copy in plan_deletions([a_comment(9)], known)] == ["COMMENT#jira#1"]


# Comments that need not be read

DOCUMENT = {"version": 1, "type": "doc", "content": [{"type": "rule"}]}


class _ReadAllTheSame(Exception):
    pass


@pytest.fixture
def unread(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(_: object) -> str:
        raise _ReadAllTheSame

    monkeypatch.setattr(model, "to_text", read)


def of_a_document(number: int = 1, **changes: Any) -> Comment:
    return a_comment(number, **{"written": pack(DOCUMENT), **changes})


def remembered(number: int = 1, **changes: object) -> Copy:
    ordinary = copied(number, source=read_digest("---"), document=of_a_document().document)
    return replace(ordinary, **changes)  # type: ignore[arg-type]  # fields of a Copy


@pytest.mark.usefixtures("unread")
def test_known_documents_are_not_read() -> None:
    comments = [of_a_document(number) for number in range(300)]
    known = Known(copies={str(number): remembered(number) for number in range(300)}, sent=frozenset({"d"}))
    assert plan_comments("jira", comments, known) == ()
    assert plan_documents(comments, known, ()) == ()


@pytest.mark.usefixtures("unread")
def test_what_the_integration_wrote_is_not_read() -> None:
    known = Known(copies={"1": remembered(document=None)}, ours=frozenset({"1"}), sent=frozenset({"d"}))
    assert plan_comments("jira", [of_a_document()], known) == ()
    assert plan_documents([of_a_document()], known, ()) == ()


@pytest.mark.parametrize(
    ("copy", "comment"),
    [
        (remembered(), of_a_document(shared=False)),
        (remembered(document=None), of_a_document(shared=False)),
        (remembered(source=WITHDRAWN), of_a_document()),
        (remembered(source=DELETED), of_a_document()),
        (remembered(sending="d"), of_a_document()),
        (remembered(total=2), of_a_document()),
        (remembered(refused="another configuration"), of_a_document()),
        (remembered(document="another"), of_a_document(written=pack({"version": 1, "type": "doc", "content": []}))),
    ],
    ids=["hidden", "hidden and never read", "withdrawn", "deleted", "on its way", "incomplete", "refused", "edited"],
)
def test_the_same_document_is_no_reason_to_leave_undone_what_is_to_be_done(copy: Copy, comment: Comment) -> None:
    known = Known(copies={"1": copy})
    works = plan_comments("jira", [comment], known, config_digest="this configuration")
    assert [work.copy for work in works] == [copy]
    assert plan_documents([comment], known, works) == ()


@pytest.mark.parametrize("before", [None, "another"])
def test_a_document_that_reads_as_the_one_that_was_copied_takes_its_place(before: str | None) -> None:
    known = Known(copies={"1": remembered(document=before)})
    works = plan_comments("jira", [of_a_document()], known)
    assert works == ()
    assert plan_documents([of_a_document()], known, works) == (remembered(),)


@pytest.mark.usefixtures("unread")
def test_the_document_of_a_comment_that_was_never_edited_is_the_one_that_an_earlier_version_read() -> None:
    copy = remembered(source="0" * 32, document=None)
    (known,) = plan_documents([of_a_document()], Known(copies={"1": copy}), ())
    assert known == replace(copy, document=of_a_document().document)
    assert plan_documents([of_a_document(edited=True)], Known(copies={"1": copy}), ()) == ()
