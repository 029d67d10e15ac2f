"""The page's HTTP face: its files, the stream of what changed, and what somebody does with it."""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from werkzeug import Request, Response

from sandbox.page.admission import HEADERS, Admission
from sandbox.page.given import Given
from sandbox.page.hands import Hands
from sandbox.page.snapshot import Look, Snapshot
from sandbox.page.troubles import Troubles
from sandbox.serving import LoopbackServer, Refused
from sandbox.stage import Stage

_FILES = Path(__file__).with_name("static")
_TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".html": "text/html"}
_LOOK_EVERY = 0.25
_STREAM = "text/event-stream; charset=utf-8"
_SIGN_OF_LIFE_EVERY = 10.0


class Page:
    """The page of a stage whose servers are the sandbox's own, at ``url``. Use as a context manager."""

    def __init__(self, stage: Stage) -> None:
        self._troubles = Troubles(stage)
        self._hands = Hands(stage)
        self._snapshot = Snapshot(stage, self._troubles)
        self._over = threading.Event()
        self._http = LoopbackServer(self._respond, "page", admits_pages=True)
        self.url = f"{self._http.url}/"
        self.token = secrets.token_urlsafe(24)
        self._admission = Admission(self._http.address, self.token)

    def __enter__(self) -> Self:
        self._http.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._troubles.stop()
        self._http.stop()

    def _respond(self, request: Request) -> Response:
        try:
            self._admission.admit(request)
            response = self._act(request) if request.method == "POST" else self._show(request)
        except Refused as refused:
            response = _json({"error": _words(refused)}, refused.status or 400)
        response.headers.update(HEADERS)
        return response

    def _show(self, request: Request) -> Response:
        chosen = request.args.get("pair", "")
        match request.path:
            case "/":
                page = (_FILES / "index.html").read_text().replace("{token}", self.token)
                return Response(page, content_type="text/html; charset=utf-8")
            case "/state":
                return _json(self._snapshot.take(chosen))
            case "/news":
                return Response(self._news(chosen, request.environ.get("werkzeug.socket")), content_type=_STREAM)
        return _file(request.path)

    def _act(self, request: Request) -> Response:
        verb = request.path.removeprefix("/do/")
        act = {**self._hands.verbs, **self._troubles.verbs}.get(verb)
        if act is None or not request.path.startswith("/do/"):
            raise Refused(404, f"Nothing is called {request.path}.")
        try:
            return _json(act(Given.read(request.get_data())))
        except (ValueError, KeyError) as error:
            raise Refused(400, str(error.args[0] if error.args else error)) from error

    def _news(self, chosen: str, connection: socket.socket | None) -> Iterator[str]:
        """Server-sent events: each part of the snapshot whenever it is another than before."""
        told: dict[str, str] = {}
        seen: Look | None = None
        last = time.monotonic()
        while not (self._over.is_set() or _has_hung_up(connection)):
            # Whoever looks first in a while looks for all. Who has only come may have done something a moment ago.
            look = self._snapshot.look(not_older_than=_LOOK_EVERY / 2 if seen else 0.0)
            fresh = told if look is seen else look.texts(chosen)
            changed = {name: text for name, text in fresh.items() if told.get(name) != text}
            told, seen = fresh, look
            if changed:
                yield "".join(f"event: {name}\ndata: {text}\n\n" for name, text in changed.items())
                last = time.monotonic()
            elif time.monotonic() - last > _SIGN_OF_LIFE_EVERY:
                yield ": nothing new\n\n"
                last = time.monotonic()
            self._over.wait(_LOOK_EVERY)


def _has_hung_up(connection: socket.socket | None) -> bool:
    """Whether nobody is at the other end: whoever listens to news sends no more, and who goes away ends the stream."""
    if connection is None:
        return False
    try:
        return not connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        return True


def _file(path: str) -> Response:
    """A file of the page: one of those that lie in its folder, and nothing that a path could lead to besides."""
    known = {f"/{file.name}": file for file in _FILES.iterdir() if file.name != "index.html"}
    file = known.get(path)
    if file is None:
        raise Refused(404, "There is no such page.")
    return Response(file.read_bytes(), content_type=f"{_TYPES[file.suffix]}; charset=utf-8")


def _json(value: Mapping[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(value), status, content_type="application/json")


def _words(refused: Refused) -> str:
    details = refused.details.get("fieldList") or list(refused.details.values())
    return " ".join([*refused.messages, *(str(each) for each in details)]) or str(refused)
