"""A comment reaches the other side exactly once, in parts where need be, whatever is interrupted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import pytest

from rich_text import to_text, utf16_length
from security_ir_jira.errors import OutcomeUnknown, Refused
from security_ir_jira.memory import Agreed, Copy, Facts, Notice, digest, read_digest
from security_ir_jira.model import Comment, Side
from security_ir_jira.notices import (
    CASE_COMMENT_LIMIT,
    DELETED_NOTE,
    ISSUE_COMMENT_LIMIT,
    NO_LONGER_NEEDED,
    WITHDRAWN_TEXT,
    copies_on_case,
    copies_on_issue,
    documents_on_issue,
    texts_on_case,
)
from security_ir_jira.plan.comments import DELETED, WITHDRAWN, CommentWork
from security_ir_jira.plan.steps import Step
from security_ir_jira.sinks.comments import Delivery, Voice
from tests.unit.things import CASE_ID, NOON, a_comment

KEY = "COMMENT#jira#501"


@dataclass(slots=True)
class Target:
    """One side's comments, as they read. ``lose`` counts the creations whose answers are to be lost, done or not."""

    comments: dict[str, str] = field(default_factory=dict)
    tokens: list[str] = field(default_factory=list)
    lose: int = 0
    carried_out: bool = True
    refuse: bool = False
    searches: int = 0
    side: Side = "jira"
    room: int = 1_000

    def copies(self, comment: Comment) -> list[str]:
        return list(map(to_text, copies_on_issue(comment))) if self.side == "jira" else list(copies_on_case(comment))

    def notice(self, notice: Notice) -> list[str]:
        return list(map(to_text, documents_on_issue(notice))) if self.side == "jira" else list(texts_on_case(notice))

    def plain(self, text: str) -> str:
        return text

    def headed(self, note: str, comment: Comment) -> str | None:
        headed = f"{note}\n\n{comment.body}"
        return headed if len(headed) <= self.room else None

    def add(self, body: str, *, token: str) -> str:
        if self.refuse:
            raise Refused("not taken", status=400)
        self.tokens.append(token)
        lost = self.lose > 0
        self.lose -= lost
        if self.carried_out or not lost:
            self.comments[str(len(self.comments) + 1)] = body
        if lost:
            raise OutcomeUnknown("answer lost")
        return str(len(self.comments))

    def edit(self, comment_id: str, body: str) -> None:
        assert comment_id in self.comments
        self.comments[comment_id] = body

    replace = edit

    def all(self) -> Iterator[Comment]:
        self.searches += 1
        return (Comment(number, "us", body, NOON) for number, body in self.comments.items())

    def as_read(self, body: str) -> str:
        return body

    @property
    def said(self) -> list[str]:
        return list(self.comments.values())


@dataclass(slots=True)
class Book:
    """The ledger's page for one pair."""

    copies: dict[str, Copy] = field(default_factory=dict)
    remembered: dict[str, Notice | None] = field(default_factory=dict)

    def record(self, case_id: str, copy: Copy, notice: Notice | None = None) -> None:
        assert case_id == CASE_ID
        self.copies[copy.key] = copy
        self.remembered[copy.key] = notice


@dataclass(slots=True)
class Stage:
    target: Target = field(default_factory=Target)
    book: Book = field(default_factory=Book)

    def deliver(self, *texts: str, source: str = "source") -> None:
        """One attempt, starting from what the ledger knows."""
        copy = self.book.copies.get(KEY) or Copy(KEY, source="")
        self.delivery.deliver(copy, source, texts)

    @property
    def delivery(self) -> Delivery[str]:
        ours = frozenset(part for copy in self.book.copies.values() for part in copy.parts)
        return Delivery(self.book, CASE_ID, self.target, ours)  # type: ignore[arg-type]  # only record is called

    def voice(self, side: Side = "jira", pending: tuple[Notice, ...] = ()) -> Voice[str]:
        self.target.side = side
        return Voice(Facts(copies=self.book.copies, pending=pending), self.target, self.delivery)

    @property
    def copy(self) -> Copy:
        return self.book.copies[KEY]


@pytest.fixture
def stage() -> Stage:
    return Stage()


def nothing() -> None:
    """What is done about a refusal, where none is expected."""
    raise AssertionError("refused")


def _read_on_issue(comment: Comment) -> list[str]:
    return list(map(to_text, copies_on_issue(comment)))


# Once


def test_a_comment_is_written_once_and_its_id_is_known(stage: Stage) -> None:
    stage.deliver("hello")
    assert stage.target.said == ["hello"]
    assert stage.copy == Copy(KEY, "source", parts=("1",), total=1)
    assert stage.copy.complete


def test_a_part_is_written_down_before_it_is_sent(stage: Stage) -> None:
    stage.target.lose, stage.target.carried_out = 1, False
    with pytest.raises(OutcomeUnknown):
        stage.deliver("hello")
    assert stage.copy.sending == digest("hello")
    assert not stage.copy.complete


@pytest.mark.parametrize("carried_out", [True, False])
def test_fault_6_a_comment_whose_answer_was_lost_stands_there_once(stage: Stage, carried_out: bool) -> None:
    stage.target.lose, stage.target.carried_out = 1, carried_out
    with pytest.raises(OutcomeUnknown):
        stage.deliver("hello")
    stage.deliver("hello")
    assert stage.target.said == ["hello"]
    assert stage.copy.complete


def test_only_a_lost_answer_costs_a_search(stage: Stage) -> None:
    stage.deliver("hello")
    stage.deliver("changed", source="another")
    assert stage.target.searches == 0


def test_an_equal_comment_that_is_accounted_for_is_not_taken_for_the_lost_one(stage: Stage) -> None:
    stage.target.comments["1"] = "hello"
    stage.book.copies["COMMENT#jira#500"] = Copy("COMMENT#jira#500", "source", parts=("1",))
    stage.target.lose, stage.target.carried_out = 1, False
    with pytest.raises(OutcomeUnknown):
        stage.deliver("hello")
    stage.deliver("hello")
    assert stage.target.said == ["hello", "hello"]
    assert stage.copy.parts == ("2",)


def test_a_comment_that_was_edited_while_its_answer_was_lost_ends_as_one_copy_of_the_new_text(stage: Stage) -> None:
    stage.target.lose = 1
    with pytest.raises(OutcomeUnknown):
        stage.deliver("hello", source="first")
    stage.deliver("changed", source="second")
    assert stage.target.said == ["changed"]


def test_the_same_part_with_the_same_text_carries_the_same_token(stage: Stage) -> None:
    stage.target.lose, stage.target.carried_out = 1, False
    with pytest.raises(OutcomeUnknown):
        stage.deliver("hello")
    stage.deliver("hello")
    assert len(set(stage.target.tokens)) == 1


def test_equal_parts_carry_tokens_of_their_own(stage: Stage) -> None:
    stage.deliver("hello", "hello")
    assert len(set(stage.target.tokens)) == 2


# Parts


def test_parts_keep_their_order(stage: Stage) -> None:
    stage.deliver("one", "two", "three")
    assert stage.target.said == ["one", "two", "three"]
    assert stage.copy.parts == ("1", "2", "3")


@pytest.mark.parametrize("carried_out", [True, False])
def test_delivery_goes_on_where_it_was_interrupted(stage: Stage, carried_out: bool) -> None:
    stage.target.carried_out = carried_out
    stage.book.copies[KEY] = Copy(KEY, "source", parts=("1",), total=3)
    stage.target.comments["1"] = "one"
    stage.target.lose = 1
    with pytest.raises(OutcomeUnknown):
        stage.deliver("one", "two", "three")
    stage.deliver("one", "two", "three")
    assert stage.target.said == ["one", "two", "three"]
    assert stage.copy.complete


def test_a_copy_is_not_complete_before_its_last_part(stage: Stage) -> None:
    assert not Copy(KEY, "source", parts=("1",), total=3).complete
    assert not Copy(KEY, "source", parts=("1", "2", "3"), sending="x", total=3).complete
    assert Copy(KEY, "source", parts=("1", "2", "3"), total=3).complete


def test_an_edited_comment_reuses_its_parts(stage: Stage) -> None:
    stage.deliver("one", "two")
    stage.deliver("ONE", "TWO", "THREE", source="edited")
    assert stage.target.said == ["ONE", "TWO", "THREE"]


def test_parts_no_longer_needed_say_so(stage: Stage) -> None:
    stage.deliver("one", "two", "three")
    stage.deliver("short", source="edited")
    assert stage.target.said == ["short", NO_LONGER_NEEDED, NO_LONGER_NEEDED]


def test_parts_that_were_not_needed_are_used_again(stage: Stage) -> None:
    stage.deliver("one", "two")
    stage.deliver("short", source="edited")
    stage.deliver("one", "two", source="edited again")
    assert stage.target.said == ["one", "two"]


def test_a_comment_that_grew_while_its_last_part_was_missing_is_written_anew(stage: Stage) -> None:
    stage.target.lose, stage.target.carried_out = 1, False
    stage.book.copies[KEY] = Copy(KEY, "first", parts=("1",), total=2)
    stage.target.comments["1"] = "one"
    with pytest.raises(OutcomeUnknown):
        stage.deliver("one", "two", source="first")
    stage.deliver("ONE", "TWO", "THREE", source="second")
    assert stage.target.said == ["ONE", "TWO", "THREE"]


# What is said


def test_a_copy_names_its_author_side_and_time(stage: Stage) -> None:
    comment = a_comment(1, "Rotated.", author="Ada Lovelace")
    stage.voice("security_ir").copy(CommentWork(comment), nothing)
    (said,) = stage.target.said
    assert said == "Ada Lovelace in Jira, 2026-01-01 12:01 UTC:\n\nRotated."
    stage.voice("jira").copy(CommentWork(comment), nothing)
    assert stage.target.said[1] == "**Ada Lovelace** on the AWS case, 2026-01-01 12:01 UTC:\n\nRotated."


@pytest.mark.parametrize(
    ("texts", "limit"), [(copies_on_case, CASE_COMMENT_LIMIT), (_read_on_issue, ISSUE_COMMENT_LIMIT)]
)
@pytest.mark.parametrize("body", ["x" * 70_000, "word " * 14_000, "🔑" * 30_000, "line\n" * 14_000])
def test_a_long_comment_is_split_within_the_limit(texts: object, limit: int, body: str) -> None:
    assert callable(texts)
    parts = texts(a_comment(1, body))
    assert len(parts) > 1
    assert all(utf16_length(part) <= limit for part in parts)
    assert [f"({number}/{len(parts)})" in part for number, part in enumerate(parts, 1)] == [True] * len(parts)


def test_an_empty_comment_is_a_comment(stage: Stage) -> None:
    stage.voice().copy(CommentWork(replace(a_comment(1), written=" \n")), nothing)
    assert "(empty comment)" in stage.target.said[0]


@pytest.mark.parametrize("author", ["svc_soc_bot", "jane_doe", "*Ada* <ops> `x` [y](https://example.com) **Admin**"])
def test_a_name_stands_in_the_head_letter_for_letter_and_forges_no_markup(author: str) -> None:
    comment = a_comment(1, "hi", author=author)
    (document,) = copies_on_issue(comment)
    name = document["content"][0]["content"][0]  # type: ignore[index]  # a node is what Jira makes of it
    assert name == {"type": "text", "text": author, "marks": [{"type": "strong"}]}
    assert copies_on_case(comment)[0].startswith(f"{author} in Jira, ")


def test_a_name_of_several_lines_stays_in_the_head(stage: Stage) -> None:
    stage.voice("security_ir").copy(CommentWork(a_comment(1, "hi", author="Ada\n\nReal")), nothing)
    assert stage.target.said[0].startswith("Ada Real in Jira, ")


def test_a_refused_comment_is_told_before_that_is_remembered(stage: Stage) -> None:
    stage.target.refuse = True

    def cannot_be_told() -> None:
        raise OutcomeUnknown("throttled")

    work = CommentWork(a_comment(501, "hello"))
    with pytest.raises(OutcomeUnknown):
        stage.voice("security_ir").copy(work, cannot_be_told)
    assert not stage.copy.complete
    told: list[bool] = []
    stage.voice("security_ir").copy(replace(work, copy=stage.copy), lambda: told.append(True))
    assert told == [True]
    assert stage.copy.complete


# Copies that an earlier version made


def of_an_earlier_version(stage: Stage, standing: str) -> CommentWork:
    """A Jira comment whose copy stands on the case, made from another reading of it."""
    stage.deliver(standing, source="0" * 32)
    return CommentWork(a_comment(501, "Rotated *the* key."), stage.copy, compare=True)


def test_a_copy_with_the_words_of_its_comment_is_not_rewritten(stage: Stage) -> None:
    standing = "Ada in Jira, 2026-01-01 20:21 UTC:\n\nRotated the key."
    work = of_an_earlier_version(stage, standing)
    stage.voice("security_ir").copy(work, nothing)
    assert stage.target.said == [standing]
    assert stage.copy.source == read_digest(work.comment.body)


def test_a_copy_with_other_words_than_its_comment_is_brought_up_to_date(stage: Stage) -> None:
    work = of_an_earlier_version(stage, "Ada in Jira, 2026-01-01 20:21 UTC:\n\nWill rotate the key.")
    stage.voice("security_ir").copy(work, nothing)
    assert stage.target.said == ["Ada in Jira, 2026-01-01 20:21 UTC:\n\nRotated *the* key."]
    assert stage.copy.source == read_digest(work.comment.body)


# Comments that are gone


def test_a_withdrawn_comments_copy_gives_way_to_a_note_in_every_part(stage: Stage) -> None:
    stage.deliver("one", "two")
    stage.voice("security_ir").copy(CommentWork(a_comment(501), stage.copy, withdraw=True), nothing)
    assert stage.target.said == [WITHDRAWN_TEXT, WITHDRAWN_TEXT]
    assert (stage.copy.source, stage.copy.complete) == (WITHDRAWN, True)


def test_a_copy_whose_part_was_lost_is_withdrawn_with_it(stage: Stage) -> None:
    stage.target.lose = 1
    with pytest.raises(OutcomeUnknown):
        stage.deliver("secret")
    stage.voice("security_ir").copy(CommentWork(a_comment(501), stage.copy, withdraw=True), nothing)
    assert stage.target.said == [WITHDRAWN_TEXT]


def test_a_deleted_comments_copy_keeps_its_text_below_a_note_that_is_put_there_once(stage: Stage) -> None:
    stage.deliver("hello")
    for _ in range(2):
        stage.voice("security_ir").deleted(stage.copy)
    assert stage.target.said == [f"{DELETED_NOTE}\n\nhello"]
    assert stage.copy.source == DELETED


def test_where_note_and_text_are_too_long_for_one_the_note_is_a_part_of_its_own(stage: Stage) -> None:
    stage.deliver("hello")
    stage.target.room = 10
    stage.voice("security_ir").deleted(stage.copy)
    assert stage.target.said == ["hello", DELETED_NOTE]
    assert len(stage.copy.parts) == 2


# What is said in our own name


def test_what_the_other_side_holds_and_this_one_refused_can_be_read_here(stage: Stage) -> None:
    step = Step("title", Agreed("a", "b"), Agreed(), write="jira", value="News")
    for _ in range(2):
        stage.voice().not_taken(step)
    (said,) = stage.target.said
    assert said.endswith("News")


def test_details_and_the_issues_status_are_kept_current_in_one_comment(stage: Stage) -> None:
    for text in ("one", "one", "two"):
        stage.voice().details(text, text)
    assert stage.target.said == ["two"]
    for status in ("In Progress", "In Review"):
        stage.voice("security_ir").say(Notice("security_ir", "issue-status", {"status": status}))
    (_, said) = stage.target.said
    assert '"In Review"' in said


def test_a_notice_is_said_once(stage: Stage) -> None:
    for _ in range(3):
        stage.voice().say(Notice("jira", "cannot-reopen"))
    assert len(stage.target.said) == 1


def test_fault_5_what_was_said_is_known_by_its_id_and_not_by_its_wording(stage: Stage) -> None:
    notice = Notice("jira", "cannot-reopen")
    stage.voice().say(notice)
    assert Facts(copies=stage.book.copies).known("jira").ours == {"1"}


def test_what_the_other_sink_left_is_said_on_its_own_side_only(stage: Stage) -> None:
    waiting = (Notice("jira", "cannot-reopen"), Notice("security_ir", "issue-status", {"status": "Done"}))
    stage.voice("security_ir", pending=waiting).say_what_waits()
    assert stage.target.said == ['The Jira issue is now "Done". The status of a case that AWS manages is set by AWS.']


def test_a_losing_value_is_kept_once_and_not_in_the_ledger(stage: Stage) -> None:
    step = Step("title", Agreed("a", "b"), Agreed(), write="jira", value="winner", keep="loser")
    for _ in range(2):
        stage.voice().keep(step)
    (said,) = stage.target.said
    assert said.endswith("loser")
    assert all(notice is None for notice in stage.book.remembered.values())


def test_nothing_is_kept_where_nobody_lost(stage: Stage) -> None:
    stage.voice().keep(Step("title", Agreed("a", "b"), Agreed(), write="jira", value="new"))
    assert stage.target.said == []
