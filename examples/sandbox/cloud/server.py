"""The HTTP face of the local AWS: moto's application behind one lock, on loopback."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug import Request, Response

from sandbox.serving import LoopbackServer, Watch, credential_scope


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One signed AWS request as it came in, before any service saw it."""

    access_key: str
    session_token: str
    region: str
    service: str
    target: str
    content_type: str
    method: str
    path: str
    body: bytes
    query: Mapping[str, str] = field(default_factory=dict)


# Sees a request before it is carried out; what it returns is answered instead.
Gate = Callable[[SignedRequest], Response | None]


class Server:
    """Serves moto on ``url``.

    moto's backends are plain dictionaries and lists without locks, so one request at a time is let in: `turn` is held
    while a request is carried out, and whoever touches a backend in-process holds it too.
    """

    def __init__(self, turn: threading.Condition) -> None:
        self._turn = turn
        self._gate: Gate | None = None
        self._moto: Any = DomainDispatcherApplication(create_backend_app)
        self._http = LoopbackServer(self._respond, "cloud-server")
        self.url = self._http.url

    def start(self, gate: Gate) -> None:
        """Begin to answer; returns at once."""
        self._gate = gate
        self._http.start()

    def watch(self, watch: Watch) -> None:
        """Let every request pass by ``watch``."""
        self._http.watch(watch)

    def stop(self) -> None:
        """Stop answering and close the port."""
        self._http.stop()

    def _respond(self, http: Request) -> Response:
        # The body is read before the lock is taken, so that a slow sender holds up nobody.
        body = http.get_data()
        request = signed(http, body)
        environ = {**http.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        with self._turn:
            refusal = self._gate(request) if request and self._gate else None
            if refusal is not None:
                return refusal
            return Response.from_app(self._moto, environ, buffered=True)


def signed(http: Request, body: bytes) -> SignedRequest | None:
    """The request as its service reads it; None for one that nobody signed."""
    scope = credential_scope(http.headers.get("Authorization", ""))
    if scope is None:
        return None
    return SignedRequest(
        access_key=scope.access_key,
        session_token=http.headers.get("X-Amz-Security-Token", ""),
        region=scope.region,
        service=scope.service,
        target=http.headers.get("X-Amz-Target", ""),
        content_type=http.headers.get("Content-Type", ""),
        method=http.method,
        path=http.path,
        body=body,
        query=http.args.to_dict(),
    )
