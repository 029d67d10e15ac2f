"""Refusals of the service, in the shapes of its model.

https://docs.aws.amazon.com/security-ir/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sandbox.serving import Refused


@dataclass(frozen=True, slots=True)
class Breach:
    """A member of a request that the model does not allow: its path and what is wrong with it."""

    name: str
    message: str


def case_not_found(case_id: str) -> Refused:
    """404, for a case that never was or is gone."""
    return Refused(404, f"Case {case_id} not found", code="ResourceNotFoundException")


def not_found(what: str) -> Refused:
    """404, for anything that is not a case."""
    return Refused(404, f"{what} not found", code="ResourceNotFoundException")


def conflict(message: str, resource_id: str, resource_type: str = "Case") -> Refused:
    """409, for a request that the resource's present state does not allow."""
    return Refused(
        409, message, code="ConflictException", details={"resourceId": resource_id, "resourceType": resource_type}
    )


def invalid(breaches: Sequence[Breach], reason: str = "FIELD_VALIDATION_FAILED") -> Refused:
    """400, with the list of the members that are wrong."""
    fields = [{"name": breach.name, "message": breach.message} for breach in breaches]
    message = "; ".join(f"{breach.name}: {breach.message}".removeprefix(": ") for breach in breaches)
    return Refused(400, message, code="ValidationException", details={"reason": reason, "fieldList": fields})


def refused(message: str) -> Refused:
    """400, for a well-formed request that the service does not carry out."""
    return Refused(400, message, code="ValidationException", details={"reason": "OTHER"})


def quota_exceeded(message: str, resource_id: str, quota_code: str) -> Refused:
    """402, for one too many."""
    members = {
        "resourceId": resource_id,
        "resourceType": "Case",
        "serviceCode": "security-ir",
        "quotaCode": quota_code,
    }
    return Refused(402, message, code="ServiceQuotaExceededException", details=members)


def invalid_token() -> Refused:
    """423, for a pagination token that is not ours, or no longer."""
    return Refused(423, "The pagination token is invalid or has expired", code="InvalidTokenException")


def access_denied(message: str) -> Refused:
    """403, for a principal that may not do this."""
    return Refused(403, message, code="AccessDeniedException")


def not_active(account: str) -> Refused:
    """400, for an account without an active membership."""
    message = f"Security Incident Response is not active for account {account}"
    return Refused(400, message, code="SecurityIncidentResponseNotActiveException")
