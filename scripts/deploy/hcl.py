"""HCL's literals, read and written: what stands in a `.tfvars` file, and what the script writes itself.

https://developer.hashicorp.com/terraform/language/values/variables#variable-definitions-tfvars-files
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Value = None | bool | int | float | str | list["Value"] | dict[str, "Value"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r]+|\#[^\n]*|//[^\n]*|/\*.*?\*/)
      | (?P<line>\n)
      | <<(?P<indented>-?)(?P<heredoc>[A-Za-z_][\w-]*)[ \t\r]*\n(?P<text>.*?)^[ \t]*(?P=heredoc)[ \t\r]*(?=\n|\Z)
      | (?P<string>"(?:[^"\\\n]|\\.)*")
      | (?P<number>-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)
      | (?P<name>[A-Za-z_][\w-]*)
      | (?P<mark>[{}\[\]=:,()])""",
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_ESCAPE = re.compile(
    r"""\\(?:(?P<letter>[nrt"\\])|u(?P<short>[0-9A-Fa-f]{4})|U(?P<long>[0-9A-Fa-f]{8})|(?P<unknown>.))
      | (?P<doubled>\$\$\{|%%\{)
      | (?P<template>[$%]\{)""",
    re.VERBOSE | re.DOTALL,
)
_LETTERS = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}
_WORDS: Mapping[str, bool | None] = {"true": True, "false": False, "null": None}
_NAME = re.compile(r"[A-Za-z_][\w-]*")


class NotLiteral(ValueError):
    """A text that is no list of settings; the message names the line."""


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    line: int
    value: Value = None


def parse(text: str) -> dict[str, Value]:
    """The settings of a `.tfvars` file. Raises ``NotLiteral``."""
    return _Reader(_tokens(text)).settings()


def parse_object(text: str) -> dict[str, Value]:
    """The first object in a text; what is around it is not looked at. Raises ``NotLiteral``."""
    value = _Reader(_tokens(_first_object(text))).value()
    if not isinstance(value, dict):
        raise NotLiteral("line 1: an object { … } is wanted here")
    return value


def _first_object(text: str) -> str:
    depth, begin = 0, text.find("{")
    for found in re.finditer(r'"(?:[^"\\\n]|\\.)*"|[{}]', text):
        depth += {"{": 1, "}": -1}.get(found[0], 0)
        if found[0] == "}" and depth == 0:
            return text[begin : found.end()]
    raise NotLiteral("line 1: an object { … } is wanted here")


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    at, line = 0, 1
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise NotLiteral(f"line {line}: {text[at : at + 20].splitlines()[0]!r} cannot be read")
        kind = match.lastgroup or ""
        if kind == "text":
            content = match["text"]
            found.append(
                _Token("string", match[0], line, _unescaped(textwrap.dedent(content), line, quoted=False))
                if match["indented"]
                else _Token("string", match[0], line, _unescaped(content, line, quoted=False))
            )
        elif kind == "string":
            found.append(_Token(kind, match[0], line, _unescaped(match[0][1:-1], line, quoted=True)))
        elif kind == "number":
            number = float(match[0])
            whole = number.is_integer() and re.fullmatch(r"-?[0-9]+", match[0])
            found.append(_Token(kind, match[0], line, int(match[0]) if whole else number))
        elif kind != "space":
            found.append(_Token(kind, match[0], line))
        line += match[0].count("\n")
        at = match.end()
    return [*found, _Token("end", "the end of the file", line)]


def _unescaped(text: str, line: int, *, quoted: bool) -> str:
    def plain(found: re.Match[str]) -> str:
        if begin := found["template"]:
            raise NotLiteral(f"line {line}: {begin} begins a template; where it is plain text, write {begin[0]}{begin}")
        if found["doubled"]:
            return found["doubled"][1:]
        if not quoted:
            return found[0]
        if found["unknown"]:
            raise NotLiteral(f"line {line}: {found[0]} is none of HCL's escapes; a backslash is written \\\\")
        return _LETTERS.get(found["letter"]) or chr(int(found["short"] or found["long"], 16))

    return _ESCAPE.sub(plain, text)


class _Reader:
    """The tokens, read once from the left."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._at = 0

    def settings(self) -> dict[str, Value]:
        found: dict[str, Value] = {}
        self._lines()
        while self._next.kind != "end":
            name = self._take("name", "the name of a setting")
            self._mark("=")
            if name.text in found:
                raise NotLiteral(f"line {name.line}: {name.text} is set twice")
            found[name.text] = self.value()
            if self._next.kind != "end":
                self._take("line", f"the end of the line after {name.text}")
            self._lines()
        return found

    def value(self) -> Value:
        token = self._next
        if token.kind in ("string", "number"):
            self._at += 1
            return token.value
        if token.kind == "name" and token.text in _WORDS:
            self._at += 1
            return _WORDS[token.text]
        if token.text == "[":
            return self._list()
        if token.text == "{":
            return self._object()
        raise NotLiteral(
            f"line {token.line}: {_shown(token)} is no value; here stand texts in quotes, numbers, true, false, null, "
            "[ … ] and { … }, and nothing that is to be worked out"
        )

    def _list(self) -> list[Value]:
        self._mark("[")
        found: list[Value] = []
        self._lines()
        while self._next.text != "]":
            found.append(self.value())
            self._lines()
            if self._next.text != "]":
                self._mark(",")
                self._lines()
        self._mark("]")
        return found

    def _object(self) -> dict[str, Value]:
        self._mark("{")
        found: dict[str, Value] = {}
        self._lines()
        while self._next.text != "}":
            key = self._next
            if key.kind not in ("name", "string", "number"):
                raise NotLiteral(f"line {key.line}: {_shown(key)} is no key of an object")
            self._at += 1
            self._mark("=", ":")
            found[str(key.value) if key.kind == "string" else key.text] = self.value()
            if self._next.text == ",":
                self._at += 1
            elif self._next.text != "}":
                self._take("line", "a new line, or a comma,")
            self._lines()
        self._mark("}")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _lines(self) -> None:
        while self._next.kind == "line":
            self._at += 1

    def _take(self, kind: str, what: str) -> _Token:
        token = self._next
        if token.kind != kind:
            raise NotLiteral(f"line {token.line}: {what} is wanted here, not {_shown(token)}")
        self._at += 1
        return token

    def _mark(self, *marks: str) -> None:
        token = self._next
        if token.kind != "mark" or token.text not in marks:
            raise NotLiteral(f"line {token.line}: {marks[0]} is wanted here, not {_shown(token)}")
        self._at += 1


def _shown(token: _Token) -> str:
    return {"line": "a new line", "end": token.text}.get(token.kind, token.text.splitlines()[0][:40])


def render(value: Value, indent: str = "") -> str:
    """A value as HCL, its texts no templates. Lines after the first begin with ``indent``."""
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, dict):
        return _object_of(value, indent)
    if isinstance(value, list):
        return f"[{', '.join(render(each, indent) for each in value)}]"
    return json.dumps(value)


def _object_of(value: Mapping[str, Value], indent: str) -> str:
    if not value:
        return "{}"
    inner = f"{indent}  "
    keys = {key: key if _NAME.fullmatch(key) and key not in _WORDS else _quoted(key) for key in value}
    lines = []
    for key, each in value.items():
        width = max(len(keys[other]) for other in value) if not isinstance(each, dict) else 0
        lines.append(f"{inner}{keys[key]:<{width}} = {render(each, inner)}\n")
    return f"{{\n{''.join(lines)}{indent}}}"


def _quoted(text: str) -> str:
    written = re.sub(r'[\x00-\x1f"\\\x7f]', _escaped, text)
    # Two marks in a row are written so that nobody has to know which of them HCL takes for the doubled one.
    return f'"{re.sub(r"([$%]*)([$%])(?={)", lambda at: _by_number(at[1]) + at[2] * 2, written)}"'


def _escaped(found: re.Match[str]) -> str:
    letter = next((letter for letter, meant in _LETTERS.items() if meant == found[0]), None)
    return f"\\{letter}" if letter else _by_number(found[0])


def _by_number(text: str) -> str:
    return "".join(f"\\u{ord(each):04x}" for each in text)
