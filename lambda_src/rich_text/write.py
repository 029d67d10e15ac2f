"""A document as case text, and as the letters alone. Never raises, whatever the document.

Plain text stands as it is: nothing is escaped. What a case has no word for gives way to what it holds (expands,
layouts, macros with a body), or becomes text, see `runs`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from .nodes import Adf, attribute, content, integer, kind, string, texts
from .read import PANEL_KINDS
from .runs import INLINE, lines_of
from .table_grid import grid
from .write_line import write_line

_LISTS = frozenset(("bulletList", "orderedList", "taskList", "decisionList"))
_ITEMS = frozenset(("listItem", "taskItem", "blockTaskItem", "decisionItem"))
_MAX_DEPTH = 40
_MAX_NUMBER = 9_999_999
_LANGUAGE = re.compile(r"[\w+#.-]+")
_OPENED = re.compile(r"^(`{3,})", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How to write: `bare` is without any markup, `fence` what code stands between, `tight` without empty lines.

    `nested`: where a case has no quotes, panels and tables, which give way to what they hold.
    """

    bare: bool
    fence: str
    tight: bool = False
    nested: bool = False
    depth: int = 0


def plain(document: Adf | None) -> str:
    """The letters that a person reads in Jira, a line for each line, item and table row; never raises."""
    manner = _Manner(bare=True, fence="", tight=True)
    return "\n".join(line for node in _content(document) for line in _block(node, manner))


def written_nodes(document: Adf | None, beside: str = "") -> list[tuple[Adf, list[str]]]:
    """The nodes of the document and the lines of case text that each is; none for one that reads as nothing.

    Fences are of a length that neither the document nor the text `beside` has at the start of a line.
    """
    nodes = _content(document)
    manner = _Manner(bare=False, fence=_unused_fence([*(text for node in nodes for text in texts(node)), beside]))
    return [(node, _block(node, manner)) for node in nodes]


def write_text(document: Adf | None) -> str:
    """The document as case text; never raises, and nothing is escaped."""
    return "\n\n".join("\n".join(lines) for _, lines in written_nodes(document) if lines)


def _content(document: object) -> list[Adf]:
    """The blocks of a document; inline nodes that stand where only blocks may are paragraphs."""
    return list(_as_blocks(content(document))) if isinstance(document, Mapping) else []


def _as_blocks(nodes: Iterable[Adf]) -> Iterator[Adf]:
    for is_inline, group in groupby(nodes, key=lambda node: kind(node) in INLINE):
        if is_inline:
            yield {"type": "paragraph", "content": list(group)}
        else:
            yield from group


def _unused_fence(found: Iterable[str]) -> str:
    used = {len(ticks) for text in found for ticks in _OPENED.findall(text)}
    return "`" * next(length for length in range(3, len(used) + 4) if length not in used)


def _blocks(nodes: Iterable[Adf], manner: _Manner) -> list[str]:
    lines: list[str] = []
    for node in _as_blocks(nodes):
        found = _block(node, manner)
        if lines and found and not manner.tight:
            lines.append("")
        lines.extend(found)
    return lines


def _block(node: Adf, manner: _Manner) -> list[str]:
    if manner.depth > _MAX_DEPTH:
        return _paragraph([{"type": "text", "text": " ".join(texts(node))}], manner)
    inner = content(node)
    manner = _Manner(manner.bare, manner.fence, manner.tight, manner.nested, manner.depth + 1)
    match kind(node):
        case "paragraph" | "caption":
            return _paragraph(inner, manner)
        case "heading":
            return _heading(node, manner)
        case "codeBlock":
            return _code(node, manner)
        case "blockquote":
            return _quoted(_blocks(inner, replace(manner, nested=True)), manner)
        case "panel":
            return _panel(node, manner)
        case "bulletList" | "orderedList" | "taskList" | "decisionList":
            return _list(node, manner)
        case "table":
            return _table(node, manner)
        case "rule":
            return [] if manner.bare else ["---"]
        case "expand" | "nestedExpand":
            title = {"type": "text", "text": string(node, "title"), "marks": [{"type": "strong"}]}
            return _blocks([{"type": "paragraph", "content": [title]}, *inner], manner)
        case "mediaGroup":
            return [line for each in inner for line in _paragraph([each], manner)]
        case "media" | "blockCard" | "embedCard" | "extension":
            return _paragraph([node], manner)
        case _:
            return _blocks(inner, manner) if inner else _paragraph([node], manner)


def _lines(nodes: Iterable[Adf], manner: _Manner) -> list[str]:
    lines = lines_of(nodes, signs=not manner.bare)
    return ["".join(run.text for run in line) if manner.bare else write_line(line) for line in lines]


def _paragraph(nodes: Iterable[Adf], manner: _Manner) -> list[str]:
    """The lines of a paragraph; of empty ones between them one is left, which parts two stretches."""
    lines = _lines(nodes, manner)
    if len(lines) == 1:
        return lines if lines[0].strip() else []
    found: list[str] = []
    for has_text, group in groupby(lines, key=lambda line: bool(line.strip())):
        if has_text:
            found.extend([""] if found and not manner.tight else [])
            found.extend(group)
    return found


def _heading(node: Adf, manner: _Manner) -> list[str]:
    lines = _lines(content(node), manner)
    if manner.bare:
        return [line for line in lines if line.strip()]
    text = " ".join(line.strip() for line in lines if line.strip())
    return [f"{'#' * integer(node, 'level', 2, 6)} {text}"] if text else []


def _code(node: Adf, manner: _Manner) -> list[str]:
    text = "".join(texts(node))
    lines = text.split("\n") if text else []
    if manner.bare or not manner.fence:
        return lines
    language = _LANGUAGE.match(string(node, "language").strip())
    return [manner.fence + (language.group() if language else ""), *lines, manner.fence]


def _quoted(lines: Sequence[str], manner: _Manner) -> list[str]:
    return list(lines) if manner.bare or manner.nested else [f"> {line}" if line else ">" for line in lines]


def _panel(node: Adf, manner: _Manner) -> list[str]:
    lines = _blocks(content(node), replace(manner, nested=True))
    panel = string(node, "panelType")
    alert = f"[!{(panel if panel in PANEL_KINDS else 'info').upper()}]"
    return _quoted(lines if manner.bare or manner.nested else [alert, *lines], manner) if lines else []


def _list(node: Adf, manner: _Manner) -> list[str]:
    lines: list[str] = []
    number = integer(node, "order", 0, _MAX_NUMBER) if kind(node) == "orderedList" else None
    for child in content(node):
        if kind(child) in _LISTS and lines:
            lines.extend(_below(_block(child, manner), "-", manner))
            continue
        item = _item(child, manner)
        sign = "-" if number is None else f"{number}."
        if item or number is not None:
            lines.extend(_with_sign(item, sign, manner))
        number = None if number is None else number + 1
    return lines


def _with_sign(lines: Sequence[str], sign: str, manner: _Manner) -> list[str]:
    if manner.bare:
        return list(lines)
    first, *others = lines or [""]
    return [f"{sign} {first.lstrip()}" if first else sign, *_below(others, sign, manner)]


def _below(lines: Sequence[str], sign: str, manner: _Manner) -> list[str]:
    margin = "" if manner.bare else " " * (len(sign) + 1)
    return [margin + line if line else "" for line in lines]


def _item(node: Adf, manner: _Manner) -> list[str]:
    """The lines of an item, without empty ones between its blocks: these would end the list."""
    manner = replace(manner, tight=True, nested=True)
    lines = _blocks(content(node) if kind(node) in _ITEMS else [node], manner)
    if kind(node) not in ("taskItem", "blockTaskItem") or manner.bare:
        return lines
    first, *others = lines or [""]
    box = "[x]" if attribute(node, "state") == "DONE" else "[ ]"
    return [f"{box} {first}" if first else box, *others]


def _table(node: Adf, manner: _Manner) -> list[str]:
    found = grid(node, lambda cell: _cell(cell, manner))
    if manner.bare or manner.nested or not found.columns:
        return [" | ".join(row) for row in found.rows if any(row)]
    header = found.rows[0] if found.has_header else [""] * found.columns
    rows = found.rows[1:] if found.has_header else found.rows
    return [f"| {' | '.join(row)} |" for row in (header, ["---"] * found.columns, *rows)]


def _cell(node: Adf, manner: _Manner) -> str:
    """A cell on one line."""
    lines = _blocks(content(node), replace(manner, fence="", tight=True, nested=True))
    return " ".join(line.strip() for line in lines if line.strip())
