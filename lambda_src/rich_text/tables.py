"""What is a table on a case: a header row, a row of dashes, and rows, all with as many cells."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .nodes import Node, node
from .paragraphs import paragraph

_DASHES = re.compile(r"\|?(?:[ \t]*:?-{3,}:?[ \t]*\|)*+(?:[ \t]*:?-{3,}:?[ \t]*)?$")
_FEW_DASHES = re.compile(r"\|(?:[ \t]*:?-+:?[ \t]*\|)++$")


def read_table(lines: Sequence[str]) -> Node | None:
    """The table that these lines are, or None if they are not one. A header without text stands for none."""
    if len(lines) < 2 or not _is_dashes(lines[1].strip()):
        return None
    rows = [_cells(line) for line in lines]
    if any(row is None or len(row) != len(rows[0] or ()) for row in rows):
        return None
    header, _, *others = [row or [] for row in rows]
    if any(header):
        return node("table", [_row("tableHeader", header), *(_row("tableCell", row) for row in others)])
    return node("table", [_row("tableCell", row) for row in others]) if others else None


def _is_dashes(line: str) -> bool:
    return "|" in line and bool(_FEW_DASHES.match(line) or _DASHES.match(line))


def _cells(line: str) -> list[str] | None:
    line = line.strip()
    if "|" not in line or line == "|":
        return None
    return [cell.strip() for cell in line.removeprefix("|").removesuffix("|").split("|")]


def _row(kind: str, cells: Sequence[str]) -> Node:
    return node("tableRow", [node(kind, [paragraph([cell])]) for cell in cells])
