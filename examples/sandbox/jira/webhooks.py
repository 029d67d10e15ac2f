"""Jira's own webhooks: what is sent of a change, signed, and sent again where it did not arrive.

https://developer.atlassian.com/cloud/jira/platform/webhooks/
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
import threading
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from sandbox.jira.api.views import View
from sandbox.jira.rules.jql import parse
from sandbox.jira.rules.search import fits
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Issue, Webhook
from sandbox.jira.state.store import Store

T = TypeVar("T")
# (address, headers, body) → the status that was answered; None where nothing was.
Post = Callable[[str, Mapping[str, str], bytes], int | None]

EVENTS: Mapping[str, tuple[str, ...]] = {
    "created": ("jira:issue_created",),
    "updated": ("jira:issue_updated",),
    "transitioned": ("jira:issue_updated",),
    "moved": ("jira:issue_updated",),
    "linked": ("jira:issue_updated",),
    "commented": ("comment_created",),
    "comment_edited": ("comment_updated",),
    "comment_deleted": ("comment_deleted",),
    "attached": ("attachment_created", "jira:issue_updated"),
    "attachment_deleted": ("attachment_deleted", "jira:issue_updated"),
    "deleted": ("jira:issue_deleted",),
}
"""A kind of change → what is told of it. Of watchers, properties and remote links nothing is."""
RETRIES = 5
SENT_AGAIN = frozenset({408, 409, 425, 429})
"""Besides 5xx, and no connection."""
AGAIN_AFTER = (300.0, 900.0)
"""Seconds, by chance between these two."""


@dataclass(frozen=True, slots=True)
class _Delivery:
    hook: int
    body: bytes
    identifier: str
    event: str
    due: float
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Attempt:
    """One webhook as it was sent, and what was answered."""

    event: str
    identifier: str
    retry: int
    status: int | None
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


def _over_http(url: str, headers: Mapping[str, str], body: bytes) -> int | None:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, dict(headers)), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as answer:
        return answer.code
    except OSError:
        return None


class Webhooks:
    """Sends what is registered on the site. ``url``: the site's own address; ``post``: how something is sent."""

    def __init__(self, store: Store, url: Callable[[], str]) -> None:
        self.post: Post = _over_http
        self.attempts: list[Attempt] = []
        self._store, self._url = store, url
        self._waiting: list[_Delivery] = []
        self._lock = threading.Lock()
        self._chance = random.Random(0)

    def on_change(self, kind: str, key: str) -> None:
        """Tell every webhook that asks for it of one change."""
        for event in EVENTS.get(kind, ()):
            with self._store.turn():
                before, issue = self._store.last_two(key)
                hooks = [hook for hook in self._store.site.webhooks.values() if self._is_asked_for(hook, event, issue)]
                body = json.dumps(self._told(event, before, issue)).encode() if hooks else b""
            for hook in hooks:
                sent = b"" if hook.exclude_body else body
                self._deliver(_Delivery(hook.id, sent, str(uuid.uuid4()), event, self._store.clock()))

    @property
    def next_due(self) -> float | None:
        """When something is sent again, in the site's time; None where nothing waits."""
        with self._lock:
            return min((delivery.due for delivery in self._waiting), default=None)

    def send_due(self) -> None:
        """Send again what is due by now."""
        with self._lock:
            due = [delivery for delivery in self._waiting if delivery.due <= self._store.clock()]
            self._waiting = [delivery for delivery in self._waiting if delivery not in due]
        for delivery in due:
            self._deliver(delivery)

    def _is_asked_for(self, hook: Webhook, event: str, issue: Issue) -> bool:
        if not hook.enabled or event not in hook.events:
            return False
        # Webhooks of files cannot be held to a query.
        if event.startswith("attachment_") or not hook.jql:
            return True
        where = parse(hook.jql).where
        return where is None or fits(self._store, self._store.site.integration, where, issue)

    def _deliver(self, delivery: _Delivery) -> None:
        with self._store.turn():
            hook = self._store.site.webhooks.get(delivery.hook)
        if hook is None:
            return
        headers = self._headers(hook, delivery)
        status = self.post(hook.url, headers, delivery.body)
        attempt = Attempt(delivery.event, delivery.identifier, delivery.tries, status, headers, delivery.body)
        with self._lock:
            self.attempts.append(attempt)
            if (status is None or status >= 500 or status in SENT_AGAIN) and delivery.tries < RETRIES:
                due = self._store.clock() + self._chance.uniform(*AGAIN_AFTER)
                self._waiting.append(replace(delivery, due=due, tries=delivery.tries + 1))

    def _headers(self, hook: Webhook, delivery: _Delivery) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "Atlassian Webhook HTTP Client",
            "X-Atlassian-Webhook-Identifier": delivery.identifier,
            "X-Atlassian-Webhook-Flow": "Primary",
        }
        if delivery.tries:
            headers["X-Atlassian-Webhook-Retry"] = str(delivery.tries)
        if hook.secret:
            digest = hmac.new(hook.secret.encode(), delivery.body, hashlib.sha256).hexdigest()
            headers["X-Hub-Signature"] = f"sha256={digest}"
        return headers

    def _told(self, event: str, before: Issue | None, issue: Issue) -> Json:
        view = View(self._store, self._url(), self._store.site.integration)
        told: Json = {"timestamp": int(self._store.clock() * 1000), "webhookEvent": event}
        kind = event.partition("_")[0]
        if kind == "attachment":
            changed = _differing(before.attachments if before else (), issue.attachments)
            return told | {"attachment": view.attachment(changed[-1])} if changed else told
        shown = view.issue(issue, ["summary", "issuetype", "project", "status", "description"])
        if kind == "comment":
            said = _differing(before.comments if before else (), issue.comments)
            comments = {"comment": view.comment(said[-1], issue)} if said else {}
            return told | comments | {"issue": shown}
        return told | {"issue_event_type_name": event.removeprefix("jira:"), "issue": shown}


def _differing(before: tuple[T, ...], after: tuple[T, ...]) -> list[T]:
    """What came, went or changed; the latest wording last."""
    return [each for each in before if each not in after] + [each for each in after if each not in before]
