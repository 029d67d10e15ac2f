"""Who may read the page and who may act on it: nobody but the page itself, in a browser on this machine.

Any web site that somebody has open can send requests to loopback. It cannot read answers of another origin, and it
cannot choose its `Host` or `Origin`:

- `Host` must be our own address, or a name of the site's own that it points at us would make it the same origin.
- What changes something is a POST with our `Origin` and with the token that stands in the page.
- Nothing of ours is handed to another site's page, also not as a picture, a script or a frame.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from werkzeug import Request

from sandbox.serving import Refused

TOKEN_HEADER = "X-Sandbox-Token"
MOST_BYTES = 16 << 20
# Trusted Types without a policy: a script that assigned to innerHTML would fail.
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class Admission:
    """``address`` is ours as a browser's `Host` has it, ``token`` what only our own page knows."""

    address: str
    token: str

    def admit(self, request: Request) -> None:
        """Raises `Refused` (403, 405, 413 or 415) for a request that is not from our page."""
        if request.headers.getlist("Host") != [self.address]:
            raise Refused(403, f"This page is at http://{self.address}/ and answers to no other name.")
        if request.method == "POST":
            self._admit_change(request)
        elif request.method != "GET":
            raise Refused(405, "Only GET and POST.")
        elif request.path != "/" and _is_from_elsewhere(request):
            raise Refused(403, "Another site's page asks.")

    def _admit_change(self, request: Request) -> None:
        if request.headers.getlist("Origin") != [f"http://{self.address}"] or _is_from_elsewhere(request):
            raise Refused(403, "Only the page itself may change something.")
        if not hmac.compare_digest(request.headers.get(TOKEN_HEADER, "").encode(), self.token.encode()):
            raise Refused(403, "The page is of an earlier sandbox: load it again.")
        if request.mimetype != "application/json":
            raise Refused(415, "Changes are asked for in JSON.")
        if request.content_length is None or request.content_length > MOST_BYTES:
            raise Refused(413, f"At most {MOST_BYTES} bytes, and their number.")


def _is_from_elsewhere(request: Request) -> bool:
    """https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Sec-Fetch-Site"""
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none")
