"""Markdown blocks.

CommonMark with GitHub's tables and alerts, read so that plain text, which is what many cases hold, keeps its
shape: every line end is a hard break, indentation within a paragraph stays, a line belongs to a quote or a
list item only if it is marked or indented as such, and each place in a document takes only the blocks that
ADF allows there. What is not a block there stays as it was typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from . import grammar, inline
from .chars import clean
from .model import (
    DOCUMENT,
    PANELLED,
    QUOTED,
    Block,
    Cell,
    Code,
    Heading,
    Listing,
    Panel,
    Paragraph,
    Place,
    Quote,
    Rule,
    Run,
    Table,
    rows_per_table,
)


def read_markdown(text: str) -> tuple[Block, ...]:
    return _blocks(clean(text).split("\n"), DOCUMENT)


def _blocks(lines: Sequence[str], place: Place) -> tuple[Block, ...]:
    return tuple(_Reader(lines, place).read())


@dataclass(slots=True)
class _Reader:
    lines: Sequence[str]
    place: Place
    at: int = 0

    def read(self) -> list[Block]:
        found: list[Block] = []
        while self.at < len(self.lines):
            if grammar.is_blank(self.lines[self.at]):
                self.at += 1
            else:
                found.extend(self._block())
        return found

    def _block(self) -> list[Block]:
        kind = grammar.begins(self.lines, self.at, self.place, 0)
        match kind:
            case "code":
                return [self._indented_code()]
            case "fence":
                return [self._fenced_code()]
            case "heading":
                return [self._heading()]
            case "rule":
                self.at += 1
                return [Rule()]
            case "quote":
                return [self._quote()]
            case "list":
                return [self._list()]
            case "table":
                return [self._table()]
            case _:
                return self._paragraph()

    def _indented_code(self) -> Block:
        start = self.at
        end = start
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not grammar.is_blank(line):
                if grammar.indent(line) < grammar.CODE_INDENT:
                    break
                end = self.at + 1
            self.at += 1
        self.at = end
        return Code("\n".join(grammar.outdent(line, grammar.CODE_INDENT) for line in self.lines[start:end]))

    def _fenced_code(self) -> Block:
        opening = self.lines[self.at]
        fence, info = grammar.fence(opening) or ("", "")
        margin = grammar.indent(opening)
        start = self.at + 1
        end = start
        while end < len(self.lines) and not grammar.closes_fence(self.lines[end], fence):
            end += 1
        self.at = end + 1
        text = "\n".join(grammar.outdent(line, margin) for line in self.lines[start:end])
        return Code(text, language(info))

    def _heading(self) -> Block:
        level, text = grammar.heading(self.lines[self.at]) or (1, "")
        self.at += 1
        return Heading(level, inline.parse(text))

    def _quote(self) -> Block:
        start = self.at
        inner: list[str] = []
        while self.at < len(self.lines) and (line := grammar.quoted(self.lines[self.at])) is not None:
            inner.append(line)
            self.at += 1
        kind = grammar.panel(inner[0])
        blocks = _blocks(inner[1:], PANELLED) if kind else ()
        if kind and blocks:
            return Panel(kind, blocks)
        blocks = _blocks(inner, QUOTED)
        return Quote(blocks) if blocks else _as_typed(self.lines[start : self.at])

    def _list(self) -> Block:
        marker = grammar.marker(self.lines[self.at])
        start = marker.number if marker else None
        items: list[tuple[Block, ...]] = []
        while marker:
            items.append(_blocks(self._item(marker), self.place.item()))
            marker = self._next_item(marker)
        return Listing(tuple(items), start)

    def _item(self, marker: grammar.Marker) -> list[str]:
        """The lines of an item, its indentation taken off, and on to the line behind them."""
        found = [marker.text]
        blank = 0
        self.at += 1
        for at in range(self.at, len(self.lines)):
            line = self.lines[at]
            if grammar.is_blank(line):
                blank += 1
                continue
            columns = _columns_in_item(line, marker)
            if not columns:
                break
            found.extend(grammar.outdent(each, marker.width) for each in self.lines[at - blank : at])
            found.append(grammar.outdent(line, columns))
            blank = 0
            self.at = at + 1
        return found

    def _next_item(self, previous: grammar.Marker) -> grammar.Marker | None:
        at = self.at
        while at < len(self.lines) and grammar.is_blank(self.lines[at]):
            at += 1
        if at == len(self.lines) or grammar.begins(self.lines, at, self.place, 0) != "list":
            return None
        marker = grammar.marker(self.lines[at])
        if marker is None or not marker.continues(previous):
            return None
        self.at = at
        return marker

    def _table(self) -> Block:
        header = grammar.cells(self.lines[self.at])
        columns = len(header)
        self.at += 2
        rows = [_row(header, columns)]
        while len(rows) <= rows_per_table(columns) and self._is_row():
            rows.append(_row(grammar.cells(self.lines[self.at]), columns))
            self.at += 1
        if any(rows[0]):
            return Table(tuple(rows))
        return Table(tuple(rows[1:] or rows), header=False)

    def _is_row(self) -> bool:
        if self.at == len(self.lines) or "|" not in self.lines[self.at]:
            return False
        is_marked = self.lines[self.at].lstrip(grammar.BLANK).startswith("|")
        return is_marked or not grammar.begins(self.lines, self.at, self.place, 2)

    def _paragraph(self) -> list[Block]:
        start = self.at
        margin = grammar.indent(self.lines[start])
        lines = [inline.parse(self.lines[start].strip(grammar.BLANK), starts=True)]
        self.at += 1
        while self.at < len(self.lines) and not grammar.is_blank(self.lines[self.at]):
            kind = grammar.begins(self.lines, self.at, self.place, len(lines))
            if kind == "setext":
                self.at += 1
                return [Heading(grammar.setext_level(self.lines[self.at - 1]), lines[0])]
            if kind:
                break
            line = grammar.outdent(self.lines[self.at], margin).rstrip(grammar.BLANK)
            lines.append(inline.parse(line, starts=True, continued=True))
            self.at += 1
        return [Paragraph(tuple(lines))]


def _columns_in_item(line: str, marker: grammar.Marker) -> int:
    """How many columns of the line's indentation are the item's; 0: the line is not part of it.

    Items of a nested list may stand less deep than the text above them, as many people write them.
    """
    columns = grammar.indent(line)
    if columns >= marker.width:
        return marker.width
    is_nested = columns >= marker.indent + 2 and grammar.marker(line.lstrip(grammar.BLANK))
    return columns if is_nested else 0


def _as_typed(lines: Sequence[str]) -> Paragraph:
    return Paragraph(tuple((Run(line.strip(grammar.BLANK)),) for line in lines))


def _row(texts: list[str], columns: int) -> tuple[Cell, ...]:
    """A row of so many cells; what is too much stands in the last one."""
    if len(texts) > columns:
        texts = [*texts[: columns - 1], " | ".join(texts[columns - 1 :])]
    return tuple(inline.parse_cell(text) for text in texts) + ((),) * (columns - len(texts))


def language(info: str) -> str:
    """The language of a code block: one word without what would end a fence's line early."""
    return re.sub(r"[`\s]", " ", info).strip().split(" ")[0]
