"""Faults on demand: what a test makes the server do instead of, or after, what was asked."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(eq=False, slots=True)
class Fault:
    """One rule; ``hits`` counts how often it struck, ``left`` is None for a fault without end."""

    method: str | None
    path: re.Pattern[str]
    status: int | None
    headers: Mapping[str, str]
    body: Any
    after: bool
    delay: float
    drop: bool
    left: int | None
    hits: int = 0

    @property
    def loses_answer(self) -> bool:
        """Whether the connection is closed without an answer."""
        return self.drop or (self.after and self.status is None)

    @property
    def only_slow(self) -> bool:
        return not (self.drop or self.after) and self.status is None

    def fits(self, method: str, path: str) -> bool:
        return self.left != 0 and self.method in (None, method) and self.path.search(path) is not None


@dataclass(slots=True)
class Faults:
    """The server's faults; the first that fits a request strikes."""

    _faults: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(
        self,
        *,
        method: str | None = None,
        path: str = "",
        status: int | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        times: int | None = 1,
        after: bool = False,
        delay: float = 0.0,
        drop: bool = False,
    ) -> Fault:
        """Strike the next ``times`` requests (None: all) whose path the regular expression ``path`` finds.

        - ``status``, ``headers``, ``body``: answer this.
        - ``drop``: close the connection without an answer.
        - ``after``: carry the request out first; without ``status`` its answer is then lost.
        - ``delay``: wait so many (real) seconds first; alone, the request is only slow.
        """
        fault = Fault(method, re.compile(path), status, headers or {}, body, after, delay, drop, times)
        with self._lock:
            self._faults.append(fault)
        return fault

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault that strikes this request, counted."""
        with self._lock:
            fault = next((each for each in self._faults if each.fits(method, path)), None)
            if fault is not None:
                fault.hits += 1
                if fault.left is not None:
                    fault.left -= 1
            return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()
