"""Who signed a request. The signature itself is not verified: nobody here knows the secret key.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-authentication-methods.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from sandbox.security_ir.errors import ApiError

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/,\s]+)/(?P<day>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)"
    r"/aws4_request,\s*SignedHeaders=[^,\s]+,\s*Signature=[0-9a-f]{64}"
)


def access_key(headers: Mapping[str, str], region: str) -> str:
    """The access key id of a request's credential scope; ``headers`` have lower-case names.

    Raises:
        ApiError: 403, where there is no signature or one for another service or Region.
    """
    given = headers.get("authorization")
    if given is None:
        raise ApiError("MissingAuthenticationTokenException", 403, "Missing Authentication Token")
    match = _AUTHORIZATION.fullmatch(given)
    if match is None or "x-amz-date" not in headers:
        raise ApiError("IncompleteSignatureException", 403, "The Authorization header is incomplete")
    if (match["service"], match["region"]) != ("security-ir", region):
        scope = f"{region}/security-ir"
        message = f"Credential should be scoped to {scope}, not {match['region']}/{match['service']}"
        raise ApiError("InvalidSignatureException", 403, message)
    return match["key"]
