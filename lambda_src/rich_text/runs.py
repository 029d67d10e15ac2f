"""What inline nodes of a document read as: runs of text, a list of them for each line.

What a case has no word for becomes text: a mention is @Name, a date 2026-01-31, a status [DONE], a file
[attachment: name], a superscript 2^10, struck text ~~so~~. Colours, alignment and emphasis are let go.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import groupby

from .chars import clean
from .nodes import BREAK, Adf, attribute, kind, marks, string, texts

INLINE = frozenset(
    (
        "text",
        BREAK,
        "mention",
        "emoji",
        "date",
        "status",
        "inlineCard",
        "placeholder",
        "inlineExtension",
        "mediaInline",
    )
)
_SIGNED = frozenset(("strike", "subsup"))
_SCRIPTS = {"sup": "^", "sub": "_"}


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one look; `href` makes it a link."""

    text: str
    strong: bool = False
    code: bool = False
    href: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """What of a text node's marks is written as signs around the text."""

    struck: bool
    script: str


Line = Sequence[Run]


def lines_of(nodes: Iterable[Adf], *, signs: bool) -> list[Line]:
    """The lines of inline nodes; `signs`: struck, raised and lowered text is marked as such."""
    listed = [node for node in nodes if node.get("text") != ""]
    has_signs = signs and any(kind(mark) in _SIGNED for node in listed for mark in marks(node))
    lines: list[list[Run]] = [[]]
    for run in _with_signs(listed) if has_signs else _all_runs(listed):
        if "\n" not in run.text:
            lines[-1].append(run)
            continue
        first, *others = (Run(text, run.strong, run.code, run.href) for text in run.text.split("\n"))
        lines[-1].append(first)
        lines.extend([other] for other in others)
    return list(lines)


def _all_runs(nodes: Iterable[Adf]) -> list[Run]:
    return [run for node in nodes for run in _runs(node)]


def _with_signs(nodes: Iterable[Adf]) -> Iterator[Run]:
    for look, group in groupby(nodes, key=_look):
        runs = [run for run in _all_runs(group) if run.text]
        text = "".join(run.text for run in runs)
        if look.script and text.strip():
            is_one_word = len(text.split()) == 1
            runs = _enclosed(runs, look.script + ("" if is_one_word else "("), "" if is_one_word else ")")
        yield from _enclosed(runs, "~~", "~~") if look.struck and text.strip() else runs


def _look(node: Adf) -> _Look:
    if kind(node) != "text":
        return _Look(struck=False, script="")
    kinds = {kind(mark): mark for mark in marks(node)}
    script = string(kinds["subsup"], "type") if "subsup" in kinds else ""
    return _Look("strike" in kinds, _SCRIPTS.get(script, ""))


def _enclosed(runs: Sequence[Run], before: str, after: str) -> list[Run]:
    """The runs with signs around their text, blanks at its ends outside of them."""
    first = next(index for index, run in enumerate(runs) if run.text.strip())
    last = next(index for index in range(len(runs) - 1, -1, -1) if runs[index].text.strip())
    found = list(runs)
    text = found[last].text.rstrip()
    tail = found[last].text[len(text) :]
    found[last : last + 1] = [replace(found[last], text=text), Run(after, found[last].strong), Run(tail)]
    text = found[first].text.lstrip()
    head = found[first].text[: len(found[first].text) - len(text)]
    found[first : first + 1] = [Run(head), Run(before, found[first].strong), replace(found[first], text=text)]
    return [run for run in found if run.text]


def _runs(node: Adf) -> list[Run]:
    match kind(node):
        case "text":
            return _text(node)
        case "hardBreak":
            return [Run("\n")]
        case "mention":
            return [Run("@" + string(node, "text", "id").removeprefix("@"))]
        case "emoji":
            return [Run(string(node, "text", "shortName"))]
        case "date":
            return [Run(_date(string(node, "timestamp")))]
        case "status":
            return [Run(f"[{string(node, 'text')}]")]
        case "inlineCard" | "blockCard" | "embedCard":
            return [_address(_card(node))]
        case "media" | "mediaInline":
            return [_media(node)]
        case _:
            return [Run(string(node, "text") or " ".join(texts(node)))]


def _text(node: Adf) -> list[Run]:
    text = node.get("text")
    if not isinstance(text, str):
        return []
    if not node.get("marks"):
        return [Run(clean(text))]
    kinds = {kind(mark): mark for mark in marks(node)}
    href = string(kinds["link"], "href") if "link" in kinds else ""
    return [Run(clean(text), "strong" in kinds, "code" in kinds, href)]


def _date(timestamp: str) -> str:
    """An ISO date for milliseconds since 1970."""
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=int(timestamp))).date().isoformat()
    except (OverflowError, ValueError):
        return timestamp


def _card(node: Adf) -> str:
    data = attribute(node, "data")
    inner = {"attrs": data} if isinstance(data, Mapping) else {}
    return string(node, "url") or string(inner, "url", "@id", "name")


def _media(node: Adf) -> Run:
    address = string(node, "url")
    if address:
        return _address(address)
    name = " ".join(string(node, "alt", "__fileName", "id").split())
    return Run(f"[attachment: {name}]" if name else "[attachment]")


def _address(address: str) -> Run:
    return Run(" ".join(address.split()))
