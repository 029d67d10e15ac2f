"""The HTTP face of the local AWS: moto's application behind one lock, on loopback."""

from __future__ import annotations

import io
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug import Request, Response

from sandbox.serving import LoopbackServer, Watch, credential_scope

from . import urls


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """One signed AWS request as it came in, before any service saw it."""

    access_key: str
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
# Answers a request to a function's URL; no turn is held.
Public = Callable[[Request, bytes], Response]
# What is answered for a service that is none of moto's, with `turn` held.
Own = Callable[[SignedRequest], Response]


class Server:
    """Serves moto on ``url``.

    moto's backends are plain dictionaries and lists without locks, so one request at a time is let in: `turn` is held
    while a request is carried out, and whoever touches a backend in-process holds it too.
    """

    def __init__(self, turn: threading.Condition) -> None:
        self._turn = turn
        self._gate: Gate | None = None
        self._public: Public | None = None
        self._own: Mapping[str, Own] = {}
        self.asked: Counter[str] = Counter()
        """How many requests were carried out by service; ``""`` for what nobody signed. Read with `turn` held."""
        self._moto: Any = DomainDispatcherApplication(create_backend_app)
        self._http = LoopbackServer(self._respond, "cloud-server")
        self.url = self._http.url

    def start(self, gate: Gate, public: Public, own: Mapping[str, Own]) -> None:
        """Begin to answer; returns at once. ``own``: service → who answers in moto's place."""
        self._gate, self._public, self._own = gate, public, own
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
        if http.path.startswith(urls.PATH) and self._public:
            return self._public(http, body)
        request = signed(http, body)
        environ = {**http.environ, "wsgi.input": io.BytesIO(body), "CONTENT_LENGTH": str(len(body))}
        with self._turn:
            self.asked[request.service if request else ""] += 1
            refusal = self._gate(request) if request and self._gate else None
            if refusal is not None:
                return refusal
            if request and request.service in self._own:
                return self._own[request.service](request)
            return Response.from_app(self._moto, environ, buffered=True)


def signed(http: Request, body: bytes) -> SignedRequest | None:
    """The request as its service reads it; None for one that nobody signed."""
    scope = credential_scope(http.headers.get("Authorization", ""))
    if scope is None:
        return None
    return SignedRequest(
        access_key=scope.access_key,
        region=scope.region,
        service=scope.service,
        target=http.headers.get("X-Amz-Target", ""),
        content_type=http.headers.get("Content-Type", ""),
        method=http.method,
        path=http.path,
        body=body,
        query=http.args.to_dict(),
    )
