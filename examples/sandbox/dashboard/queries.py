"""CloudWatch Logs Insights, as far as this module's saved queries and its dashboard use it.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from sandbox.cloud.measures import LogLine

# Name of a field → its value. A field that a line lacks is not there.
Row = dict[str, Any]
_Test = Callable[[Row], bool]

_TOKEN = re.compile(r"\s*(\"(?:[^\"\\]|\\.)*\"|'[^']*'|`[^`]+`|!=|[=(),]|[\w@.*-]+)")


class UnknownQuery(ValueError):
    """A query that the sandbox cannot run: teach it, here."""


def run(query: str, lines: Iterable[LogLine], groups: Sequence[str] = ()) -> list[Row]:
    """The rows that a query finds in the lines of its groups, which are `groups` or those that its SOURCEs name."""
    named = list(groups)
    commands = [command.strip() for command in _split(query)]
    while commands and commands[0].startswith("SOURCE "):
        named.append(commands.pop(0).removeprefix("SOURCE ").strip("' "))
    rows = [_fields(line) for line in lines if line.group in named]
    shown: list[str] | None = None
    for command in commands:
        tokens = _Tokens([match[1] for match in _TOKEN.finditer(command)])
        match tokens.take():
            case "fields":
                shown = tokens.names()
            case "filter":
                fits = _either(tokens)
                rows = [row for row in rows if fits(row)]
            case "stats":
                rows = _stats(tokens, rows)
                shown = None
            case "sort":
                by, order = tokens.name(), tokens.take()
                rows.sort(key=lambda row: row.get(by, ""), reverse=order == "desc")
            case "limit":
                rows = rows[: int(tokens.take())]
            case other:
                raise UnknownQuery(f"the sandbox knows no {other!r} of Logs Insights")
    return rows if shown is None else [{name: row[name] for name in shown if name in row} for row in rows]


def _split(query: str) -> list[str]:
    """The commands of a query: at each ``|`` that stands in no quotes."""
    return re.findall(r"(?:\"(?:[^\"\\]|\\.)*\"|'[^']*'|`[^`]*`|[^|])+", query)


def _fields(line: LogLine) -> Row:
    """What Insights finds in a line: its time, its text and, of JSON, every member by its path."""
    moment = datetime.fromtimestamp(line.at, UTC).strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    row: Row = {"@timestamp": moment, "@message": line.message, "@log": line.group}
    try:
        document = json.loads(line.message)
    except ValueError:
        return row
    return {**dict(_members(document, "")), **row} if isinstance(document, dict) else row


def _members(document: dict[str, Any], prefix: str) -> Iterator[tuple[str, Any]]:
    for name, value in document.items():
        if isinstance(value, dict):
            yield from _members(value, f"{prefix}{name}.")
        elif value is not None:
            yield prefix + name, value


@dataclass(slots=True)
class _Tokens:
    left: list[str] = field(default_factory=list)

    def take(self, *wanted: str) -> str:
        """The next token; with `wanted`, only if it is one of these, else an empty one."""
        if not self.left or (wanted and self.left[0] not in wanted):
            if wanted:
                return ""
            raise UnknownQuery("a query ends too early")
        return self.left.pop(0)

    def name(self) -> str:
        return self.take().strip("`")

    def names(self) -> list[str]:
        found = [self.name()]
        while self.take(","):
            found.append(self.name())
        return found


def _either(tokens: _Tokens) -> _Test:
    tests = [_both(tokens)]
    while tokens.take("or"):
        tests.append(_both(tokens))
    return lambda row: any(test(row) for test in tests)


def _both(tokens: _Tokens) -> _Test:
    tests = [_one(tokens)]
    while tokens.take("and"):
        tests.append(_one(tokens))
    return lambda row: all(test(row) for test in tests)


def _one(tokens: _Tokens) -> _Test:
    if tokens.take("("):
        test = _either(tokens)
        tokens.take(")")
        return test
    name, sign, value = tokens.name(), tokens.take(), tokens.take().strip("\"'")
    match sign:
        case "=":
            return lambda row: str(row.get(name)) == value and name in row
        case "like":
            return lambda row: value in str(row.get(name, ""))
    raise UnknownQuery(f"the sandbox compares nothing by {sign!r}")


def _stats(tokens: _Tokens, rows: list[Row]) -> list[Row]:
    """``count(*) as n, latest(field) as m by a, b``: one row for each a and b that there are."""
    counted: dict[str, tuple[str, str]] = {}
    while True:
        function, _, what, _, _, name = (tokens.name() for _ in range(6))
        counted[name] = (function, what)
        if not tokens.take(","):
            break
    tokens.take("by")
    by = tokens.names()
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row in rows:
        groups.setdefault(tuple(str(row.get(name, "")) for name in by), []).append(row)
    return [
        {name: value for name, value in zip(by, key, strict=True) if value}
        | {name: _counted(function, what, some) for name, (function, what) in counted.items()}
        for key, some in groups.items()
    ]


def _counted(function: str, what: str, rows: list[Row]) -> Any:
    match function:
        case "count":
            return len(rows)
        case "latest":
            return max((row for row in rows if what in row), key=lambda row: row["@timestamp"]).get(what)
    raise UnknownQuery(f"the sandbox counts nothing by {function!r}")
