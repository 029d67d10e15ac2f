"""Our own sentences in Jira, in which names, titles and texts of others stand letter for letter."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from string import Formatter

from .chars import clean
from .nodes import BREAK, Adf, Node, content, doc, kind, link_mark, node, text_node

_ADDRESS = re.compile(r"https?://[^\s/]\S*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Strong:
    """A value that stands out."""

    text: str


def sentence(template: str, **values: str | Strong) -> Node:
    """A paragraph: our wording with the values in place of its `{names}`.

    Nothing in a value is read as markup. Its line ends are hard breaks, and one that is an http(s) address altogether
    is a link. Raises KeyError if the template names a value that is not given.
    """
    parts: list[_Part] = []
    for wording, name, _, _ in Formatter().parse(template):
        parts.append(_Part(wording))
        if name is not None:
            parts.append(_part(values[name]))
    return node("paragraph", _pieces(parts))


def document(*parts: Node | Adf) -> Node:
    """Nodes, and what documents hold, one after another as one document."""
    return doc(each for part in parts for each in (content(part) if kind(part) == "doc" else [part]))


@dataclass(frozen=True, slots=True)
class _Part:
    text: str
    mark: str = ""


def _part(value: str | Strong) -> _Part:
    if isinstance(value, Strong):
        return _Part(value.text, "strong")
    return _Part(value, "link" if _ADDRESS.fullmatch(value) else "")


def _pieces(parts: Sequence[_Part]) -> Iterator[Node]:
    for mark, group in groupby(parts, key=lambda part: part.mark):
        text = clean("".join(part.text for part in group))
        marks = [link_mark(text) if mark == "link" else {"type": mark}] if mark else []
        for index, line in enumerate(text.split("\n")):
            if index:
                yield {"type": BREAK}
            if line:
                yield text_node(line, *marks)
