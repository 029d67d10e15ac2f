"""The rich text both formats can hold.

ADF and Markdown are both read into these blocks and both written from them. A block tree that `tidy` and the
two readers produce is *canonical*: writing it in either format and reading that again gives the same tree.
Everything the package promises about stable round trips rests on this.
"""

from __future__ import annotations

from dataclasses import dataclass

STRONG = 1
EM = 2
STRIKE = 4
CODE = 8


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look: `style` is a sum of STRONG, EM and STRIKE, or CODE alone; `href` makes it a link."""

    text: str
    style: int = 0
    href: str | None = None


Line = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Lines parted by hard breaks; no line is empty."""

    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    level: int
    line: Line


@dataclass(frozen=True, slots=True)
class Code:
    text: str
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Panel:
    """`kind` is one of ADF's panel types."""

    kind: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; `start` is the first number of an ordered one, None for bullets. Items may be empty."""

    items: tuple[tuple[Block, ...], ...]
    start: int | None = None


Cell = tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of equal length; `header` says that the first one is the header."""

    rows: tuple[tuple[Cell, ...], ...]
    header: bool = True


@dataclass(frozen=True, slots=True)
class Rule:
    pass


Block = Paragraph | Heading | Code | Quote | Panel | Listing | Table | Rule

# More cells than this in one table, and what follows is another table: nobody reads it, and padding short
# rows must not make a small text into a huge document.
MAX_CELLS = 4096


def rows_per_table(columns: int) -> int:
    return max(1, MAX_CELLS // max(1, columns))


@dataclass(frozen=True, slots=True)
class Place:
    """What ADF allows where a block stands; paragraphs and code stand everywhere.

    Markdown for a block that is not allowed there stays as it was typed, so nothing is lost and it reads the
    same when it comes back.
    """

    headings: bool = False
    rules: bool = False
    quotes: bool = False
    tables: bool = False
    lists: int = 0

    def item(self) -> Place:
        """Inside an item of a list that stands here."""
        return Place(lists=max(0, self.lists - 1))


# Jira's own editor lets people nest lists six deep.
_LIST_DEPTH = 6
DOCUMENT = Place(headings=True, rules=True, quotes=True, tables=True, lists=_LIST_DEPTH)
QUOTED = Place(lists=_LIST_DEPTH)
PANELLED = Place(headings=True, rules=True, lists=_LIST_DEPTH)
