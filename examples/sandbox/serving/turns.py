"""The one lock of a server's state, and the bells that ring once it is free."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Generic, TypeVar

T = TypeVar("T")
Listener = Callable[[str, T], None]


class Turns(Generic[T]):
    """Everybody who reads or changes the state takes a turn; turns of one thread may nest.

    ``on_change`` is called with the kind of a change and what it was, after the outermost turn: no lock is held, and
    a request is not answered yet.
    """

    def __init__(self) -> None:
        self.on_change: list[Listener[T]] = []
        self._lock = threading.RLock()
        self._depth = 0
        self._rung: list[tuple[str, T]] = []

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock; what was changed is told afterwards, also where the turn ended with an error."""
        rung: list[tuple[str, T]] = []
        try:
            with self._lock:
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                    if self._depth == 0:
                        rung, self._rung = self._rung, []
        finally:
            for kind, what in rung:
                for listener in tuple(self.on_change):
                    listener(kind, what)

    def ring(self, kind: str, what: T) -> None:
        """Note a change, with the lock held."""
        self._rung.append((kind, what))
