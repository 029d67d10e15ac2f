"""Documents within Jira's limit.

Atlassian says "32,767 characters" and not of what. The text alone is the lenient reading. Counted here is the
document's Markdown: all of its text and, as an allowance for markup, line ends, marks, table lines and the
addresses of links, about what the same document is in Jira's own wiki notation. The JSON, several times as
long as the text of short lines, is not what the limit is about, but it is kept from growing out of hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from .measure import cut, utf16_length
from .model import Block, Code, Heading, Line, Listing, Panel, Paragraph, Quote, Run, Table
from .read_markdown import read_markdown
from .tidy import tidy
from .write_adf import Node, write_adf
from .write_inline import write_line
from .write_markdown import write_markdown

_ELLIPSIS = "…"
# An empty line between blocks, and the delimiters of a run.
_GAP = 2
_MARKUP = 8
_STEPS = 32
_MARK = Paragraph(((Run(_ELLIPSIS),),))
# UTF-16 units of compact JSON. Ordinary text at Jira's limit makes a tenth of it.
_MAX_JSON = 1_000_000


def to_adf_within(markdown: str, limit: int) -> tuple[Node, bool]:
    """The document of at most `limit` UTF-16 units of Markdown, and whether something was left out or simplified.

    One that was cut ends with "…". A text that would make an absurdly large document of its few characters
    becomes one code block.
    """
    blocks = read_markdown(markdown)
    cut_blocks = within(blocks, limit)
    document = write_adf(cut_blocks)
    if len(json.dumps(document, ensure_ascii=False, separators=(",", ":"))) <= _MAX_JSON:
        return document, cut_blocks != blocks
    return write_adf(within((Code(write_markdown(blocks)),), limit)), True


def within(blocks: tuple[Block, ...], limit: int) -> tuple[Block, ...]:
    """The blocks, or the first of them that fit together with a mark that something is missing."""
    if _size(blocks) <= limit:
        return blocks
    room = limit - _GAP - len(_ELLIPSIS)
    while True:
        kept = (*_first(blocks, room), _MARK)
        excess = _size(kept) - limit
        if excess <= 0:
            return kept
        if len(kept) == 1:
            return ()
        # The estimates know nothing of escapes. Growing steps keep the rounds few where these are many.
        room -= max(excess, limit - room, limit // _STEPS)


def _size(blocks: Sequence[Block]) -> int:
    return utf16_length(write_markdown(blocks))


def _first(blocks: Sequence[Block], room: int) -> tuple[Block, ...]:
    """As much of the blocks as fits into about so many units."""
    kept: list[Block] = []
    for block in blocks:
        needed = _size((block,)) + _GAP
        if needed <= room:
            kept.append(block)
            room -= needed
            continue
        part = _part(block, room)
        return (*kept, part) if part else tuple(kept)
    return tuple(kept)


def _part(block: Block, room: int) -> Block | None:
    """The first part of a block that is too large, or None if nothing of it fits."""
    match block:
        case Paragraph(lines):
            first_lines = _first_lines(lines, room)
            return Paragraph(first_lines) if first_lines else None
        case Heading(_, line):
            line = _first_runs(line, room)
            return replace(block, line=line) if line else None
        case Code(text):
            text = cut(text, room - _size((replace(block, text=""),)), "")
            return replace(block, text=text) if text else None
        case Quote(inner) | Panel(_, inner):
            first = _first(inner, room)
            return replace(block, blocks=first) if first else None
        case Listing(items):
            first_items = _first_items(items, room)
            return replace(block, items=first_items) if first_items else None
        case Table(rows):
            count = _rows_within(block, room)
            return replace(block, rows=rows[:count]) if count else None
        case _:
            return None


def _first_lines(lines: Sequence[Line], room: int) -> tuple[Line, ...]:
    kept: list[Line] = []
    for line in lines:
        needed = utf16_length(write_line(line)) + 1
        if needed > room:
            part = _first_runs(line, room)
            return (*kept, part) if part else tuple(kept)
        kept.append(line)
        room -= needed
    return tuple(kept)


def _first_runs(line: Line, room: int) -> Line:
    kept: list[Run] = []
    for run in line:
        markup = _MARKUP if run.style or run.href else 0
        needed = utf16_length(run.text) + utf16_length(run.href or "") + markup
        if needed <= room:
            kept.append(run)
            room -= needed
            continue
        # Part of an address leads nowhere.
        if run.href is None:
            kept.append(replace(run, text=cut(run.text, room - markup, "")))
        break
    return tidy(kept, continued=True)


def _first_items(items: Sequence[tuple[Block, ...]], room: int) -> tuple[tuple[Block, ...], ...]:
    kept: list[tuple[Block, ...]] = []
    for item in items:
        needed = _size((Listing((item,), 1),)) + 1
        if needed > room:
            part = _first(item, room)
            return (*kept, part) if part else tuple(kept)
        kept.append(item)
        room -= needed
    return tuple(kept)


def _rows_within(table: Table, room: int) -> int:
    dashes = 6 * len(table.rows[0]) + 2
    room -= dashes
    for index, row in enumerate(table.rows):
        room -= _size((Table((row,)),)) - dashes + 1
        if room < 0:
            return index
    return len(table.rows)
