"""One conversation with security-ir: timeouts, retries, pages, typed errors."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from ..answers import ABOUT_US_DELAY, DOWN_DELAY, SECURITY_IR, Answer, verdict
from ..errors import Conflict, NotFound, NotPermitted, Refused, SideDown, Throttled, Unavailable

if TYPE_CHECKING:
    from ..line import Line

_PAGE = 25
_ATTEMPTS = 3
_PATIENCE = 10.0
"""Longest wait, in seconds, that is sat out inside an invocation; longer ones go back to the queue."""


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


class _Unanswered(Unavailable):
    """No answer, or a server error."""


@dataclass(eq=False, repr=False, slots=True)
class CaseCalls:
    """What becomes of an answer is said in ``answers.SECURITY_IR``. Every method raises ``NotFound``, ``Refused``,
    ``Conflict`` (409), ``Throttled`` (429), ``NotPermitted``, ``SideDown`` or ``Unavailable``.

    ``line`` hears of tries that came to nothing.
    """

    api: _Api
    sleep: Callable[[float], None] = time.sleep
    line: Line | None = None

    @classmethod
    def connect(cls, sleep: Callable[[float], None] = time.sleep) -> CaseCalls:
        """With explicit timeouts; retries are our own, for boto3 does not know Retry-After."""
        config = BotoConfig(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 1})
        return cls(boto3.client("security-ir", config=config), sleep)

    def ask(self) -> None:
        """Ask, once, whether the membership's cases can be seen: if not, nothing else works either.

        Raises ``NotPermitted``, ``Throttled`` or ``Unavailable``.
        """
        try:
            self._send("list_cases", {"maxResults": 1})
        except (NotFound, Refused) as refusal:
            raise NotPermitted(f"no case can be seen: {refusal}") from refusal

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

    def tags(self, case_arn: str) -> Mapping[str, str]:
        """The tags of a case, which anybody may have written."""
        tags: Mapping[str, str] = self.call("list_tags_for_resource", resourceArn=case_arn).get("tags") or {}
        return tags

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
        unanswered = False
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                return self._send(operation, arguments)
            except Refused as refusal:
                refusal.perhaps_done = unanswered
                raise
            except NotPermitted:
                if self.line:
                    self.line.refused()
                raise
            except Unavailable as failure:
                unanswered = unanswered or isinstance(failure, _Unanswered)
                if isinstance(failure, _Unanswered) and self.line and self.line.unanswered():
                    raise SideDown(str(failure), delay=DOWN_DELAY) from failure
                wait = random.uniform(0.1, 0.3) * 2**attempt if failure.delay is None else failure.delay
                if attempt == _ATTEMPTS or wait > _PATIENCE:
                    if isinstance(failure, Throttled) and self.line:
                        self.line.throttled()
                    raise
                self.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _send(self, operation: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
        with _translated(operation):
            answer: dict[str, Any] = getattr(self.api, operation)(**arguments)
            return answer


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        raise _meaning(operation, error) from error
    except BotoCoreError as error:
        raise _meaning_of_silence(operation, error) from error


def _meaning_of_silence(operation: str, error: BotoCoreError) -> Exception:
    """What it means that no answer came, or that nothing was sent."""
    code = type(error).__name__
    said = f"{operation}: {code}"
    match verdict(SECURITY_IR, Answer(0, code=code)):
        case "final":
            return Refused(said, status=400)
        case "about us":
            return NotPermitted(said, delay=ABOUT_US_DELAY)
        case _:
            return _Unanswered(said)


def _meaning(operation: str, error: ClientError) -> Exception:
    """The service's words may quote what people wrote: what is logged holds its code only."""
    told: dict[str, Any] = dict(error.response.get("Error", {}))
    status, code = error.response["ResponseMetadata"].get("HTTPStatusCode", 0), told.get("Code", "")
    said = f"{operation}: {status} {code}".strip()
    match verdict(SECURITY_IR, Answer(status, code=code)):
        case "absent":
            return NotFound(said)
        case "final":
            return Refused(said, status=status, said=told.get("Message", ""))
        case "about us":
            return NotPermitted(said, delay=ABOUT_US_DELAY, said=told.get("Message", ""))
        case _:
            return _passing(status, code)(said, delay=_asked_wait(error))


def _passing(status: int, code: str) -> type[Unavailable]:
    if status == 429 or code == "ThrottlingException":
        return Throttled
    if status == 409:
        return Conflict
    return _Unanswered if status >= 500 else Unavailable


def _asked_wait(error: ClientError) -> float | None:
    """Seconds of ``Retry-After``, a number or a date, which the model gives to some errors as ``retryAfterSeconds``."""
    headers = error.response["ResponseMetadata"].get("HTTPHeaders", {})
    modelled: Any = error.response.get("retryAfterSeconds")
    asked = str(headers.get("retry-after", "") if modelled is None else modelled).strip()
    if re.fullmatch(r"[0-9]{1,9}(\.[0-9]*)?", asked):
        return float(asked)
    try:
        # Counted from the answer's own date: two clocks are not to be held against each other.
        return max(0.0, (parsedate_to_datetime(asked) - parsedate_to_datetime(headers["date"])).total_seconds())
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
