"""One conversation with security-ir: timeouts, retries, pages, typed errors."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from ..errors import Conflict, NotFound, NotPermitted, Refused, Unavailable

_PAGE = 25
_ATTEMPTS = 3
_PATIENCE = 10.0
"""Longest wait, in seconds, that is sat out inside an invocation; longer ones go back to the queue."""
_ABOUT_US = frozenset(
    (
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignatureException",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationTokenException",
        "RequestExpired",
        "SecurityIncidentResponseNotActiveException",
        "UnrecognizedClientException",
    )
)
"""Errors that speak of the role, its credentials or the membership, and not of the request: they pass.
https://docs.aws.amazon.com/security-ir/latest/APIReference/CommonErrors.html
"""


class _Api(Protocol):
    """The operations used, as boto3 names them."""

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class ListedCase:
    """What ListCases tells of a case."""

    id: str
    arn: str | None
    title: str | None
    status: str
    updated: datetime

    @property
    def closed(self) -> bool:
        return self.status == "Closed"


@dataclass(frozen=True, slots=True)
class CaseCalls:
    """Every method raises ``NotFound``, ``Refused`` (400, 402), ``Conflict`` (409), ``NotPermitted`` (401, 403 and what
    speaks of our role) or ``Unavailable`` (the rest).
    """

    api: _Api
    sleep: Callable[[float], None] = time.sleep

    @classmethod
    def connect(cls, sleep: Callable[[float], None] = time.sleep) -> CaseCalls:
        """With explicit timeouts; retries are our own, for boto3 does not know Retry-After."""
        config = BotoConfig(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 1})
        return cls(boto3.client("security-ir", config=config), sleep)

    def listed(self) -> Iterator[ListedCase]:
        """All cases of the membership, 25 a call."""
        for item in self.pages("list_cases", {}):
            yield ListedCase(
                id=item["caseId"],
                arn=item.get("caseArn"),
                title=item.get("title"),
                status=item.get("caseStatus", ""),
                updated=item.get("lastUpdatedDate") or item.get("createdDate") or datetime.fromtimestamp(0, UTC),
            )

    def pages(self, operation: str, arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """The items of all pages."""
        token: str | None = None
        used: set[str] = set()
        while True:
            page = self.call(operation, **arguments, maxResults=_PAGE, **({"nextToken": token} if token else {}))
            yield from page.get("items", ())
            token = page.get("nextToken")
            if not token:
                return
            if token in used:
                raise Unavailable(f"{operation}: its pages repeat themselves")
            used.add(token)

    def call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call an operation; all that are used may be repeated, for they set a state or carry a token."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with _translated(operation):
                    answer: dict[str, Any] = getattr(self.api, operation)(**arguments)
                    return answer
            except Unavailable as failure:
                wait = random.uniform(0.1, 0.3) * 2**attempt if failure.delay is None else failure.delay
                if attempt == _ATTEMPTS or wait > _PATIENCE:
                    raise
                self.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        code = error.response["Error"].get("Code", "")
        said = f"{operation}: {code} {error.response['Error'].get('Message', '')}".strip()
        if status == 404:
            raise NotFound(said) from error
        if status == 409:
            raise Conflict(said) from error
        if status in (401, 403) or code in _ABOUT_US:
            raise NotPermitted(said) from error
        if status in (400, 402):
            raise Refused(said, status=status) from error
        wait: Any = error.response.get("retryAfterSeconds")
        raise Unavailable(said, delay=None if wait is None else float(wait)) from error
    except BotoCoreError as error:
        raise Unavailable(f"{operation}: {type(error).__name__}") from error
