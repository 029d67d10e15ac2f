"""The functions' way out: each call they make passes here, where it can be counted, spoiled or be their last."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar
from unittest.mock import patch
from urllib.parse import urlsplit

import requests

from tests.stale import Pages

T = TypeVar("T")


class Killed(BaseException):
    """The function died at this call; nothing that it does about it gets out any more."""


@dataclass(frozen=True, slots=True)
class Spoiled:
    """What becomes of one call: ``instead`` is raised and nothing is carried out, ``lost`` is raised afterwards, and
    ``twice`` carries it out once more, as a client does that lost the first answer.
    """

    instead: Exception | None = None
    lost: Exception | None = None
    twice: bool = False


def _unspoiled(_: str) -> Spoiled:
    return Spoiled()


@dataclass(slots=True)
class Wire:
    """``points`` are the places passed, one before and one after each call. At the one that ``kill_at`` counts from 0,
    or that has the name ``kill_where``, the function dies; ``spoil`` says, by what is called, what else happens.
    """

    points: list[str] = field(default_factory=list)
    kill_at: int | None = None
    kill_where: str | None = None
    spoil: Callable[[str], Spoiled] = _unspoiled
    _died: Killed | None = None

    def carry(self, what: str, call: Callable[[], T]) -> T:
        """Make a call. Raises ``Killed``, and whatever the call or ``spoil`` raises."""
        if self._died is not None:
            raise self._died
        self._pass(f"before {what}")
        spoiled = self.spoil(what)
        if spoiled.instead is not None:
            raise spoiled.instead
        answer = call()
        if spoiled.twice:
            answer = call()
        self._pass(f"after {what}")
        if spoiled.lost is not None:
            raise spoiled.lost
        return answer

    def kill_after(self, calls: int) -> None:
        """Die at the point that is so many further."""
        self.kill_at = len(self.points) + calls

    def revive(self) -> None:
        """Another instance takes up the work."""
        self._died, self.kill_at, self.kill_where = None, None, None

    def _pass(self, where: str) -> None:
        self.points.append(where)
        if self.kill_at == len(self.points) - 1 or self.kill_where == where:
            self._died = Killed(where)
            raise self._died


@dataclass(frozen=True, slots=True)
class Client:
    """A client of an AWS service whose calls pass over a wire."""

    wire: Wire
    service: str
    client: Any

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        def call(**arguments: Any) -> Any:
            made = partial(getattr(self.client, operation), **arguments)
            return self.wire.carry(f"{self.service} {operation}", made)

        return call

    def get_paginator(self, operation: str) -> Pages:
        return Pages(getattr(self, operation))


@contextmanager
def over(wire: Wire) -> Iterator[None]:
    """Requests to Jira and to presigned addresses pass over the wire."""
    send = requests.Session.send

    def carried(session: requests.Session, request: requests.PreparedRequest, **how: Any) -> requests.Response:
        what = f"{request.method} {urlsplit(str(request.url)).path}"
        return wire.carry(what, lambda: send(session, request, **how))

    with patch.object(requests.Session, "send", carried):
        yield
