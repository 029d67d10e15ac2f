"""Watches what functions ask of AWS: records each call, refuses what a role does not allow, kills on demand."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from werkzeug import Response

from . import policy
from .backends import Backends
from .calls import asks
from .functions import Functions
from .policy import Ask
from .roles import Roles
from .server import SignedRequest


@dataclass(frozen=True, slots=True)
class Call:
    """One permission a function used or lacked: `action` as ``service:Action``, `at` in the sandbox's time."""

    function: str
    action: str
    resource: str
    allowed: bool
    at: float
    context: policy.Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Permission:
    """An action that a statement (`sid`) of a function's role allows on `resources`."""

    function: str
    sid: str
    action: str
    resources: tuple[str, ...]


@dataclass(slots=True)
class _Trap:
    function: str
    action: str
    after: bool


class Guard:
    """Tells functions by their access key ids. Every method is called with `turn` held."""

    def __init__(self, backends: Backends, roles: Roles, functions: Functions, now: Callable[[], float]) -> None:
        self._backends = backends
        self._roles = roles
        self._functions = functions
        self._now = now
        self._traps: list[_Trap] = []
        self._platform: set[tuple[str, str, str]] = set()
        self.calls: list[Call] = []

    def before(self, request: SignedRequest) -> Response | None:
        """Record a function's request; the answer of AWS where its role does not allow it."""
        function = self._functions.caller(request.access_key)
        if function is None:
            return None
        wanted = asks(request, self._backends)
        refused = [ask for ask in wanted if not self._record(function, ask)]
        if self._sprung(function, wanted, after=False):
            self._functions.kill(function, request.session_token)
            return Response(status=503)
        return _access_denied(request, function, refused[0]) if refused else None

    def after(self, request: SignedRequest) -> None:
        """Kill the caller before it reads the answer, if such a trap is set."""
        function = self._functions.caller(request.access_key) if self._traps else None
        if function is not None and self._sprung(function, asks(request, self._backends), after=True):
            self._functions.kill(function, request.session_token)

    def authorise(self, access_key: str, action: str, resource: str) -> bool:
        """Record a call made to another server than this one; whether the caller may make it."""
        function = self._functions.caller(access_key)
        return function is None or self._record(function, Ask(action, resource))

    def platform_call(self, function: str, action: str, resource: str) -> None:
        """A call Lambda itself makes with the function's role; each kind is recorded once."""
        key = (function, action, resource)
        if key not in self._platform:
            self._platform.add(key)
            self._record(function, Ask(action, resource))

    def set_trap(self, function: str, action: str, *, after: bool) -> None:
        """Kill the function's process at its next call of `action`."""
        self._traps.append(_Trap(function, action, after))

    def unused(self) -> list[Permission]:
        """Permissions of functions' roles that no recorded call has needed."""
        return [permission for permission in self._granted() if not self._was_used(permission)]

    def _granted(self) -> list[Permission]:
        return [
            Permission(str(function.function_name), str(statement.get("Sid", "")), action, _resources(statement))
            for function in self._backends.functions.list_functions()
            for statement in policy.statements(self._roles.documents(function.role))
            if statement["Effect"] == "Allow"
            for action in policy.actions(statement)
        ]

    def _was_used(self, permission: Permission) -> bool:
        return any(
            call.function == permission.function
            and call.allowed
            and policy.matches(permission.action, call.action, ignore_case=True)
            and any(policy.matches(resource, call.resource) for resource in permission.resources)
            for call in self.calls
        )

    def _record(self, function: str, ask: Ask) -> bool:
        known = self._backends.function(function)
        allowed = known is not None and self._roles.may(known.role, ask)
        self.calls.append(Call(function, ask.action, ask.resource, allowed, self._now(), ask.context))
        return allowed

    def _sprung(self, function: str, wanted: list[Ask], *, after: bool) -> bool:
        actions = {ask.action for ask in wanted}
        for trap in self._traps:
            if (trap.function, trap.after) == (function, after) and trap.action in actions:
                self._traps.remove(trap)
                return True
        return False


def _resources(statement: policy.Document) -> tuple[str, ...]:
    listed = statement.get("Resource", [])
    return tuple(listed) if isinstance(listed, list) else (str(listed),)


def _access_denied(request: SignedRequest, function: str, ask: Ask) -> Response:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html"""
    message = f"User: {function} is not authorized to perform: {ask.action} on resource: {ask.resource}"
    if request.target:
        body = json.dumps({"__type": "AccessDeniedException", "message": message})
        return Response(body, 400, content_type="application/x-amz-json-1.0")
    xml = f"<ErrorResponse><Error><Code>AccessDenied</Code><Message>{message}</Message></Error></ErrorResponse>"
    return Response(xml, 403, content_type="text/xml")
