"""Time grows with the length of a text, whatever is in it."""

from __future__ import annotations

import time

import pytest

from rich_text import alike, fold, split, to_adf, to_adf_within, to_text, update_adf, update_text

# Ten times what it takes on a slow machine, a hundredth of what quadratic time would take.
SECONDS = 10.0
LENGTH = 32_000


# fmt: off
SNIPPETS = [
    *"*_`[]<>-#|\\(\t日\x00\n", "**", "***", "~~", "``a`", "](", "[](", "[a](https://b)", "[[a](https://b)",
    "[a](https://b(", "> ", "- ", "|-|\n", "|a", "\\*", "http://", "http://a(", "https://a) ", "**a* ", "**a** ",
    "**a", "`a` ", "**a**`b` ", "- a\n  - b\n", "- a\n", "1. a\n", "```\n", "```x\n", "- ```\n  ", "  ```\n",
    "a\n---\n", "    a\n", "a\n\n", "```\n\n", "> a\n", "> ```\n", "x\n\n- y\n\n", "e\u0301", "🇩🇪", "👩‍",
]
# fmt: on


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_no_text_takes_more_than_linear_time(snippet: str) -> None:
    text = (snippet * (LENGTH // len(snippet) + 1))[:LENGTH]
    begin = time.perf_counter()
    document = to_adf(text)
    written = to_text(document)
    to_adf_within(text, LENGTH // 2)
    split(text, 1_000)
    fold(text)
    assert time.perf_counter() - begin < SECONDS
    assert to_adf(written) == document


@pytest.mark.parametrize("snippet", ["a\n\n", "x\n\n- y\n\n", "- a\n", "- a\n\n**b**\n\n"])
def test_an_edit_of_a_text_of_many_blocks_takes_no_longer(snippet: str) -> None:
    text = snippet * (LENGTH // len(snippet))
    edited = f"before\n\n{text[: LENGTH // 2]}\n\nbetween\n\n{text[LENGTH // 2 :]}\n\nbehind"
    document = to_adf(text)
    begin = time.perf_counter()
    updated = update_adf(edited, document)
    assert update_text(updated, edited) == edited
    alike(edited, document)
    assert time.perf_counter() - begin < 2 * SECONDS
