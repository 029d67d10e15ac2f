"""HTTP/1.1 on loopback by werkzeug: connections that stay open, and answers that get lost on purpose."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Self

from werkzeug import Request, Response
from werkzeug.exceptions import ClientDisconnected, RequestedRangeNotSatisfiable
from werkzeug.serving import ThreadedWSGIServer, WSGIRequestHandler
from werkzeug.utils import send_file

from sandbox.serving.refusal import Lost, Refused

Responder = Callable[[Request], Response]
# Answers a request by the responder it is handed, or does not: raises `Lost`.
Watch = Callable[[Request, Responder], Response]
_CHUNK = 1 << 16


class LoopbackServer:
    """Answers by ``respond`` on ``url``, each connection in a thread of its own; ``port`` 0 takes any that is free.

    Any web site that somebody has open can send requests to loopback. None is let in, unless ``respond`` decides for
    itself whom it ``admits_pages`` of.
    """

    def __init__(self, respond: Responder, name: str, port: int = 0, *, admits_pages: bool = False) -> None:
        self._http = _HttpServer(respond if admits_pages else _unless_of_a_page(respond), port)
        self._thread = threading.Thread(target=self._http.accept, name=name, daemon=True)
        self.address = f"127.0.0.1:{self._http.port}"
        self.url = f"http://{self.address}"

    def start(self) -> Self:
        """Begin to answer; returns at once."""
        self._thread.start()
        return self

    def watch(self, watch: Watch) -> None:
        """Let every request pass by ``watch``."""
        respond = self._http.respond
        self._http.respond = lambda request: watch(request, respond)

    def stop(self) -> None:
        """Answer no more, also on connections that clients keep open."""
        self._http.closing = True
        if self._thread.is_alive():
            # Wakes the accepting thread without its having to look up every so often.
            socket.create_connection(("127.0.0.1", self._http.port)).close()
            self._thread.join()
        self._http.server_close()
        for connection in list(self._http.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _HttpServer(ThreadedWSGIServer):
    def __init__(self, respond: Responder, port: int) -> None:
        super().__init__("127.0.0.1", port, _no_application, handler=_Handler)
        self.respond = respond
        self.connections: set[socket.socket] = set()
        self.closing = False

    def accept(self) -> None:
        while not self.closing:
            # A client may be gone before it is greeted.
            with contextlib.suppress(OSError):
                connection, address = self.get_request()
                self.connections.add(connection)
                self.process_request(connection, address)

    def shutdown_request(self, request: Any) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)


class _Handler(WSGIRequestHandler):
    """werkzeug's own closes every connection after one answer; this one keeps it, and can lose an answer."""

    protocol_version = "HTTP/1.1"
    # Small answers would wait for the client's delayed acknowledgement: 40 ms each.
    disable_nagle_algorithm = True
    wbufsize = _CHUNK
    server: _HttpServer

    def run_wsgi(self) -> None:
        with contextlib.closing(Request(self.make_environ())) as request:
            try:
                response = self.server.respond(request)
                self._send(request, response, response.iter_encoded())
                while request.stream.read(_CHUNK):
                    pass
            except ClientDisconnected:
                self.close_connection = True
            except Lost as lost:
                self._lose(request, lost)

    def finish(self) -> None:
        """Whoever has gone away takes no last bytes: nothing to tell anybody of."""
        with contextlib.suppress(OSError):
            super().finish()

    def _lose(self, request: Request, lost: Lost) -> None:
        if lost.torn is not None:
            self._send(request, lost.torn, _half(lost.torn))
        self.close_connection = True
        # The client may have hung up first.
        with contextlib.suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def _send(self, request: Request, response: Response, body: Iterable[bytes]) -> None:
        self.send_response(response.status_code)
        for name, value in response.get_wsgi_headers(request.environ):
            self.send_header(name, value)
        # A stream has no length: its end is that of the connection, and each chunk is news.
        endless = response.mimetype == "text/event-stream"
        if endless:
            self.send_header("Connection", "close")
            self.close_connection = True
        self.end_headers()
        with contextlib.closing(response):
            for chunk in body if request.method != "HEAD" else ():
                self.wfile.write(chunk)
                if endless:
                    self.wfile.flush()
        self.wfile.flush()

    def log(self, type: str, message: str, *args: Any) -> None:
        """Silent: the servers keep their own logs."""


def _unless_of_a_page(respond: Responder) -> Responder:
    """Refuses what a web site's page asks for: https://developer.mozilla.org/en-US/docs/Web/HTTP/Reference/Headers/Origin

    A page that only shows, or leads to, what is asked for sends no `Origin`; its browser tells that it is of elsewhere.
    """

    def answered(request: Request) -> Response:
        if "Origin" in request.headers or request.headers.get("Sec-Fetch-Site") == "cross-site":
            return Response("No web page may ask this server for anything.\n", 403)
        return respond(request)

    return answered


def file_response(request: Request, path: Path, mime_type: str) -> Response:
    """A file, or the range of it that is asked for. Raises `Refused` (416) for one out of reach."""
    try:
        response = send_file(path, request.environ, mime_type, etag=False)
    except RequestedRangeNotSatisfiable:
        raise Refused(416, "The range cannot be satisfied.", code="InvalidRange") from None
    response.headers["Content-Type"] = mime_type
    return response


def _half(response: Response) -> Iterable[bytes]:
    left = (response.content_length or 0) // 2
    for chunk in response.iter_encoded():
        yield chunk[:left]
        left = max(0, left - len(chunk))


def _no_application(*_: object) -> Iterable[bytes]:
    raise NotImplementedError("requests are answered by `respond`")
