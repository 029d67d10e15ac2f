"""Long texts in parts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rich_text import split, to_adf, utf16_length
from tests.unit.rich_text.strategies import texts


def test_a_short_text_is_one_part() -> None:
    assert split("one\n\ntwo", 100) == ["one\n\ntwo"]


def test_a_blank_text_has_no_parts() -> None:
    assert split(" \n ", 10) == []


@pytest.mark.parametrize(
    ("text", "limit", "parts"),
    [
        ("aaaa bbbb.\n\ncccc\ndddd\n\neeee", 22, ["aaaa bbbb.\n\ncccc\ndddd", "eeee"]),
        ("aaaa\nbbbb\ncccc", 10, ["aaaa\nbbbb", "cccc"]),
        ("aaaa bbbb cccc", 10, ["aaaa bbbb", "cccc"]),
        ("aaaabbbbcccc", 5, ["aaaab", "bbbcc", "cc"]),
        ("aaaa\n  bbbb", 8, ["aaaa", "  bbbb"]),
        ("😀😀😀", 3, ["😀", "😀", "😀"]),
    ],
    ids=["paragraphs", "lines", "words", "within a word", "indentation", "emoji"],
)
def test_a_long_text_is_parted_where_it_hurts_least(text: str, limit: int, parts: list[str]) -> None:
    assert split(text, limit) == parts


def test_a_code_block_that_is_cut_through_is_closed_and_opened_again() -> None:
    code = "\n".join(f"line {number}" for number in range(100))
    parts = split(f"Look:\n\n```sh\n{code}\n```\n\nThat is all.", 300)
    assert len(parts) == 3
    for part in parts[1:-1]:
        assert part.startswith("```sh\nline ")
        assert part.endswith("\n```")
    kinds = [[block["type"] for block in _content(part)] for part in parts]
    assert kinds[0] == ["paragraph", "codeBlock"]
    assert kinds[-1] == ["codeBlock", "paragraph"]
    assert re.findall(r"line \d+", "\n".join(parts)) == code.split("\n")


def _content(markdown: str) -> list[dict[str, object]]:
    content = to_adf(markdown)["content"]
    assert isinstance(content, list)
    return content


def test_a_part_ends_before_a_code_block_rather_than_in_it() -> None:
    text = "a" * 150 + "\n```\n" + "b\n" * 60 + "```"
    assert split(text, 220)[0] == "a" * 150


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(2, 60))
def test_parts_fit_and_hold_the_whole_text(text: str, limit: int) -> None:
    parts = split(text, limit)
    assert all(part.strip() and utf16_length(part) <= limit for part in parts)
    assert "".join("".join(parts).split()) == "".join(text.split())


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["```", "```py", "~~~", "  ```", "text " * 9, "a", ""]), max_size=80))
def test_parts_of_code_fit_too(lines: list[str]) -> None:
    parts = split("\n".join(lines), 200)
    assert all(part.strip() and utf16_length(part) <= 200 for part in parts)
    words = [line for part in parts for line in part.split() if line in ("text", "a")]
    assert words == [word for line in lines for word in line.split() if word in ("text", "a")]
