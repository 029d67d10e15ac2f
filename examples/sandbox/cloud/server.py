"""The HTTP face of the local AWS: moto's application behind one lock, on loopback."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

# werkzeug's and moto's own shapes: an environ and a start_response as PEP 3333 has them.
Environ = dict[str, Any]
StartResponse = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Request:
    """One signed AWS request as it came in, before any service saw it."""

    access_key_id: str
    session_token: str
    service: str
    target: str
    content_type: str
    method: str
    path: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer given instead of the service's own."""

    status: str
    content_type: str
    body: bytes


# Sees a request before it is carried out; what it returns is answered instead.
Gate = Callable[[Request], Refusal | None]
# Sees a request after it was carried out and before it is answered.
After = Callable[[Request], None]


class _QuietHandler(WSGIRequestHandler):
    # Small answers would wait for the client's delayed acknowledgement: 40 ms each.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None:
        return


class Server:
    """Serves moto on ``http://127.0.0.1:<port>``.

    moto's backends are plain dictionaries and lists without locks, so one request at a time is let in: `turn` is held
    while a request is carried out, and whoever touches a backend in-process holds it too.
    """

    def __init__(self, turn: threading.Condition) -> None:
        self._turn = turn
        self._gate: Gate | None = None
        self._after: After | None = None
        self._moto: Any = DomainDispatcherApplication(create_backend_app)
        self._server: BaseWSGIServer = make_server(
            "127.0.0.1", 0, self._application, threaded=True, request_handler=_QuietHandler
        )
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, name="cloud-server", daemon=True
        )

    @property
    def url(self) -> str:
        """The endpoint of every service."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def start(self, gate: Gate, after: After) -> None:
        """Begin to answer; returns at once."""
        self._gate, self._after = gate, after
        self._thread.start()

    def stop(self) -> None:
        """Stop answering and close the port."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _application(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        body = _read_body(environ)
        request = _request(environ, body)
        with self._turn:
            refusal = self._gate(request) if request and self._gate else None
            if refusal is not None:
                start_response(refusal.status, [("Content-Type", refusal.content_type)])
                return [refusal.body]
            answer = self._moto(environ, start_response)
            try:
                content = b"".join(answer)
            finally:
                if hasattr(answer, "close"):
                    answer.close()
            if request and self._after:
                self._after(request)
            return [content]


def _read_body(environ: Environ) -> bytes:
    """Take the body off the wire before the lock is taken, so that a slow sender holds up nobody."""
    length = environ.get("CONTENT_LENGTH")
    if length:
        body = environ["wsgi.input"].read(int(length))
    elif environ.get("wsgi.input_terminated"):
        body = environ["wsgi.input"].read()
        environ["CONTENT_LENGTH"] = str(len(body))
    else:
        body = b""
    environ["wsgi.input"] = io.BytesIO(body)
    return bytes(body)


def _request(environ: Environ, body: bytes) -> Request | None:
    scope = credential_scope(environ.get("HTTP_AUTHORIZATION", ""))
    if scope is None:
        return None
    access_key_id, service = scope
    return Request(
        access_key_id=access_key_id,
        session_token=environ.get("HTTP_X_AMZ_SECURITY_TOKEN", ""),
        service=service,
        target=environ.get("HTTP_X_AMZ_TARGET", ""),
        content_type=environ.get("CONTENT_TYPE", ""),
        method=environ["REQUEST_METHOD"],
        path=environ.get("PATH_INFO", "/"),
        body=body,
    )


def credential_scope(authorization: str) -> tuple[str, str] | None:
    """(access key id, service) of a Signature Version 4 header; None where there is none."""
    _, found, rest = authorization.partition("Credential=")
    parts = rest.split(",", 1)[0].split("/")
    if not found or len(parts) < 5:
        return None
    return parts[0], parts[-2]
