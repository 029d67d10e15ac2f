"""A long text in parts that each make sense alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from . import grammar
from .measure import fitting, utf16_length

_BLANK_LINES = re.compile(r"(?:[ \t\r]*\n)*")
_SPACES = re.compile(r"[ \t]*")
# Below this, closing and opening a code block again would take up what it is done for.
_MIN_LIMIT = 200


def split(text: str, limit: int) -> list[str]:
    """The text in parts of at most `limit` (at least 2) UTF-16 units.

    It is parted between paragraphs where that wastes less than half a part, else between lines, else between
    words, and only then within one. A code block that is cut through is closed and opened again. White space
    at the seams is dropped, nothing else is. No part is blank; a blank text has no parts.
    """
    return list(_parts(text, max(limit, 2)))


@dataclass(frozen=True, slots=True)
class _Fence:
    """An open code block, by the line that opened it."""

    line: str

    @property
    def opening(self) -> str:
        return self.line.strip() + "\n"

    @property
    def mark(self) -> str:
        return (grammar.fence(self.line.strip()) or ("", ""))[0]

    @property
    def closing(self) -> str:
        margin = len(self.line) - len(self.line.lstrip())
        return "\n" + self.line[:margin] + self.mark


def _parts(text: str, limit: int) -> Iterator[str]:
    at = _end(_BLANK_LINES, text, 0)
    fence: _Fence | None = None
    while text[at:].strip():
        opening = fence.opening if fence else ""
        end = fitting(text, at, limit - utf16_length(opening))
        if end == len(text):
            yield opening + text[at:].rstrip()
            return
        seam, fence = _seam(text, at, end, fence, limit)
        body = text[at:seam].rstrip()
        if body:
            yield opening + body + (fence.closing if fence else "")
        at = _next_start(text, seam)


def _next_start(text: str, seam: int) -> int:
    start = _end(_BLANK_LINES, text, seam)
    return start if start > seam else _end(_SPACES, text, seam)


def _seam(text: str, start: int, end: int, fence: _Fence | None, limit: int) -> tuple[int, _Fence | None]:
    """The best place to part the text, at most at `end`, and the code block that is open there."""
    lines = list(_line_ends(text, start, end, fence, limit))
    room = max((len(each.closing) for _, each in lines if each), default=len(fence.closing) if fence else 0)
    if room:
        end = fitting(text, start, utf16_length(text[start:end]) - room)
    middle = start + (end - start) // 2
    late = [(at, open_fence) for at, open_fence in lines if middle <= at <= end]
    outside = [at for at, open_fence in late if not open_fence]
    between = [at for at in outside if text[at + 1 : at + 2] == "\n" or text[at - 1] == "\n"]
    for choice in (between, outside):
        if choice:
            return choice[-1], None
    if late:
        return late[-1]
    word = text.rfind(" ", middle, end + 1)
    seam = word if word > start else end
    return seam, _open_at(lines, seam, fence)


def _line_ends(
    text: str, start: int, end: int, fence: _Fence | None, limit: int
) -> Iterator[tuple[int, _Fence | None]]:
    """Where lines end, and what code block is open there."""
    begin = start
    while (at := text.find("\n", begin, end + 1)) >= 0:
        line = text[begin:at].rstrip()
        if fence:
            fence = None if grammar.closes_fence(line.strip(), fence.mark) else fence
        elif limit >= _MIN_LIMIT and len(line) <= limit // 4 and grammar.fence(line.strip()):
            fence = _Fence(line)
        if at > start:
            yield at, fence
        begin = at + 1


def _open_at(lines: list[tuple[int, _Fence | None]], seam: int, fence: _Fence | None) -> _Fence | None:
    for at, open_fence in lines:
        if at <= seam:
            fence = open_fence
    return fence


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
