"""The canonical form of one line: the only form that the Markdown writer can be given.

Bare addresses are links, white space stands outside marks and links, and a mark that Markdown could not begin
or end where it stands is left out. `tidy(tidy(line)) == tidy(line)`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from . import links
from .marks import DELIMITERS, closes, layout, opens
from .model import CODE, EM, STRIKE, STRONG, Line, Run

MARKS = STRONG | EM | STRIKE
_BLANK = " \t"
# Each round lets go of a mark or finds a link; text that needs more rounds loses its marks.
_ROUNDS = 8


@dataclass(slots=True)
class Atom:
    """What a mark sees as one piece: plain text, code, or a whole link (then `runs` is its text)."""

    text: str
    style: int = 0
    code: bool = False
    href: str | None = None
    runs: Sequence[Run] = ()

    @property
    def is_plain(self) -> bool:
        return not self.code and self.href is None

    @property
    def first(self) -> str:
        """The first character as a mark before it sees it: for a link that of a word, for code a backtick."""
        return self.text[0] if self.is_plain else self._face

    @property
    def last(self) -> str:
        return self.text[-1] if self.is_plain else self._face

    @property
    def _face(self) -> str:
        return "`" if self.href is None else "a"


def tidy(runs: Iterable[Run], *, continued: bool = False) -> Line:
    """The canonical line; one that continues a paragraph keeps its indentation."""
    line = merge(runs)
    for keep in (MARKS, 0):
        for _ in range(_ROUNDS):
            found = _strip(_fit(_link(merge(_restyle(run, keep) for run in line))), continued)
            if found == line:
                return line
            line = found
    return line


def _restyle(run: Run, keep: int) -> Run:
    style = CODE if run.style & CODE else run.style & keep
    return run if style == run.style else Run(run.text, style, run.href)


def merge(runs: Iterable[Run]) -> Line:
    """The runs without empty ones, and neighbours of one look as one."""
    merged: list[Run] = []
    texts: list[str] = []
    for run in runs:
        if not run.text:
            continue
        if not merged or merged[-1].style != run.style or merged[-1].href != run.href:
            _join(merged, texts)
            merged.append(run)
        texts.append(run.text)
    _join(merged, texts)
    return tuple(merged)


def _join(merged: list[Run], texts: list[str]) -> None:
    if len(texts) > 1:
        merged[-1] = Run("".join(texts), merged[-1].style, merged[-1].href)
    texts.clear()


def _strip(line: Line, continued: bool) -> Line:
    runs = list(line)
    while runs and not runs[-1].style & CODE and runs[-1].text[-1] in _BLANK:
        last = runs.pop()
        kept = last.text.rstrip(_BLANK)
        if kept:
            runs.append(Run(kept, last.style, last.href))
    while not continued and runs and not runs[0].style & CODE and runs[0].text[0] in _BLANK:
        first = runs.pop(0)
        kept = first.text.lstrip(_BLANK)
        if kept:
            runs.insert(0, Run(kept, first.style, first.href))
    return tuple(runs)


def _link(line: Line) -> Line:
    found: list[Run] = []
    for run in line:
        if run.href is None and not run.style & CODE and "://" in run.text:
            found.extend(_linked(run))
        else:
            found.append(run)
    return tuple(found)


def _linked(run: Run) -> Iterable[Run]:
    at = 0
    for match in links.BARE.finditer(run.text):
        start = match.start()
        if start < at:
            continue
        end = links.url_end(run.text, start)
        if end > start:
            yield Run(run.text[at:start], run.style)
            yield Run(run.text[start:end], run.style, run.text[start:end])
            at = end
    yield Run(run.text[at:], run.style)


def _fit(line: Line) -> Line:
    if not any(run.style & MARKS or run.href for run in line):
        return line
    return merge(_remaining(_fit_marks(_unspaced(line), "", "")))


def atoms(line: Line) -> list[Atom]:
    """The line as its marks see it; marks that all of a link's text has in common stand outside of it."""
    found: list[Atom] = []
    index = 0
    while index < len(line):
        run = line[index]
        if run.href is None:
            found.append(_atom(run))
            index += 1
            continue
        end = index
        while end < len(line) and line[end].href == run.href:
            end += 1
        found.append(_link_atom(line[index:end]))
        index = end
    return found


def _atom(run: Run) -> Atom:
    return Atom(run.text, run.style & MARKS, code=bool(run.style & CODE))


def _link_atom(group: Sequence[Run]) -> Atom:
    common = MARKS
    for run in group:
        common &= run.style
    runs = [Run(run.text, run.style & ~common) for run in group]
    return Atom("".join(run.text for run in runs), common, href=group[0].href, runs=runs)


def _unspaced(line: Line) -> list[Atom]:
    """The atoms, white space at the ends of a link's text moved out of the link."""
    found: list[Atom] = []
    for atom in atoms(line):
        if atom.href is None:
            found.append(atom)
            continue
        inner = atom.text.strip()
        start = atom.text.find(inner) if inner else len(atom.text)
        found.append(Atom(atom.text[:start], atom.style))
        if inner:
            runs = _slice(atom.runs, start, start + len(inner))
            if links.BARE.search(inner):
                # An address in the text would take the delimiters in.
                runs = [_restyle(run, 0) for run in runs]
            inner_runs = list(_remaining(_fit_marks([_atom(run) for run in runs], "[", "]")))
            found.append(Atom(inner, atom.style, href=atom.href, runs=inner_runs))
            found.append(Atom(atom.text[start + len(inner) :], atom.style))
    return [atom for atom in found if atom.text]


def _slice(runs: Sequence[Run], start: int, end: int) -> list[Run]:
    found: list[Run] = []
    at = 0
    for run in runs:
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            found.append(Run(text, run.style))
        at += len(run.text)
    return found


@dataclass(slots=True)
class _Loss:
    """Marks that an atom gives up: altogether, and for the white space at its ends only."""

    all: int = 0
    head: int = 0
    tail: int = 0


def _fit_marks(row: list[Atom], before: str, after: str) -> Iterator[tuple[Atom, _Loss | None]]:
    """The atoms and the marks that each loses; `before` and `after` are what the row stands between."""
    losses: dict[int, _Loss] = defaultdict(_Loss)
    _, spans = layout([atom.style for atom in row])
    for span in spans:
        first, last = row[span.first], row[span.last]
        if first.is_plain and first.first.isspace():
            losses[span.first].head |= span.style
        elif last.is_plain and last.last.isspace():
            losses[span.last].tail |= span.style
        else:
            delimiter = DELIMITERS[span.style]
            previous = row[span.first - 1].last if span.first else before
            following = row[span.last + 1].first if span.last + 1 < len(row) else after
            if opens(delimiter, previous, first.first) and closes(delimiter, last.last, following):
                continue
            for index in range(span.first, span.last + 1):
                losses[index].all |= span.style
    return ((atom, losses.get(index)) for index, atom in enumerate(row))


def _remaining(fitted: Iterable[tuple[Atom, _Loss | None]]) -> Iterator[Run]:
    for atom, loss in fitted:
        style = atom.style & ~loss.all if loss else atom.style
        if atom.href is not None:
            for run in atom.runs:
                yield Run(run.text, run.style if run.style & CODE else run.style | style, atom.href)
        elif atom.code:
            yield Run(atom.text, CODE)
        elif loss and (loss.head or loss.tail):
            yield from _ends_without_marks(atom.text, style, loss)
        else:
            yield Run(atom.text, style)


def _ends_without_marks(text: str, style: int, loss: _Loss) -> Iterator[Run]:
    start = len(text) - len(text.lstrip()) if loss.head else 0
    end = max(start, len(text.rstrip())) if loss.tail else len(text)
    yield Run(text[:start], style & ~loss.head)
    yield Run(text[start:end], style)
    yield Run(text[end:], style & ~loss.tail)
