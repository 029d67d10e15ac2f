"""Between HTTP and Python values: routes, parsing and answers by botocore's model of the service."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from botocore.model import Shape
from moto.core.model import OperationModel
from moto.core.parse import RestJSONParser
from moto.core.serialize import RestJSONSerializer
from moto.core.utils import get_service_model
from werkzeug.datastructures import Headers, MultiDict

from sandbox.security_ir.checks import breaches
from sandbox.security_ir.errors import ApiError, Breach, invalid

Params = Mapping[str, Any]
Result = Mapping[str, Any]

_MODEL = get_service_model("security-ir")


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request line with its headers and body; ``path`` is still percent-encoded, without its query."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class FileBody:
    """``length`` bytes of a file from ``start`` on; ``torn`` stops half-way and closes the connection."""

    path: Path
    start: int
    length: int
    torn: bool = False


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer to be written to the connection."""

    status: int
    headers: Mapping[str, str]
    body: bytes | FileBody


@dataclass(frozen=True, slots=True)
class Route:
    """The operation that a request means, and the parts of its path."""

    operation: str
    uri_params: Mapping[str, str]


def route(request: HttpRequest) -> Route | None:
    """The operation whose method and path template fit, if any."""
    for method, template, operation in _routes():
        match = template.fullmatch(request.path)
        if match and method == request.method:
            return Route(operation, match.groupdict())
    return None


@cache
def _routes() -> tuple[tuple[str, re.Pattern[str], str], ...]:
    found = []
    for name in _MODEL.operation_names:
        http = _MODEL.operation_model(name).http
        template = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(http["requestUri"]))
        found.append((http["method"], re.compile(template), name))
    return tuple(found)


def parse(request: HttpRequest, found: Route) -> Params:
    """The parameters of the request, by their names in the model.

    Raises:
        ApiError: ValidationException, where the model does not allow them.
    """
    operation = _MODEL.operation_model(found.operation)
    _check_body(request.body, operation)
    try:
        params: Params = RestJSONParser(operation, timestamp_parser=_timestamp).parse(
            {
                "body": request.body,
                "headers": Headers(dict(request.headers)),
                "method": request.method,
                "url_params": dict(found.uri_params),
                "url_path": request.path,
                "values": MultiDict(parse_qsl(request.query, keep_blank_values=True)),
            }
        )
    except (AttributeError, TypeError, ValueError) as error:
        raise invalid([Breach("", f"cannot be parsed: {error}")], "CANNOT_PARSE") from error
    wrong = breaches(params, _shape(operation))
    if wrong:
        raise invalid(wrong)
    return params


def _check_body(body: bytes, operation: OperationModel) -> None:
    try:
        values = json.loads(body or b"{}")
    except ValueError as error:
        raise invalid([Breach("", f"the body is not JSON: {error}")], "CANNOT_PARSE") from error
    if not isinstance(values, dict):
        raise invalid([Breach("", "the body is not a JSON object")], "CANNOT_PARSE")
    members = getattr(operation.input_shape, "members", {})
    unknown = [name for name in values if name not in members or "location" in members[name].serialization]
    if unknown:
        raise invalid([Breach(name, "is no member of the body") for name in unknown])


def _timestamp(value: object) -> datetime:
    # rest-json has dates of a body in epoch seconds; a text would be another protocol's.
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("a timestamp is a number of epoch seconds")
    return datetime.fromtimestamp(value, UTC)


def _shape(operation: OperationModel) -> Shape:
    shape = operation.input_shape
    if shape is None:
        raise LookupError(f"{operation.name} has no input")
    return shape


def check_value(shape_name: str, value: object) -> None:
    """Hold one value against a named shape of the model; ``None`` counts as absent.

    Raises:
        ValueError: it does not fit; the text says why.
    """
    wrong = breaches(_without_none(value), _MODEL.shape_for(shape_name))
    if wrong:
        raise ValueError("; ".join(f"{breach.name or shape_name}: {breach.message}" for breach in wrong))


def _without_none(value: object) -> object:
    if isinstance(value, Mapping):
        return {name: _without_none(item) for name, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_without_none(item) for item in value]
    return value


def answer(operation: str, result: Result) -> HttpAnswer:
    """The answer to a request that was carried out."""
    serialised = RestJSONSerializer(_MODEL.operation_model(operation)).serialize(result)
    status = serialised["status_code"]
    # moto writes "{}" here as well, which the next request on the connection would stumble over.
    body = b"" if status == HTTPStatus.NO_CONTENT else serialised["body"].encode()
    return HttpAnswer(status, dict(serialised["headers"]), body)


def error_answer(error: ApiError) -> HttpAnswer:
    """The answer to a request that was not, modelled or not."""
    headers = {"Content-Type": "application/json", "X-Amzn-ErrorType": error.code}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    body = {"message": error.message, **error.members}
    return HttpAnswer(error.status, headers, json.dumps(body).encode())


def error_status(code: str) -> int | None:
    """The HTTP status of a modelled error, ``None`` for any other."""
    for shape in _MODEL.error_shapes:
        if shape.name == code:
            status: int = shape.metadata["error"]["httpStatusCode"]
            return status
    return None
