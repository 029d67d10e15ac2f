"""The permissions of the account's roles, as moto's IAM holds them."""

from __future__ import annotations

import json
from urllib.parse import unquote

from moto.iam.models import Role

from . import policy
from .backends import Backends


class Roles:
    """Looks roles up and asks their policies."""

    def __init__(self, backends: Backends) -> None:
        self._backends = backends

    def documents(self, role_arn: str) -> list[policy.Document]:
        """Inline and attached policies of a role; none for a role that does not exist."""
        role = self._find(role_arn)
        if role is None:
            return []
        texts = list(role.policies.values())
        for managed in role.managed_policies.values():
            texts += [version.document for version in managed.versions if version.is_default]
        return [_parsed(text) for text in texts]

    def may(self, role_arn: str, ask: policy.Ask) -> bool:
        """Whether the role's policies, and its permissions boundary if it has one, allow it."""
        role = self._find(role_arn)
        if role is None:
            return False
        boundary = self._boundary(role)
        return policy.allowed(self.documents(role_arn), ask) and (boundary is None or policy.allowed([boundary], ask))

    def _find(self, role_arn: str) -> Role | None:
        return next((role for role in self._backends.iam.roles.values() if role.arn == role_arn), None)

    def _boundary(self, role: Role) -> policy.Document | None:
        if not role.permissions_boundary_arn:
            return None
        managed = self._backends.iam.managed_policies.get(role.permissions_boundary_arn)
        if managed is None:
            return {}
        return next((_parsed(v.document) for v in managed.versions if v.is_default), {})


def _parsed(text: str) -> policy.Document:
    document: policy.Document = json.loads(text if text.lstrip().startswith("{") else unquote(text))
    return document
