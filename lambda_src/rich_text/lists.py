"""What is a list on a case: lines that are nothing but items with text and their indented continuations.

Crontabs, diffs, flags and rows of signs have the look of lists: one such line, and all of it stays as typed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from .nodes import Node, node
from .paragraphs import code_block, paragraphs
from .stretches import Fences, begins_item

_ITEM = re.compile(r"(?:[-*]|(0|[1-9][0-9]{0,6})\.) (?=\S)")
_SIGN_AGAIN = re.compile(r"(?:[-+*]|[0-9]+[.)])(?:\s|$)|[-+*=_\s]+$")
_NAMES = "sun|mon|tue|wed|thu|fri|sat|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec"
_TIME = rf"(?:[0-9*?][0-9*?,/LW#-]*|(?:{_NAMES})(?:[-,](?:{_NAMES}))*)"
_CRONTAB = re.compile(rf"(?:{_TIME}\s+){{4}}\S", re.IGNORECASE)
# Jira's own editor lets people nest lists six deep.
_MAX_DEPTH = 6
_MIN_MARGIN = 2


def read_list(lines: Sequence[str], depth: int = 1) -> Node | None:
    """The list that these lines are, or None if they are not one."""
    if depth > _MAX_DEPTH or not begins_item(lines[0]):
        return None
    starts = [at for at, line in enumerate(lines) if begins_item(line)]
    if not _count_on([lines[at] for at in starts]):
        return None
    items: list[Node] = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        content = _item(lines[start:end], depth)
        if content is None:
            return None
        items.append(node("listItem", content))
    number = _number(lines[0])
    return node("bulletList", items) if number is None else node("orderedList", items, order=number)


def _count_on(items: Sequence[str]) -> bool:
    """Whether the items have one sign, or numbers that count on by one: Jira shows no others."""
    first = _number(items[0])
    if first is None:
        return all(item[0] == items[0][0] for item in items)
    return all(_number(item) == first + index for index, item in enumerate(items))


def _number(item: str) -> int | None:
    match = _ITEM.match(item)
    return int(match.group(1)) if match and match.group(1) else None


def _item(lines: Sequence[str], depth: int) -> list[Node] | None:
    sign = _ITEM.match(lines[0])
    if not sign:
        return None
    text, others = lines[0][sign.end() :], lines[1:]
    if _SIGN_AGAIN.match(text) or _CRONTAB.match(text):
        return None
    margin = _margin(others, sign.end())
    if any(line[:margin].strip(" ") for line in others):
        return None
    return _blocks([text, *(line[margin:] for line in others)], depth)


def _margin(lines: Sequence[str], width: int) -> int:
    """How far the lines below an item's first are indented; a nested list may stand less or more deep than the text."""
    first = next(iter(lines), "")
    text = first.lstrip(" ")
    return max(len(first) - len(text), _MIN_MARGIN) if begins_item(text) else width


def _blocks(lines: Sequence[str], depth: int) -> list[Node] | None:
    fences = Fences(lines)
    found: list[Node] = []
    at = 0
    while at < len(lines):
        start, end = at, fences.end(at)
        if end:
            found.append(code_block(lines[start:end]))
            at = end
            continue
        if at and begins_item(lines[at]):
            at = _end_of_list(lines, at + 1)
            nested = read_list(lines[start:at], depth + 1)
            if nested is None:
                return None
            found.append(nested)
            continue
        at += 1
        while at < len(lines) and not fences.end(at) and not begins_item(lines[at]):
            at += 1
        found.extend(paragraphs(lines[start:at]))
    return found


def _end_of_list(lines: Sequence[str], at: int) -> int:
    while at < len(lines) and (begins_item(lines[at]) or lines[at][:1] in ("", " ")):
        at += 1
    return at
