"""What tells the product that something changed in Jira or on a case, and what may become of a notification on its way.

Notifications are doorbells: one that is lost, doubled or overtaken by a later one may cost a read, and a sweep finds
what nobody told. Here that can be tried.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

Way = Literal["once", "doubled", "dropped", "reordered"]
WAYS: tuple[Way, ...] = get_args(Way)
_REMEMBERED = 200


@dataclass(frozen=True, slots=True)
class Notification:
    """One notification: of which system, what kind of change, to which issue or case, and what became of it."""

    number: int
    at: float
    system: str
    kind: str
    about: str
    fate: str


@dataclass(frozen=True, slots=True)
class _Held:
    system: str
    kind: str
    about: str
    carry: Callable[[], None]


class Bells:
    """Carries notifications, in the way that was chosen last: each ``once``, unless somebody chose another.

    ``doubled``: each twice. ``dropped``: none. ``reordered``: each waits until the next one has overtaken it.
    ``clock`` gives epoch seconds. May be used from any thread.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._way: Way = "once"
        self._held: _Held | None = None
        self._rung: deque[Notification] = deque(maxlen=_REMEMBERED)
        self._count = 0
        self._lock = threading.Lock()

    @property
    def way(self) -> Way:
        """What becomes of notifications at present."""
        return self._way

    def choose(self, way: Way) -> None:
        """From now on carry them in this way; one that was held back goes out."""
        with self._lock:
            self._way = way
            late, self._held = self._held, None
        if late is not None:
            self._carry(late, "carried late")

    def rung(self) -> list[Notification]:
        """The latest notifications, oldest first."""
        with self._lock:
            return list(self._rung)

    def ring(self, system: str, kind: str, about: str, carry: Callable[[], None]) -> None:
        """A notification has begun its way; ``carry`` brings it to its destination."""
        told = _Held(system, kind, about, carry)
        match self._way:
            case "dropped":
                self._note(told, "dropped")
            case "doubled":
                self._carry(told, "carried")
                self._carry(told, "carried again")
            case "reordered":
                self._overtake(told)
            case _:
                self._carry(told, "carried")

    def _overtake(self, told: _Held) -> None:
        with self._lock:
            earlier = self._held
            self._held = told if earlier is None else None
        if earlier is None:
            self._note(told, "held back until the next one")
            return
        self._carry(told, "carried, overtaking")
        self._carry(earlier, "carried late")

    def _carry(self, told: _Held, fate: str) -> None:
        self._note(told, fate)
        told.carry()

    def _note(self, told: _Held, fate: str) -> None:
        with self._lock:
            self._count += 1
            self._rung.append(Notification(self._count, self._clock(), told.system, told.kind, told.about, fate))
