"""Refusals of the service, in the shapes of its model.

https://docs.aws.amazon.com/security-ir/latest/APIReference/CommonErrors.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Breach:
    """A member of a request that the model does not allow: its path and what is wrong with it."""

    name: str
    message: str


@dataclass(eq=False)
class ApiError(Exception):
    """An answer that is an error: its code, HTTP status, message and the other members of its shape."""

    code: str
    status: int
    message: str
    members: Mapping[str, object] = field(default_factory=dict)
    retry_after: int | None = None

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


def case_not_found(case_id: str) -> ApiError:
    """404, for a case that never was or is gone."""
    return ApiError("ResourceNotFoundException", 404, f"Case {case_id} not found")


def not_found(what: str) -> ApiError:
    """404, for anything that is not a case."""
    return ApiError("ResourceNotFoundException", 404, f"{what} not found")


def conflict(message: str, resource_id: str, resource_type: str = "Case") -> ApiError:
    """409, for a request that the resource's present state does not allow."""
    return ApiError("ConflictException", 409, message, {"resourceId": resource_id, "resourceType": resource_type})


def invalid(breaches: Sequence[Breach], reason: str = "FIELD_VALIDATION_FAILED") -> ApiError:
    """400, with the list of the members that are wrong."""
    fields = [{"name": breach.name, "message": breach.message} for breach in breaches]
    message = "; ".join(f"{breach.name}: {breach.message}".removeprefix(": ") for breach in breaches)
    return ApiError("ValidationException", 400, message, {"reason": reason, "fieldList": fields})


def refused(message: str) -> ApiError:
    """400, for a well-formed request that the service does not carry out."""
    return ApiError("ValidationException", 400, message, {"reason": "OTHER"})


def quota_exceeded(message: str, resource_id: str, quota_code: str) -> ApiError:
    """402, for one too many."""
    members = {
        "resourceId": resource_id,
        "resourceType": "Case",
        "serviceCode": "security-ir",
        "quotaCode": quota_code,
    }
    return ApiError("ServiceQuotaExceededException", 402, message, members)


def invalid_token() -> ApiError:
    """423, for a pagination token that is not ours, or no longer."""
    return ApiError("InvalidTokenException", 423, "The pagination token is invalid or has expired")


def access_denied(message: str) -> ApiError:
    """403, for a principal that may not do this."""
    return ApiError("AccessDeniedException", 403, message)


def not_active(account: str) -> ApiError:
    """400, for an account without an active membership."""
    message = f"Security Incident Response is not active for account {account}"
    return ApiError("SecurityIncidentResponseNotActiveException", 400, message)
