"""What the start of a line can begin. The reader asks this to parse, the writer to know what to escape."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .model import Place

BLANK = " \t"
_TAB = 4
CODE_INDENT = 4

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})(.*)$")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+([^ \t].*)$")
_QUOTE = re.compile(r" {0,3}>(?=[ \t>]|$)")
_ITEM = re.compile(r"( {0,3})(?:[-+*]|([0-9]{1,8})[.)])(?:([ \t]+)(?=[^ \t])|[ \t]*$)")
_ALERT = re.compile(r"\[!([A-Za-z]+)\][ \t]*$")
_SETEXT = re.compile(r" {0,3}(={3,}|-{3,})[ \t]*$")
_DELIMITER_CELL = re.compile(r":?-+:?$")
_PIPE = re.compile(r"(?<!\\)\|")

# The names of Jira's own panels, and GitHub's alerts.
_PANELS = {
    "INFO": "info",
    "NOTE": "note",
    "TIP": "tip",
    "WARNING": "warning",
    "ERROR": "error",
    "SUCCESS": "success",
    "IMPORTANT": "note",
    "CAUTION": "error",
}
PANEL_KINDS = frozenset(_PANELS.values())


def is_blank(line: str) -> bool:
    return not line.strip(BLANK)


def indent(line: str) -> int:
    """The columns of white space that the line begins with."""
    columns = 0
    for character in line:
        if character == " ":
            columns += 1
        elif character == "\t":
            columns += _TAB - columns % _TAB
        else:
            break
    return columns


def outdent(line: str, columns: int) -> str:
    """The line without (up to) so many columns of white space at its start."""
    done = 0
    for index, character in enumerate(line):
        if done >= columns or character not in BLANK:
            return line[index:]
        width = _TAB - done % _TAB if character == "\t" else 1
        done += width
        if done > columns:
            return " " * (done - columns) + line[index + 1 :]
    return ""


def fence(line: str) -> tuple[str, str] | None:
    """The characters of the fence that the line opens, and what stands behind them."""
    match = _FENCE.match(line)
    return (match.group(1), match.group(2)) if match else None


def closes_fence(line: str, opening: str) -> bool:
    mark = line.strip(BLANK)
    return len(mark) >= len(opening) and mark == opening[0] * len(mark) and indent(line) < CODE_INDENT


def heading(line: str) -> tuple[int, str] | None:
    """The level and the text of a heading."""
    match = _HEADING.match(line)
    return (len(match.group(1)), match.group(2)) if match else None


def quoted(line: str) -> str | None:
    """What the line quotes."""
    match = _QUOTE.match(line)
    if not match:
        return None
    rest = line[match.end() :]
    # Of a tab behind the mark one column is the mark's own.
    return "  " + rest[1:] if rest.startswith("\t") else rest.removeprefix(" ")


def panel(line: str) -> str | None:
    """The kind of panel that a quote with this first line is."""
    match = _ALERT.match(line)
    return _PANELS.get(match.group(1).upper()) if match else None


@dataclass(frozen=True, slots=True)
class Marker:
    """The start of a list item: its column, that of its text, and the text on its line."""

    indent: int
    width: int
    sign: str
    number: int | None
    text: str

    def continues(self, previous: Marker) -> bool:
        """Whether this is the next item of the same list; a number that jumps starts another list."""
        if self.sign != previous.sign:
            return False
        return self.number is None or previous.number is None or counts_on(previous.number, self.number)


def counts_on(previous: int, number: int) -> bool:
    """Whether the numbers belong to one list: one more, or 1 again, which is how many people number."""
    return number == previous + 1 or number == previous <= 1


def marker(line: str) -> Marker | None:
    match = _ITEM.match(line)
    if not match:
        return None
    margin, number, gap = len(match.group(1)), match.group(2), match.group(3) or ""
    end = match.end() - len(gap) if gap else len(line.rstrip(BLANK))
    columns = indent(" " * end + gap) - end
    return Marker(
        indent=margin,
        width=end + (columns if 1 <= columns <= _TAB else 1),
        sign=line[end - 1],
        number=int(number) if number else None,
        text=line[match.end() :],
    )


def is_rule(line: str) -> bool:
    marks = line.replace(" ", "").replace("\t", "")
    return len(marks) >= 3 and marks[0] in "-*_" and marks == marks[0] * len(marks)


def setext_level(line: str) -> int:
    """The level of the heading that the line underlines, or 0."""
    match = _SETEXT.match(line)
    if not match:
        return 0
    return 1 if match.group(1)[0] == "=" else 2


def cells(line: str) -> list[str]:
    """The cells of a table row, pipes in them no longer escaped."""
    line = line.strip(BLANK).removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    return [cell.strip(BLANK).replace("\\|", "|") for cell in _PIPE.split(line)]


def begins_table(lines: Sequence[str], at: int) -> bool:
    """Whether the line is a header row: the next one is a row of dashes with as many cells."""
    if at + 1 >= len(lines) or "|" not in lines[at] or "|" not in lines[at + 1]:
        return False
    under = lines[at + 1].strip(BLANK)
    if under[0] not in "|:-" or indent(lines[at + 1]) >= CODE_INDENT:
        return False
    dashes = cells(under)
    return all(_DELIMITER_CELL.match(cell) for cell in dashes) and len(dashes) == len(cells(lines[at]))


def begins(lines: Sequence[str], at: int, place: Place, paragraph: int) -> str:
    """What block the line begins, "" for none, `paragraph` being the number of lines of the one that it may continue.

    The answers: code (indented), fence, setext (the line underlines a heading), heading, rule, quote, list, table.
    """
    line = lines[at]
    if indent(line) >= CODE_INDENT:
        return "" if paragraph else "code"
    start = line.lstrip(BLANK)[:1]
    if start in "`~" and fence(line):
        return "fence"
    if place.headings and start in "#=-":
        if paragraph == 1 and setext_level(line):
            return "setext"
        if heading(line):
            return "heading"
    if place.rules and start in "-*_" and is_rule(line):
        return "rule"
    if place.quotes and start == ">" and quoted(line) is not None:
        return "quote"
    if place.lists and _begins_list(line, paragraph):
        return "list"
    return "table" if place.tables and begins_table(lines, at) else ""


def _begins_list(line: str, paragraph: int) -> bool:
    found = marker(line)
    if not found:
        return False
    # Within a paragraph a line that starts with "2024. ", or a lone dash, is more likely part of the text.
    return not paragraph or (bool(found.text) and found.number in (None, 1))
