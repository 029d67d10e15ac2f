"""Builders of ADF nodes, in the form in which the package writes them."""

from __future__ import annotations

from collections.abc import Iterable

Node = dict[str, object]

BREAK: Node = {"type": "hardBreak"}
RULE: Node = {"type": "rule"}


def doc(*content: Node) -> Node:
    return {"version": 1, "type": "doc", "content": list(content)}


def t(text: str, *marks: str, href: str | None = None) -> Node:
    """A text node; marks in Jira's order."""
    found: list[Node] = [{"type": "link", "attrs": {"href": href}}] if href else []
    found.extend({"type": mark} for mark in marks)
    return {"type": "text", "text": text, **({"marks": found} if found else {})}


def url(address: str) -> Node:
    return t(address, href=address)


def _inline(parts: Iterable[str | Node]) -> list[Node]:
    return [t(part) if isinstance(part, str) else part for part in parts]


def p(*parts: str | Node) -> Node:
    return {"type": "paragraph", "content": _inline(parts)}


def h(level: int, *parts: str | Node) -> Node:
    return {"type": "heading", "attrs": {"level": level}, "content": _inline(parts)}


def code(text: str, language: str = "") -> Node:
    attrs: Node = {"attrs": {"language": language}} if language else {}
    return {"type": "codeBlock", **attrs, "content": [t(text)] if text else []}


def quote(*content: Node) -> Node:
    return {"type": "blockquote", "content": list(content)}


def panel(kind: str, *content: Node) -> Node:
    return {"type": "panel", "attrs": {"panelType": kind}, "content": list(content)}


def li(*content: Node) -> Node:
    return {"type": "listItem", "content": list(content)}


def ul(*items: Node) -> Node:
    return {"type": "bulletList", "content": list(items)}


def ol(start: int, *items: Node) -> Node:
    return {"type": "orderedList", "attrs": {"order": start}, "content": list(items)}


def row(*cells: str | Node, header: bool = False, **attrs: int) -> Node:
    kind = "tableHeader" if header else "tableCell"
    given: Node = {"attrs": attrs} if attrs else {}
    nodes = [p(*([cell] if cell else [])) if isinstance(cell, str) else cell for cell in cells]
    return {"type": "tableRow", "content": [{"type": kind, **given, "content": [node]} for node in nodes]}


def table(*rows: Node) -> Node:
    return {"type": "table", "content": list(rows)}


def node(kind: str, *content: Node, **attrs: object) -> Node:
    """Any other node."""
    return {"type": kind, **({"attrs": attrs} if attrs else {}), **({"content": list(content)} if content else {})}


def content(of: Node) -> list[Node]:
    found = of.get("content", [])
    assert isinstance(found, list)
    return found


def attrs(of: Node) -> dict[str, object]:
    found = of.get("attrs", {})
    assert isinstance(found, dict)
    return found
