"""What an issue shows of its case besides what is merged: one managed comment, and fields that are kept filled."""

from __future__ import annotations

from collections.abc import Mapping

from rich_text import Adf, Strong, document, sentence

from ..model import Case

DETAILS_HEADING = "Case details"
_DETAILS = {
    "caseArn": "ARN",
    "resolverType": "Resolver",
    "engagementType": "Engagement",
    "pendingAction": "Pending action",
    "closureCode": "Closure code",
    "impactedAccounts": "Accounts",
    "impactedAwsRegions": "Regions",
    "impactedServices": "Services",
    "threatActorIpAddresses": "Threat actor IP addresses",
    "reportedIncidentStartDate": "Reported start",
    "actualIncidentStartDate": "Actual start",
    "createdDate": "Created",
    "closedDate": "Closed",
}


def details_of(case: Case) -> dict[str, str]:
    """What the managed comment "Case details" tells, by label: what moves with every change is not in it."""
    return {label: case.details[name] for name, label in _DETAILS.items() if case.details.get(name)}


def details_text(details: Mapping[str, str]) -> str:
    """The managed comment as text, which stands for it where it is remembered."""
    return "\n".join((f"**{DETAILS_HEADING}**", "", *(f"- {label}: {value}" for label, value in details.items())))


def details_document(details: Mapping[str, str]) -> Adf:
    """The managed comment as a document."""
    lines = [sentence("{label}: {value}", label=label, value=value) for label, value in details.items()]
    items = [{"type": "listItem", "content": [line]} for line in lines]
    bullets = [{"type": "bulletList", "content": items}] if items else []
    return document(sentence("{heading}", heading=Strong(DETAILS_HEADING)), *bullets)


def custom_fields(case: Case, mapping: Mapping[str, str]) -> dict[str, str]:
    """What each field of ``jira_custom_fields`` should hold; empty where the case says nothing."""
    values = {**case.details, "consoleUrl": case.url}
    return {field_id: values.get(attribute, "") for field_id, attribute in mapping.items()}
