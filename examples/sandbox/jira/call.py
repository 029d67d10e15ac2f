"""One request as an endpoint sees it, and what an endpoint answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from pathlib import Path
from typing import Any

from sandbox.jira.model import Issue, Json, Refused, User
from sandbox.jira.store import Store
from sandbox.jira.views import View


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body (None: nothing) and headers; or a ``file`` with its first and last byte to send."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    file: tuple[Path, int, int] | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """``path`` holds the parts of the path by name; ``upload`` is the file that a form was spooled to."""

    store: Store
    view: View
    actor: User
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Message
    body: Any = None
    upload: Path | None = None
    media_url: str = ""

    def issue(self) -> Issue:
        return self.store.find(self.path["issue"], self.actor)

    def object(self) -> Json:
        """The body where it has to be a JSON object."""
        if not isinstance(self.body, dict):
            raise Refused(400, "INVALID_INPUT")
        return self.body

    def number(self, name: str, default: int) -> int:
        """A query parameter that is a whole number and not negative."""
        text = self.query.get(name, str(default))
        if not text.isdigit():
            raise Refused(400, f"'{name}' must be a whole number that is not negative.")
        return int(text)

    def flag(self, name: str, *, default: bool = False) -> bool:
        return self.query.get(name, str(default)).lower() == "true"

    def listed(self, name: str) -> list[str]:
        """A query parameter that is a comma-separated list."""
        return [part.strip() for part in self.query.get(name, "").split(",") if part.strip()]


Endpoint = Callable[[Call], Answer]
Routes = Mapping[tuple[str, str], Endpoint]
