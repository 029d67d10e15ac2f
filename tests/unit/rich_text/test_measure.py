"""Lengths and cuts."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rich_text import cut, fold, utf16_length
from rich_text.chars import clean
from tests.unit.rich_text import incidents
from tests.unit.rich_text.laws import costly_law
from tests.unit.rich_text.strategies import texts

FAMILY = "👨‍👩‍👧‍👦"
# A control character, which a text shows by its picture, is a blank in a title.
CONTROLS = {chr(0x2400 + code) for code in range(0x20)} | {"\u2421", "\ufffd"}
FLAGS = "🇩🇪🇫🇷🇯🇵"


@pytest.mark.parametrize(("text", "length"), [("", 0), ("abc", 3), ("é", 1), ("e\u0301", 2), ("😀", 2), ("\ud800", 1)])
def test_length_is_counted_in_utf16_units(text: str, length: int) -> None:
    assert utf16_length(text) == length


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("abcdef", 6, "abcdef"),
        ("abcdef", 5, "abcd…"),
        ("abc def", 5, "abc…"),
        ("abcdef", 1, "a"),
        ("abcdef", 0, ""),
        ("😀😀😀", 5, "😀😀…"),
        ("😀😀😀", 4, "😀…"),
        ("😀", 1, ""),
        ("ae\u0301\u0323x", 4, "a…"),
        (f"a{FAMILY}b", utf16_length(FAMILY) + 1, "a…"),
        (f"a{FAMILY}bc", utf16_length(FAMILY) + 2, f"a{FAMILY}…"),
        (FLAGS, 9, "🇩🇪🇫🇷…"),
        (FLAGS, 7, "🇩🇪…"),
        ("a👍🏽b", 5, "a…"),
        ("a❤\ufe0fb", 3, "a…"),
        ("a1\ufe0f\u20e3b", 4, "a…"),
        ("a🏴\U000e0067\U000e0062\U000e007fb", 7, "a…"),
        ("x각x", 3, "x각x"),
        ("x\u1100\u1161\u11a8x", 4, "x…"),
        ("aกำb", 3, "a…"),
        ("aक्षb", 4, "a…"),
    ],
)
def test_nothing_is_cut_inside_a_character(text: str, limit: int, expected: str) -> None:
    assert cut(text, limit) == expected


def test_a_single_character_that_is_too_long_is_cut_in_itself() -> None:
    assert cut("e" + "\u0301" * 50, 10) == "e" + "\u0301" * 8 + "…"


@settings(max_examples=300, deadline=None)
@given(texts, st.integers(0, 60))
def test_a_cut_text_fits_and_begins_as_the_whole(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert utf16_length(short) <= limit
    assert short == text or text.startswith(short.removesuffix("…"))
    assert utf16_length(text) > limit or short == text


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("one\ntwo\r\n\r\nthree", "one two three"),
        ("  a\tb\x0bc\u2028d\x00e\x85 ", "a b c d e"),
        ("two  spaces stay", "two  spaces stay"),
        ("line end \n  and indentation", "line end and indentation"),
        ("\n", ""),
    ],
)
def test_a_folded_text_is_one_line(text: str, folded: str) -> None:
    assert fold(text) == folded


@settings(max_examples=300, deadline=None)
@given(texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    folded = fold(text)
    assert fold(folded) == folded
    assert len(folded.splitlines()) <= 1


@costly_law
@given(incidents.texts)
def test_a_title_keeps_every_letter_on_its_one_line(text: str) -> None:
    shown = "".join(each for each in clean(text) if each not in CONTROLS)
    assert "".join(fold(text).replace("\ufffd", "").split()) == "".join(shown.split())
