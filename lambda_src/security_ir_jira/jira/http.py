"""One HTTP conversation with Jira: credentials, timeouts, retries of what may be repeated, typed errors."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal

import requests

from ..errors import JiraUnauthorized, NotFound, OutcomeUnknown, Refused, Unavailable
from ..transfer import AS_STORED, FormFile, Spool
from .credentials import Credentials

_TIMEOUT = (5.0, 30.0)
_FILE_TIMEOUT = (5.0, 120.0)
"""Jira stores and scans a file before it answers."""
_ATTEMPTS = 3
_PATIENCE = 10.0
"""Longest wait, in seconds, that is sat out inside an invocation; longer ones go back to the queue."""
_UNAUTHORIZED_DELAY = 240.0

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be sent; ``stream`` leaves the answer's body on the line."""

    method: Method
    path: str
    params: Mapping[str, str | int] | None = None
    body: Mapping[str, object] | str | None = None
    file: tuple[str, Spool] | None = None
    stream: bool = False


@dataclass(frozen=True, slots=True)
class _Failure:
    """A try that did not succeed: whether Jira may have carried it out, and the wait it asked for."""

    reason: str
    perhaps_done: bool
    wait: float | None = None


class JiraHttp:
    """Requests against one Jira site.

    ``credentials(fresh)`` gives the credentials, read anew where ``fresh`` is true. ``sleep`` and ``clock`` are for
    waits within an invocation and for dates that Jira gives as points in time.
    """

    def __init__(
        self,
        credentials: Callable[[bool], Credentials],
        *,
        bearer: bool = False,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._credentials = credentials
        self._bearer = bearer
        self._sleep = sleep
        self._clock = clock
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.headers["Accept"] = "application/json"
        self._refused: Credentials | None = None

    @property
    def project_key(self) -> str:
        return self._credentials(False).project_key

    @property
    def site(self) -> str:
        return self._credentials(False).url

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Any:
        return self.call("GET", path, params=params, repeatable=True)

    def call(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | str | None = None,
        file: tuple[str, Spool] | None = None,
        repeatable: bool,
    ) -> Any:
        """Send one request to ``/rest/api/3`` + ``path`` and return the parsed answer (``None`` if empty).

        ``file`` is sent as a form, under its name, instead of a JSON ``body``.
        ``repeatable`` requests are tried again after a lost connection or a server error; others only where Jira
        surely did not carry them out. Raises ``NotFound``, ``Refused``, ``JiraUnauthorized``, ``Unavailable``, and
        ``OutcomeUnknown`` where a request that must not be repeated may have been carried out.
        """
        response = self._persist(_Request(method, path, params, body, file), repeatable=repeatable)
        return _parsed(method, path, response, repeatable=repeatable)

    def open(self, path: str) -> requests.Response:
        """An answer whose body has yet to be read, or which redirects elsewhere; to be closed by the caller."""
        return self._persist(_Request("GET", path, stream=True), repeatable=True)

    def _persist(self, request: _Request, *, repeatable: bool) -> requests.Response:
        method, path, failure = request.method, request.path, None
        for attempt in range(1, _ATTEMPTS + 1):
            outcome = self._try(request)
            if not isinstance(outcome, _Failure):
                return outcome
            failure = outcome
            if failure.perhaps_done and not repeatable:
                raise OutcomeUnknown(f"{method} {path}: {failure.reason}")
            wait = failure.wait if failure.wait is not None else random.uniform(0.2, 0.5) * 2**attempt
            if wait > _PATIENCE or attempt == _ATTEMPTS:
                break
            self._sleep(wait)
        assert failure is not None
        raise Unavailable(f"{method} {path}: {failure.reason}", delay=failure.wait)

    def _try(self, request: _Request) -> requests.Response | _Failure:
        try:
            response = self._send(request)
        except requests.exceptions.ConnectTimeout as error:
            return _Failure(type(error).__name__, perhaps_done=False)
        except requests.exceptions.RequestException as error:
            return _Failure(type(error).__name__, perhaps_done=not _never_sent(error))
        if response.status_code < 300 or (request.stream and response.is_redirect):
            return response
        if response.status_code < 400:
            said = f"{request.method} {request.path}: {response.status_code}, a redirect"
            raise Unavailable(f"{said}; is jira_url right?")
        if response.status_code == 429:
            return _Failure("429", perhaps_done=False, wait=self._asked_wait(response))
        if response.status_code in (409, 423):
            # Somebody else, often an automation rule, is changing the issue at this moment.
            return _Failure(str(response.status_code), perhaps_done=False)
        if response.status_code >= 500:
            wait = self._asked_wait(response) if "Retry-After" in response.headers else None
            # 503 with Retry-After is Jira's way of saying that it did not take the request in.
            return _Failure(
                str(response.status_code), perhaps_done=response.status_code != 503 or wait is None, wait=wait
            )
        raise _refusal(request.method, request.path, response)

    def _send(self, request: _Request) -> requests.Response:
        """Send with the current credentials; a refused token is read anew at once and tried only if it differs."""
        current = self._credentials(self._refused is not None)
        for _ in range(2):
            if current == self._refused:
                break
            form = None if request.file is None else FormFile(*request.file)
            response = self._session.request(
                request.method,
                f"{current.url}/rest/api/3{request.path}",
                params=request.params,
                json=request.body,
                data=form,
                auth=None if self._bearer else (current.email, current.token),
                headers={
                    **({"Authorization": f"Bearer {current.token}"} if self._bearer else {}),
                    **({"Accept": "*/*"} | AS_STORED if request.stream else {}),
                    **({"Content-Type": form.content_type, "X-Atlassian-Token": "no-check"} if form else {}),
                },
                timeout=_FILE_TIMEOUT if form else _TIMEOUT,
                stream=request.stream,
                allow_redirects=False,
            )
            if response.status_code != 401 or _lacks_scope(response):
                self._refused = None
                return response
            self._refused = current
            current = self._credentials(True)
        raise JiraUnauthorized(
            f"Jira refuses the token (parameter version {current.token_version}); write a new one",
            delay=_UNAUTHORIZED_DELAY,
        )

    def _asked_wait(self, response: requests.Response) -> float | None:
        """Seconds asked for by ``Retry-After`` (seconds or a date) or ``X-RateLimit-Reset`` (a date, or the epoch).

        https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
        """
        after, reset = response.headers.get("Retry-After"), response.headers.get("X-RateLimit-Reset")
        try:
            if after is not None:
                seconds = _number(after)
                return self._until(parsedate_to_datetime(after)) if seconds is None else max(0.0, seconds)
            if reset is not None:
                epoch = _number(reset)
                return self._until(
                    datetime.fromisoformat(reset) if epoch is None else datetime.fromtimestamp(epoch, UTC)
                )
        except (ValueError, OverflowError):
            return None
        return None

    def _until(self, moment: datetime) -> float:
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return max(0.0, aware.timestamp() - self._clock())


def _number(text: str) -> float | None:
    """A number of seconds; ``None`` for anything else, infinities included."""
    return float(text) if re.fullmatch(r"\s*-?[0-9]{1,12}(\.[0-9]*)?\s*", text) else None


def _parsed(method: str, path: str, response: requests.Response, *, repeatable: bool) -> Any:
    if not response.content:
        return None
    try:
        return response.json()
    except ValueError as error:
        reason = f"{method} {path}: {response.status_code} with an answer that is not JSON; is jira_url right?"
        carried_out = response.status_code < 300 and not repeatable
        raise (OutcomeUnknown if carried_out else Unavailable)(reason) from error


def _lacks_scope(response: requests.Response) -> bool:
    """Whether a 401 is not about the token but about what it was made for: only this request is refused.

    https://developer.atlassian.com/cloud/jira/platform/scopes-for-oauth-2-3LO-and-forge-apps/
    """
    return "scope does not match" in response.text


def _never_sent(error: requests.exceptions.RequestException) -> bool:
    """Whether no connection was made at all, so that nothing can have been carried out."""
    cause = error.args[0] if error.args else None
    reason = getattr(cause, "reason", None)
    return type(reason).__name__ in ("NewConnectionError", "NameResolutionError", "ConnectTimeoutError")


def _refusal(method: str, path: str, response: requests.Response) -> NotFound | Refused:
    if response.status_code == 404:
        return NotFound(f"{method} {path}: 404")
    try:
        answer = response.json()
    except ValueError:
        answer = None
    known = answer if isinstance(answer, dict) else {}
    fields = {str(name): str(text) for name, text in (known.get("errors") or {}).items()}
    messages = [str(text) for text in known.get("errorMessages") or ()]
    said = "; ".join([*messages, *(f"{name}: {text}" for name, text in fields.items())])
    status = response.status_code
    return Refused(f"{method} {path}: {status} {said}".strip(), status=status, fields=fields)
