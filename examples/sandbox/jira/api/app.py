"""From an incoming request to its answer: who asks, contract, faults, rate limit, endpoint."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import werkzeug
from werkzeug import Response
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map, Rule

from sandbox.jira.api import comments, files, issues, pages, site, webhooks
from sandbox.jira.api.call import Answer, Call, Endpoint
from sandbox.jira.api.views import View
from sandbox.jira.rules import documents
from sandbox.jira.rules.files import media
from sandbox.jira.rules.limits import ISSUE_WRITES, Limit
from sandbox.jira.state.model import User
from sandbox.jira.state.store import Store
from sandbox.serving import Faults, Log, Refused, Request

if TYPE_CHECKING:
    from sandbox.jira.api.contract import Contract, Operation

GATEWAY = "/ex/jira/11223344-a1b2-3b33-c444-def123456789"
SEARCH = "POST /rest/api/3/search/jql"
ENDPOINTS = {**issues.ROUTES, **comments.ROUTES, **files.ROUTES, **site.ROUTES, **webhooks.ROUTES}
URLS = Map(
    [
        *(Rule(path, methods=[method], endpoint=endpoint) for (method, path), endpoint in ENDPOINTS.items()),
        Rule("/", methods=["GET"], endpoint="index"),
        Rule("/browse/<key>", methods=["GET"], endpoint="browse"),
        Rule("/media/<media_id>/binary", methods=["GET"], endpoint="media"),
    ],
    merge_slashes=False,
)


@dataclass(frozen=True, slots=True)
class Route:
    """What answers a path; ``endpoint`` is None for a path that nothing does."""

    endpoint: Endpoint | str | None
    path: Mapping[str, str]


class App:
    """Answers requests on behalf of the site whose address is ``url``, set once the server listens."""

    def __init__(self, store: Store, faults: Faults, log: Log, valid_tokens: set[str], contract: Path | None) -> None:
        self.url = ""
        self.valid_tokens = valid_tokens
        self._store = store
        self._faults = faults
        self._log = log
        self._bursts, self._writes = Limit(store.clock), Limit(store.clock)
        self._contract = _loaded(contract)
        self._document_problem = self._contract.document_problem if self._contract else documents.outline_problem
        self._malformed: list[str] = []
        store.document_problem = self._check_document

    def respond(self, http: werkzeug.Request) -> Response:
        """The answer; the log has the request either way. Raises `Lost`."""
        path = http.path.removeprefix(GATEWAY)
        route = _route(http.method, path)
        request = Request(
            operation=f"{http.method} {path}",
            method=http.method,
            path=path,
            query={name: ",".join(http.args.getlist(name)) for name in http.args},
            at=self._store.clock(),
            about=route.path.get("issue"),
        )
        _receive(http)
        return self._log.answered(request, lambda: self._served(http, request, route), _refusal)

    def _served(self, http: werkzeug.Request, request: Request, route: Route) -> Response:
        if self._faults.down:
            raise Refused(503, "The site is unavailable.")
        if isinstance(route.endpoint, str):
            return self._faults.met(request, partial(self._public, http, request, route), _refusal)
        actor = self._authenticate(http)
        request.caller = actor.account_id
        self._decode(http, request)
        operation = self._hold_request(http, request)
        if route.endpoint is None or _ignored(route.endpoint, request.query):
            self._breach(request, "is not simulated")
            raise Refused(501 if operation else 404, "Not simulated.")
        view = View(self._store, self.url, actor)
        call = Call(self._store, view, actor, route.path, request.query, http, request.body)
        act = partial(self._carry_out, request, route.endpoint, call, operation)
        return self._faults.met(request, act, _refusal)

    def _public(self, http: werkzeug.Request, request: Request, route: Route) -> Response:
        """What is answered without knowing who asks."""
        with self._store.turn():
            if route.endpoint == "media":
                return self._media(http, request, route.path["media_id"])
            if route.endpoint == "browse":
                return pages.browse(self._store, route.path["key"])
            return pages.index(self._store)

    def _authenticate(self, http: werkzeug.Request) -> User:
        given, integration = http.authorization, self._store.site.integration
        if given and given.type == "bearer" and given.token in self.valid_tokens:
            return integration
        if given and given.type == "basic":
            administrator = self._store.site.administrators.get((str(given.username), str(given.password)))
            if administrator is not None:
                return administrator
        if given and given.type == "basic" and given.password in self.valid_tokens:
            email = str(given.username)
            if email.lower() == integration.email.lower():
                return integration
        raise Refused(401, "Client must be authenticated to access this resource.")

    def _decode(self, http: werkzeug.Request, request: Request) -> None:
        if http.files:
            sent = files.sent_files(http)
            request.body = {"files": [{"filename": file.filename, "size": files.size(file)} for file in sent]}
        elif http.data:
            if http.mimetype != "application/json":
                self._breach(request, f"the body's type is '{http.content_type}'")
                raise Refused(415, "The request's Content-Type must be application/json.")
            try:
                request.body = json.loads(http.data)
            except ValueError:
                self._breach(request, "the body is not JSON")
                raise Refused(400, "There was an error parsing JSON.") from None

    def _hold_request(self, http: werkzeug.Request, request: Request) -> Operation | None:
        if self._contract is None or request.path.startswith(webhooks.PATH):
            return None
        operation = self._contract.operation(request.method, request.path)
        if operation is None:
            problems = ["is not in the contract"]
        else:
            has_body = bool(http.data)
            problems = self._contract.request_problems(operation, request.query, request.body, has_body)
        for problem in problems:
            self._breach(request, problem)
        if problems:
            raise Refused(400, *problems)
        return operation

    def _carry_out(self, request: Request, endpoint: Endpoint, call: Call, operation: Operation | None) -> Response:
        with self._store.turn():
            self._limit(request, endpoint)
            self._malformed.clear()
            try:
                answer = endpoint.act(call)
            finally:
                for problem in self._malformed:
                    self._breach(request, f"the document: {problem}")
        request.carried_out = True
        request.is_write = request.method != "GET" and request.operation != SEARCH
        if isinstance(answer, Response):
            return answer
        if self._contract is not None and operation is not None:
            for problem in self._contract.answer_problems(operation, answer.status, answer.body):
                self._breach(request, f"the simulated answer {answer.status}: {problem}")
        return _response(answer)

    def _limit(self, request: Request, endpoint: Endpoint) -> None:
        most = self._store.switches.bursts.get(request.method)
        wait = None if most is None else self._bursts.admit((request.method, endpoint), ((1.0, most),))
        if wait is not None:
            raise Refused(429, "Rate limit exceeded.", code="jira-burst-based", retry_after=wait)
        issue = self._store.peek(request.about) if request.about else None
        if request.method == "GET" or issue is None or not self._store.switches.rate_limits:
            return
        wait = self._writes.admit(issue.id, ISSUE_WRITES)
        if wait is not None:
            raise Refused(429, "Rate limit exceeded.", code="jira-per-issue-on-write", retry_after=wait)

    def _media(self, http: werkzeug.Request, request: Request, media_id: str) -> Response:
        """The media host knows no accounts: a token that is sent to it has left Jira's hands."""
        if "Authorization" in http.headers:
            self._breach(request, "credentials were sent to the media host")
            raise Refused(400, "Only one auth mechanism is allowed.")
        return files.send(http, media(self._store, media_id, request.query.get("expires", "")))

    def _check_document(self, value: object) -> str | None:
        problem = self._document_problem(value)
        if problem is not None:
            self._malformed.append(problem)
        return problem

    def _breach(self, request: Request, problem: str) -> None:
        self._log.violations.append(f"{request.operation}: {problem}")


def _route(method: str, path: str) -> Route:
    try:
        endpoint, arguments = URLS.bind("").match(path, method)
    except (NotFound, MethodNotAllowed):
        return Route(None, {})
    return Route(endpoint, arguments)


def _receive(http: werkzeug.Request) -> None:
    """Take in the body; a form's files go to the disk. Raises `ClientDisconnected` where it ends too early."""
    if http.mimetype == "multipart/form-data":
        http.files.keys()
    else:
        http.get_data()


def _ignored(endpoint: Endpoint, query: Mapping[str, str]) -> bool:
    """Whether something is asked for that the endpoint would pass over in silence."""
    asked = {name for name in query if name != "expand"}
    asked |= {f"expand={part}" for part in query.get("expand", "").split(",") if part}
    return not asked <= endpoint.query


def _response(answer: Answer) -> Response:
    text = None if answer.body is None else json.dumps(answer.body, ensure_ascii=False)
    return Response(text, answer.status, answer.headers, content_type="application/json;charset=UTF-8")


def _refusal(refused: Refused) -> Response:
    """The error as Jira writes it."""
    headers = {"RateLimit-Reason": refused.code} if refused.code else {}
    if refused.retry_after is not None:
        headers["Retry-After"] = str(refused.retry_after)
    body = {"errorMessages": list(refused.messages), "errors": refused.details}
    return _response(Answer(refused.status or 500, body, headers))


def _loaded(folder: Path | None) -> Contract | None:
    if folder is None:
        return None
    # Only a server with a contract needs jsonschema.
    from sandbox.jira.api.contract import Contract

    return Contract(folder)
