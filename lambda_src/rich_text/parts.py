"""A long text in parts that each make sense alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .measure import fitting, utf16_length
from .stretches import fence, stretches

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
    limit = max(limit, 2)
    return list(_parts(text, limit, _fences(text, limit)))


@dataclass(frozen=True, slots=True)
class _Fence:
    """Code from the end of the line that opens it to the start of the one that closes it."""

    start: int
    end: int
    line: str

    @property
    def opening(self) -> str:
        return self.line + "\n"

    @property
    def closing(self) -> str:
        found = fence(self.line)
        return "\n" + found[0] if found else ""


def _fences(text: str, limit: int) -> Sequence[_Fence]:
    if limit < _MIN_LIMIT:
        return ()
    lines = [line.rstrip() for line in text.split("\n")]
    ends = [match.start() for match in re.finditer("\n", text)] + [len(text)]
    return [
        _Fence(ends[each.start], ends[each.end - 2], lines[each.start])
        for each in stretches(lines)
        if each.fenced and len(lines[each.start]) <= limit // 4
    ]


def _parts(text: str, limit: int, fences: Sequence[_Fence]) -> Iterator[str]:
    at = _end(_BLANK_LINES, text, 0)
    inside: _Fence | None = None
    while text[at:].strip():
        opening = inside.opening if inside else ""
        end = fitting(text, at, limit - utf16_length(opening))
        if end == len(text):
            yield opening + text[at:].rstrip()
            return
        seam, inside = _seam(text, at, end, fences)
        body = text[at:seam].rstrip()
        if body:
            yield opening + body + (inside.closing if inside else "")
        at = _next_start(text, seam)


def _next_start(text: str, seam: int) -> int:
    start = _end(_BLANK_LINES, text, seam)
    return start if start > seam else _end(_SPACES, text, seam)


def _seam(text: str, start: int, end: int, fences: Sequence[_Fence]) -> tuple[int, _Fence | None]:
    """The best place to part the text, at most at `end`, and the code block that is open there."""
    near = [each for each in fences if each.end >= start and each.start <= end]
    room = max((len(each.closing) for each in near), default=0)
    if room:
        end = fitting(text, start, utf16_length(text[start:end]) - room)
    middle = start + (end - start) // 2
    late = [at for at in _line_ends(text, start, end) if middle <= at <= end]
    outside = [at for at in late if not _open_at(near, at)]
    between = [at for at in outside if text[at + 1 : at + 2] == "\n" or text[at - 1] == "\n"]
    for choice in (between, outside, late):
        if choice:
            return choice[-1], _open_at(near, choice[-1])
    word = text.rfind(" ", middle, end + 1)
    seam = word if word > start else end
    return seam, _open_at(near, seam)


def _line_ends(text: str, start: int, end: int) -> Iterator[int]:
    at = text.find("\n", start + 1, end + 1)
    while at >= 0:
        yield at
        at = text.find("\n", at + 1, end + 1)


def _open_at(fences: Sequence[_Fence], at: int) -> _Fence | None:
    return next((each for each in fences if each.start <= at < each.end), None)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at
