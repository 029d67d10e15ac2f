"""A table's rows of equal length, with empty cells where others reach into."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .nodes import Adf, content, integer, kind

_MAX_SPAN = 50
# A table that is nearly all padding is no table to anybody.
_MAX_PADDING = 50


@dataclass(frozen=True, slots=True)
class Grid:
    """Rows of `columns` cells each; without columns they are too unequal for a table."""

    rows: Sequence[Sequence[str]]
    columns: int
    has_header: bool


def grid(table: Adf, text: Callable[[Adf], str]) -> Grid:
    """`text` says what stands in a cell. A header that is empty is left out."""
    rows = [row for row in content(table) if content(row)]
    spread = _spread(rows, text)
    columns = max(map(len, spread), default=0)
    if not columns or len(spread) * columns > _MAX_PADDING * sum(map(len, spread)):
        return Grid(spread, 0, has_header=False)
    padded = [[*row, *[""] * (columns - len(row))] for row in spread]
    is_headed = all(kind(cell) == "tableHeader" for cell in content(rows[0]))
    if is_headed and any(padded[0]):
        return Grid(padded, columns, has_header=True)
    return Grid(padded[1:] if is_headed and padded[1:] else padded, columns, has_header=False)


def _spread(rows: Sequence[Adf], text: Callable[[Adf], str]) -> list[list[str]]:
    found: list[list[str]] = []
    reaching: dict[int, int] = {}
    for row in rows:
        line: list[str] = []
        for cell in content(row):
            _fill(line, reaching)
            width, height = (integer(cell, name, 1, _MAX_SPAN) for name in ("colspan", "rowspan"))
            for column in range(len(line), len(line) + width):
                reaching[column] = height - 1
            line.extend([text(cell), *[""] * (width - 1)])
        _fill(line, reaching)
        found.append(line)
    return found


def _fill(line: list[str], reaching: dict[int, int]) -> None:
    while reaching.get(len(line), 0) > 0:
        reaching[len(line)] -= 1
        line.append("")
