"""Documents within Jira's limit.

Atlassian says "32,767 characters" and not of what. The text alone is the lenient reading. Counted here is the
document as case text: its letters and, as an allowance for markup, line ends, delimiters, table lines and the
addresses of links, about what the same document is in Jira's own wiki notation. The JSON, several times as long as
the text of short lines, is not what the limit is about, but it is kept from growing out of hand.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from .marks import STRONG, find_marks
from .measure import cut, fitting, utf16_length
from .nodes import Node, content, doc, node, text_node
from .read import read_document
from .stretches import Stretch, stretches
from .write import write_text

_ELLIPSIS = "…"
_GAP = 2
# UTF-16 units of compact JSON. Ordinary text at Jira's limit makes a tenth of it.
_MAX_JSON = 1_000_000


def to_adf_within(text: str, limit: int) -> tuple[Node, bool]:
    """The document of at most `limit` UTF-16 units of case text, and whether something was left out or simplified.

    One that was cut ends with "…". A text that would make an absurdly large document of its few characters
    becomes one code block.
    """
    document = read_document(text)
    written = write_text(document)
    cut_document = document if utf16_length(written) <= limit else _within(written, limit)
    if len(json.dumps(cut_document, ensure_ascii=False, separators=(",", ":"))) <= _MAX_JSON:
        return cut_document, cut_document is not document
    return _as_code(written, limit), True


def _as_code(text: str, limit: int) -> Node:
    """The text as one code block, of what fits."""
    overhead = utf16_length(write_text(_code_document(text, ""))) + 1
    return _code_document(cut(text, max(limit - overhead, 0), ""), _ELLIPSIS)


def _code_document(text: str, ending: str) -> Node:
    end = [node("paragraph", [text_node(ending)])] if ending else []
    return doc([node("codeBlock", [text_node(text)]), *end])


def _within(written: str, limit: int) -> Node:
    """As much of the text as fits together with a mark that something is missing."""
    mark = node("paragraph", [text_node(_ELLIPSIS)])
    room = limit - len(_ELLIPSIS)
    while room >= 0:
        kept = _first(written, room - _GAP)
        document = doc([*content(read_document(kept)), mark])
        excess = utf16_length(write_text(document)) - limit
        if excess <= 0:
            return document
        room -= excess
    return doc([])


def _first(text: str, room: int) -> str:
    """What of the text fits into so many units, with its last block made whole again."""
    end = fitting(text, 0, room) if room > 0 else 0
    lines = text.split("\n")
    at = text.count("\n", 0, end)
    column = end - (text.rfind("\n", 0, end) + 1)
    stretch = next((each for each in stretches(lines) if each.start <= at < each.end), None)
    if stretch is None:
        return "\n".join(lines[:at])
    before, own = lines[: stretch.start], lines[stretch.start : at]
    return "\n".join([*before, *_part(own, lines[at][:column], lines, stretch)])


def _part(own: Sequence[str], last: str, lines: Sequence[str], stretch: Stretch) -> list[str]:
    """The first lines of a block and the part of its next one, with what the block cannot do without."""
    if stretch.fenced:
        closing = lines[stretch.end - 1]
        room = len(closing) + 1
        inside = "\n".join([*own[1:], last])
        kept = inside[: max(len(inside) - room, 0)]
        return [own[0], kept, closing] if own and kept else []
    if content(read_document("\n".join(lines[stretch.start : stretch.end])))[0].get("type") == "table":
        return list(own) if len(own) > 2 else []
    return [*own, _part_of_line(lines[stretch.start + len(own)], len(last))]


def _part_of_line(line: str, end: int) -> str:
    """The line up to about there; part of an address leads nowhere, and a mark that is cut through is closed."""
    mark = next((each for each in find_marks(line) if each.start < end < each.end), None)
    if mark is None:
        return line[:end].rstrip()
    closing = line[mark.inner_end : mark.end]
    inner = line[mark.inner_start : max(end - len(closing), mark.inner_start)].rstrip()
    if mark.kind != STRONG or not inner or "`" in inner or "[" in inner or "://" in inner:
        return line[: mark.start].rstrip()
    return line[: mark.inner_start] + inner + closing
