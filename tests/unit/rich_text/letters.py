"""What a document's letters and delimiters look like as text, told from its nodes alone.

Each line is a regular expression in which every letter of the document stands as it is, and in which only the
delimiters of marks that the document has may stand besides. It shares nothing with the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from tests.unit.rich_text.adf import Node, attrs, content

_PANELS = {
    "info": "INFO",
    "note": "NOTE|IMPORTANT",
    "tip": "TIP",
    "warning": "WARNING",
    "error": "ERROR|CAUTION",
    "success": "SUCCESS",
}


_FENCE = "(?:`{3,}|~~~)"


def is_told(document: Node, text: str) -> bool:
    """Whether the text is the document's letters and the delimiters of its marks, and nothing else, line for line.

    `text` has "\\n" as its only line end. Blank lines count within code only.
    """
    wanted = [line for block in content(document) for line in _block(block) if line]
    codes = [letters(node) for node in content(document) if node["type"] == "codeBlock"]
    return _are_lines([line for line in text.split("\n") if line.strip()], wanted) and all(
        re.search(f"^{_FENCE}.*\n{re.escape(code)}{_line_end(code)}{_FENCE}[ \t]*$", text, re.MULTILINE)
        for code in codes
    )


def _are_lines(found: Sequence[str], wanted: Sequence[str]) -> bool:
    """Whether the lines are the wanted ones; a quote's may be told from the letters, which are escaped, by its sign."""
    at = 0
    for line in found:
        if at < len(wanted) and re.fullmatch(wanted[at], line, re.IGNORECASE):
            at += 1
            continue
        is_blank_in_quote = line.rstrip() == ">" and any(
            each.startswith("> ") for each in wanted[max(at - 1, 0) : at + 1]
        )
        if not is_blank_in_quote:
            return False
    return at == len(wanted)


def _line_end(code: str) -> str:
    return r"\n" if code else r"\n?"


def letters(node: Node) -> str:
    text = node.get("text")
    return text if isinstance(text, str) else "".join(letters(each) for each in content(node))


def _block(node: Node) -> list[str]:
    inner = content(node)
    match node["type"]:
        case "paragraph":
            return _lines(inner)
        case "heading":
            return [rf"{'#' * int(str(attrs(node)['level']))} {_lines(inner)[0]}\s*"]
        case "codeBlock":
            language = re.escape(str(attrs(node).get("language", "")))
            code = [re.escape(line) if line.strip() else "" for line in letters(node).split("\n")]
            return [rf"{_FENCE}[ \t]*{language}[ \t]*", *code, rf"{_FENCE}[ \t]*"]
        case "blockquote":
            return [f"> {line}" for line in _inside(inner)]
        case "panel":
            alert = rf"> \[!(?:{_PANELS[str(attrs(node)['panelType'])]})\][ \t]*"
            return [alert, *(f"> {line}" for line in _inside(inner))]
        case "bulletList":
            return [line for item in inner for line in _item(item, "[-*]")]
        case "orderedList":
            first = int(str(attrs(node)["order"]))
            return [line for number, item in enumerate(inner, first) for line in _item(item, rf"{number}\.")]
        case "table":
            return list(_table(inner))
    raise AssertionError(f"a {node['type']} was made from text")


def _inside(nodes: Sequence[Node]) -> list[str]:
    return [line for node in nodes for line in _block(node) if line]


def _item(item: Node, sign: str) -> list[str]:
    first, *others = _inside(content(item))
    return [f"{sign} {first}", *(f" {{2,}}{line}" for line in others)]


def _table(rows: Sequence[Node]) -> Iterator[str]:
    written = [
        r"[ \t]*\|?" + r"\|".join(rf"\s*{_lines(_only_paragraph(cell))[0]}\s*" for cell in content(row)) + r"\|?[ \t]*"
        for row in rows
    ]
    if content(rows[0])[0]["type"] == "tableHeader":
        yield written.pop(0)
    else:
        yield r"[\s|]*"
    yield r"[ \t|:-]*"
    yield from written


def _only_paragraph(cell: Node) -> list[Node]:
    (paragraph,) = content(cell)
    return content(paragraph)


def _lines(nodes: Sequence[Node]) -> list[str]:
    lines: list[list[Node]] = [[]]
    for node in nodes:
        if node["type"] == "hardBreak":
            lines.append([])
        else:
            lines[-1].append(node)
    return [_line(line) for line in lines]


def _line(nodes: Sequence[Node]) -> str:
    """The letters of each node, and between two of them the delimiters of the marks that one has and not the other."""
    found = ""
    before = _Look()
    for index, node in enumerate(nodes):
        look = _look(node)
        is_bridged = look.is_code and before.is_strong and index + 1 < len(nodes) and _look(nodes[index + 1]).is_strong
        look = replace(look, is_strong=look.is_strong or is_bridged)
        found += _between(before, look)
        text = re.escape(str(node["text"]))
        found += rf"`+ ?{text} ?`+" if look.is_code else text
        before = look
    return found + _between(before, _Look())


@dataclass(frozen=True, slots=True)
class _Look:
    is_strong: bool = False
    is_code: bool = False
    href: str = ""


def _look(node: Node) -> _Look:
    marks = node.get("marks", [])
    assert isinstance(marks, list)
    kinds = {mark["type"]: mark.get("attrs", {}).get("href", "") for mark in marks}
    return _Look("strong" in kinds, "code" in kinds, kinds.get("link", ""))


def _between(before: _Look, after: _Look) -> str:
    star = r"\*\*" if before.is_strong != after.is_strong else ""
    if before.href == after.href:
        return star
    closing = rf"(?:\]\({re.escape(before.href)}\))?" if before.href else ""
    opening = r"\[?" if after.href else ""
    if not star and before.is_strong:
        return rf"(?:\*\*)?{closing}{opening}(?:\*\*)?"
    return rf"(?:{star}{closing}{opening}|{closing}{star}{opening}|{closing}{opening}{star})"
