"""Our own sentences in Jira, in which names, titles and texts of others stand letter for letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
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
    found: list[Node] = []
    for wording, name, _, _ in Formatter().parse(template):
        found.extend(_pieces(wording))
        if name is not None:
            found.extend(_value(values[name]))
    return node("paragraph", found)


def document(*parts: Node | Adf) -> Node:
    """Nodes, and what documents hold, one after another as one document."""
    return doc(each for part in parts for each in (content(part) if kind(part) == "doc" else [part]))


def _value(value: str | Strong) -> Iterator[Node]:
    if isinstance(value, Strong):
        return _pieces(value.text, {"type": "strong"})
    return _pieces(value, link_mark(value)) if _ADDRESS.fullmatch(value) else _pieces(value)


def _pieces(text: str, *marks: Node) -> Iterator[Node]:
    for index, line in enumerate(clean(text).split("\n")):
        if index:
            yield {"type": BREAK}
        if line:
            yield text_node(line, *marks)
