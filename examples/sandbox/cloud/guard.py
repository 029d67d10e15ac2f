"""Watches what functions, and others who are held to a policy, ask of AWS.

It records each call and refuses what the policies do not allow.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from werkzeug import Response

from . import policy
from .backends import Backends
from .calls import asks
from .functions import Functions
from .policy import Ask
from .refusals import access_denied
from .roles import Roles
from .server import SignedRequest


@dataclass(frozen=True, slots=True)
class Call:
    """One permission a caller used or lacked: `action` as ``service:Action``, `at` in the sandbox's time.

    `caller` is a function, or the access key id of somebody who is held to a policy.
    """

    caller: str
    action: str
    resource: str
    allowed: bool
    at: float
    context: policy.Context = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Permission:
    """An action that a statement (`sid`) of a caller's policies allows on `resources`."""

    caller: str
    sid: str
    action: str
    resources: tuple[str, ...]


class Guard:
    """Tells functions by their access key ids. Every method is called with `turn` held."""

    def __init__(self, backends: Backends, roles: Roles, functions: Functions, now: Callable[[], float]) -> None:
        self._backends = backends
        self._roles = roles
        self._functions = functions
        self._now = now
        self._platform: set[tuple[str, str, str]] = set()
        self._held: dict[str, tuple[policy.Document, ...]] = {}
        self.calls: list[Call] = []

    def hold(self, access_key: str, documents: Iterable[policy.Document]) -> None:
        """From now on, whoever signs with this key id may do what the documents allow, and nothing else."""
        self._held[access_key] = tuple(documents)

    def before(self, request: SignedRequest) -> Response | None:
        """Record a caller's request; the answer of AWS where the policies do not allow it."""
        caller = self._caller(request.access_key)
        if caller is None:
            return None
        wanted = asks(request)
        refused = [ask for ask in wanted if not self._record(caller, ask)]
        return access_denied(request, caller, refused[0]) if refused else None

    def authorise(self, access_key: str, action: str, resource: str) -> bool:
        """Record a call made to another server than this one; whether the caller may make it."""
        caller = self._caller(access_key)
        return caller is None or self._record(caller, Ask(action, resource))

    def platform_call(self, function: str, action: str, resource: str) -> None:
        """A call Lambda itself makes with the function's role; each kind is recorded once."""
        key = (function, action, resource)
        if key not in self._platform:
            self._platform.add(key)
            self._record(function, Ask(action, resource))

    def unused(self) -> list[Permission]:
        """Permissions of callers' policies that no recorded call has needed."""
        return [permission for permission in self._granted() if not self._was_used(permission)]

    def _caller(self, access_key: str) -> str | None:
        return access_key if access_key in self._held else self._functions.caller(access_key)

    def _granted(self) -> list[Permission]:
        roles = {str(each.function_name): each.role for each in self._backends.functions.list_functions()}
        policies = {**{name: self._roles.documents(role) for name, role in roles.items()}, **self._held}
        return [
            Permission(caller, str(statement.get("Sid", "")), action, _resources(statement))
            for caller, documents in policies.items()
            for statement in policy.statements(documents)
            if statement["Effect"] == "Allow"
            for action in policy.actions(statement)
        ]

    def _was_used(self, permission: Permission) -> bool:
        return any(
            call.caller == permission.caller
            and call.allowed
            and policy.matches(permission.action, call.action, ignore_case=True)
            and any(policy.matches(resource, call.resource) for resource in permission.resources)
            for call in self.calls
        )

    def _record(self, caller: str, ask: Ask) -> bool:
        allowed = self._may(caller, ask)
        self.calls.append(Call(caller, ask.action, ask.resource, allowed, self._now(), ask.context))
        return allowed

    def _may(self, caller: str, ask: Ask) -> bool:
        if caller in self._held:
            return policy.allowed(self._held[caller], ask)
        function = self._backends.function(caller)
        return function is not None and self._roles.may(function.role, ask)


def _resources(statement: policy.Document) -> tuple[str, ...]:
    listed = statement.get("Resource", [])
    return tuple(listed) if isinstance(listed, list) else (str(listed),)
