"""Holds a value against a shape of the service's model, more strictly than an SDK does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape
from botocore.validate import ParamValidator

from sandbox.security_ir.refusals import Breach

_REPORTED = re.compile(r'parameter (?:in )?(?P<where>[^,:]*)(?:: "(?P<missing>[^"]+)")?')
_SURROGATE = re.compile("[\ud800-\udfff]")


def breaches(value: Any, shape: Shape) -> list[Breach]:
    """Everything about the value that the shape does not allow; empty if it fits.

    botocore knows required members, types and minimums; maximums, enumerations and patterns are checked here.
    Lengths are counted in UTF-16 units, the stricter reading of "characters".
    """
    report = ParamValidator().validate(value, shape).generate_report()
    found = [_reported(line) for line in report.splitlines()]
    return found or list(_walk(value, shape, ""))


def _reported(line: str) -> Breach:
    match = _REPORTED.search(line)
    if match is None:
        return Breach("", line)
    where, missing = match["where"], match["missing"]
    if missing is None:
        return Breach(where, line)
    return Breach(missing if where in ("", "input") else f"{where}.{missing}", line)


def _walk(value: Any, shape: Shape, path: str) -> Iterator[Breach]:
    if isinstance(shape, StructureShape):
        for name, member in shape.members.items():
            if name in value:
                yield from _walk(value[name], member, f"{path}.{name}" if path else name)
    elif isinstance(shape, ListShape):
        yield from _maximum(len(value), shape, path, "members")
        for index, item in enumerate(value):
            yield from _walk(item, shape.member, f"{path}[{index}]")
    elif isinstance(shape, MapShape):
        yield from _maximum(len(value), shape, path, "entries")
        for key, item in value.items():
            yield from _walk(key, shape.key, f"{path} (key: {key})")
            yield from _walk(item, shape.value, f"{path}.{key}")
    elif isinstance(shape, StringShape):
        yield from _text(value, shape, path)
    elif shape.type_name in ("integer", "long"):
        yield from _maximum(value, shape, path, "as value")


def _text(value: str, shape: StringShape, path: str) -> Iterator[Breach]:
    if _SURROGATE.search(value):
        yield Breach(path, "holds half of a surrogate pair")
        return
    yield from _maximum(len(value.encode("utf-16-le")) // 2, shape, path, "UTF-16 units")
    if shape.enum and value not in shape.enum:
        yield Breach(path, f"must be one of {', '.join(shape.enum)}")
    pattern = shape.metadata.get("pattern")
    if pattern and not re.fullmatch(pattern, value, re.ASCII | re.DOTALL):
        yield Breach(path, f"must match {pattern}")


def _maximum(size: int, shape: Shape, path: str, unit: str) -> Iterator[Breach]:
    maximum = shape.metadata.get("max")
    if maximum is not None and size > maximum:
        yield Breach(path, f"{size} {unit}, at most {maximum} allowed")
