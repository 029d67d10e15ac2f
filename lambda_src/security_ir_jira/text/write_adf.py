"""ADF written from blocks.

https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from .model import (
    CODE,
    EM,
    STRIKE,
    STRONG,
    Block,
    Cell,
    Code,
    Heading,
    Line,
    Listing,
    Panel,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
)

Node = dict[str, object]

# In the order in which Jira's editor writes them.
_MARKS = ((EM, "em"), (STRONG, "strong"), (STRIKE, "strike"), (CODE, "code"))


def write_adf(blocks: Iterable[Block]) -> Node:
    return {"version": 1, "type": "doc", "content": _nodes(blocks)}


def _nodes(blocks: Iterable[Block]) -> list[Node]:
    return [_node(block) for block in blocks]


def _node(block: Block) -> Node:
    match block:
        case Paragraph(lines):
            return _paragraph(lines)
        case Heading(level, line):
            return {"type": "heading", "attrs": {"level": level}, "content": _inline([line])}
        case Code(text, language):
            attrs: Node = {"attrs": {"language": language}} if language else {}
            return {"type": "codeBlock", **attrs, "content": [{"type": "text", "text": text}] if text else []}
        case Quote(inner):
            return {"type": "blockquote", "content": _nodes(inner)}
        case Panel(kind, inner):
            return {"type": "panel", "attrs": {"panelType": kind}, "content": _nodes(inner)}
        case Listing(items, None):
            return {"type": "bulletList", "content": [_item(item) for item in items]}
        case Listing(items, start):
            return {"type": "orderedList", "attrs": {"order": start}, "content": [_item(item) for item in items]}
        case Table(rows, header):
            return {"type": "table", "content": [_row(row, header and not at) for at, row in enumerate(rows)]}
        case Rule():
            return {"type": "rule"}


def _paragraph(lines: Sequence[Line]) -> Node:
    return {"type": "paragraph", "content": _inline(lines)}


def _item(blocks: Sequence[Block]) -> Node:
    """An item begins with a paragraph, an empty one if need be."""
    has_paragraph = bool(blocks) and isinstance(blocks[0], Paragraph)
    content = _nodes(blocks)
    return {"type": "listItem", "content": content if has_paragraph else [_paragraph(()), *content]}


def _row(cells: Sequence[Cell], is_header: bool) -> Node:
    kind = "tableHeader" if is_header else "tableCell"
    return {"type": "tableRow", "content": [{"type": kind, "content": [_paragraph(cell)]} for cell in cells]}


def _inline(lines: Iterable[Line]) -> list[Node]:
    content: list[Node] = []
    for index, line in enumerate(lines):
        if index:
            content.append({"type": "hardBreak"})
        content.extend(_text(run) for run in line)
    return content


def _text(run: Run) -> Node:
    marks: list[Node] = [{"type": "link", "attrs": {"href": run.href}}] if run.href is not None else []
    marks.extend({"type": name} for style, name in _MARKS if run.style & style)
    return {"type": "text", "text": run.text, **({"marks": marks} if marks else {})}
