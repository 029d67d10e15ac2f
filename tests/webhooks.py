"""Webhooks as Jira sends them and as a function URL hands them on."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

SECRET = "correct horse battery staple"


def told(key: str = "SEC-1", event: str = "jira:issue_updated", **more: Any) -> bytes:
    """The body of a webhook about an issue."""
    fields = {"summary": "Phishing", "project": {"key": key.rpartition("-")[0]}}
    return json.dumps({"webhookEvent": event, "issue": {"id": "10001", "key": key, "fields": fields}, **more}).encode()


def signature(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}"


def request(
    body: bytes, signed: str | None = None, *, method: str = "POST", packed: bool = False, **headers: str
) -> dict[str, Any]:
    """A function URL's event: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads

    ``signed`` is what stands in ``X-Hub-Signature``, ``""`` for none; by default Jira's own signature.
    """
    given = signature(body) if signed is None else signed
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return {
        "version": "2.0",
        "rawPath": "/",
        "headers": {"content-type": "application/json", **({"x-hub-signature": given} if given else {}), **names},
        "requestContext": {"http": {"method": method, "path": "/", "sourceIp": "185.166.143.1"}},
        "body": base64.b64encode(body).decode() if packed else body.decode(),
        "isBase64Encoded": packed,
    }
