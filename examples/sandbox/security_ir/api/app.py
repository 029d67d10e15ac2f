"""The way of a request: who, what, faults, allowed, carried out, answered, written down."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial

import werkzeug
from werkzeug import Response
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Map

from sandbox.security_ir.api import reads, wire
from sandbox.security_ir.api.transfers import Transfers
from sandbox.security_ir.refusals import access_denied, not_active
from sandbox.security_ir.rules import attachments, cases, comments
from sandbox.security_ir.rules.presigned import PREFIX
from sandbox.security_ir.rules.service import Operation, Params, Service
from sandbox.security_ir.state.store import Actor
from sandbox.serving import Faults, Log, Lost, Refused, Request, credential_scope

Authoriser = Callable[[str, str, str], bool]

READS: Mapping[str, Operation] = {
    "GetCase": reads.get_case,
    "GetCaseAttachmentDownloadUrl": attachments.get_case_attachment_download_url,
    "ListCases": reads.list_cases,
    "ListComments": reads.list_comments,
    "ListMemberships": reads.list_memberships,
    "ListTagsForResource": reads.list_tags_for_resource,
}
WRITES: Mapping[str, Operation] = {
    "CloseCase": cases.close_case,
    "CreateCase": cases.create_case,
    "CreateCaseComment": comments.create_case_comment,
    "GetCaseAttachmentUploadUrl": attachments.get_case_attachment_upload_url,
    "UpdateCase": cases.update_case,
    "UpdateCaseComment": comments.update_case_comment,
    "UpdateCaseStatus": cases.update_case_status,
}
URLS = Map([wire.rule(operation) for operation in (*READS, *WRITES)], merge_slashes=False)


@dataclass(slots=True)
class App:
    """Answers API requests, and hands those on presigned URLs over.

    ``principals`` names the principal behind an access key id; ``authorise`` says by access key id, IAM
    action and resource ARN ("*" where the action has none) whether a request is permitted.
    """

    service: Service
    faults: Faults
    log: Log
    principals: dict[str, str] = field(default_factory=dict)
    authorise: Authoriser | None = None

    def respond(self, http: werkzeug.Request) -> Response:
        """The answer to a request. Raises `Lost`."""
        request = Request(
            operation=f"{http.method} {http.path}",
            method=http.method,
            path=http.path,
            query=http.args.to_dict(),
            at=self.service.store.clock(),
        )
        if http.path.startswith(PREFIX):
            return Transfers(self.service, self.faults, self.log).respond(http, request)
        http.get_data()
        return self.log.answered(request, lambda: self._served(http, request), wire.refusal)

    def _served(self, http: werkzeug.Request, request: Request) -> Response:
        if self.faults.down:
            raise Lost
        try:
            if "Transfer-Encoding" in http.headers:
                raise Refused(411, "Content-Length is required", code="MissingContentLength")
            request.caller = _access_key(http, self.service.store.region)
            request.operation, path = _route(http)
            request.is_write = request.operation in WRITES
            request.body = params = wire.parse(http, request.operation, path)
        except Refused as refused:
            self.log.violations.append(f"{request.operation}: {' '.join(refused.messages)}")
            raise
        request.about = _case_id(params)
        return self.faults.met(request, partial(self._carried_out, request, params), wire.refusal)

    def _carried_out(self, request: Request, params: Params) -> Response:
        key = str(request.caller)
        self._refuse_strangers(key, request.operation, params)
        operation = {**READS, **WRITES}[request.operation]
        with self.service.store.turn(self._actor(key)) as turn:
            result = operation(self.service, turn, params)
        request.carried_out = not turn.replayed
        return wire.answer(request.operation, result)

    def _refuse_strangers(self, key: str, operation: str, params: Params) -> None:
        access = self.service.switches.access
        action, resource = f"security-ir:{operation}", self._resource(params)
        if access == "not_active" and operation != "ListMemberships":
            raise not_active(self.service.store.account)
        permitted = self.authorise is None or self.authorise(key, action, resource)
        if access == "denied" or not permitted:
            raise access_denied(f"{key} is not authorized to perform {action} on {resource}")

    def _resource(self, params: Params) -> str:
        if "caseId" in params:
            return self.service.store.arn(params["caseId"])
        return str(params.get("resourceArn", "*"))

    def _actor(self, key: str) -> Actor:
        account = self.service.store.account
        default = f"arn:aws:sts::{account}:assumed-role/integration/{key}"
        return Actor(self.principals.get(key, default), account)


def named(http: werkzeug.Request) -> str:
    """The operation that a request asks for, or its path where there is none."""
    if http.path.startswith(PREFIX):
        return "AttachmentDownload" if http.method == "GET" else "AttachmentUpload"
    try:
        return _route(http)[0]
    except Refused:
        return f"{http.method} {http.path}"


def _route(http: werkzeug.Request) -> tuple[str, Mapping[str, str]]:
    try:
        operation, path = URLS.bind("").match(http.path, http.method)
    except (NotFound, MethodNotAllowed):
        message = f"No operation is {http.method} {http.path}"
        raise Refused(404, message, code="UnknownOperationException") from None
    return operation, path


def _access_key(http: werkzeug.Request, region: str) -> str:
    """The access key id of a request's credential scope; 403 without a signature, or with one for another place."""
    given = http.headers.get("Authorization")
    if given is None:
        raise Refused(403, "Missing Authentication Token", code="MissingAuthenticationTokenException")
    scope = credential_scope(given)
    if scope is None or "X-Amz-Date" not in http.headers:
        raise Refused(403, "The Authorization header is incomplete", code="IncompleteSignatureException")
    if (scope.service, scope.region) != ("security-ir", region):
        message = f"Credential should be scoped to {region}/security-ir, not {scope.region}/{scope.service}"
        raise Refused(403, message, code="InvalidSignatureException")
    return scope.access_key


def _case_id(params: Params) -> str | None:
    if "resourceArn" in params:
        return str(params["resourceArn"]).rpartition("/")[2]
    return params.get("caseId")
