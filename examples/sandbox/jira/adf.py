"""Atlassian Document Format: from plain text, to plain text, and what Jira Cloud makes of it.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Json = dict[str, Any]

# Jira Cloud's editor identifies blocks; a document read back therefore differs from the one that was sent.
IDENTIFIED = frozenset(
    {
        "paragraph",
        "heading",
        "bulletList",
        "orderedList",
        "listItem",
        "blockquote",
        "codeBlock",
        "panel",
        "rule",
        "expand",
        "table",
        "tableRow",
        "tableCell",
        "tableHeader",
    }
)
INLINE_PARENTS = frozenset({"paragraph", "heading", "codeBlock", "taskItem", "decisionItem", "caption"})


def utf16_length(text: str) -> int:
    """The length in UTF-16 units, as Java counts it."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def document(text: str) -> Json:
    """A document of plain paragraphs: an empty line parts paragraphs, a newline is a hard break."""
    blocks = [_paragraph(block) for block in text.split("\n\n") if block.strip("\n")]
    return {"type": "doc", "version": 1, "content": blocks}


def as_document(body: str | Json) -> Json:
    """The body itself when it is a document already."""
    return document(body) if isinstance(body, str) else body


def _paragraph(text: str) -> Json:
    content: list[Json] = []
    for line in text.split("\n"):
        if content:
            content.append({"type": "hardBreak"})
        if line:
            content.append({"type": "text", "text": line})
    return {"type": "paragraph", "content": content}


def plain_text(node: Json) -> str:
    """What a person reads: blocks of a document are parted by an empty line, inner blocks by a newline."""
    kind = node.get("type")
    attrs = node.get("attrs") or {}
    if kind == "text":
        return str(node.get("text", ""))
    if kind == "hardBreak":
        return "\n"
    if kind == "mention":
        return str(attrs.get("text") or f"@{attrs.get('id')}")
    if kind in ("emoji", "status", "placeholder"):
        return str(attrs.get("text") or attrs.get("shortName") or "")
    if kind in ("inlineCard", "blockCard", "embedCard"):
        return str(attrs.get("url", ""))
    parts = [plain_text(child) for child in node.get("content") or []]
    if kind in INLINE_PARENTS:
        return "".join(parts)
    return ("\n\n" if kind == "doc" else "\n").join(part for part in parts if part)


def size(node: Json, measure: str) -> int:
    """The length that counts against 32,767: of the plain ``text`` or, more strictly, of the ``json``."""
    if measure == "json":
        return utf16_length(json.dumps(node, ensure_ascii=False, separators=(",", ":")))
    return utf16_length(plain_text(node))


def outline_problem(value: object) -> str | None:
    """What is wrong with the frame of a document, or None; the full schema is the contract's business."""
    if not isinstance(value, dict):
        return "is not an Atlassian document"
    if value.get("type") != "doc" or value.get("version") != 1 or not isinstance(value.get("content"), list):
        return 'an Atlassian document is {"type": "doc", "version": 1, "content": [...]}'
    return None if all(map(_is_node, value["content"])) else "every node is an object with a type and a list of nodes"


def _is_node(value: object) -> bool:
    if not isinstance(value, dict) or not isinstance(value.get("type"), str):
        return False
    content = value.get("content", [])
    return isinstance(content, list) and all(map(_is_node, content))


def normalise(node: Json, new_id: Callable[[], str], name_of: Callable[[str], str | None]) -> Json:
    """The node as Jira Cloud stores it: identified blocks, no empty text, equal runs joined, defaults filled in.

    ``name_of`` gives the display name for an account id, which Jira writes into mentions.
    """
    kind = str(node.get("type"))
    stored = {key: value for key, value in node.items() if key not in ("content", "attrs") and value != []}
    attrs = _with_defaults(kind, dict(node.get("attrs") or {}), name_of)
    if kind in IDENTIFIED:
        attrs.setdefault("localId", new_id())
    if attrs:
        stored["attrs"] = attrs
    if "content" in node:
        stored["content"] = _join([normalise(child, new_id, name_of) for child in node["content"]])
    return stored


def _with_defaults(kind: str, attrs: Json, name_of: Callable[[str], str | None]) -> Json:
    if kind == "orderedList":
        attrs.setdefault("order", 1)
    if kind == "table":
        attrs = {"isNumberColumnEnabled": False, "layout": "default", **attrs}
    if kind == "mention":
        name = name_of(str(attrs.get("id")))
        if name:
            attrs = {"accessLevel": "", **attrs, "text": f"@{name}"}
    return attrs


def _join(nodes: list[Json]) -> list[Json]:
    joined: list[Json] = []
    for node in nodes:
        if node.get("type") == "text" and not node.get("text"):
            continue
        last = joined[-1] if joined else {}
        if node.get("type") == last.get("type") == "text" and node.get("marks") == last.get("marks"):
            joined[-1] = {**last, "text": last["text"] + node["text"]}
        else:
            joined.append(node)
    return joined
