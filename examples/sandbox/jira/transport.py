"""HTTP/1.1 on loopback: requests with their bodies, answers, connections lost on purpose."""

from __future__ import annotations

import contextlib
import json
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from sandbox.jira.call import Answer
from sandbox.jira.files import Slice

CHUNK = 1 << 16


@dataclass(frozen=True, slots=True)
class Incoming:
    """A request as it came in: ``path`` still percent-encoded, ``upload`` a form spooled to a file."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Message
    body: bytes | None
    upload: Path | None


Responder = Callable[[Incoming], Answer | None]


class HttpServer(ThreadingHTTPServer):
    """Answers by ``responder``; None from it means that the connection is closed without an answer."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, responder: Responder, folder: Path, port: int) -> None:
        super().__init__(("127.0.0.1", port), _Handler)
        self.responder = responder
        self.folder = folder
        self._open: set[socket.socket] = set()

    def get_request(self) -> tuple[socket.socket, Any]:
        connection, address = super().get_request()
        self._open.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        self._open.discard(request)
        super().shutdown_request(request)

    def close_all(self) -> None:
        """End the connections that clients keep open."""
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = CHUNK
    server: HttpServer

    def _serve(self) -> None:
        body, upload = self._read()
        parts = urlsplit(self.path)
        query: dict[str, str] = {}
        for name, value in parse_qsl(parts.query, keep_blank_values=True):
            query[name] = f"{query[name]},{value}" if name in query else value
        try:
            answer = self.server.responder(Incoming(self.command, parts.path, query, self.headers, body, upload))
            if answer is None:
                self.close_connection = True
                self.connection.shutdown(socket.SHUT_RDWR)
            else:
                self._write(answer)
        except (ConnectionError, TimeoutError):
            # The client gave up first, as clients with a timeout do.
            self.close_connection = True
        finally:
            if upload:
                upload.unlink(missing_ok=True)

    do_GET = do_POST = do_PUT = do_DELETE = _serve

    def _read(self) -> tuple[bytes | None, Path | None]:
        if "Content-Length" not in self.headers and "Transfer-Encoding" not in self.headers:
            return None, None
        if not self.headers.get("Content-Type", "").startswith("multipart/"):
            return b"".join(self._chunks()) or None, None
        with tempfile.NamedTemporaryFile(dir=self.server.folder, delete=False) as spool:
            for chunk in self._chunks():
                spool.write(chunk)
        return None, Path(spool.name)

    def _chunks(self) -> Iterator[bytes]:
        if "chunked" not in self.headers.get("Transfer-Encoding", ""):
            yield from self._exactly(int(self.headers["Content-Length"]))
            return
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            yield from self._exactly(size)
            self.rfile.readline()
        while self.rfile.readline().strip():
            pass

    def _exactly(self, size: int) -> Iterator[bytes]:
        while size:
            chunk = self.rfile.read(min(size, CHUNK))
            if not chunk:
                raise ConnectionError("The client closed the connection inside its body.")
            size -= len(chunk)
            yield chunk

    def _write(self, answer: Answer) -> None:
        self.send_response(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if answer.file:
            path, first, last = answer.file
            self.send_header("Content-Length", str(last - first + 1))
            self.end_headers()
            with Slice(path, first, last + 1) as content:
                shutil.copyfileobj(content, self.wfile, CHUNK)
            return
        body = answer.body if isinstance(answer.body, bytes) else _encoded(answer.body)
        if body and "Content-Type" not in answer.headers:
            self.send_header("Content-Type", "application/json;charset=UTF-8")
        if answer.status != 204:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Silent: the server keeps its own log."""


def _encoded(body: Any) -> bytes:
    if body is None:
        return b""
    return body.encode() if isinstance(body, str) else json.dumps(body, ensure_ascii=False).encode()
