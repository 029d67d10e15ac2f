"""One HTTP conversation with Jira: credentials, timeouts, retries of what may be repeated, typed errors."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import quote

import requests

from ..answers import ABOUT_US_DELAY, DOWN_DELAY, JIRA, Answer, verdict
from ..errors import (
    JiraUnauthorized,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Refused,
    SideDown,
    Throttled,
    Unavailable,
)
from ..line import Line
from ..transfer import AS_STORED, FormFile, Spool, new_session
from .credentials import Credentials

_TIMEOUT = (5.0, 30.0)
_FILE_TIMEOUT = (5.0, 120.0)
"""Jira stores and scans a file before it answers."""
_ATTEMPTS = 3
_PATIENCE = 10.0
"""Longest wait, in seconds, that is sat out inside an invocation; longer ones go back to the queue."""
_SIGNED_IN_AS_NOBODY = re.compile(r"AUTHENTICATED_FAILED|AUTHENTICATION_DENIED|\bOUT\b")
"""Values of ``X-Seraph-LoginReason`` where Jira goes on as if nobody had signed in.
https://confluence.atlassian.com/jirakb/how-to-tell-if-seraph-login-failed-from-http-headers-in-jira-server-and-data-center-779158610.html
"""

Method = Literal["GET", "POST", "PUT", "DELETE"]


@dataclass(frozen=True, slots=True)
class _Request:
    """What is to be sent; ``reads`` says that it changes nothing, ``stream`` leaves the answer's body on the line."""

    method: Method
    path: str
    params: Mapping[str, str | int] | None = None
    body: Mapping[str, object] | str | None = None
    file: tuple[str, Spool] | None = None
    reads: bool = False
    stream: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True, slots=True)
class _Success:
    """Jira's answer, and the JSON that it holds, if any."""

    response: requests.Response
    content: Any = None


@dataclass(frozen=True, slots=True)
class _Failure:
    """A try that did not succeed: whether Jira may have carried it out, and the wait it asked for.

    ``status`` is 0 where no answer came, or none of Jira's.
    """

    reason: str
    perhaps_done: bool
    status: int = 0
    wait: float | None = None

    @property
    def unanswered(self) -> bool:
        return self.status == 0 or self.status >= 500

    def error(self, said: str) -> Unavailable:
        return (Throttled if self.status == 429 else Unavailable)(said, delay=self.wait)


class JiraHttp:
    """Requests against one Jira site.

    ``credentials(fresh)`` gives the credentials, read anew where ``fresh`` is true. ``line`` hears of tries that came
    to nothing. ``sleep`` and ``clock`` are for waits within an invocation and for dates that Jira gives as points in
    time. ``proxies`` maps schemes to proxies; without any none is used, whatever the environment says.
    """

    def __init__(
        self,
        credentials: Callable[[bool], Credentials],
        *,
        bearer: bool = False,
        line: Line | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        proxies: Mapping[str, str] | None = None,
    ) -> None:
        self._credentials = credentials
        self._bearer = bearer
        self.line = line
        self._sleep = sleep
        self._clock = clock
        self._session = new_session()
        self._session.headers["Accept"] = "application/json"
        self._session.proxies.update(proxies or {})

    @property
    def project_key(self) -> str:
        return self._credentials(False).project_key

    @property
    def site(self) -> str:
        return self._credentials(False).url

    def get(self, path: str, params: Mapping[str, str | int] | None = None) -> Any:
        return self.call("GET", path, params=params, repeatable=True)

    def search(
        self, jql: str, fields: Sequence[str], *, most: int, properties: Sequence[str] = (), token: str | None = None
    ) -> Any:
        """One page of what a JQL query finds: the issues with these fields and properties, at most so many."""
        body: dict[str, object] = {"jql": jql, "fields": list(fields), "maxResults": most}
        if properties:
            body["properties"] = list(properties)
        if token:
            body["nextPageToken"] = token
        return self.call("POST", "/search/jql", body=body, repeatable=True, reads=True)

    def call(
        self,
        method: Method,
        path: str,
        *,
        params: Mapping[str, str | int] | None = None,
        body: Mapping[str, object] | str | None = None,
        file: tuple[str, Spool] | None = None,
        repeatable: bool,
        reads: bool = False,
    ) -> Any:
        """Send one request to ``/rest/api/3`` + ``path`` and return the parsed answer (``None`` if empty).

        ``file`` is sent as a form, under its name, instead of a JSON ``body``; ``reads`` marks a question that is not
        a GET. ``repeatable`` requests are tried again after a lost connection or a server error; others only where
        Jira surely did not carry them out. What becomes of an answer is said in ``answers.JIRA``. Raises ``NotFound``,
        ``Refused``, ``NotPermitted``, ``JiraUnauthorized``, ``Unavailable``, ``Throttled``, ``SideDown``, and
        ``OutcomeUnknown`` where a request that must not be repeated may have been carried out.
        """
        request = _Request(method, path, params, body, file, reads=reads or method == "GET")
        return self._persist(request, repeatable=repeatable).content

    def open(self, path: str) -> requests.Response:
        """An answer whose body has yet to be read, or which redirects elsewhere; to be closed by the caller."""
        return self._persist(_Request("GET", path, reads=True, stream=True), repeatable=True).response

    def ask(self) -> None:
        """Ask, once, whether Jira lets us see the project: if it does not, nothing else works either.

        Raises ``NotPermitted``, ``JiraUnauthorized``, ``Throttled`` or ``Unavailable``.
        """
        path = f"/project/{quote(self.project_key)}"
        try:
            outcome = self._try(_Request("GET", path, reads=True))
        except NotFound as missing:
            raise NotPermitted(f"the project cannot be seen: {missing}") from missing
        if isinstance(outcome, _Failure):
            raise outcome.error(outcome.reason)

    def _persist(self, request: _Request, *, repeatable: bool) -> _Success:
        failure = None
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                outcome = self._try(request)
            except NotPermitted:
                if self.line:
                    self.line.refused()
                raise
            if not isinstance(outcome, _Failure):
                return outcome
            failure = outcome
            down = failure.unanswered and self.line is not None and self.line.unanswered()
            if failure.perhaps_done and not repeatable:
                raise OutcomeUnknown(f"{request}: {failure.reason}")
            if down:
                raise SideDown(f"{request}: {failure.reason}", delay=DOWN_DELAY)
            wait = failure.wait if failure.wait is not None else random.uniform(0.2, 0.5) * 2**attempt
            if wait > _PATIENCE or attempt == _ATTEMPTS:
                break
            self._sleep(wait)
        assert failure is not None
        if failure.status == 429 and self.line:
            self.line.throttled()
        raise failure.error(f"{request}: {failure.reason}")

    def _try(self, request: _Request) -> _Success | _Failure:
        try:
            response = self._send(request)
        except requests.exceptions.RequestException as error:
            never_sent = isinstance(error, requests.exceptions.ConnectTimeout) or _never_sent(error)
            said = verdict(JIRA, Answer(0, reached=not never_sent))
            return _Failure(type(error).__name__, perhaps_done=said == "unknown")
        if request.stream and (response.status_code < 300 or response.is_redirect):
            return _Success(response)
        if response.status_code < 300:
            try:
                return _Success(response, response.json() if response.content else None)
            except ValueError:
                said = verdict(JIRA, Answer(response.status_code))
                return _Failure("an answer that is not JSON; is jira_url right?", perhaps_done=said == "unknown")
        wait = self._asked_wait(response)
        answer = Answer(
            response.status_code,
            reads=request.reads,
            waits="Retry-After" in response.headers and wait is not None,
            says="" if request.stream else _Complaint.of(response).text,
        )
        match verdict(JIRA, answer):
            case "passing" | "unknown" as said:
                asked = wait if response.status_code == 429 or answer.waits else None
                status = response.status_code
                return _Failure(str(status), perhaps_done=said == "unknown", status=status, wait=asked)
            case "absent":
                raise NotFound(f"{request}: 404")
            case "final":
                raise _refusal(request, response)
            case "about us":
                hint = "; is jira_url right?" if response.status_code < 400 else ""
                raise NotPermitted(f"{request}: {response.status_code}{hint}", delay=ABOUT_US_DELAY)

    def _send(self, request: _Request) -> requests.Response:
        """Send with the current credentials; refused ones are read anew at once and tried only if they differ."""
        current = self._credentials(False)
        while True:
            response = self._send_as(current, request)
            anonymous = _SIGNED_IN_AS_NOBODY.search(response.headers.get("X-Seraph-LoginReason", "")) is not None
            if not anonymous and (response.status_code != 401 or _lacks_scope(response)):
                return response
            response.close()
            refused, current = current, self._credentials(True)
            if current == refused:
                raise JiraUnauthorized(
                    f"Jira refuses the token (parameter version {current.token_version}); write a new one",
                    delay=DOWN_DELAY,
                )

    def _send_as(self, credentials: Credentials, request: _Request) -> requests.Response:
        form = None if request.file is None else FormFile(*request.file)
        return self._session.request(
            request.method,
            f"{credentials.url}/rest/api/3{request.path}",
            params=request.params,
            json=request.body,
            data=form,
            auth=None if self._bearer else (credentials.email, credentials.token),
            headers={
                **({"Authorization": f"Bearer {credentials.token}"} if self._bearer else {}),
                **({"Accept": "*/*"} | AS_STORED if request.stream else {}),
                **({"Content-Type": form.content_type, "X-Atlassian-Token": "no-check"} if form else {}),
            },
            timeout=_FILE_TIMEOUT if form else _TIMEOUT,
            stream=request.stream,
            allow_redirects=False,
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


@dataclass(frozen=True, slots=True)
class _Complaint:
    """What Jira says of a request it did not carry out."""

    messages: tuple[str, ...]
    fields: Mapping[str, str]

    @classmethod
    def of(cls, response: requests.Response) -> _Complaint:
        try:
            answer = response.json()
        except ValueError:
            answer = None
        known = answer if isinstance(answer, dict) else {}
        fields = known.get("errors")
        messages = known.get("errorMessages")
        return cls(
            tuple(str(text) for text in messages) if isinstance(messages, list) else (),
            {str(name): str(text) for name, text in fields.items()} if isinstance(fields, dict) else {},
        )

    @property
    def text(self) -> str:
        return "; ".join([*self.messages, *(f"{name}: {text}" for name, text in self.fields.items())])


def _refusal(request: _Request, response: requests.Response) -> Refused:
    """Jira's words may quote what people wrote: what is logged names the fields only."""
    complaint, status = _Complaint.of(response), response.status_code
    named = f" ({', '.join(sorted(complaint.fields))})" if complaint.fields else ""
    return Refused(f"{request}: {status}{named}", status=status, said=complaint.text, fields=dict(complaint.fields))
