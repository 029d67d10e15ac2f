"""Every request of a function, to whichever server of the sandbox: told by the run that made it, and where it may die.

A server passes its requests by `watch`. AWS's own names are those of `calls`; other servers say how theirs are named.
"""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from werkzeug import Request, Response

from sandbox.serving import Lost, Responder, Watch

from .calls import asks
from .functions import Asker, Functions
from .runs import Exchange
from .server import signed


@dataclass(frozen=True, slots=True)
class Named:
    """A request in words: its service and operation, and all that a trap may know it by (``"dynamodb:PutItem"``)."""

    service: str
    operation: str
    also: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        return (f"{self.service}:{self.operation}", *self.also)


Naming = Callable[[Request], Named]


@dataclass(frozen=True, slots=True)
class Trap:
    """Where a function is to die: at its next request that ``match`` fits, before it is carried out or ``after``."""

    function: str
    match: re.Pattern[str]
    after: bool


class Traffic:
    """Watches servers. Its methods may be called from any thread, and without `turn`."""

    def __init__(self, functions: Functions, now: Callable[[], float]) -> None:
        self._functions = functions
        self._now = now
        self._traps: list[Trap] = []
        self._lock = threading.Lock()
        self._known: WeakKeyDictionary[socket.socket, Asker | None] = WeakKeyDictionary()

    @property
    def traps(self) -> list[Trap]:
        """The traps that nobody has stepped into."""
        with self._lock:
            return list(self._traps)

    def kill_at(self, function: str, match: str = ".*", *, after: bool = False) -> None:
        """Kill the process at its next request ``SERVICE:OPERATION`` that ``match``, a regular expression, fits.

        ``after=False``: it is not carried out. ``after=True``: it is, and its answer is lost.
        """
        with self._lock:
            self._traps.append(Trap(function, re.compile(match), after))

    def clear(self) -> None:
        """Take every trap away."""
        with self._lock:
            self._traps.clear()

    def watch(self, naming: Naming) -> Watch:
        """What a server is to pass its requests by."""

        def watched(request: Request, respond: Responder) -> Response:
            asker = self._asker(request)
            return respond(request) if asker is None else self._told(asker, naming(request), request, respond)

        return watched

    def _told(self, asker: Asker, named: Named, request: Request, respond: Responder) -> Response:
        at, began = self._now(), time.monotonic()
        response: Response | None = None
        try:
            self._spring(asker, named, after=False)
            answer = respond(request)
            self._spring(asker, named, after=True)
            response = answer
            return answer
        finally:
            status, error = (response.status_code, _error(response)) if response else (None, "")
            asker.tell(Exchange(named.service, named.operation, at, time.monotonic() - began, status, error))

    def _asker(self, request: Request) -> Asker | None:
        """Who asks: a signed request says so; of any other the connection tells, which takes some milliseconds once."""
        if "X-Amz-Date" in request.headers:
            return self._functions.asker_in_session(request.headers.get("X-Amz-Security-Token", ""))
        connection = request.environ.get("werkzeug.socket")
        if not isinstance(connection, socket.socket):
            return None
        if connection not in self._known:
            self._known[connection] = self._functions.asker(connection)
        return self._known[connection]

    def _spring(self, asker: Asker, named: Named, *, after: bool) -> None:
        """Raises `Lost` once the asker is dead."""
        with self._lock:
            trap = next((each for each in self._traps if each.after is after and _fits(each, asker, named)), None)
            if trap is not None:
                self._traps.remove(trap)
        if trap is not None:
            asker.kill()
            raise Lost


def _fits(trap: Trap, asker: Asker, named: Named) -> bool:
    return trap.function == asker.function and any(trap.match.fullmatch(name) for name in named.names)


def _error(response: Response) -> str:
    """What a refusal calls itself: an error code of AWS, or the words of Jira."""
    if response.status_code < 400:
        return ""
    told = response.get_json(force=True, silent=True)
    if not isinstance(told, dict):
        return ""
    code = str(told.get("__type") or response.headers.get("x-amzn-ErrorType", "")).rpartition("#")[2]
    return code or " ".join([*told.get("errorMessages", ()), *map(str, (told.get("errors") or {}).values())])


def of_aws(request: Request) -> Named:
    """How a request to the local AWS is named: as it is called, and by each permission that it needs."""
    read = signed(request, request.get_data())
    if read is None:
        return Named("aws", f"{request.method} {request.path}")
    actions = tuple(dict.fromkeys(ask.action for ask in asks(read)))
    operation = read.target.rpartition(".")[2] or (actions[0].partition(":")[2] if actions else read.path)
    return Named(read.service, operation, actions)
