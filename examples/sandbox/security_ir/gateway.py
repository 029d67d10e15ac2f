"""The way of an API request: who, what, allowed, carried out, answered, written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sandbox.security_ir import (
    attachments,
    cases,
    comments,
    memberships,
    signing,
    tags,
    wire,
)
from sandbox.security_ir.errors import ApiError, access_denied, not_active
from sandbox.security_ir.faults import ConnectionLost, Faults
from sandbox.security_ir.log import Entry, Log
from sandbox.security_ir.service import Operation, Service
from sandbox.security_ir.store import Actor, as_date
from sandbox.security_ir.wire import HttpAnswer, HttpRequest, Params, Route

Authoriser = Callable[[str, str, str], bool]

_OPERATIONS: dict[str, Operation] = {
    "CloseCase": cases.close_case,
    "CreateCase": cases.create_case,
    "CreateCaseComment": comments.create_case_comment,
    "GetCase": cases.get_case,
    "GetCaseAttachmentDownloadUrl": attachments.get_case_attachment_download_url,
    "GetCaseAttachmentUploadUrl": attachments.get_case_attachment_upload_url,
    "GetMembership": memberships.get_membership,
    "ListCaseEdits": cases.list_case_edits,
    "ListCases": cases.list_cases,
    "ListComments": comments.list_comments,
    "ListMemberships": memberships.list_memberships,
    "ListTagsForResource": tags.list_tags_for_resource,
    "TagResource": tags.tag_resource,
    "UntagResource": tags.untag_resource,
    "UpdateCase": cases.update_case,
    "UpdateCaseComment": comments.update_case_comment,
    "UpdateCaseStatus": cases.update_case_status,
    "UpdateResolverType": cases.update_resolver_type,
}


@dataclass(slots=True)
class Gateway:
    """Answers API requests.

    ``principals`` names the principal behind an access key id; ``authorise`` says by access key id, IAM
    action and resource ARN ("*" where the action has none) whether a request is permitted.
    """

    service: Service
    faults: Faults
    log: Log
    principals: dict[str, str] = field(default_factory=dict)
    authorise: Authoriser | None = None
    down: bool = False

    def answer(self, request: HttpRequest) -> HttpAnswer | None:
        """The answer to a request; ``None`` closes the connection without one."""
        entry = Entry(as_date(self.service.store.clock()))
        answer: HttpAnswer | None = None
        try:
            answer = self._carried_out(request, entry)
        except ConnectionLost:
            entry.error = "ConnectionLost"
        except ApiError as error:
            entry.error = error.code
            answer = wire.error_answer(error)
        except Exception as error:  # a listener's or a hook's failure must be seen, not end the connection
            entry.error = "InternalServerException"
            self.log.breach(f"{entry.operation}: {error!r} while it was carried out")
            answer = wire.error_answer(ApiError("InternalServerException", 500, repr(error)))
        entry.status = answer.status if answer else 0
        self.log.add(entry.done())
        return answer

    def _carried_out(self, request: HttpRequest, entry: Entry) -> HttpAnswer:
        found = wire.route(request)
        entry.operation = found.operation if found else "Unknown"
        if self.down:
            raise ConnectionLost
        with self._noting_breaches(entry):
            headers = {name.lower(): value for name, value in request.headers.items()}
            entry.principal = signing.access_key(headers, self.service.store.region)
            operation, known = self._operation(request, found)
            entry.params = params = wire.parse(request, known)
        fault = self.faults.take(entry.operation, _case_id(params))
        if fault:
            fault.before()
        self._refuse_strangers(entry, params)
        with self.service.store.turn(self._actor(entry.principal)) as turn:
            result = operation(self.service, turn, params)
            entry.replayed = turn.replayed
        if fault:
            fault.afterwards()
        return wire.answer(entry.operation, result)

    def _operation(self, request: HttpRequest, found: Route | None) -> tuple[Operation, Route]:
        if found is None:
            message = f"No operation is {request.method} {request.path}"
            raise ApiError("UnknownOperationException", 404, message)
        operation = _OPERATIONS.get(found.operation)
        if operation is None:
            raise ApiError("UnknownOperationException", 404, f"{found.operation} is not offered here")
        return operation, found

    def _refuse_strangers(self, entry: Entry, params: Params) -> None:
        access = self.service.switches.access
        action, resource = f"security-ir:{entry.operation}", self._resource(params)
        if access == "not_active":
            raise not_active(self.service.store.account)
        permitted = self.authorise is None or self.authorise(entry.principal, action, resource)
        if access == "denied" or not permitted:
            raise access_denied(f"{entry.principal} is not authorized to perform {action} on {resource}")

    def _resource(self, params: Params) -> str:
        store = self.service.store
        if "caseId" in params:
            return store.arn(params["caseId"])
        if "membershipId" in params:
            return f"arn:aws:security-ir:{store.region}:{store.account}:membership/{params['membershipId']}"
        return str(params.get("resourceArn", "*"))

    def _actor(self, key: str) -> Actor:
        account = self.service.store.account
        default = f"arn:aws:sts::{account}:assumed-role/integration/{key}"
        return Actor(self.principals.get(key, default), account)

    @contextmanager
    def _noting_breaches(self, entry: Entry) -> Iterator[None]:
        try:
            yield
        except ApiError as error:
            self.log.breach(f"{entry.operation}: {error.message}")
            raise


def _case_id(params: Params) -> str | None:
    if "resourceArn" in params:
        return str(params["resourceArn"]).rpartition("/")[2]
    return params.get("caseId")
