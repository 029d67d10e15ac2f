"""Markdown within a line.

Understood are `code`, **strong**, _em_ and *em*, ~~strike~~, [links](https://…), <https://…> and bare
addresses; in table cells also <br>. All else is text as it stands: HTML, character references, `__`, images
(a link behind an exclamation mark) and references. A backslash is an escape only before a character that
could be markup where it stands, so paths and regular expressions mostly read as they were typed.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

from . import links
from .marks import STYLES, closes, opens
from .model import CODE, Line, Run
from .tidy import tidy

_SPECIAL = re.compile(r"\\+|`+|[*_~]+|[\[\]]|<(?=https?:|mailto:|ftp:|br)|" + links.BARE.pattern, re.IGNORECASE)
_BACKSLASHES = re.compile(r"\\+")
_TICKS = re.compile("`+")
_DELIMITER = re.compile(r"\*+|_+|~+")
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_START = re.compile(r"[ \t]*([0-9]{1,8})?")

ESCAPABLE = "`*_~[]<"
# What may begin a block: escapable at the start of a line, and the dot behind a number there.
_ESCAPABLE_AT_START = ESCAPABLE + "#>+-=:|"
_ESCAPABLE_AFTER_NUMBER = ESCAPABLE + ".)"


@dataclass(frozen=True, slots=True)
class Scan:
    """The lines of a text, not yet tidy, and where in it the characters stand that made them more than text."""

    lines: list[list[Run]]
    markup: list[int]


@dataclass(slots=True)
class _Piece:
    """A stretch of text; a delimiter while `delimiter` is set, and a mark once it turns (+1 begins, -1 ends)."""

    text: str
    at: int = 0
    delimiter: str = ""
    turn: int = 0
    code: bool = False
    href: str | None = None
    ends_line: bool = False


def parse(source: str, *, starts: bool = False, continued: bool = False) -> Line:
    """One tidy line of `source`, which has no line end; `starts`: it is a line of a paragraph."""
    return tidy(scan(source, starts=starts).lines[0], continued=continued)


def parse_cell(source: str) -> tuple[Line, ...]:
    """The lines of a table cell that are not empty."""
    lines = (tidy(line) for line in scan(source, cell=True).lines)
    return tuple(line for line in lines if line)


def scan(source: str, *, starts: bool = False, cell: bool = False) -> Scan:
    if not _SPECIAL.search(source):
        return Scan([[Run(source)]], [])
    scanner = _Scanner(source, cell)
    if starts and (start := _START.match(source)):
        scanner.start = start.end()
        scanner.at_start = _ESCAPABLE_AFTER_NUMBER if start.group(1) else _ESCAPABLE_AT_START
    return scanner.run()


@dataclass(slots=True)
class _Scanner:
    source: str
    cell: bool
    start: int = -1
    at_start: str = ""
    before: str = ""
    pieces: list[_Piece] = field(default_factory=list)
    markup: list[int] = field(default_factory=list)
    brackets: list[int] = field(default_factory=list)
    begun: list[_Piece] = field(default_factory=list)
    begun_count: dict[str, int] = field(default_factory=dict)
    linked: list[tuple[int, int, str]] = field(default_factory=list)
    ticks: dict[int, list[int]] | None = None

    def run(self) -> Scan:
        at = 0
        while match := _SPECIAL.search(self.source, at):
            if match.start() > at:
                self._text(self.source[at : match.start()], at)
            at = self._special(match)
        if at < len(self.source):
            self._text(self.source[at:], at)
        return Scan(self._lines(), self.markup)

    def _special(self, match: re.Match[str]) -> int:
        character = self.source[match.start()]
        if character == "\\":
            return self._backslashes(match)
        if character == "`":
            return self._code(match)
        if character in "*_~":
            return self._delimiters(match)
        if character == "[":
            self.brackets.append(len(self.pieces))
            return self._literal(match)
        if character == "]":
            return self._close_bracket(match)
        if character == "<":
            return self._angle(match)
        return self._address(match)

    def _text(self, text: str, at: int) -> None:
        self.pieces.append(_Piece(text, at))
        self.before = text[-1]

    def _literal(self, match: re.Match[str]) -> int:
        self._text(match.group(), match.start())
        return match.end()

    def _backslashes(self, match: re.Match[str]) -> int:
        """Before a special character, each pair is one backslash and an odd one escapes; elsewhere all stand."""
        at, end = match.span()
        escaped = self.source[end : end + 1]
        if not escaped or escaped not in self._escapable(at):
            return self._literal(match)
        pairs, odd = divmod(end - at, 2)
        self.markup.extend(range(at, end))
        self._text("\\" * pairs + escaped * odd, at)
        return end + odd

    def _escapable(self, at: int) -> str:
        return self.at_start if at == self.start else ESCAPABLE

    def _code(self, match: re.Match[str]) -> int:
        at, end = match.span()
        close = self._closing_ticks(end, end - at)
        if close < 0:
            return self._literal(match)
        text = self.source[end:close]
        if text[0] == text[-1] == " " and text.strip(" "):
            text = text[1:-1]
        self.pieces.append(_Piece(text, at, code=True))
        self.before = "`"
        self.markup.extend((*range(at, end), *range(close, close + end - at)))
        return close + end - at

    def _closing_ticks(self, at: int, length: int) -> int:
        if self.ticks is None:
            self.ticks = {}
            for match in _TICKS.finditer(self.source):
                self.ticks.setdefault(len(match.group()), []).append(match.start())
        starts = self.ticks.get(length, [])
        index = bisect_left(starts, at)
        return starts[index] if index < len(starts) else -1

    def _delimiters(self, match: re.Match[str]) -> int:
        after = self._after(match.end())
        for run in _DELIMITER.finditer(match.group()):
            at = match.start() + run.start()
            for delimiter in self._split(run.group()):
                piece = _Piece(delimiter, at, delimiter)
                self._turn(piece, after, match.end())
                self.pieces.append(piece)
                at += len(delimiter)
        self.before = match.group()[-1]
        return match.end()

    def _split(self, run: str) -> tuple[str, ...]:
        if run == "***":
            return ("*", "**") if self.begun and self.begun[-1].delimiter == "*" else ("**", "*")
        return (run,)

    def _turn(self, piece: _Piece, after: str, end: int) -> None:
        """Decide whether the delimiter ends a mark, may begin one, or is text."""
        delimiter = piece.delimiter
        if delimiter not in STYLES:
            return
        # `*.log` behind a word is more likely a second glob than the end of emphasis.
        in_name = delimiter == "*" and after == "." and self.source[end + 1 : end + 2].isalnum()
        if self.begun_count.get(delimiter) and closes(delimiter, self.before, after) and not in_name:
            self._end_mark(piece)
        elif opens(delimiter, self.before, after):
            self.begun.append(piece)
            self.begun_count[delimiter] = self.begun_count.get(delimiter, 0) + 1

    def _end_mark(self, piece: _Piece) -> None:
        """Pair the delimiter with the nearest of its kind; what was begun between the two stays text."""
        skipped: list[_Piece] = []
        while (opener := self.begun.pop()).delimiter != piece.delimiter:
            skipped.append(opener)
            self.begun_count[opener.delimiter] -= 1
        self.begun_count[opener.delimiter] -= 1
        if len(skipped) == 1 and self._is_same_run(opener, skipped[0]):
            self.begun.append(skipped[0])
            self.begun_count[skipped[0].delimiter] += 1
        opener.turn, piece.turn = 1, -1
        for each in (opener, piece):
            self.markup.extend(range(each.at, each.at + len(each.text)))

    @staticmethod
    def _is_same_run(first: _Piece, second: _Piece) -> bool:
        """Whether both come from one `***`, which may be undone in either order."""
        return first.text[0] == second.text[0] and first.at + len(first.text) == second.at

    def _after(self, end: int) -> str:
        """The character that follows, an escape resolved; "" at the end of a line."""
        character = self.source[end : end + 1]
        if character == "\\":
            run = _BACKSLASHES.match(self.source, end)
            escaped = self.source[end + 1 : end + 2]
            return escaped if run and run.end() == end + 1 and escaped and escaped in ESCAPABLE else "\\"
        if self.cell and character == "<" and _BREAK.match(self.source, end):
            return ""
        return character

    def _close_bracket(self, match: re.Match[str]) -> int:
        if not self.brackets:
            return self._literal(match)
        opener = self.brackets.pop()
        found = links.destination(self.source, match.end())
        if found is None or not any(piece.text.strip() for piece in self.pieces[opener + 1 :]):
            return self._literal(match)
        address, end = found
        self.markup.append(self.pieces[opener].at)
        self.pieces[opener].text = ""
        self.linked.append((opener, len(self.pieces), address))
        self.brackets.clear()
        self.before = "a"
        return end

    def _angle(self, match: re.Match[str]) -> int:
        at = match.start()
        if found := links.angle(self.source, at):
            address, end = found
            self.pieces.append(_Piece(address, at, href=address))
            self.before = "a"
        elif self.cell and (line_break := _BREAK.match(self.source, at)):
            end = line_break.end()
            self._break_line(at)
        else:
            return self._literal(match)
        self.markup.append(at)
        return end

    def _break_line(self, at: int) -> None:
        self.pieces.append(_Piece("", at, ends_line=True))
        self.before = ""
        self.brackets.clear()
        self.begun.clear()
        self.begun_count.clear()

    def _address(self, match: re.Match[str]) -> int:
        at = match.start()
        end = links.url_end(self.source, at)
        if end == at:
            return self._literal(match)
        address = self.source[at:end]
        self.pieces.append(_Piece(address, at, href=address))
        self.before = "a"
        return end

    def _lines(self) -> list[list[Run]]:
        lines: list[list[Run]] = [[]]
        depth = dict.fromkeys(STYLES, 0)
        linked = iter([*self.linked, (len(self.pieces), len(self.pieces), "")])
        first, end, address = next(linked)
        for index, piece in enumerate(self.pieces):
            if index >= end:
                first, end, address = next(linked)
            if piece.ends_line:
                lines.append([])
            elif piece.turn:
                depth[piece.delimiter] += piece.turn
            else:
                style = CODE if piece.code else sum({STYLES[each] for each in depth if depth[each]})
                lines[-1].append(Run(piece.text, style, address if first <= index < end else piece.href))
        return lines
