"""Lines that are what they are: paragraphs with hard breaks, and fenced code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby

from .marks import text_nodes
from .nodes import BREAK, Node, node, text_node
from .stretches import fence


def paragraphs(lines: Iterable[str]) -> list[Node]:
    """A paragraph for each stretch of lines that are not blank."""
    grouped = groupby(lines, key=lambda line: bool(line.strip()))
    return [paragraph(list(group)) for has_text, group in grouped if has_text]


def paragraph(lines: Sequence[str]) -> Node:
    content: list[Node] = []
    for index, line in enumerate(lines):
        if index:
            content.append({"type": BREAK})
        content.extend(text_nodes(line))
    return node("paragraph", content)


def code_block(lines: Sequence[str]) -> Node:
    """The code between a fence's two lines."""
    _, language = fence(lines[0]) or ("", "")
    text = "\n".join(lines[1:-1])
    content = [text_node(text)] if text else []
    return node("codeBlock", content, language=language) if language else node("codeBlock", content)
