"""What is said in our own name: names and texts stand in it letter for letter, and it fits where it is said."""

from __future__ import annotations

import string

import pytest

from rich_text import to_text, utf16_length
from security_ir_jira import notices
from security_ir_jira.memory import Notice
from security_ir_jira.notices import (
    CASE_COMMENT_LIMIT,
    comment_refused,
    documents_on_issue,
    text_of,
    texts_on_case,
)
from tests.unit.things import a_comment

JIRAS_LIMIT = 32_767
AWKWARD = "*a* [x](https://evil.example) `C:\\_tmp_\\`"
NAMING = {
    kind: names
    for kind, wording in notices.WORDING.items()
    if (names := {name for _, name, _, _ in string.Formatter().parse(wording) if name})
}
"""The kinds of notices that mention something, and what."""


def on_issue(notice: Notice) -> list[str]:
    return [to_text(document) for document in documents_on_issue(notice)]


@pytest.mark.parametrize("kind", NAMING)
def test_a_name_stands_in_a_notice_letter_for_letter_on_both_sides(kind: str) -> None:
    notice = Notice("jira", kind, dict.fromkeys(NAMING[kind], AWKWARD))
    for (said,) in (texts_on_case(notice), on_issue(notice)):
        assert said.count(AWKWARD) == notices.WORDING[kind].count("{")


@pytest.mark.parametrize("kind", ["kept-title", "kept-description", "refused-title", "refused-description"])
@pytest.mark.parametrize("text", ["x" * 70_000, "word " * 14_000, "🔑" * 30_000])
def test_a_quoted_text_of_any_length_is_said_whole_and_fits(kind: str, text: str) -> None:
    notice = Notice("jira", kind, {"text": text})
    for parts, limit in ((on_issue(notice), JIRAS_LIMIT), (texts_on_case(notice), CASE_COMMENT_LIMIT)):
        assert max(map(utf16_length, parts)) <= limit
        assert "".join("".join(parts).split()).endswith("".join(text.split()))


def test_a_quoted_title_is_no_markup_and_a_quoted_description_may_be() -> None:
    (title,) = documents_on_issue(Notice("jira", "kept-title", {"text": "**a**"}))
    (description,) = documents_on_issue(Notice("jira", "kept-description", {"text": "**a**"}))
    assert "strong" not in str(title)
    assert "strong" in str(description)
    assert to_text(title).endswith("**a**")


def test_a_refused_comment_is_told_by_its_author_and_time_and_not_by_its_text() -> None:
    notice = comment_refused("jira", a_comment(1, "secret", author="Ada\nLovelace"))
    assert "Ada Lovelace (2026-01-01 12:01 UTC)" in text_of(notice)
    assert "secret" not in text_of(notice)
