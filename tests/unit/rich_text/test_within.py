"""Documents within Jira's limit."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rich_text import plain, to_adf, to_adf_within, to_text, utf16_length
from tests.unit.rich_text.adf import BREAK, Node, code, doc, h, li, p, quote, row, t, table, ul
from tests.unit.rich_text.strategies import texts


def test_a_short_text_is_not_touched() -> None:
    assert to_adf_within("## a\n\n- b", 100) == (to_adf("## a\n\n- b"), False)


@pytest.mark.parametrize(
    ("text", "limit", "content"),
    [
        ("one two three four", 16, [p("one two three"), p("…")]),
        ("## Title\n\none two", 13, [h(2, "Title"), p("…")]),
        ("one\ntwo\nthree", 12, [p("one", BREAK, "two", BREAK, "t"), p("…")]),
        ("- one\n- two\n- three", 18, [ul(li(p("one")), li(p("two")), li(p("t"))), p("…")]),
        ("> one\n> two\n> three", 18, [quote(p("one", BREAK, "two", BREAK, "t")), p("…")]),
        ("```\none\ntwo\nthree\n```", 20, [code("one\ntwo\nt"), p("…")]),
        ("| a |\n|---|\n| b |\n| c |", 24, [table(row("a", header=True), row("b")), p("…")]),
        ("**one two three four**", 20, [p(t("one two three", "strong")), p("…")]),
        ("see https://example.com/a/long/way", 30, [p("see"), p("…")]),
        ("a [text](https://example.com) b", 20, [p("a"), p("…")]),
        ("one", 1, [p("…")]),
        ("one", 0, []),
    ],
)
def test_a_long_text_keeps_what_fits_and_says_that_more_was_there(text: str, limit: int, content: list[Node]) -> None:
    assert to_adf_within(text, limit) == (doc(*content), True)


def test_many_short_blocks_are_counted_with_their_markup() -> None:
    document, was_cut = to_adf_within("- a\n" * 10_000, 30_000)
    assert was_cut
    assert utf16_length(to_text(document)) <= 30_000


def test_a_text_that_makes_an_absurd_document_becomes_code() -> None:
    text = f"{'|a' * 8_000}|\n{'|-' * 8_000}|\n{'|b' * 8_000}|"
    document, was_simplified = to_adf_within(text, 150_000)
    assert was_simplified
    assert len(json.dumps(document)) < 200_000
    assert "| a | a |" in plain(document)


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(0, 60))
def test_a_document_fits_and_is_stable(text: str, limit: int) -> None:
    document, was_cut = to_adf_within(text, limit)
    markdown = to_text(document)
    assert utf16_length(markdown) <= limit
    assert to_adf(markdown) == document
    assert was_cut or document == to_adf(text)
