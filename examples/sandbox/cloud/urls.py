"""Function URLs: an HTTP request to one invokes its function, where the function's policy lets everybody in.

https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html
"""

from __future__ import annotations

import base64
import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from .backends import Backends, LambdaFunction
from .runtime import Outcome

PATH = "/function-url/"
"""Where the addresses lie: on loopback no name can tell them apart."""
MOST_BYTES = 6 * 1024 * 1024
_TEXTS = ("text/", "application/json", "application/javascript", "application/xml")

# (function name, payload) → what it answered. Raises `UnknownFunction`, `NoRuntime`.
Invoke = Callable[[str, bytes], Outcome]


@dataclass(slots=True)
class FunctionUrls:
    """Answers requests below `PATH`; nothing here may be called with `turn` held."""

    backends: Backends
    turn: threading.Condition
    invoke: Invoke
    now: Callable[[], float]
    _under_way: Counter[str] = field(default_factory=Counter)

    def respond(self, http: Request, body: bytes) -> Response:
        """The answer to one request."""
        url_id, _, path = http.path.removeprefix(PATH).partition("/")
        with self.turn:
            function = self._function(url_id)
            if function is None or not _lets_everybody_in(function):
                return _refusal(403, "Forbidden. For troubleshooting Function URL authorization issues, see the docs.")
            if len(body) > MOST_BYTES:
                return _refusal(
                    413, f"Request must be smaller than {MOST_BYTES} bytes for the InvokeFunction operation"
                )
            name = str(function.function_name)
            limit = function.reserved_concurrency
            if limit is not None and self._under_way[name] >= int(limit):
                return _refusal(429, "Rate Exceeded.", Reason="ReservedFunctionConcurrentInvocationLimitExceeded")
            self._under_way[name] += 1
        try:
            return _answer(self.invoke(name, json.dumps(_event(http, f"/{path}", body, self.now())).encode()))
        finally:
            with self.turn:
                self._under_way[name] -= 1

    def _function(self, url_id: str) -> LambdaFunction | None:
        listed = self.backends.functions.list_functions()
        return next((one for one in listed if one.url_config and f"{PATH}{url_id}/" in one.url_config.url), None)


def _lets_everybody_in(function: LambdaFunction) -> bool:
    """Both statements that AWS demands since October 2025: https://docs.aws.amazon.com/lambda/latest/dg/urls-auth.html"""
    statements = [each for each in function.policy.statements if each.get("Principal") == "*"]
    by_url = any(
        each["Action"] == "lambda:InvokeFunctionUrl" and each.get("FunctionUrlAuthType") == "NONE"
        for each in statements
    )
    return by_url and any(each["Action"] == "lambda:InvokeFunction" for each in statements)


def _event(http: Request, path: str, body: bytes, now: float) -> dict[str, Any]:
    text = _text(http, body)
    return {
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": http.query_string.decode(),
        "headers": {name.lower(): value for name, value in http.headers.items()},
        "requestContext": {
            "accountId": "anonymous",
            "http": {
                "method": http.method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": http.remote_addr,
                "userAgent": http.headers.get("User-Agent", ""),
            },
            "requestId": str(uuid.uuid4()),
            "routeKey": "$default",
            "stage": "$default",
            "timeEpoch": int(now * 1000),
        },
        **({"body": base64.b64encode(body).decode() if text is None else text} if body else {}),
        "isBase64Encoded": text is None,
    }


def _text(http: Request, body: bytes) -> str | None:
    """The body as text, or None where Lambda hands it on as base64."""
    if http.headers.get("Content-Encoding") or not (http.mimetype or "").startswith(_TEXTS):
        return None
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _answer(outcome: Outcome) -> Response:
    if outcome.failure is not None:
        return Response("Internal Server Error", 502)
    told = json.loads(outcome.answer)
    if not isinstance(told, dict) or "statusCode" not in told:
        return Response(outcome.answer, 200, content_type="application/json")
    body = told.get("body", "")
    content = base64.b64decode(body) if told.get("isBase64Encoded") else body
    return Response(content, told["statusCode"], {"Content-Type": "application/json", **told.get("headers", {})})


def _refusal(status: int, message: str, **more: str) -> Response:
    return Response(json.dumps({"Message": message, **more}), status, content_type="application/json")
