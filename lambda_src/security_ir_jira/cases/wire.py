"""security-ir's answers as this package's values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ..model import Case, Comment, File


def read_case(case_id: str, answer: Mapping[str, Any]) -> Case:
    """A case from GetCase, which returns no ``caseId``."""
    return Case(
        id=case_id,
        arn=answer.get("caseArn", ""),
        title=answer.get("title", ""),
        description=answer.get("description", ""),
        status=answer.get("caseStatus", ""),
        self_managed=answer.get("resolverType") == "Self",
        closure_code=answer.get("closureCode"),
        watchers=tuple(watcher["email"] for watcher in answer.get("watchers", ())),
        files=tuple(read_file(item) for item in answer.get("caseAttachments", ())),
        details=_details(case_id, answer),
        updated=answer.get("lastUpdatedDate"),
        reported=answer.get("reportedIncidentStartDate"),
        created=answer.get("createdDate"),
        engagement_type=answer.get("engagementType", ""),
        impacted_accounts=tuple(answer.get("impactedAccounts", ())),
    )


def read_file(item: Mapping[str, Any]) -> File:
    return File(
        id=item["attachmentId"],
        name=item["fileName"],
        created=item["createdDate"],
        state=item["attachmentStatus"],
    )


def read_comment(item: Mapping[str, Any]) -> Comment:
    return Comment(
        id=item["commentId"],
        author=principal_name(item.get("creator", "")),
        written=item.get("body", ""),
        created=item.get("createdDate") or datetime.fromtimestamp(0, UTC),
        author_id=item.get("creator", ""),
    )


def _details(case_id: str, answer: Mapping[str, Any]) -> dict[str, str]:
    """What a case says of itself besides title, description and status; lists joined by ``, ``, dates in UTC."""
    lists = {
        "impactedAccounts": answer.get("impactedAccounts", ()),
        "impactedAwsRegions": [each["region"] for each in answer.get("impactedAwsRegions", ())],
        "impactedServices": answer.get("impactedServices", ()),
        "threatActorIpAddresses": [each["ipAddress"] for each in answer.get("threatActorIpAddresses", ())],
    }
    words = ("caseArn", "caseStatus", "resolverType", "engagementType", "pendingAction", "closureCode")
    dates = ("reportedIncidentStartDate", "actualIncidentStartDate", "createdDate", "lastUpdatedDate", "closedDate")
    return {
        "caseId": case_id,
        **{name: str(answer[name]) for name in words if answer.get(name)},
        **{name: ", ".join(values) for name, values in lists.items() if values},
        **{name: f"{answer[name].astimezone(UTC):%Y-%m-%d %H:%M} UTC" for name in dates if answer.get(name)},
    }


def principal_name(principal: str) -> str:
    """A readable name for a ``PrincipalId``: the last part of an ARN, ``AWS Responder``, or what was given."""
    if principal.startswith("arn:"):
        kind, _, name = principal.rpartition(":")[2].partition("/")
        return name.rpartition("/")[2] or kind
    return principal or "Somebody"
