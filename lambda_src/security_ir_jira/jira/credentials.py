"""Where Jira is and how to sign in, read from SSM at run time and nowhere else."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from ..errors import RetryLater

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient

_KEPT_SECONDS = 300.0
_SETTLE_DELAY = 240.0


@dataclass(frozen=True, slots=True)
class Credentials:
    """``token_version`` is the version of the SSM parameter that holds the token.

    ``notifications_secret`` is what notifications must carry; ``None`` where none is configured, or its parameter is
    not there. It is no part of what Jira accepts or refuses.
    """

    url: str
    email: str
    project_key: str
    token: str = field(repr=False)
    token_version: int
    notifications_secret: str | None = field(default=None, repr=False, compare=False)


class CredentialStore:
    """Reads all SecureString parameters in one call and keeps them for at most five minutes.

    ``names`` maps ``url``, ``email``, ``project_key``, ``token`` and perhaps ``notifications_secret`` to parameter
    names or ARNs. ``client`` makes the client once it is needed: of all that the functions use SSM's is the dearest,
    and most of what is heard of known pairs needs no credentials.
    """

    def __init__(
        self, client: Callable[[], SSMClient], names: Mapping[str, str], clock: Callable[[], float] = time.time
    ) -> None:
        self._client = cache(client)
        self._names = dict(names)
        self._clock = clock
        self._kept: Credentials | None = None
        self._read_at = 0.0

    @property
    def has_secret(self) -> bool:
        """Whether notifications must carry a secret."""
        return "notifications_secret" in self._names

    def __call__(self, fresh: bool = False) -> Credentials:
        """The credentials; ``fresh`` reads them anew. Raises ``RetryLater`` where a parameter is missing."""
        if fresh or self._kept is None or self._clock() - self._read_at > _KEPT_SECONDS:
            self._kept, self._read_at = self._read(), self._clock()
        return self._kept

    def _read(self) -> Credentials:
        answer = self._client().get_parameters(Names=list(self._names.values()), WithDecryption=True)
        secret_name = self._names.get("notifications_secret")
        missing = [name for name in answer.get("InvalidParameters", ()) if name != secret_name]
        if missing:
            raise RetryLater(f"SSM parameters not found: {', '.join(missing)}", delay=_SETTLE_DELAY)
        found = {}
        for parameter in answer["Parameters"]:
            found[parameter["Name"]] = parameter
            found[parameter["ARN"]] = parameter
        url, email, project_key, token = (found[self._names[part]] for part in ("url", "email", "project_key", "token"))
        return Credentials(
            url=url["Value"].strip().rstrip("/"),
            email=email["Value"].strip(),
            project_key=project_key["Value"].strip(),
            token=token["Value"].strip(),
            token_version=token["Version"],
            # Without it notifications wait, and nothing else does.
            notifications_secret=found[secret_name]["Value"].strip() or None if secret_name in found else None,
        )
