"""What is remembered of texts, comments and notices, and under which names."""

from __future__ import annotations

import pytest

from security_ir_jira.memory import (
    Copy,
    Facts,
    Notice,
    comment_key,
    digest,
    file_key,
    is_present_reading,
    notice_key,
    read_digest,
)


@pytest.mark.parametrize("same", ["a\nb", "a\r\nb", "a  \nb\t", "\n\na\nb \n"])
def test_line_ends_and_outer_blanks_do_not_count(same: str) -> None:
    assert digest(same) == digest("a\nb")


@pytest.mark.parametrize("other", ["a b", "a\n\nb", "a\n b", "A\nb", ""])
def test_everything_else_of_a_text_counts(other: str) -> None:
    assert digest(other) != digest("a\nb")


def test_a_text_with_half_a_character_has_a_digest() -> None:
    assert len(digest("\ud83d")) == 32


def test_a_reading_of_ours_is_told_from_one_of_an_earlier_version() -> None:
    assert is_present_reading(read_digest("a"))
    assert not is_present_reading(digest("a"))
    assert read_digest("a") != digest("a")


def test_keys_are_those_that_every_version_wrote() -> None:
    assert comment_key("jira", "501") == "COMMENT#jira#501"
    assert file_key("security_ir", "7") == "ATTACHMENT#security_ir#7"
    assert notice_key("jira", "details") == "NOTICE#jira#details"
    assert Notice("jira", "cannot-reopen").key == "NOTICE#jira#cannot-reopen#e3b0c44298fc"


def test_a_notice_is_the_same_whatever_link_or_reason_it_mentions() -> None:
    first = Notice("jira", "file-empty", {"name": "a", "file": "7", "url": "https://a.example"})
    assert Notice("jira", "file-empty", {"file": "7", "name": "a", "url": "https://b.example"}).key == first.key
    assert Notice("jira", "file-empty", {"name": "b", "file": "7", "url": "https://a.example"}).key != first.key
    assert Notice("security_ir", "file-empty", first.values).key != first.key


@pytest.mark.parametrize(
    ("copy", "complete"),
    [
        (Copy("k", "s", ("1",)), True),
        (Copy("k", "s", ()), False),
        (Copy("k", "s", ("1",), total=2), False),
        (Copy("k", "s", ("1",), sending="d"), False),
        (Copy("k", "s", (), total=0), True),
    ],
)
def test_a_copy_is_complete_once_all_its_parts_are_known(copy: Copy, complete: bool) -> None:
    assert copy.complete is complete


FACTS = Facts(
    copies={
        copy.key: copy
        for copy in (
            Copy("COMMENT#jira#501", "s", ("c1", "c2")),
            Copy("COMMENT#security_ir#c9", "s", ("502",), sending="d"),
            Copy("NOTICE#jira#closed-case#0", "said", ("503",)),
        )
    },
    pending=(Notice("jira", "cannot-reopen"),),
)


def test_what_is_ours_on_a_side_are_its_copies_of_the_other_side_and_our_notices_there() -> None:
    jira, case = FACTS.known("jira"), FACTS.known("security_ir")
    assert (list(jira.copies), sorted(jira.ours), sorted(jira.sent)) == (["501"], ["502", "503"], ["d"])
    assert (list(case.copies), sorted(case.ours), sorted(case.sent)) == (["c9"], ["c1", "c2"], [])


def test_something_is_unsaid_where_a_notice_waits_or_a_case_does_not_name_its_issue() -> None:
    assert (FACTS.unsaid("jira"), FACTS.unsaid("security_ir")) == (True, True)
    link = Copy(Notice("security_ir", "link", {"key": "SEC-1"}).key, "said", ("c3",))
    assert not Facts(copies={link.key: link}).unsaid("security_ir")
    assert not Facts().unsaid("jira")
