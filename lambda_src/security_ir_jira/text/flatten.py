"""Blocks as mere lines, for places that hold nothing else: table cells and too deeply nested lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .model import CODE, Block, Code, Heading, Line, Listing, Panel, Paragraph, Quote, Run, Table


def flat(blocks: Iterable[Block], *, signs: bool = True) -> list[Line]:
    """The lines of all blocks; `signs`: items keep their dash or number."""
    lines: list[Line] = []
    for block in blocks:
        match block:
            case Paragraph(paragraph):
                lines.extend(paragraph)
            case Heading(_, line):
                lines.append(line)
            case Code(text):
                lines.extend((Run(line, CODE),) for line in text.split("\n") if line)
            case Quote(inner) | Panel(_, inner):
                lines.extend(flat(inner, signs=signs))
            case Listing():
                lines.extend(_flat_list(block, signs))
            case Table(rows):
                lines.extend(_flat_row(row) for row in rows)
            case _:
                pass
    return lines


def _flat_list(block: Listing, signs: bool) -> Iterable[Line]:
    for index, item in enumerate(block.items):
        sign = "-" if block.start is None else f"{block.start + index}."
        first, *others = flat(item, signs=signs) or [()]
        yield (Run(f"{sign} "), *first) if signs else first
        yield from others


def _flat_row(row: Iterable[Sequence[Line]]) -> Line:
    return tuple(joined((joined(cell, " ") for cell in row), " | "))


def joined(lines: Iterable[Sequence[Run]], separator: str) -> list[Run]:
    """The lines as one."""
    runs: list[Run] = []
    for index, line in enumerate(lines):
        if index:
            runs.append(Run(separator))
        runs.extend(line)
    return runs
