"""An edit carried over block by block: what did not change keeps the form that the other side gave it."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from .align import align
from .alike import Match, matches, orphans
from .nodes import Adf, Node, doc
from .read import read_document, read_stretch
from .sides import CaseSide, IssueSide, case_side, issue_side, known_keys, text_of
from .write import write_text, written_nodes


def update_adf(text: str, current: Adf | None, alike: Collection[str] = ()) -> Node:
    """`text` as a document in which every node of `current` that still reads so is the very same object.

    `alike` holds entries of `alike()`: such stretches are taken for the same. Nodes that read as nothing all stay:
    at the start, or behind what stands for the node that they follow. Never raises.
    """
    case, issue = case_side(text), issue_side(current)
    nodes = [*_leading(issue)]
    keys: list[str] = []
    at = 0
    silent: list[Adf] = []
    for unit in (*_kept(_units(issue, matches(case, issue, alike))), _Kept(len(case.keys), len(case.keys), (), ())):
        if unit.start < 0:
            silent.extend(unit.nodes)
            continue
        nodes.extend((*_converted(case, at, unit.start), *silent, *unit.nodes))
        keys.extend((*case.keys[at : unit.start], *unit.keys))
        at = unit.end
        silent.clear()
    document = doc(nodes)
    return document if list(issue_side(document, known=known_keys(case, issue)).keys) == keys else read_document(text)


@dataclass(frozen=True, slots=True)
class _Unit:
    """Nodes of the document that only together are a whole number of stretches, and what these match."""

    nodes: tuple[Adf, ...]
    silent: tuple[Adf, ...]
    keys: tuple[str, ...]
    matches: tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class _Kept:
    """Nodes in place of the case's stretches from `start` up to `end` (-1: of none, they read as nothing)."""

    start: int
    end: int
    nodes: tuple[Adf, ...]
    keys: tuple[str, ...]


def _leading(issue: IssueSide) -> Iterator[Adf]:
    for node, lines in zip(issue.nodes, issue.ranges, strict=True):
        if lines:
            return
        yield node


def _units(issue: IssueSide, found: Sequence[Match]) -> Iterator[_Unit]:
    lines = [(issue.stretches[each.issue_start].start, issue.stretches[each.issue_end - 1].end) for each in found]
    own = [(each.start, each.end) for each in issue.stretches]
    starts, match_starts = [start for start, _ in own], [start for start, _ in lines]
    wholes = _merged([*filter(None, issue.ranges), *own, *lines])
    for (start, end), (nodes, silent) in zip(wholes, _nodes(issue, wholes), strict=True):
        members = slice(bisect_left(starts, start), bisect_left(starts, end))
        matched = slice(bisect_left(match_starts, start), bisect_left(match_starts, end))
        yield _Unit(nodes, silent, tuple(issue.keys[members]), tuple(found[matched]))


def _nodes(issue: IssueSide, wholes: Sequence[tuple[int, int]]) -> Iterator[tuple[tuple[Adf, ...], tuple[Adf, ...]]]:
    """The nodes of each whole, those that read as nothing with what they follow, and these alone."""
    placed = list(zip(issue.nodes, issue.ranges, strict=True))
    at = next((index for index, (_, lines) in enumerate(placed) if lines), len(placed))
    for _, end in wholes:
        first = at
        while at < len(placed) and ((lines := placed[at][1]) is None or lines[0] < end):
            at += 1
        members = placed[first:at]
        yield tuple(node for node, _ in members), tuple(node for node, lines in members if not lines)


def _merged(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges, overlapping ones as one."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _kept(units: Iterator[_Unit]) -> Iterator[_Kept]:
    """The units that are matched as a whole, by stretches of the case that follow one another, and all silent nodes."""
    for unit in units:
        ends = [match.end for match in unit.matches]
        is_whole = sum(match.issue_end - match.issue_start for match in unit.matches) == len(unit.keys)
        if is_whole and [match.start for match in unit.matches[1:]] == ends[:-1]:
            yield _Kept(unit.matches[0].start, ends[-1], unit.nodes, unit.keys)
        elif unit.silent:
            yield _Kept(-1, -1, unit.silent, ())


def _converted(case: CaseSide, start: int, end: int) -> Iterator[Node]:
    for stretch in case.stretches[start:end]:
        yield from read_stretch(case.lines, stretch)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Text for the case, and where it starts and ends there if it is its own (-1: it is not)."""

    text: str
    keys: tuple[str, ...]
    start: int = -1
    end: int = -1


def update_text(document: Adf | None, current: str, alike: Collection[str] = ()) -> str:
    """`document` as case text in which every stretch of `current` that still reads so stands byte for byte.

    Between kept neighbours the blank lines stay too. `alike` holds entries of `alike()`: such stretches are taken for
    the same. Never raises.
    """
    case = case_side(current)
    issue = issue_side(document, "\n".join(_unfenced(case)))
    pieces = list(_pieces(case, issue, matches(case, issue, alike), orphans(case, alike)))
    text = _joined(case, pieces)
    keys = [key for piece in pieces for key in piece.keys]
    return text if list(case_side(text, known_keys(case, issue)).keys) == keys else write_text(document)


def _unfenced(case: CaseSide) -> Iterator[str]:
    for at, stretch in enumerate(case.stretches):
        if not stretch.fenced:
            yield text_of(case, at, at + 1)


def _pieces(case: CaseSide, issue: IssueSide, found: Sequence[Match], alone: frozenset[int]) -> Iterator[_Piece]:
    yield from _orphans(case, 0, alone)
    at = 0
    for match in (*found, Match(-1, -1, len(issue.keys), len(issue.keys))):
        for index in range(at, match.issue_start):
            yield _Piece(text_of(issue, index, index + 1), (issue.keys[index],))
        at = match.issue_end
        if match.start >= 0:
            yield _own(case, match.start, match.end)
            yield from _orphans(case, match.end, alone)


def _orphans(case: CaseSide, at: int, alone: frozenset[int]) -> Iterator[_Piece]:
    while at in alone:
        yield _own(case, at, at + 1)
        at += 1


def _own(case: CaseSide, start: int, end: int) -> _Piece:
    return _Piece(case.typed[case.start(start) : case.end(end - 1)], tuple(case.keys[start:end]), start, end)


def _joined(case: CaseSide, pieces: Sequence[_Piece]) -> str:
    if not pieces:
        return "" if case.keys else case.typed
    parts: list[str] = []
    for before, piece in zip([None, *pieces], pieces, strict=False):
        parts.extend((_between(case, before, piece), piece.text))
    return "".join((*parts, case.typed[case.end(-1) :] if pieces[-1].end == len(case.keys) else ""))


def _between(case: CaseSide, before: _Piece | None, piece: _Piece) -> str:
    """The blank lines that were there between two neighbours of the case, and the white space that it begins with."""
    if before is None:
        return case.typed[: case.start(0)] if piece.start == 0 else ""
    if before.end == piece.start >= 0:
        return case.typed[case.end(before.end - 1) : case.start(piece.start)]
    return "\n\n"


def keep_nodes(document: Adf, current: Adf | None) -> Node:
    """`document` with the very nodes of `current` in place of its own that read the same. Never raises."""
    new, old = written_nodes(document), written_nodes(current)
    kept = dict(align(["\n".join(lines) for _, lines in new], ["\n".join(lines) for _, lines in old]))
    return doc(old[kept[at]][0] if at in kept else each for at, (each, _) in enumerate(new))
