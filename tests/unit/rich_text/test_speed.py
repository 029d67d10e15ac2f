"""Time grows with the length of a text, whatever is in it."""

from __future__ import annotations

import time

import pytest

from rich_text import fold, split, to_adf, to_adf_within, to_text

# Ten times what it takes on a slow machine, a hundredth of what quadratic time would take.
SECONDS = 5.0
LENGTH = 32_000


# fmt: off
SNIPPETS = [
    *"*_`[]<>-#|\\(\t日\x00\n", "**", "***", "~~", "``a`", "](", "[](", "[a](/b)", "[[a](/b)", "[a](b \"",
    "<https://a> ", "> ", "- ", "|-|\n", "|a", "\\*", "http://", "http://a(", "https://a) ", "**a* ", "*a _b ",
    "_a_b", "`a` ", "**a** _b_ ", "- a\n  - b\n", "1. a\n1. b\n", "```\n", "a\n---\n", "    a\n", "a\n\n",
    "e\u0301", "🇩🇪", "👩‍",
]
# fmt: on


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_no_text_takes_more_than_linear_time(snippet: str) -> None:
    text = (snippet * (LENGTH // len(snippet) + 1))[:LENGTH]
    begin = time.perf_counter()
    markdown = to_text(to_adf(text))
    to_adf_within(text, LENGTH // 2)
    split(text, 1_000)
    fold(text)
    assert time.perf_counter() - begin < SECONDS
    assert to_text(to_adf(markdown)) == markdown
