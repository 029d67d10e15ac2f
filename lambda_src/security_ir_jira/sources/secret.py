"""The secret that notifications may have to carry, for their topic is open to all customers of Atlassian."""

from __future__ import annotations

import hmac
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from botocore.exceptions import BotoCoreError, ClientError

from ..errors import RetryLater
from ..jira.credentials import Credentials

_ASKED_AGAIN_SECONDS = 60.0
"""A flood of wrong secrets must not become one of requests to SSM."""


@dataclass(eq=False, repr=False, slots=True)
class SharedSecret:
    """What ``notifications_shared_secret_parameter_arn`` holds; ``credentials(fresh)`` reads it, anew where asked."""

    credentials: Callable[[bool], Credentials]
    clock: Callable[[], float] = time.time
    _asked_at: float = field(default=float("-inf"), init=False)

    def is_among(self, given: Iterable[object]) -> bool:
        """Whether one of the values is the secret; it may have been rotated a moment ago.

        Raises ``RetryLater`` where the secret cannot be read.
        """
        texts = [each.strip() for each in given if isinstance(each, str)]
        if not texts:
            return False  # no rotation makes this right
        secret = self._read(fresh=False)
        if _holds(texts, secret):
            return True
        if self.clock() - self._asked_at >= _ASKED_AGAIN_SECONDS:
            self._asked_at = self.clock()
            secret = self._read(fresh=True)
        if secret is None:
            raise RetryLater("the secret of notifications is not there, or empty: write its SSM parameter", delay=240.0)
        return _holds(texts, secret)

    def _read(self, *, fresh: bool) -> str | None:
        try:
            return self.credentials(fresh).notifications_secret
        except (ClientError, BotoCoreError) as error:
            raise RetryLater(f"the secret of notifications cannot be read: {type(error).__name__}") from error


def _holds(texts: Iterable[str], secret: str | None) -> bool:
    """In constant time: how much of a guess is right does not show. A guess may hold lone surrogates."""
    expected = None if secret is None else secret.encode()
    return any(
        expected is not None and hmac.compare_digest(each.encode(errors="surrogatepass"), expected) for each in texts
    )
