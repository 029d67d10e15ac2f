"""From an incoming request to its answer: faults, credentials, contract, rate limit, endpoint, log."""

from __future__ import annotations

import base64
import binascii
import json
import logging
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from sandbox.jira import comment_routes, files, issue_routes, multipart, pages, site_routes
from sandbox.jira.call import Answer, Call, Endpoint
from sandbox.jira.faults import Fault, Faults
from sandbox.jira.limits import WriteLimits
from sandbox.jira.model import Refused, User
from sandbox.jira.requestlog import Request, RequestLog
from sandbox.jira.store import Store
from sandbox.jira.transport import Incoming
from sandbox.jira.views import View

if TYPE_CHECKING:
    from sandbox.jira.contract import Contract, Operation

CLOUD_ID = "11223344-a1b2-3b33-c444-def123456789"
GATEWAY = f"/ex/jira/{CLOUD_ID}"
MEDIA = re.compile(r"/media/([^/]+)/binary")


@dataclass(frozen=True, slots=True)
class Route:
    """An endpoint and the paths that it answers."""

    method: str
    pattern: re.Pattern[str]
    endpoint: Endpoint


@dataclass(slots=True)
class Exchange:
    """One request on its way, and what becomes known of it."""

    incoming: Incoming
    path: str
    actor: User | None = None
    body: Any = None
    carried_out: bool = False


class Dispatcher:
    """Answers requests on behalf of the site whose address is ``url``, set once the server listens."""

    def __init__(
        self, store: Store, faults: Faults, log: RequestLog, valid_tokens: set[str], contract: Path | None
    ) -> None:
        self.url = ""
        self.valid_tokens = valid_tokens
        self.down = False
        self.slow = 0.0
        self.violations: list[str] = []
        self._store = store
        self._faults = faults
        self._log = log
        self._limits = WriteLimits(store.clock)
        self._routes = _routes()
        self._contract = _loaded(contract)
        self._document_problem = self._contract.document_problem if self._contract else store.document_problem
        self._malformed: list[str] = []
        store.document_problem = self._check_document

    def respond(self, incoming: Incoming) -> Answer | None:
        """The answer, or None for one that is lost; the log has the request either way."""
        exchange = Exchange(incoming, incoming.path.removeprefix(GATEWAY))
        fault = None if self.down else self._faults.strike(incoming.method, exchange.path)
        delay = self.slow + (fault.delay if fault else 0.0)
        if delay:
            time.sleep(delay)
        answer = self._answer(exchange, fault)
        self._log.add(
            Request(
                method=incoming.method,
                path=exchange.path,
                query=dict(incoming.query),
                body=exchange.body,
                status=None if answer is None else answer.status,
                at=self._store.clock(),
                account=exchange.actor.account_id if exchange.actor else None,
                carried_out=exchange.carried_out,
            )
        )
        return answer

    def _answer(self, exchange: Exchange, fault: Fault | None) -> Answer | None:
        if self.down:
            return Answer(503, {"errorMessages": ["The site is unavailable."], "errors": {}})
        if fault is None or fault.only_slow:
            return self._run(exchange)
        if fault.after:
            self._run(exchange)
        return None if fault.loses_answer else Answer(fault.status or 500, fault.body, fault.headers)

    def _run(self, exchange: Exchange) -> Answer:
        try:
            return self._served(exchange)
        except Refused as refused:
            return Answer(refused.status, refused.body())
        except Exception as error:
            logging.getLogger(__name__).exception("%s %s failed", exchange.incoming.method, exchange.path)
            return Answer(500, {"errorMessages": [f"Internal server error: {error!r}"], "errors": {}})

    def _served(self, exchange: Exchange) -> Answer:
        incoming = exchange.incoming
        media = MEDIA.fullmatch(exchange.path)
        if media and incoming.method == "GET":
            return self._media(exchange, media[1])
        if pages.shows(exchange.path) and incoming.method == "GET":
            with self._store.acting():
                return pages.page(self._store, exchange.path)
        exchange.actor = self._authenticate(incoming)
        self._decode(exchange)
        operation = self._hold_request(exchange)
        for route in self._routes:
            match = route.pattern.fullmatch(exchange.path)
            if match and route.method == incoming.method:
                answer = self._carry_out(exchange, route, match)
                self._hold_answer(exchange, operation, answer)
                return answer
        self._breach(exchange, "is not simulated")
        return Answer(501 if operation else 404, {"errorMessages": ["Not simulated."], "errors": {}})

    def _authenticate(self, incoming: Incoming) -> User:
        scheme, _, credentials = incoming.headers.get("Authorization", "").partition(" ")
        integration = self._store.site.integration
        if scheme == "Bearer" and credentials in self.valid_tokens:
            return integration
        if scheme == "Basic":
            email, _, token = _basic(credentials).partition(":")
            if email.lower() == integration.email.lower() and token in self.valid_tokens:
                return integration
        raise Refused(401, "Client must be authenticated to access this resource.")

    def _decode(self, exchange: Exchange) -> None:
        incoming = exchange.incoming
        kind = incoming.headers.get("Content-Type", "")
        if incoming.upload is not None:
            found = multipart.parts(incoming.upload, kind)
            exchange.body = {"files": [{"filename": p.filename, "size": p.end - p.start} for p in found]}
        elif incoming.body is not None:
            if not kind.startswith("application/json"):
                self._breach(exchange, f"the body's type is '{kind}'")
                raise Refused(415, "The request's Content-Type must be application/json.")
            try:
                exchange.body = json.loads(incoming.body)
            except ValueError:
                self._breach(exchange, "the body is not JSON")
                raise Refused(400, "There was an error parsing JSON.") from None

    def _hold_request(self, exchange: Exchange) -> Operation | None:
        if self._contract is None:
            return None
        incoming = exchange.incoming
        operation = self._contract.operation(incoming.method, exchange.path)
        if operation is None:
            problems = ["is not in the contract"]
        else:
            has_body = incoming.body is not None
            problems = self._contract.request_problems(operation, incoming.query, exchange.body, has_body)
        for problem in problems:
            self._breach(exchange, problem)
        if problems:
            raise Refused(400, *problems)
        return operation

    def _hold_answer(self, exchange: Exchange, operation: Operation | None, answer: Answer) -> None:
        if self._contract is not None and operation is not None:
            for problem in self._contract.answer_problems(operation, answer.status, answer.body):
                self._breach(exchange, f"the simulated answer {answer.status}: {problem}")

    def _carry_out(self, exchange: Exchange, route: Route, match: re.Match[str]) -> Answer:
        incoming, actor = exchange.incoming, exchange.actor
        if actor is None:
            raise Refused(401)
        path = {name: unquote(value) for name, value in match.groupdict().items()}
        call = Call(
            self._store,
            View(self._store, self.url, actor),
            actor,
            path,
            incoming.query,
            incoming.headers,
            exchange.body,
            incoming.upload,
            media_url=f"{self.url.replace('127.0.0.1', 'localhost')}/media",
        )
        with self._store.acting():
            wait = self._limited(incoming.method, path.get("issue"))
            if wait is not None:
                return _too_many(wait)
            self._malformed.clear()
            try:
                answer = route.endpoint(call)
            finally:
                for problem in self._malformed:
                    self._breach(exchange, f"the document: {problem}")
            exchange.carried_out = True
            return answer

    def _limited(self, method: str, id_or_key: str | None) -> int | None:
        issue = self._store.peek(id_or_key) if id_or_key else None
        if method == "GET" or issue is None or not self._store.settings.rate_limits:
            return None
        return self._limits.admit(issue.id)

    def _media(self, exchange: Exchange, media_id: str) -> Answer:
        """The media host knows no accounts: a token that is sent to it has left Jira's hands."""
        incoming = exchange.incoming
        if "Authorization" in incoming.headers:
            self._breach(exchange, "credentials were sent to the media host")
            raise Refused(400, "Only one auth mechanism is allowed.")
        with self._store.acting():
            attachment = files.media(self._store, media_id, incoming.query.get("expires", ""))
            return comment_routes.send(attachment, incoming.headers.get("Range"))

    def _check_document(self, value: object) -> str | None:
        problem = self._document_problem(value)
        if problem is not None:
            self._malformed.append(problem)
        return problem

    def _breach(self, exchange: Exchange, problem: str) -> None:
        self.violations.append(f"{exchange.incoming.method} {exchange.path}: {problem}")


def _routes() -> list[Route]:
    """Every endpoint; literal paths come before those with parameters."""
    table = {**issue_routes.ROUTES, **comment_routes.ROUTES, **site_routes.ROUTES}
    ordered = sorted(table.items(), key=lambda entry: entry[0][1].count("{"))
    return [
        Route(method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/]+)", template)), endpoint)
        for (method, template), endpoint in ordered
    ]


def _loaded(folder: Path | None) -> Contract | None:
    if folder is None:
        return None
    # Only a server with a contract needs jsonschema.
    from sandbox.jira.contract import Contract

    return Contract(folder)


def _basic(credentials: str) -> str:
    try:
        return base64.b64decode(credentials, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        return ""


def _too_many(wait: int) -> Answer:
    headers = {"Retry-After": str(wait), "RateLimit-Reason": "jira-per-issue-on-write"}
    return Answer(429, {"errorMessages": ["Rate limit exceeded."], "errors": {}}, headers)
