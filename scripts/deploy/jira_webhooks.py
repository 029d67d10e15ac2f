"""A site's webhooks, as its administrator sees them: https://developer.atlassian.com/cloud/jira/platform/webhooks/"""

from __future__ import annotations

import base64
import json
import os
import ssl
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .talk import Stop
from .token_source import WHERE, Token

_PATH = "/rest/webhooks/1.0/webhook"
_STORES = ("REQUESTS_CA_BUNDLE", "AWS_CA_BUNDLE", "SSL_CERT_FILE")
EVENTS = (
    *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted"),
    *("comment_created", "comment_updated", "comment_deleted"),
    "attachment_created",
)


@dataclass(frozen=True, slots=True)
class Registered:
    """A webhook that is there."""

    id: str
    name: str
    url: str


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """The credentials are for the site alone."""

    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass(frozen=True, slots=True)
class Site:
    """A Jira site, and who administers it. Every method raises ``Stop``."""

    url: str
    email: str
    token: Token

    def webhooks(self) -> Sequence[Registered]:
        listed = self._ask("GET", "")
        if not isinstance(listed, list):
            raise Stop(f"--url: {self.url} does not answer as Jira: is it the site's own address?")
        return [Registered(str(each["self"]).rpartition("/")[2], each["name"], each["url"]) for each in listed]

    def register(self, webhook: Mapping[str, object]) -> None:
        self._ask("POST", "", webhook)

    def change(self, there: Registered, webhook: Mapping[str, object]) -> None:
        self._ask("PUT", f"/{there.id}", webhook)

    def remove(self, there: Registered) -> None:
        self._ask("DELETE", f"/{there.id}")

    def _ask(self, method: str, path: str, body: Mapping[str, object] | None = None) -> Any:
        signed_in = base64.b64encode(f"{self.email}:{self.token.value}".encode()).decode()
        headers = {"Authorization": f"Basic {signed_in}", "Accept": "application/json"}
        if body is not None:
            headers["Content-Type"] = "application/json"
        content = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}{_PATH}{path}", content, headers, method=method)
        try:
            with _opener().open(request, timeout=30) as answer:
                text = answer.read()
            return json.loads(text) if text else None
        except urllib.error.HTTPError as refusal:
            raise Stop(self._why(refusal)) from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            done = "" if method == "GET" else ". Whether it was done is not known: run this again"
            raise Stop(f"--url: {self.url} cannot be asked: {type(reason).__name__}{done}") from None

    def _why(self, refusal: urllib.error.HTTPError) -> str:
        if refusal.code == 401:
            return f"Jira does not know {self.email} with this token: make one at {WHERE}, logged in as that account"
        if refusal.code in (403, 404):
            return (
                f"{self.email} may not register webhooks: it takes the global permission Administer Jira. Or make the "
                'webhook by hand: docs/guide.md, "Jira\'s own webhooks"'
            )
        return f'Jira answers {refusal.code}; nothing more is known. By hand: docs/guide.md, "Jira\'s own webhooks"'


def _opener() -> urllib.request.OpenerDirector:
    """Who is trusted besides the system's roots is who people's other programs trust: a proxy may inspect TLS."""
    context = ssl.create_default_context()
    for file in filter(Path.is_file, (Path(os.environ.get(name) or os.devnull) for name in _STORES)):
        try:
            context.load_verify_locations(file)
        except (OSError, ssl.SSLError):
            raise Stop(f"The certificates in {file} cannot be read: mend that, or unset what names it") from None
    return urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=context))
