"""Where `**`, `_`, `*` and `~~` are marks, and how overlapping marks are nested.

CommonMark's rules were made for prose. Cases are full of globs, ARNs, exponents and JSON, and a lost asterisk
is lost evidence, so a mark may open in fewer places here: not inside an ASCII word, not in a path, not behind
a quotation mark in front of punctuation. Behind and in front of other scripts, which have no spaces to go by,
it may open and close more freely than CommonMark lets it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .model import EM, STRIKE, STRONG

DELIMITERS = {STRONG: "**", EM: "_", STRIKE: "~~"}
STYLES = {"**": STRONG, "_": EM, "*": EM, "~~": STRIKE}
_BITS = (STRONG, EM, STRIKE)

_OPENERS = "([{"
_BEFORE = {"**": "([{\"':,;-!?>|=`", "~~": "([{\"':,;-!?>|=`", "_": "([{:,;-!?>|=`", "*": "([{"}
_START = "[<`"
_AFTER_EM = ")]}.,:;!?\"'-|>`"


def opens(delimiter: str, before: str, after: str) -> bool:
    """Whether the delimiter may begin a mark; `before` and `after` are "" at the ends of a line."""
    if not after or after.isspace():
        return False
    begins = not after.isascii() or after.isalnum() or after in _START
    if not before or before.isspace() or not before.isascii():
        return begins or delimiter != "*" or after in "\"'("
    return begins and before in _BEFORE[delimiter]


def closes(delimiter: str, before: str, after: str) -> bool:
    """Whether the delimiter may end a mark."""
    if not before or before.isspace() or before in _OPENERS:
        return False
    if before == "/" and delimiter != "_":
        return False
    if delimiter in ("**", "~~"):
        return True
    return not after or after.isspace() or not after.isascii() or after in _AFTER_EM


@dataclass(frozen=True, slots=True)
class Boundary:
    """The marks that end and begin between two neighbours, in the order of their delimiters."""

    closing: tuple[int, ...] = ()
    opening: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Span:
    """One mark from the delimiter before `first` to the one behind `last` (indices of neighbours)."""

    style: int
    first: int
    last: int


_NOTHING = Boundary()


def layout(styles: Sequence[int]) -> tuple[list[Boundary], list[Span]]:
    """Properly nested marks for a row of styles: a boundary before each and one behind the last.

    The mark that lasts longest opens first. One that must end inside another interrupts that other.
    """
    ends = {bit: _ends(styles, bit) for bit in _BITS if any(style & bit for style in styles)}
    boundaries: list[Boundary] = []
    spans: list[Span] = []
    open_marks: list[tuple[int, int]] = []
    current = 0
    for index, style in enumerate([*styles, 0]):
        if style == current:
            boundaries.append(_NOTHING)
            continue
        closing: list[int] = []
        while current & ~style:
            bit, first = open_marks.pop()
            closing.append(bit)
            spans.append(Span(bit, first, index - 1))
            current &= ~bit
        opening = [bit for bit in ends if bit & style & ~current]
        opening.sort(key=lambda bit: -ends[bit][index])
        open_marks.extend((bit, index) for bit in opening)
        current = style
        boundaries.append(Boundary(tuple(closing), tuple(opening)))
    return boundaries, spans


def _ends(styles: Sequence[int], bit: int) -> list[int]:
    """For each index, where the mark ends that goes on there."""
    end = len(styles)
    row = [end] * (len(styles) + 1)
    for index in range(len(styles) - 1, -1, -1):
        if not styles[index] & bit:
            end = index
        row[index] = end
    return row
