"""How a server does not do what it was asked, or does not say so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug import Response


class Refused(Exception):
    """A request that is answered with an error.

    ``status`` is the HTTP status, 0 for the one that the service's model has for ``code``; in Jira ``code`` names the
    limit that was met. ``details`` is what the answer holds besides its words: in Jira the error of each field, in
    security-ir further members. ``retry_after`` is in seconds.
    """

    def __init__(
        self,
        status: int,
        *messages: str,
        code: str = "",
        details: Mapping[str, Any] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(status, messages, code, details)
        self.status = status
        self.messages = messages
        self.code = code
        self.details = dict(details or {})
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.code or self.status} {' '.join(self.messages)} {self.details or ''}".strip()


class Lost(Exception):
    """The connection ends without an answer; of ``torn``, a file, half of the bytes arrive."""

    def __init__(self, torn: Response | None = None) -> None:
        super().__init__("the answer is lost")
        self.torn = torn
