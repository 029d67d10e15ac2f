"""One request as an endpoint sees it, and what an endpoint answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug import Request, Response

from sandbox.jira.api.views import View
from sandbox.jira.rules.permissions import find
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Issue, User
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

API = "/rest/api/3"
ISSUE = f"{API}/issue/<issue>"


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, JSON body (None: nothing) and headers."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """``path`` holds the parts of the path by name, ``body`` the decoded JSON."""

    store: Store
    view: View
    actor: User
    path: Mapping[str, str]
    query: Mapping[str, str]
    http: Request
    body: Any = None

    def issue(self) -> Issue:
        return find(self.store, self.path["issue"], self.actor)

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


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What answers a request, and the query parameters that it heeds: others are not simulated."""

    act: Callable[[Call], Answer | Response]
    query: frozenset[str] = frozenset()


def endpoint(act: Callable[[Call], Answer | Response], *query: str) -> Endpoint:
    return Endpoint(act, frozenset(query))


Routes = Mapping[tuple[str, str], Endpoint]
