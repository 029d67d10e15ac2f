"""Lines written as Markdown, with as few escapes as reading them back right allows.

A text is first written as it stands and read back; the characters that turned out to be markup without being
meant so are escaped, and it is read back again. Only if that does not settle is every special character escaped.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

from . import links
from .inline import ESCAPABLE, scan
from .marks import DELIMITERS, layout
from .model import CODE, Line, Run
from .tidy import Atom, atoms, merge, tidy

_TICKS = re.compile("`+")
_BACKSLASHES = re.compile(r"\\+")
_NOT_SPACE = re.compile(r"\S*")
_ROUNDS = 4
_EDGE = "*_~`"
_SPECIAL = "*_~`[]<"

# A piece of the text to write, and whether it is the reader's text (True) or markup.
_Piece = tuple[str, bool]


def write_line(line: Line, *, starts: bool = False, continued: bool = False) -> str:
    """One line; `starts`: it is a line of a paragraph, `continued`: not the first one."""
    if len(line) == 1 and _needs_nothing(line[0]):
        return line[0].text
    return _Writer((line,), starts=starts, continued=continued).write()


def write_cell(lines: Sequence[Line]) -> str:
    return _Writer(lines, cell=True).write().replace("|", "\\|") if lines else ""


def _needs_nothing(run: Run) -> bool:
    return not run.style and run.href is None and not any(each in run.text for each in "\\*_~`[<")


class _Writer:
    def __init__(
        self, lines: Sequence[Line], *, starts: bool = False, continued: bool = False, cell: bool = False
    ) -> None:
        self.lines = tuple(lines)
        self.starts = starts
        self.continued = continued
        self.cell = cell

    def write(self) -> str:
        pieces = list(self._pieces(careful=False))
        text = "".join(piece for piece, _ in pieces)
        literal = _literal_positions(pieces)
        escaped = _edges(pieces)
        for _ in range(_ROUNDS):
            source = _escape(text, escaped)
            result = scan(source, starts=self.starts, cell=self.cell)
            if self._is_right(result.lines):
                return source
            fresh = _misread(result.markup, escaped) & literal - escaped
            if not fresh:
                break
            escaped |= fresh
        return self._write_carefully()

    def _is_right(self, lines: list[list[Run]]) -> bool:
        if tuple(map(merge, lines)) == self.lines:
            return True
        return tuple(tidy(line, continued=self.continued) for line in lines) == self.lines

    def _write_carefully(self) -> str:
        pieces = list(self._pieces(careful=True))
        text = "".join(piece for piece, _ in pieces)
        literal = _literal_positions(pieces)
        escaped = {at for at in literal if text[at] in _SPECIAL}
        for run in _BACKSLASHES.finditer(text):
            if text[run.end() : run.end() + 1] in tuple(ESCAPABLE):
                escaped |= literal & set(range(*run.span()))
        return _escape(text, escaped)

    def _pieces(self, careful: bool) -> Iterator[_Piece]:
        for index, line in enumerate(self.lines):
            if index:
                yield "<br>", False
            yield from _line_pieces(atoms(line), careful)


def _line_pieces(row: list[Atom], careful: bool) -> Iterator[_Piece]:
    boundaries, _ = layout([atom.style for atom in row])
    for index, boundary in enumerate(boundaries):
        for style in (*boundary.closing, *boundary.opening):
            yield DELIMITERS[style], False
        if index < len(row):
            before = row[index - 1].last if index else ""
            yield from _atom_pieces(row[index], before, row[index + 1 : index + 4], careful)


def _atom_pieces(atom: Atom, before: str, following: Sequence[Atom], careful: bool) -> Iterator[_Piece]:
    if atom.code:
        yield _code(atom.text), False
    elif atom.href is None:
        yield atom.text, True
    elif atom.text == atom.href and _is_uniform(atom) and links.angle(f"<{atom.href}>", 0):
        bare = not careful and _stands_bare(atom.href, before, following)
        yield atom.href if bare else f"<{atom.href}>", False
    else:
        yield "[", False
        inner = [Atom(run.text, run.style & ~CODE, code=bool(run.style & CODE)) for run in atom.runs]
        yield from _line_pieces(inner, careful)
        yield f"]({atom.href})", False


def _is_uniform(atom: Atom) -> bool:
    return len(atom.runs) == 1 and not atom.runs[0].style


def _stands_bare(address: str, before: str, following: Sequence[Atom]) -> bool:
    """Whether the address is a link as it stands, neither more nor less of its surroundings being taken in."""
    if before.isascii() and before.isalnum():
        return False
    tail = ""
    for atom in following:
        tail += _code(atom.text) if atom.code else atom.text
        if not atom.is_plain:
            break
    match = _NOT_SPACE.match(tail)
    return links.url_end(address + (match.group() if match else ""), 0) == len(address)


def _code(text: str) -> str:
    lengths = {len(run) for run in _TICKS.findall(text)}
    ticks = "`" * next(length for length in range(1, len(lengths) + 2) if length not in lengths)
    is_padded = text[0] == text[-1] == " " and text.strip(" ")
    pad = " " if is_padded or "`" in (text[0], text[-1]) else ""
    return f"{ticks}{pad}{text}{pad}{ticks}"


def _literal_positions(pieces: Iterable[_Piece]) -> set[int]:
    positions: set[int] = set()
    at = 0
    for piece, is_literal in pieces:
        if is_literal:
            positions.update(range(at, at + len(piece)))
        at += len(piece)
    return positions


def _edges(pieces: Sequence[_Piece]) -> set[int]:
    """What would run together with markup next to it, and brackets within a link's text."""
    positions: set[int] = set()
    at = 0
    in_link = False
    for index, (piece, is_literal) in enumerate(pieces):
        if is_literal and piece:
            if piece[0] in _EDGE and index and pieces[index - 1][0].endswith(tuple(_EDGE)):
                positions.add(at)
            if piece[-1] in _EDGE and index + 1 < len(pieces) and pieces[index + 1][0].startswith(tuple(_EDGE)):
                positions.add(at + len(piece) - 1)
            if in_link:
                positions.update(at + offset for offset, each in enumerate(piece) if each in "[]")
        elif piece == "[":
            in_link = True
        elif piece.startswith("]("):
            in_link = False
        at += len(piece)
    return positions


def _escape(text: str, positions: set[int]) -> str:
    if not positions:
        return text
    parts: list[str] = []
    at = 0
    for position in sorted(positions):
        parts.append(text[at:position])
        at = position
    parts.append(text[at:])
    return "\\".join(parts)


def _misread(markup: Iterable[int], escaped: set[int]) -> set[int]:
    """Positions in the unescaped text, from positions in the one with a backslash before each of `escaped`."""
    inserted = [position + index for index, position in enumerate(sorted(escaped))]
    found: set[int] = set()
    for position in markup:
        index = bisect_left(inserted, position)
        if index == len(inserted) or inserted[index] != position:
            found.add(position - index)
    return found
