"""What the server saw, for assertions and transcripts."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sandbox.security_ir.model import RequestRecord

WRITES = frozenset(
    {
        "AttachmentUpload",
        "CloseCase",
        "CreateCase",
        "CreateCaseComment",
        "GetCaseAttachmentUploadUrl",
        "TagResource",
        "UntagResource",
        "UpdateCase",
        "UpdateCaseComment",
        "UpdateCaseStatus",
        "UpdateResolverType",
    }
)


@dataclass(slots=True)
class Entry:
    """A record in the making."""

    at: datetime
    operation: str = "Unknown"
    params: Mapping[str, object] = field(default_factory=dict)
    status: int = 0
    principal: str = ""
    error: str | None = None
    replayed: bool = False

    def done(self) -> RequestRecord:
        """The record, once the answer is known."""
        return RequestRecord(
            self.operation, self.params, self.status, self.at, self.principal, self.error, self.replayed
        )


class Log:
    """Requests in the order of their answers, and the breaches of the contract among them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._requests: list[RequestRecord] = []
        self._violations: list[str] = []

    @property
    def requests(self) -> list[RequestRecord]:
        """All requests since the last reset."""
        with self._lock:
            return list(self._requests)

    @property
    def violations(self) -> list[str]:
        """What no correct client would have sent, in words."""
        with self._lock:
            return list(self._violations)

    def add(self, record: RequestRecord) -> None:
        """Note an answered request."""
        with self._lock:
            self._requests.append(record)

    def breach(self, text: str) -> None:
        """Note a breach of the contract."""
        with self._lock:
            self._violations.append(text)

    def reset(self) -> None:
        """Forget requests and violations."""
        with self._lock:
            self._requests.clear()
            self._violations.clear()
