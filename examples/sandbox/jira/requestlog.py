"""What came in: for a test to see what the integration did, and for a person who debugs it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Any

SEARCHES = frozenset({"/rest/api/3/search/jql", "/rest/api/3/search/approximate-count"})


@dataclass(frozen=True, slots=True)
class Request:
    """One request.

    ``path`` is without the site's address, ``query`` joins repeated parameters by commas, ``body`` is the decoded JSON
    or, for an upload, ``{"files": [{"filename", "size"}]}``. ``status`` is None where the answer was lost. ``at`` is
    the server's clock. ``account`` is the account id, None before anybody is known. ``carried_out`` says that the site
    did what was asked, whatever became of the answer.
    """

    method: str
    path: str
    query: dict[str, str]
    body: Any
    status: int | None
    at: float
    account: str | None
    carried_out: bool

    @property
    def is_write(self) -> bool:
        return self.carried_out and self.method != "GET" and self.path not in SEARCHES

    def __str__(self) -> str:
        query = "&".join(f"{name}={value}" for name, value in self.query.items())
        return f"{self.method} {self.path}{'?' if query else ''}{query} -> {self.status}"


@dataclass(slots=True)
class RequestLog:
    """Requests in the order of their answers."""

    _requests: list[Request] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, request: Request) -> None:
        with self._lock:
            self._requests.append(request)

    def all(self) -> list[Request]:
        with self._lock:
            return list(self._requests)

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()
