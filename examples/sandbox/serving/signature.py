"""Who signed a request to AWS. The signature itself is not verified: nobody here knows the secret key.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)"
    r"/aws4_request,\s*SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}"
)


@dataclass(frozen=True, slots=True)
class Scope:
    """A request's access key id, and the Region and service that it was signed for."""

    access_key: str
    region: str
    service: str


def credential_scope(authorization: str) -> Scope | None:
    """The scope of a Signature Version 4 header; None where there is no complete one."""
    match = _AUTHORIZATION.fullmatch(authorization)
    return Scope(match["key"], match["region"], match["service"]) if match else None
