"""Stretches of a text: what stands between blank lines, and closed fences. Each is read by itself."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

# Three tildes exactly: longer rows of them underline titles and point at errors.
_FENCE = re.compile(r"(`{3,}|~{3}(?!~))[ \t]*([\w+#.-]*)[ \t]*$")
_CLOSING = re.compile(r" *(?:`{3,}|~{3})[ \t]*$")
_SIGN = re.compile(r"( *)((?:[-*]|(?:0|[1-9][0-9]{0,6})\.) )?(?=\S)")


@dataclass(frozen=True, slots=True)
class Stretch:
    """The lines from `start` up to `end`; `fenced`: a fence, the closing one and what is between."""

    start: int
    end: int
    fenced: bool = False


class Fences:
    """Where the fences of these lines close. One that does not close is text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines
        self._closings: dict[str, list[int]] = {}
        for index, line in enumerate(lines):
            if _CLOSING.match(line):
                self._closings.setdefault(line.rstrip(), []).append(index)

    def end(self, at: int) -> int:
        """The line behind the fence that opens at this line, or 0."""
        opened = fence(self._lines[at])
        return self._behind(at, opened[0]) if opened else 0

    def end_in_item(self, at: int) -> int:
        """The same for a fence within an item of a list, where it is indented or follows the item's sign."""
        line = self._lines[at]
        sign = _SIGN.match(line)
        opened = fence(line[sign.end() :]) if sign and sign.end() else None
        return self._behind(at, " " * len(sign.group()) + opened[0]) if sign and opened else 0

    def _behind(self, at: int, closing: str) -> int:
        found = self._closings.get(closing, [])
        following = bisect_right(found, at)
        return found[following] + 1 if following < len(found) else 0


def fence(line: str) -> tuple[str, str] | None:
    """The characters of the fence that the line may open, and the language behind them."""
    match = _FENCE.match(line)
    return (match.group(1), match.group(2)) if match else None


def begins_item(line: str) -> bool:
    sign = _SIGN.match(line)
    return bool(sign and not sign.group(1) and sign.group(2))


def stretches(lines: Sequence[str]) -> Iterator[Stretch]:
    fences = Fences(lines)
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        start, at = at, fences.end(at)
        if at:
            yield Stretch(start, at, fenced=True)
            continue
        at = _end(lines, start, fences)
        yield Stretch(start, at)


def _end(lines: Sequence[str], start: int, fences: Fences) -> int:
    """Where the stretch ends that begins at this line; blank lines within the code of a list do not end it."""
    is_list = begins_item(lines[start])
    at = start
    while at < len(lines) and lines[at].strip() and (at == start or not fences.end(at)):
        at = (fences.end_in_item(at) if is_list else 0) or at + 1
    return at
