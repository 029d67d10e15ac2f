"""The HTTP side: threads, sockets and bytes."""

from __future__ import annotations

import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast

from sandbox.security_ir.errors import ApiError
from sandbox.security_ir.gateway import Gateway
from sandbox.security_ir.transfers import MOST_BYTES, PREFIX, Transfers, error_document
from sandbox.security_ir.wire import FileBody, HttpAnswer, HttpRequest

_CHUNK = 1 << 20


class WebServer(ThreadingHTTPServer):
    """HTTP/1.1 on a free loopback port, one thread a connection."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, gateway: Gateway) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.gateway = gateway
        self.transfers = Transfers(gateway)
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._thread = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, name="security-ir", daemon=True
        )

    @property
    def url(self) -> str:
        """Where it listens, without a slash at the end."""
        return f"http://127.0.0.1:{self.server_address[1]}"

    def run(self) -> None:
        """Begin to serve, in a thread of its own."""
        self._thread.start()

    def stop(self) -> None:
        """Serve no more, also on connections that clients keep open."""
        if self._thread.is_alive():
            self.shutdown()
            self._thread.join()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def opened(self, connection: socket.socket) -> None:
        """Note a connection that is in use."""
        with self._lock:
            self._connections.add(connection)

    def closed(self, connection: socket.socket) -> None:
        """Note the end of a connection."""
        with self._lock:
            self._connections.discard(connection)

    def handle_error(self, request: object, client_address: object) -> None:
        """Note what went wrong, unless a client merely hung up."""
        error = sys.exc_info()[1]
        if not isinstance(error, ConnectionError):
            self.gateway.log.breach(f"A connection ended with {error!r}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "SecurityIr"
    # Two small writes an answer would otherwise wait for each other: 40 ms a call.
    disable_nagle_algorithm = True
    wbufsize = -1

    @property
    def _web(self) -> WebServer:
        return cast("WebServer", self.server)

    def setup(self) -> None:
        super().setup()
        self._web.opened(self.connection)

    def finish(self) -> None:
        self._web.closed(self.connection)
        super().finish()

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: requests are kept in the server's own log."""

    def _any_method(self) -> None:
        path, _, query = self.path.partition("?")
        headers = {name.lower(): value for name, value in self.headers.items()}
        length = self._length()
        if length is None:
            self.close_connection = True
            self._send(error_document(ApiError("MissingContentLength", 411, "Content-Length is required")))
        elif length > MOST_BYTES:
            self.close_connection = True
            self._send(error_document(ApiError("EntityTooLarge", 400, f"{length} bytes are too many")))
        elif path.startswith(PREFIX):
            self._transfer(HttpRequest(self.command, path, query, headers, b""), length)
        else:
            request = HttpRequest(self.command, path, query, headers, self.rfile.read(length))
            self._send(self._web.gateway.answer(request))

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = _any_method

    def _length(self) -> int | None:
        given = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not given.isdigit():
            self._web.gateway.log.breach(f"{self.command} {self.path.partition('?')[0]}: no Content-Length")
            return None
        return int(given)

    def _transfer(self, request: HttpRequest, length: int) -> None:
        if self.command != "PUT":
            self.rfile.read(length)
            self._send(self._web.transfers.download(request))
            return
        incoming = self._web.gateway.service.vault.incoming()
        if self._receive(incoming, length):
            self._send(self._web.transfers.upload(request, incoming))
        else:
            self.close_connection = True
        incoming.unlink(missing_ok=True)

    def _receive(self, path: Path, length: int) -> bool:
        left = length
        with path.open("wb") as file:
            while left:
                chunk = self.rfile.read(min(left, _CHUNK))
                if not chunk:
                    return False
                file.write(chunk)
                left -= len(chunk)
        return True

    def _send(self, answer: HttpAnswer | None) -> None:
        if answer is None:
            self.close_connection = True
            return
        body = answer.body
        length = body.length if isinstance(body, FileBody) else len(body)
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(length))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if isinstance(body, FileBody):
            self._send_file(body)
        elif self.command != "HEAD":
            self.wfile.write(body)
        self.wfile.flush()

    def _send_file(self, body: FileBody) -> None:
        left = body.length // 2 if body.torn else body.length
        self.close_connection |= body.torn
        with body.path.open("rb") as file:
            file.seek(body.start)
            while left:
                chunk = file.read(min(left, _CHUNK))
                self.wfile.write(chunk)
                left -= len(chunk)
