"""Case text read as a document.

A case is plain text that may hold Markdown. Only what nobody types by accident is taken as markup, and each block
stands alone between blank lines: everything else is a paragraph with the letters, blanks and lines that were typed.
What ADF does not allow inside a quote or a panel stands there as typed, too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .chars import clean
from .lists import read_list
from .marks import text_nodes
from .nodes import Node, doc, node
from .paragraphs import code_block, paragraphs
from .stretches import Stretch, stretches
from .tables import read_table

# A single # is a root prompt.
_HEADING = re.compile(r"(#{2,6}) (?=\S)")
_ALERT = re.compile(r"\[!([A-Za-z]+)\][ \t]*$")
# The names of Jira's own panels, and GitHub's alerts.
_PANELS = {
    "INFO": "info",
    "NOTE": "note",
    "TIP": "tip",
    "WARNING": "warning",
    "ERROR": "error",
    "SUCCESS": "success",
    "IMPORTANT": "note",
    "CAUTION": "error",
}
PANEL_KINDS = frozenset(_PANELS.values())


def read_document(text: str) -> Node:
    lines = clean(text).split("\n")
    return doc(each for stretch in stretches(lines) for each in read_stretch(lines, stretch))


def read_stretch(lines: Sequence[str], stretch: Stretch) -> list[Node]:
    """The nodes that a stretch of a case's lines becomes: one, but for lists with code that turn out to be none."""
    return _read(lines, stretch, has_headings=True, has_quotes=True)


def _read(lines: Sequence[str], stretch: Stretch, *, has_headings: bool, has_quotes: bool) -> list[Node]:
    own = lines[stretch.start : stretch.end]
    if stretch.fenced:
        return [code_block(own)]
    found = _heading(own) if has_headings else None
    found = found or (_quote(own) or read_table(own) if has_quotes else None) or read_list(own)
    return [found] if found else paragraphs(own)


def _heading(lines: Sequence[str]) -> Node | None:
    sign = _HEADING.match(lines[0])
    if not sign or len(lines) > 1:
        return None
    return node("heading", text_nodes(lines[0][sign.end() :].rstrip()), level=len(sign.group(1)))


def _quote(lines: Sequence[str]) -> Node | None:
    """A quote or a panel, if all lines are marked as such: `>>>` is a prompt."""
    if not all(line.startswith("> ") or line == ">" for line in lines):
        return None
    inner = [line[2:] for line in lines]
    alert = _ALERT.match(inner[0])
    kind = _PANELS.get(alert.group(1).upper()) if alert else None
    if kind and (content := _inner(inner[1:], has_headings=True)):
        return node("panel", content, panelType=kind)
    content = _inner(inner, has_headings=False)
    return node("blockquote", content) if content else None


def _inner(lines: Sequence[str], *, has_headings: bool) -> list[Node]:
    return [
        each
        for stretch in stretches(lines)
        for each in _read(lines, stretch, has_headings=has_headings, has_quotes=False)
    ]
