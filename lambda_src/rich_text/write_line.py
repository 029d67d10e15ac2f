"""A line of runs as case text: with the delimiters of those marks that are read back as such, without the others."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from . import links
from .marks import find_marks
from .runs import Run

_TICKS = re.compile("`+")
# Each round lets go of the marks that are not read back; after these all are.
_ROUNDS = 4
_NOTHING = Run("")


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text to write; a delimiter names the mark that it belongs to."""

    text: str
    mark: int = 0


def write_line(runs: Sequence[Run]) -> str:
    if not any(run.strong or run.code or run.href for run in runs):
        return "".join(run.text for run in runs)
    row = _tidy(runs)
    dropped: frozenset[int] = frozenset()
    for _ in range(_ROUNDS):
        pieces = list(_Writer(dropped).line(row))
        misread = _misread(pieces)
        if not misread:
            return "".join(piece.text for piece in pieces)
        dropped |= misread
    every = frozenset(range(1, 4 * len(row) + 1))
    return "".join(piece.text for piece in _Writer(every).line(row))


def _misread(pieces: Sequence[_Piece]) -> frozenset[int]:
    """The marks with a delimiter that would not be read as one."""
    found = {span for mark in find_marks("".join(piece.text for piece in pieces)) for span in mark.delimiters()}
    misread: set[int] = set()
    at = 0
    for piece in pieces:
        end = at + len(piece.text)
        if piece.mark and (at, end) not in found:
            misread.add(piece.mark)
        at = end
    return frozenset(misread)


def _tidy(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one look as one, with blanks at the ends of a mark outside of it."""
    row = _bridged([part for run in _merged(_linked(runs)) for part in _parted(run) if part.text])
    worded = [index for index, run in enumerate(row) if run.text.strip()]
    return _merged(
        run if run.text.strip() else _blank(run, *_beside(row, worded, index)) for index, run in enumerate(row)
    )


def _bridged(row: Sequence[Run]) -> list[Run]:
    """Code between strong text counts as strong, though Jira cannot show it so: the mark goes on behind it."""
    beside = zip([_NOTHING, *row], row, [*row[1:], _NOTHING], strict=False)
    return [
        replace(run, strong=True) if run.code and before.strong and after.strong else run
        for before, run, after in beside
    ]


def _beside(row: Sequence[Run], worded: Sequence[int], blank: int) -> tuple[Run, Run]:
    """The nearest runs before and after a blank one that are not blank."""
    following = bisect_left(worded, blank)
    before = row[worded[following - 1]] if following else _NOTHING
    return before, row[worded[following]] if following < len(worded) else _NOTHING


def _blank(run: Run, before: Run, after: Run) -> Run:
    """Blanks belong to the marks that go on behind them."""
    is_inside = run.href and run.href == before.href == after.href
    return Run(run.text, run.strong and before.strong and after.strong, href=run.href if is_inside else "")


def _linked(runs: Sequence[Run]) -> Iterator[Run]:
    """The runs, their addresses as they can be written; one that cannot be a link stands behind its text."""
    for href, group in groupby(runs, key=lambda run: run.href):
        members = list(group)
        text = "".join(run.text for run in members).strip()
        address = "" if not href or links.is_spelled_out(text, href) else links.destination(href) or ""
        yield from members if address == href else (replace(run, href=address) for run in members)
        if text and href and not address and not links.is_spelled_out(text, href):
            yield Run(f" ({href})")


def _merged(runs: Sequence[Run] | Iterator[Run]) -> list[Run]:
    found: list[Run] = []
    for _, group in groupby((run for run in runs if run.text), key=lambda run: (run.strong, run.code, run.href)):
        first, *others = group
        found.append(replace(first, text="".join((first.text, *(run.text for run in others)))) if others else first)
    return found


def _parted(run: Run) -> Iterator[Run]:
    """A run of some look as the blanks before it, itself, and the blanks behind it."""
    core = run.text.strip()
    if not core or len(core) == len(run.text) or not (run.strong or run.code or run.href):
        yield run
        return
    start = run.text.index(core)
    blank = replace(run, code=False)
    yield replace(blank, text=run.text[:start])
    yield replace(run, text=core)
    yield replace(blank, text=run.text[start + len(core) :])


class _Writer:
    """Writes a line's runs, numbering the marks in order; those in `dropped` get no delimiters."""

    def __init__(self, dropped: frozenset[int]) -> None:
        self._dropped = dropped
        self._mark = 0

    def line(self, row: Sequence[Run]) -> Iterator[_Piece]:
        """A link that is strong throughout stands within `**`, one that is strong in parts has these in its text."""
        groups = [(href, list(group)) for href, group in groupby(row, key=lambda run: run.href)]
        units = [unit for href, group in groups for unit in ([group] if href else [[run] for run in group])]
        for is_strong, members in groupby(units, key=_is_strong):
            written = [(self._link(unit) if unit[0].href else self._run(unit[0])) for unit in members]
            yield from self._enclosed(written, "**", "**" if is_strong else "")

    def _link(self, group: Sequence[Run]) -> Iterator[_Piece]:
        href = group[0].href
        inner = [replace(run, strong=run.strong and not _is_strong(group), href="") for run in group]
        written = list(self._inner(inner))
        delimited = list(self._enclosed([iter(written)], "[", f"]({href})"))
        if len(delimited) > len(written):
            yield from delimited
            return
        yield from written
        yield _Piece(f" ({href})")

    def _inner(self, row: Sequence[Run]) -> Iterator[_Piece]:
        for is_strong, members in groupby(row, key=lambda run: run.strong):
            yield from self._enclosed([self._run(run) for run in members], "**", "**" if is_strong else "")

    def _run(self, run: Run) -> Iterator[_Piece]:
        if not run.code:
            yield _Piece(run.text)
            return
        opening, closing = _ticks(run.text)
        yield from self._enclosed([iter([_Piece(run.text)])], opening, closing)

    def _enclosed(self, inner: Sequence[Iterator[_Piece]], opening: str, closing: str) -> Iterator[_Piece]:
        mark = 0
        if closing:
            self._mark += 1
            mark = self._mark
        is_marked = mark and mark not in self._dropped
        if is_marked:
            yield _Piece(opening, mark)
        for pieces in inner:
            yield from pieces
        if is_marked:
            yield _Piece(closing, mark)


def _is_strong(unit: Sequence[Run]) -> bool:
    return all(run.strong for run in unit)


def _ticks(text: str) -> tuple[str, str]:
    if "`" not in text:
        return "`", "`"
    lengths = {len(run) for run in _TICKS.findall(text)}
    ticks = "`" * next(length for length in range(1, len(lengths) + 2) if length not in lengths)
    padding = " " if "`" in (text[0], text[-1]) else ""
    return ticks + padding, padding + ticks
