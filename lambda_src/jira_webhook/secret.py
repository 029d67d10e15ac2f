"""The secret that Jira signs its webhooks by, kept in SSM and read at run time."""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .failures import FAILURES, reason_of

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

KEPT_SECONDS = 300.0
"""A secret that was taken back is good for no longer."""
ASKED_AGAIN_SECONDS = 15.0
"""A flood of wrong signatures must not become one of requests to SSM."""
FAILED_SECONDS = 5.0
"""Nor must a flood of any: a secret that could not be read is not asked for again at once."""


class SecretUnknown(Exception):
    """The secret cannot be read, so nothing can be told of any signature; the message says why."""


@dataclass(eq=False, slots=True, repr=False)
class Secret:
    """What the SSM parameter ``name`` holds."""

    ssm: SSMClient
    name: str
    clock: Callable[[], float] = time.time
    _known: bytes = field(default=b"", init=False)
    _read_at: float = field(default=float("-inf"), init=False)
    _failed_at: float = field(default=float("-inf"), init=False)
    _failure: str = field(default="", init=False)

    def signed(self, body: bytes, signature: str) -> bool:
        """Whether ``X-Hub-Signature`` is that of these very bytes; the secret may have been rotated a moment ago.

        https://developer.atlassian.com/cloud/jira/platform/webhooks/#secure-admin-webhooks. Raises ``SecretUnknown``.
        """
        if not signature.startswith("sha256="):
            return False  # no rotation makes this right
        given = signature.encode(errors="surrogatepass")
        if self._age() > KEPT_SECONDS:
            self._read()
        if _fits(self._known, body, given):
            return True
        if self._age() < ASKED_AGAIN_SECONDS:
            return False
        try:
            self._read()
        except SecretUnknown:
            return False  # the one that is known is good for some minutes yet
        return _fits(self._known, body, given)

    def _age(self) -> float:
        return self.clock() - self._read_at

    def _read(self) -> None:
        if self.clock() - self._failed_at < FAILED_SECONDS:
            raise SecretUnknown(self._failure)
        try:
            self._known, self._read_at = self._asked(), self.clock()
        except SecretUnknown as failure:
            self._failed_at, self._failure = self.clock(), str(failure)
            raise

    def _asked(self) -> bytes:
        try:
            answer = self.ssm.get_parameter(Name=self.name, WithDecryption=True)
        except FAILURES as failure:
            raise SecretUnknown(reason_of(failure)) from None
        secret: str = answer["Parameter"]["Value"].strip()
        if not secret:
            # An empty key would be anybody's.
            raise SecretUnknown("the parameter is empty")
        return secret.encode()


def _fits(secret: bytes, body: bytes, given: bytes) -> bool:
    """In constant time: how much of a guess is right does not show."""
    expected = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    return hmac.compare_digest(expected.encode(), given)
