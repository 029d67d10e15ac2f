"""Holding requests and answers against Atlassian's OpenAPI document and the schema of its document format.

The OpenAPI document lets unknown body properties pass and says nothing of rich text; here unknown and
read-only properties are breaches, and documents are held against the schema beside it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft4Validator, Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import extend

Json = dict[str, Any]

OPENAPI = "jira-platform-v3.openapi.json"
DOCUMENT_SCHEMA = "adf-full.schema.json"
REF = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the document: its path template, its parts, and the pattern that finds it."""

    method: str
    template: str
    definition: Json
    pattern: re.Pattern[str]

    def __str__(self) -> str:
        return f"{self.method} {self.template}"


class Contract:
    """The published contract in ``folder``; validators are made when first needed and kept."""

    def __init__(self, folder: Path) -> None:
        self._schemas, self._operations = _load(folder / OPENAPI)
        self._document = _document_validator(folder / DOCUMENT_SCHEMA)
        self._validators: dict[tuple[str, str], Draft202012Validator] = {}

    def operation(self, method: str, path: str) -> Operation | None:
        """The operation that answers the path; a literal part wins over a ``{parameter}``."""
        return next((o for o in self._operations if o.method == method and o.pattern.fullmatch(path)), None)

    def request_problems(
        self, operation: Operation, query: Mapping[str, str], body: object, has_body: bool
    ) -> list[str]:
        """What is wrong with a request's query and JSON body; ``has_body`` tells a JSON null from no body."""
        problems = list(_query_problems(operation, query))
        content = operation.definition.get("requestBody", {}).get("content", {})
        if "multipart/form-data" in content:
            return problems
        if not content:
            return [*problems, "takes no body"] if has_body else problems
        if not has_body:
            required = operation.definition["requestBody"].get("required")
            return [*problems, "needs a body"] if required else problems
        schema = content["application/json"].get("schema", {})
        return problems + self._problems(f"{operation} request", schema, body, strict=True)

    def answer_problems(self, operation: Operation, status: int, body: object) -> list[str]:
        """What is wrong with an answer of ours; errors are declared too unevenly to be held against it."""
        if status >= 400:
            return []
        declared = operation.definition["responses"].get(str(status))
        if declared is None:
            return [f"status {status} is not declared"]
        schema = declared.get("content", {}).get("application/json", {}).get("schema")
        if schema is None or body is None:
            return []
        return self._problems(f"{operation} {status}", schema, body, strict=False)

    def document_problem(self, document: Any) -> str | None:
        """What is wrong with an Atlassian document, or None."""
        error = next(iter(self._document.iter_errors(document)), None)
        return None if error is None else _told(_deepest(error))

    def _problems(self, name: str, schema: Json, value: object, *, strict: bool) -> list[str]:
        key = (name, "strict" if strict else "lenient")
        if key not in self._validators:
            self._validators[key] = Draft202012Validator(_self_contained(schema, self._schemas, strict=strict))
        return [_told(_deepest(error)) for error in self._validators[key].iter_errors(value)]


@cache
def _load(path: Path) -> tuple[Json, list[Operation]]:
    document = json.loads(path.read_text("utf-8"))
    operations = [
        Operation(method.upper(), template, definition, re.compile(re.sub(r"\{[^}]+\}", "[^/]+", template)))
        for template, methods in document["paths"].items()
        for method, definition in methods.items()
        if method in ("get", "put", "post", "delete")
    ]
    operations.sort(key=lambda operation: operation.template.count("{"))
    return document["components"]["schemas"], operations


@cache
def _document_validator(path: Path) -> Validator:
    """A validator for documents; alternatives for other types of node are skipped, or a table would take seconds."""
    schema = json.loads(path.read_text("utf-8"))
    node_types = _NodeTypes(schema["definitions"])

    def any_of(validator: Any, alternatives: list[Json], value: Any, _: Json) -> Iterator[ValidationError]:
        kind = value.get("type") if isinstance(value, dict) else None
        errors: list[ValidationError] = []
        for place, alternative in enumerate(alternatives):
            known = node_types.of(alternative)
            if known and isinstance(kind, str) and kind not in known:
                continue
            found = list(validator.descend(value, alternative, schema_path=place))
            if not found:
                return
            errors.extend(found)
        told = f"a node of type {kind!r} has no place here" if not errors else f"{kind!r} fits none of its schemas"
        yield ValidationError(told, context=errors)

    untyped: Any = extend
    validator: Validator = untyped(Draft4Validator, {"anyOf": any_of})(schema)
    return validator


class _NodeTypes:
    """The types of node that a schema of the document format can describe; none where it does not say."""

    def __init__(self, definitions: Json) -> None:
        self._definitions = definitions
        self._known: dict[str, frozenset[str]] = {}

    def of(self, schema: Json) -> frozenset[str]:
        reference = schema.get("$ref")
        if isinstance(reference, str):
            if reference not in self._known:
                self._known[reference] = self.of(self._definitions[reference.rpartition("/")[2]])
            return self._known[reference]
        if "anyOf" in schema:
            each = [self.of(alternative) for alternative in schema["anyOf"]]
            return frozenset().union(*each) if all(each) else frozenset()
        for part in schema.get("allOf", []):
            if self.of(part):
                return self.of(part)
        return frozenset(schema.get("properties", {}).get("type", {}).get("enum", []))


def _self_contained(schema: Json, schemas: Json, *, strict: bool) -> Json:
    """The schema with only those definitions that it needs, in the dialect of JSON Schema."""
    needed: dict[str, Json] = {}
    todo = set(_references(schema))
    while todo:
        name = todo.pop()
        needed[name] = schemas[name]
        todo |= set(_references(schemas[name])) - needed.keys()
    definitions = {name: _translated(each, strict=strict) for name, each in needed.items()}
    return {**_translated(schema, strict=strict), "components": {"schemas": definitions}}


def _references(schema: object) -> Iterable[str]:
    if isinstance(schema, dict):
        reference = schema.get("$ref")
        if isinstance(reference, str):
            yield reference.removeprefix(REF)
        for part in schema.values():
            yield from _references(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from _references(part)


def _translated(schema: Any, *, strict: bool) -> Any:
    """OpenAPI 3.0 to JSON Schema; ``strict`` closes objects and takes what is read-only out of them."""
    if isinstance(schema, list):
        return [_translated(each, strict=strict) for each in schema]
    if not isinstance(schema, dict):
        return schema
    told = {key: value for key, value in schema.items() if key not in ("example", "xml")}
    kept = {key: _translated(value, strict=strict) for key, value in told.items()}
    properties = schema.get("properties")
    if strict and isinstance(properties, dict) and schema.get("type") == "object":
        writable = [name for name, each in properties.items() if not each.get("readOnly")]
        kept["properties"] = {name: kept["properties"][name] for name in writable}
        kept["additionalProperties"] = False
    if schema.get("nullable") is True:
        return {"anyOf": [kept, {"type": "null"}]}
    return kept


def _query_problems(operation: Operation, query: Mapping[str, str]) -> Iterable[str]:
    parameters = operation.definition.get("parameters", [])
    declared = {each["name"]: each for each in parameters if each["in"] == "query"}
    for name, value in query.items():
        if name not in declared:
            yield f"query parameter '{name}' is unknown"
            continue
        schema = declared[name]["schema"]
        parts = value.split(",") if schema.get("type") == "array" else [value]
        schema = schema.get("items", schema) if schema.get("type") == "array" else schema
        if not all(_fits(part, schema) for part in parts):
            yield f"query parameter '{name}' cannot be '{value}'"
    for name, each in declared.items():
        if each.get("required") and name not in query:
            yield f"query parameter '{name}' is required"


def _fits(value: str, schema: Json) -> bool:
    if "enum" in schema and value not in schema["enum"]:
        return False
    if schema.get("type") == "integer":
        return re.fullmatch(r"-?\d+", value) is not None
    if schema.get("type") == "boolean":
        return value in ("true", "false")
    return True


def _deepest(error: ValidationError) -> ValidationError:
    """The most telling of the errors below an ``anyOf``: the one that got furthest into the value."""
    below = list(error.context or [])
    if not below:
        return error
    return _deepest(max(below, key=lambda each: (len(each.absolute_path), each.validator != "enum")))


def _told(error: ValidationError) -> str:
    where = ".".join(str(part) for part in error.absolute_path) or "the body"
    message = error.message if len(error.message) <= 300 else f"{error.message[:300]}…"
    return f"{where}: {message}"
