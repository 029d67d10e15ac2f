"""Presigned URLs: what they allow, until when.

https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from sandbox.serving import Refused

PREFIX = "/attachments/"


@dataclass(frozen=True, slots=True)
class Grant:
    """What a presigned URL allows."""

    method: str
    case_id: str
    attachment_id: str


class Presigner:
    """Makes and reads URLs in the manner of S3's presigned ones; they carry no credentials of the caller."""

    def __init__(self) -> None:
        self.base_url = ""
        self._secret = secrets.token_bytes(16)

    def url(self, grant: Grant, file_name: str, now: float, seconds: int) -> str:
        """A URL that is good for ``seconds`` from now."""
        path = f"{PREFIX}{grant.case_id}/{grant.attachment_id}/{quote(file_name)}"
        query = {
            "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
            "X-Amz-Date": str(int(now)),
            "X-Amz-Expires": str(seconds),
            "X-Amz-SignedHeaders": "content-length;host" if grant.method == "PUT" else "host",
        }
        query["X-Amz-Signature"] = self._signature(grant.method, path, query)
        return f"{self.base_url}{path}?{urlencode(query)}"

    def open(self, method: str, path: str, query: Mapping[str, str], now: float) -> Grant:
        """What the URL allows at this moment.

        Raises:
            Refused: 403, for a URL that was altered, is used with another method, or has expired.
        """
        unsigned = {name: value for name, value in query.items() if name != "X-Amz-Signature"}
        expected = self._signature(method, path, unsigned)
        if not hmac.compare_digest(expected, query.get("X-Amz-Signature", "")):
            raise Refused(403, "The signature does not fit the request", code="SignatureDoesNotMatch")
        if now >= int(unsigned["X-Amz-Date"]) + int(unsigned["X-Amz-Expires"]):
            raise Refused(403, "Request has expired", code="AccessDenied")
        _, _, case_id, attachment_id, _ = path.split("/")
        return Grant(method, case_id, attachment_id)

    def _signature(self, method: str, path: str, query: Mapping[str, str]) -> str:
        text = f"{method} {path}?{urlencode(sorted(query.items()))}"
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()
