"""What is markup within a line of a case: `**strong**`, code in backticks, `[text](https://…)` and bare addresses.

Cases are full of globs, ARNs, exponents, JSON and shell commands, and a lost star is lost evidence. So a delimiter
inside a token opens nothing, one beside a quotation mark neither, and what could be a glob is none.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from . import links
from .nodes import Node, link_mark, text_node

CODE = "code"
STRONG = "strong"
LINK = "link"

_ATOM = re.compile(rf"(?P<ticks>`+)|(?P<open>\[)|(?P<address>{links.BARE})", re.IGNORECASE)
_LINK = re.compile(rf"\[([^\[\]\s](?:[^\[\]]*[^\[\]\s])?)\]\(({links.ADDRESS})\)", re.IGNORECASE)
_TICKS = re.compile("`+")
_STARS = re.compile(r"\*+")
_OPENING = "(["
_CLOSING = ".,:;!?)]"
# Neither begins a word: `**/secret**`, `**.exe**`, `**=`, `**_x`; nor ends one: `**src/**`, `**a\**`.
_NO_START = frozenset("/.\\*?:;,!=~^_|{})]>")
_NO_END = frozenset("/\\*([{<=|&@$_~^")


@dataclass(frozen=True, slots=True)
class Mark:
    """A mark from `start` to `end` of a line; between its delimiters stands `inner_start` to `inner_end`.

    An address that stands for itself has no delimiters.
    """

    kind: str
    start: int
    inner_start: int
    inner_end: int
    end: int
    href: str = ""

    def delimiters(self) -> tuple[tuple[int, int], tuple[int, int]]:
        return (self.start, self.inner_start), (self.inner_end, self.end)

    def moved(self, by: int) -> Mark:
        return replace(
            self,
            start=self.start + by,
            inner_start=self.inner_start + by,
            inner_end=self.inner_end + by,
            end=self.end + by,
        )


def find_marks(line: str) -> list[Mark]:
    """The marks of a line, outer ones before those within them."""
    if not any(sign in line for sign in ("`", "**", "://")):
        return []
    atoms = list(_atoms(line, with_links=True))
    inner = [mark for atom in atoms for mark in _within(line, atom)]
    return sorted([*atoms, *inner, *_strong(line, atoms, inner)], key=lambda mark: (mark.start, -mark.end))


def _within(line: str, atom: Mark) -> Iterator[Mark]:
    """The marks in the text of a link."""
    if atom.kind != LINK or atom.start == atom.inner_start:
        return
    text = line[atom.inner_start : atom.inner_end]
    codes = list(_atoms(text, with_links=False))
    for mark in (*codes, *_strong(text, codes, [])):
        yield mark.moved(atom.inner_start)


def _atoms(line: str, *, with_links: bool) -> Iterator[Mark]:
    """Code, links and addresses, none within another."""
    ticks: dict[int, list[int]] = {}
    for run in _TICKS.finditer(line):
        ticks.setdefault(len(run.group()), []).append(run.start())
    at = 0
    while match := _ATOM.search(line, at):
        found: Mark | None = None
        if match["ticks"]:
            found = _code(line, match, ticks)
        elif with_links:
            found = _link(line, match.start()) if match["open"] else _address(line, match)
        if found:
            yield found
        at = found.end if found else match.end()


def _code(line: str, opening: re.Match[str], ticks: dict[int, list[int]]) -> Mark | None:
    start, inner = opening.span()
    starts = ticks[inner - start]
    following = bisect_left(starts, inner)
    if following == len(starts) or not _may_begin(line, start):
        return None
    close = starts[following]
    end = close + inner - start
    padding = 1 if _is_padded(line[inner:close]) else 0
    text = line[inner + padding : close - padding]
    if text != text.strip() or not _may_end(line, end):
        return None
    return Mark(CODE, start, inner + padding, close - padding, end)


def _is_padded(text: str) -> bool:
    """Whether a blank on each side keeps backticks in the code apart from those around it."""
    return text[0] == text[-1] == " " and len(text) > 2 and "`" in (text[1], text[-2])


def _link(line: str, start: int) -> Mark | None:
    match = _LINK.match(line, start)
    if not match or not _may_begin(line, start) or not _may_end(line, match.end()):
        return None
    return Mark(LINK, start, match.start(1), match.end(1), match.end(), match.group(2))


def _address(line: str, match: re.Match[str]) -> Mark | None:
    start, end = match.start(), links.bare_end(line, *match.span())
    address = line[start:end]
    return Mark(LINK, start, start, end, end, address) if len(address) > len("https://") else None


def _strong(line: str, atoms: Sequence[Mark], inner: Sequence[Mark]) -> Iterator[Mark]:
    """Pairs of `**` with no other star between them but in code and addresses."""
    codes = [mark for mark in (*atoms, *inner) if mark.kind == CODE]
    no_start = {mark.inner_start for mark in codes} | {mark.start for mark in codes}
    no_end = {mark.inner_end for mark in codes} | {mark.end for mark in codes}
    for mark in atoms:
        # Code cannot be strong in Jira: with a link of nothing else at its edge the stars would be for nothing.
        no_start |= {mark.start} if mark.inner_start in no_start else set()
        no_end |= {mark.end} if mark.inner_end in no_end else set()
    opening: tuple[int, int] | None = None
    for start, end in _stars(line, atoms):
        if end - start != 2:
            opening = None
            continue
        if opening and _closes(line, start, end) and opening[1] not in no_start and start not in no_end:
            yield Mark(STRONG, opening[0], opening[1], start, end)
            opening = None
        else:
            opening = (start, end) if _opens(line, start, end) else None


def _stars(line: str, atoms: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    remaining = iter(atoms)
    atom = next(remaining, None)
    for run in _STARS.finditer(line):
        while atom and atom.end <= run.start():
            atom = next(remaining, None)
        if not atom or run.start() < atom.start:
            yield run.span()


def _opens(line: str, start: int, end: int) -> bool:
    following = line[end : end + 1]
    return (
        bool(following.strip()) and following not in _NO_START and _is_edge(line[start - 1 : start], _OPENING, "PsPi")
    )


def _closes(line: str, start: int, end: int) -> bool:
    previous = line[start - 1]
    return bool(previous.strip()) and previous not in _NO_END and _is_edge(line[end : end + 1], _CLOSING, "PePfPo")


def _may_begin(line: str, at: int) -> bool:
    """Whether code or a link may begin here: where a token begins, also one that is strong."""
    if line[max(at - 3, 0) : at].endswith("**"):
        at -= 2
    return _is_edge(line[at - 1 : at] if at else "", _OPENING, "PsPi")


def _may_end(line: str, at: int) -> bool:
    if line.startswith("**", at):
        at += 2
    return _is_edge(line[at : at + 1], _CLOSING, "PePfPo")


def _is_edge(beside: str, signs: str, categories: str) -> bool:
    """Whether a token may begin or end beside this character; scripts without spaces have such edges everywhere."""
    if not beside or beside.isspace() or beside in signs:
        return True
    return not beside.isascii() and unicodedata.category(beside) in (*_pairs(categories), "Lo")


def _pairs(categories: str) -> Iterator[str]:
    return (categories[at : at + 2] for at in range(0, len(categories), 2))


def text_nodes(line: str) -> list[Node]:
    """The line as ADF text nodes."""
    marks = find_marks(line)
    if not marks:
        return [text_node(line)] if line else []
    return list(_pieces(line, marks))


def _pieces(line: str, marks: Sequence[Mark]) -> Iterator[Node]:
    hidden = {span for mark in marks for span in mark.delimiters()}
    edges = sorted({0, len(line), *(at for span in hidden for at in span)})
    starts = {start: end for start, end in hidden if start < end}
    waiting = iter(marks)
    upcoming = next(waiting, None)
    active: list[Mark] = []
    for start, end in pairwise(edges):
        while upcoming and upcoming.start <= start:
            active.append(upcoming)
            upcoming = next(waiting, None)
        active = [mark for mark in active if mark.end > start]
        if starts.get(start) != end:
            yield text_node(line[start:end], *_adf_marks(active))


def _adf_marks(active: Iterable[Mark]) -> Iterator[Node]:
    """In Jira's order; code goes with a link alone."""
    kinds = {mark.kind: mark for mark in active}
    if LINK in kinds:
        yield link_mark(kinds[LINK].href)
    if CODE in kinds:
        yield {"type": CODE}
    elif STRONG in kinds:
        yield {"type": STRONG}
