"""Just enough of HCL to tell what the module declares: top-level blocks, and their attributes as written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_OPEN, _CLOSE = "({[", ")}]"
_HEREDOC = re.compile(r"<<-?(\w+)\n.*?^\s*\1$", re.MULTILINE | re.DOTALL)
_COMMENT = re.compile(r"(?:#|//)[^\n]*|/\*.*?\*/", re.DOTALL)
_ATTRIBUTE = re.compile(r"\s*(\w+)[ \t]*=(?!=)[ \t]*")


class NotHcl(ValueError):
    """A text in which strings or brackets do not end; the message says where they begin."""


@dataclass(frozen=True, slots=True)
class Block:
    """`labels` without their quotes; `body` is everything between its braces."""

    kind: str
    labels: tuple[str, ...]
    body: str

    @property
    def attributes(self) -> Mapping[str, str]:
        """The block's own attributes: name → expression, as it is written."""
        return dict(_attributes(self.body))


def blocks(text: str) -> Iterator[Block]:
    """The blocks at the top of a file, in their order."""
    place = 0
    opening = re.compile(r'^(\w+)((?:[ \t]+"[^"]*")*)[ \t]*\{', re.MULTILINE)
    while found := opening.search(text, place):
        end = _end(text, found.end() - 1)
        labels = tuple(re.findall(r'"([^"]*)"', found[2]))
        yield Block(found[1], labels, text[found.end() : end - 1])
        place = end


def declared(files: Iterable[Path], kind: str) -> dict[str, Mapping[str, str]]:
    """Every `variable` or `output` of some files: name → attributes."""
    texts = [file.read_text() for file in files]
    return {block.labels[0]: block.attributes for text in texts for block in blocks(text) if block.kind == kind}


def object_attributes(expression: str) -> dict[str, bool]:
    """Of an `object({ … })`: name → whether it is `optional`."""
    inside = re.fullmatch(r"object\(\s*\{(.*)\}\s*\)", expression, re.DOTALL)
    if inside is None:
        raise NotHcl(f"no object type: {expression}")
    return {name: kind.startswith("optional(") for name, kind in _attributes(inside[1])}


def _attributes(body: str) -> Iterator[tuple[str, str]]:
    place = 0
    while place < len(body):
        if comment := _COMMENT.match(body, place):
            place = comment.end()
        elif found := _ATTRIBUTE.match(body, place):
            end = _end_of_line(body, found.end())
            yield found[1], body[found.end() : end].strip()
            place = end
        elif body[place] in _OPEN:  # a block inside, such as `validation`
            place = _end(body, place)
        else:
            place += 1


def _end_of_line(text: str, place: int) -> int:
    """Where the expression that begins at `place` ends: at a line's end, a comma or a comment outside of brackets."""
    while place < len(text) and text[place] not in "\n," and not _COMMENT.match(text, place):
        place = _step(text, place)
    return place


def _end(text: str, start: int) -> int:
    """Past the bracket that closes the one at `start`."""
    place = start + 1
    while place < len(text):
        if text[place] in _CLOSE:
            return place + 1
        place = _step(text, place)
    raise NotHcl(f"nothing closes {text[start : start + 40]!r}")


def _step(text: str, place: int) -> int:
    """Past whatever stands at `place`: a string, a heredoc, a comment, a pair of brackets, or one character."""
    if text[place] == '"':
        return _end_of_string(text, place)
    if heredoc := _HEREDOC.match(text, place):
        return heredoc.end()
    if comment := _COMMENT.match(text, place):
        return comment.end()
    return _end(text, place) if text[place] in _OPEN else place + 1


def _end_of_string(text: str, start: int) -> int:
    place = start + 1
    while place < len(text) and text[place] != '"':
        if text[place] == "\\":
            place += 2
        elif text.startswith(("${", "%{"), place) and text[place - 1] != text[place]:
            place = _end(text, place + 1)
        else:
            place += 1
    if place >= len(text):
        raise NotHcl(f"nothing closes {text[start : start + 40]!r}")
    return place + 1
