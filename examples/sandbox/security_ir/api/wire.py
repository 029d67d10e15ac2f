"""Between HTTP and Python values: routes, parsing and answers by botocore's model of the service."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from botocore.model import Shape
from moto.core.model import OperationModel
from moto.core.parse import RestJSONParser
from moto.core.serialize import RestJSONSerializer
from moto.core.utils import get_service_model
from werkzeug import Request, Response
from werkzeug.routing import Rule

from sandbox.security_ir.refusals import Breach, invalid
from sandbox.security_ir.rules.service import Params, Result
from sandbox.security_ir.rules.shapes import breaches
from sandbox.serving import Refused

_MODEL = get_service_model("security-ir")


def rule(operation: str) -> Rule:
    """The method and path that mean an operation; an ARN's slashes belong to it."""
    http = _MODEL.operation_model(operation).http
    path = re.sub(r"\{(\w+)\}", r"<\1>", http["requestUri"]).replace("<resourceArn>", "<path:resourceArn>")
    return Rule(path, methods=[http["method"]], endpoint=operation)


def parse(http: Request, operation_name: str, uri_params: Mapping[str, str]) -> Params:
    """The parameters of the request, by their names in the model. Raises `Refused` (400) for what it does not allow."""
    operation = _MODEL.operation_model(operation_name)
    _check_body(http.data, operation)
    try:
        params: Params = RestJSONParser(operation, timestamp_parser=_timestamp).parse(
            {
                "body": http.data,
                "headers": http.headers,
                "method": http.method,
                "url_params": dict(uri_params),
                "url_path": http.path,
                "values": http.args,
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


def answer(operation: str, result: Result) -> Response:
    """The answer to a request that was carried out."""
    serialised = RestJSONSerializer(_MODEL.operation_model(operation)).serialize(result)
    return Response(serialised["body"], serialised["status_code"], dict(serialised["headers"]))


def refusal(refused: Refused) -> Response:
    """The answer to a request that was not, modelled or not."""
    headers = {"X-Amzn-ErrorType": refused.code}
    if refused.retry_after is not None:
        headers["Retry-After"] = str(refused.retry_after)
    body = {"message": " ".join(refused.messages), **refused.details}
    status = refused.status or _status(refused.code) or 500
    return Response(json.dumps(body), status, headers, content_type="application/json")


def _status(code: str) -> int | None:
    """The HTTP status of a modelled error, ``None`` for any other."""
    for shape in _MODEL.error_shapes:
        if shape.name == code:
            status: int = shape.metadata["error"]["httpStatusCode"]
            return status
    return None
