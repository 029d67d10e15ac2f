"""A request as a function URL hands it on: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from typing import Any

MOST_BYTES = 1 << 20
"""What a body may have. Jira's are some kilobytes; a longer one is an issue with a very long text, which the sweep
finds."""


class Refused(Exception):
    """A request that is not heard: the status to answer, and the metric that counts it. Nobody is told more."""

    def __init__(self, status: int, counted: str) -> None:
        super().__init__(counted)
        self.status, self.counted = status, counted


def method_of(event: Mapping[str, Any]) -> str:
    """Its HTTP method, in capitals; ``""`` where there is none."""
    context = event.get("requestContext")
    http = context.get("http") if isinstance(context, Mapping) else None
    return str(http.get("method", "")).upper() if isinstance(http, Mapping) else ""


def header_of(event: Mapping[str, Any], name: str) -> str:
    """A header's value, by its name in lower case, as a function URL writes it; ``""`` where it is missing."""
    headers = event.get("headers")
    if not isinstance(headers, Mapping):
        return ""
    return next((str(value) for given, value in headers.items() if str(given).lower() == name), "")


def body_of(event: Mapping[str, Any]) -> bytes:
    """The body's bytes as they were sent: whether in chunks or packed, they are what was signed.

    Raises ``Refused`` for more than ``MOST_BYTES``, without making a copy of them.
    """
    text = event.get("body") or ""
    if not isinstance(text, str):
        raise Refused(400, "WebhooksMalformed")
    packed = bool(event.get("isBase64Encoded"))
    if len(text) > (_length_packed(MOST_BYTES) if packed else MOST_BYTES):
        raise Refused(413, "WebhooksTooLarge")
    try:
        body = base64.b64decode(text, validate=True) if packed else text.encode("utf-8", "surrogatepass")
    except (binascii.Error, ValueError):
        raise Refused(400, "WebhooksMalformed") from None
    if len(body) > MOST_BYTES:
        raise Refused(413, "WebhooksTooLarge")
    return body


def _length_packed(length: int) -> int:
    """The characters of so many bytes in base64."""
    return (length + 2) // 3 * 4
