"""Work grows with the length of a text, whatever is in it. It is counted: time would be the machine's as well."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from rich_text import alike, fold, split, to_adf, to_adf_within, to_text, update_adf, update_text
from tests.unit.rich_text.work import counted_work

LENGTH = 1_000
TIMES = 4
# Room for one more round of what is tried until it fits; quadratic work would be sixteen times as much.
LINEAR = TIMES * 1.4


# fmt: off
SNIPPETS = [
    *"*_`[]<>-#|\\(\t日\x00\n", "**", "***", "~~", "``a`", "](", "[](", "[a](https://b)", "[[a](https://b)",
    "[a](https://b(", "http://a.b](", "http://a.b)[", "[a](http://b c", "> ", "- ", "|-|\n", "|a", "\\*", "http://",
    "http://a(", "https://a) ", "**a* ", "**a** ", "**a", "`a` ", "**a**`b` ", "- a\n  - b\n", "- a\n", "1. a\n",
    "```\n", "```x\n", "- ```\n  ", "  ```\n", "a\n---\n", "    a\n", "a\n\n", "```\n\n", "> a\n", "> ```\n",
    "x\n\n- y\n\n", "e\u0301", "🇩🇪", "👩‍",
]
# fmt: on


def growth(monkeypatch: pytest.MonkeyPatch, make: Callable[[int], Callable[[], object]]) -> float:
    """How much more is done for a text that is four times as long."""
    short, long = (counted_work("rich_text", monkeypatch, make(length)) for length in (LENGTH, TIMES * LENGTH))
    return long / short


@pytest.mark.parametrize("snippet", SNIPPETS)
def test_no_text_takes_more_than_linear_work(snippet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def conversion(length: int) -> Callable[[], None]:
        text = (snippet * (length // len(snippet) + 1))[:length]

        def convert() -> None:
            document = to_adf(text)
            assert to_adf(to_text(document)) == document
            to_adf_within(text, length // 2)
            split(text, 100)
            fold(text)
            alike(text, document)
            update_text(document, text)

        return convert

    assert growth(monkeypatch, conversion) < LINEAR


@pytest.mark.parametrize("snippet", ["a\n\n", "x\n\n- y\n\n", "- a\n", "- a\n\n**b**\n\n"])
def test_an_edit_of_a_text_of_many_blocks_takes_no_more(snippet: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def edit(length: int) -> Callable[[], None]:
        text = snippet * (length // len(snippet))
        edited = f"before\n\n{text[: length // 2]}\n\nbetween\n\n{text[length // 2 :]}\n\nbehind"
        document = to_adf(text)

        def update() -> None:
            assert update_text(update_adf(edited, document), edited) == edited
            alike(edited, document)

        return update

    assert growth(monkeypatch, edit) < LINEAR
