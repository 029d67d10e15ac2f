"""Nodes of the Atlassian Document Format: how they are made, and how they are looked into whatever they hold.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from .chars import clean

Node = dict[str, object]
Adf = Mapping[str, object]

BREAK = "hardBreak"


def doc(content: Iterable[Adf]) -> Node:
    return {"version": 1, "type": "doc", "content": list(content)}


def node(kind: str, content: Iterable[Adf], **attrs: object) -> Node:
    return {"type": kind, **({"attrs": attrs} if attrs else {}), "content": list(content)}


def text_node(text: str, *marks: Adf) -> Node:
    return {"type": "text", "text": text, **({"marks": list(marks)} if marks else {})}


def link_mark(href: str) -> Node:
    return {"type": "link", "attrs": {"href": href}}


def kind(of: Adf) -> str:
    found = of.get("type")
    return found if isinstance(found, str) else ""


def content(of: Adf) -> list[Adf]:
    return _mappings(of.get("content"))


def marks(of: Adf) -> list[Adf]:
    return _mappings(of.get("marks"))


def _mappings(value: object) -> list[Adf]:
    if not isinstance(value, list | tuple):
        return []
    # Asking for dict first is several times as fast.
    return [each for each in value if isinstance(each, dict) or isinstance(each, Mapping)]  # noqa: SIM101


def attribute(of: Adf, name: str) -> object:
    attrs = of.get("attrs")
    return attrs.get(name) if isinstance(attrs, Mapping) else None


def string(of: Adf, *names: str) -> str:
    """The first of the attributes that is a text and not empty."""
    values = (attribute(of, name) for name in names)
    return next((clean(value) for value in values if isinstance(value, str) and value), "")


def integer(of: Adf, name: str, low: int, high: int) -> int:
    """The attribute as a number within bounds, 1 if it is none."""
    value = attribute(of, name)
    if not isinstance(value, int | float) or value != value:
        return 1
    return int(min(max(value, low), high))


def texts(of: Adf) -> Iterator[str]:
    """All texts below a node, however deep."""
    waiting = [of]
    while waiting:
        current = waiting.pop()
        text = current.get("text")
        if isinstance(text, str):
            yield clean(text)
        waiting.extend(reversed(content(current)))
