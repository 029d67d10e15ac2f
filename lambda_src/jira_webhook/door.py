"""What becomes of one request: who it is from is found out before what it says is looked at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .bell import Bell, NotRung
from .request import Refused, body_of, header_of, method_of
from .secret import Secret, SecretUnknown
from .told import message_of

TAKEN = 202
UNAVAILABLE = 503
"""Jira sends it again, up to five times:
https://developer.atlassian.com/cloud/jira/platform/webhooks/#webhook-delivery-retries
"""


@dataclass(frozen=True, slots=True)
class Door:
    """Hears webhooks; ``count`` adds one to a metric."""

    secret: Secret
    bell: Bell
    count: Callable[..., None]

    def answer(self, event: Mapping[str, Any]) -> int:
        """The status to answer a request with."""
        try:
            self._hear(event)
        except Refused as refusal:
            self.count(refusal.counted)
            return refusal.status
        except (SecretUnknown, NotRung) as failure:
            self.count("WebhooksFailed", level="ERROR", message="webhook not passed on", reason=str(failure))
            return UNAVAILABLE
        return TAKEN

    def _hear(self, event: Mapping[str, Any]) -> None:
        if method_of(event) != "POST":
            raise Refused(400, "WebhooksWrongMethod")
        body = body_of(event)
        signature = header_of(event, "x-hub-signature")
        if not signature:
            raise Refused(401, "WebhooksUnsigned")
        if not self.secret.signed(body, signature):
            raise Refused(401, "WebhooksWronglySigned")
        self.bell.ring(*message_of(body))
