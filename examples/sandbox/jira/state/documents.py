"""Atlassian documents: from plain text, and to plain text.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

INLINE_PARENTS = frozenset({"paragraph", "heading", "codeBlock", "taskItem", "decisionItem", "caption"})


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
