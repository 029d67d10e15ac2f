"""A case's text and a document as rows of the same kind: stretches of text, each with a key.

Two stretches with the same key read the same on either side.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .chars import LINE_END, clean
from .nodes import Adf, content, doc, kind
from .read import read_stretch
from .stretches import Stretch, stretches
from .write import write_text, written_nodes

_KEY_LENGTH = 12


class Side(Protocol):
    """`lines` are in their clean form; `keys` has one for each stretch."""

    @property
    def lines(self) -> Sequence[str]: ...
    @property
    def stretches(self) -> Sequence[Stretch]: ...
    @property
    def keys(self) -> Sequence[str]: ...


@dataclass(frozen=True, slots=True)
class CaseSide:
    """A `Side`, and the places of its lines in the text as it was typed."""

    lines: Sequence[str]
    stretches: Sequence[Stretch]
    keys: Sequence[str]
    typed: str
    spans: Sequence[tuple[int, int]]

    def start(self, stretch: int) -> int:
        return self.spans[self.stretches[stretch].start][0]

    def end(self, stretch: int) -> int:
        return self.spans[self.stretches[stretch].end - 1][1]


@dataclass(frozen=True, slots=True)
class IssueSide:
    """A `Side`, the nodes of the document, and the lines of each, None for one that reads as nothing."""

    lines: Sequence[str]
    stretches: Sequence[Stretch]
    keys: Sequence[str]
    nodes: Sequence[Adf]
    ranges: Sequence[tuple[int, int] | None]


def text_of(side: Side, start: int, end: int) -> str:
    """The stretches from one up to another, as they stand."""
    return "\n".join(side.lines[side.stretches[start].start : side.stretches[end - 1].end])


def case_side(text: str, known: Mapping[str, str] | None = None) -> CaseSide:
    """`known`: keys of stretches that may be there, see `known_keys`."""
    breaks = [match.span() for match in LINE_END.finditer(text)]
    spans = list(zip([0, *(end for _, end in breaks)], [*(start for start, _ in breaks), len(text)], strict=True))
    lines = [clean(text[start:end]) for start, end in spans]
    found = list(stretches(lines))
    return CaseSide(lines, found, _keys(lines, found, known or {}), text, spans)


def issue_side(document: Adf | None, beside: str = "", known: Mapping[str, str] | None = None) -> IssueSide:
    """`beside`: text of a case that is no fence, with which the stretches will stand together."""
    lines: list[str] = []
    nodes: list[Adf] = []
    ranges: list[tuple[int, int] | None] = []
    for node, written in written_nodes(document, beside):
        nodes.append(node)
        if not written:
            ranges.append(None)
            continue
        start = len(lines) + (1 if lines else 0)
        lines.extend([*([""] if lines else []), *written])
        ranges.append((start, len(lines)))
    found = list(stretches(lines))
    return IssueSide(lines, found, _keys(lines, found, known or {}), nodes, ranges)


def _keys(lines: Sequence[str], found: Sequence[Stretch], known: Mapping[str, str]) -> list[str]:
    return [known.get("\n".join(lines[stretch.start : stretch.end])) or _key(lines, stretch) for stretch in found]


def known_keys(*sides: Side) -> dict[str, str]:
    """The keys of all stretches, by what stands there."""
    return {text_of(side, at, at + 1): key for side in sides for at, key in enumerate(side.keys)}


def _key(lines: Sequence[str], stretch: Stretch) -> str:
    """A short digest of the stretch as it reads when it comes back from Jira, blanks at the ends of lines aside."""
    nodes = read_stretch(lines, stretch)
    is_plain = all(kind(node) == "paragraph" and not any("marks" in each for each in content(node)) for node in nodes)
    written = lines[stretch.start : stretch.end] if is_plain else write_text(doc(nodes)).split("\n")
    canonical = "\n".join(line.rstrip() for line in written)
    return hashlib.sha256(canonical.encode()).hexdigest()[:_KEY_LENGTH]
