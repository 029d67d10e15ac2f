"""Markdown written from blocks. Reading it gives the same blocks again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import grammar
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
    Table,
)
from .write_inline import write_cell, write_line

_TICKS = re.compile("`{3,}")


def write_markdown(blocks: Sequence[Block]) -> str:
    return "\n".join(_lines(blocks, DOCUMENT))


def _lines(blocks: Sequence[Block], place: Place, *, tight: bool = False) -> list[str]:
    """The lines of blocks that stand in one place, with empty lines between them.

    `tight`: a list follows the paragraph before it directly, where it would still be read as a list.
    """
    lines: list[str] = []
    previous: Block | None = None
    sign = ""
    for block in blocks:
        if isinstance(block, Listing):
            sign = _sign(block, previous, sign)
            written = _list(block, sign, place)
        else:
            written = _block(block, place)
        joins = tight and isinstance(previous, Paragraph) and grammar.begins(written, 0, place, 2) == "list"
        if lines and not joins:
            lines.append("")
        lines.extend(written)
        previous = block
    return lines


def _block(block: Block, place: Place) -> list[str]:
    match block:
        case Paragraph(lines):
            written = [write_line(line, starts=True, continued=index > 0) for index, line in enumerate(lines)]
            return _guarded(written, place)
        case Heading(level, line):
            return ["#" * level + " " + write_line(line)]
        case Code(text, language):
            return _code(text, language)
        case Quote(blocks):
            return _quote(blocks)
        case Panel(kind, blocks):
            return [f"> [!{kind.upper()}]", *_marked(_lines(blocks, PANELLED))]
        case Table(rows, header):
            return _table(rows, header)
        case Listing():
            return _list(block, _sign(block, None, ""), place)
        case Rule():
            return ["---"]


def _guarded(lines: list[str], place: Place) -> list[str]:
    """The lines of a paragraph, escaped where they would begin another block."""
    for at in range(len(lines)):
        while kind := grammar.begins(lines, at, place, at):
            target = at + 1 if kind == "table" else at
            lines[target] = _escaped_start(lines[target])
    return lines


def _escaped_start(line: str) -> str:
    text = line.lstrip(grammar.BLANK)
    digits = len(text) - len(text.lstrip("0123456789"))
    at = len(line) - len(text) + digits
    return f"{line[:at]}\\{line[at:]}"


def _code(text: str, language: str) -> list[str]:
    longest = max((len(ticks) for ticks in _TICKS.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return [fence + language, *(text.split("\n") if text else []), fence]


def _quote(blocks: Sequence[Block]) -> list[str]:
    lines = _lines(blocks, QUOTED)
    if grammar.panel(lines[0]):
        lines[0] = "\\" + lines[0]
    return _marked(lines)


def _marked(lines: Sequence[str]) -> list[str]:
    return [f"> {line}" if line else ">" for line in lines]


def _table(rows: Sequence[Sequence[Cell]], header: bool) -> list[str]:
    columns = len(rows[0])
    written = [[write_cell(cell) for cell in row] for row in rows]
    if not header:
        written.insert(0, [""] * columns)
    written.insert(1, ["---"] * columns)
    return [f"| {' | '.join(row)} |" for row in written]


def _sign(block: Listing, previous: Block | None, sign: str) -> str:
    """What marks the items: another sign than that of a list just above, if the two would be read as one."""
    usual, other = ("-", "*") if block.start is None else (".", ")")
    if not isinstance(previous, Listing) or (previous.start is None) != (block.start is None):
        return usual
    if block.start is not None and previous.start is not None:
        last = previous.start + len(previous.items) - 1
        if not grammar.counts_on(last, block.start):
            return usual
    return other if sign == usual else usual


def _list(block: Listing, sign: str, place: Place) -> list[str]:
    lines: list[str] = []
    for index, item in enumerate(block.items):
        marker = sign if block.start is None else f"{block.start + index}{sign}"
        lines.extend(_item(item, marker, place))
    return lines


def _item(blocks: Sequence[Block], marker: str, place: Place) -> list[str]:
    lines = _lines(blocks, place.item(), tight=True)
    margin = " " * (len(marker) + 1)
    first = marker
    if blocks and isinstance(blocks[0], Paragraph):
        text = lines.pop(0)
        if place.rules and grammar.is_rule(f"{marker} {text}"):
            text = "\\" + text
        first = f"{marker} {text}"
    return [first, *(margin + line if line else "" for line in lines)]
