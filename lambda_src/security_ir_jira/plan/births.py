"""The request that creates the other side, exactly as it will be sent, and the base the new pair starts from."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal

from rich_text import to_text

from ..config import Config
from ..ids import project_of
from ..memory import Agreed, Base, digest, read_digest
from ..model import (
    CASE_PROPERTY,
    INSTANCE_TAG,
    ISSUE_TAG,
    LABEL,
    SUBMITTED,
    Case,
    CaseTags,
    Issue,
    MadeFor,
    case_label,
)
from .texts import case_description, case_title, issue_document, issue_summary

_ROUNDING_SECONDS = 1.0
"""The service may keep a date to the second."""


LeftOut = Literal["resolver_types", "impacted_accounts", "engagement_types", "tags", "another instance"]
"""What leaves a case without an issue here: a key of ``case_filter``, or that another instance made it for its own."""


def left_out(case: Case, config: Config) -> LeftOut | None:
    """What of ``case_filter`` gives a case no issue, as far as the case itself tells; its tags may do so besides."""
    wanted = config.case_filter
    resolver = "Self" if case.self_managed else "AWS"
    if wanted.resolver_types and resolver not in wanted.resolver_types:
        return "resolver_types"
    if wanted.impacted_accounts and not set(wanted.impacted_accounts) & set(case.impacted_accounts):
        return "impacted_accounts"
    if wanted.engagement_types and case.engagement_type not in wanted.engagement_types:
        return "engagement_types"
    return None


def tags_matter(case: Case, config: Config) -> bool:
    """Whether the tags of a case may leave it out: they cost a request of their own."""
    wanted = config.case_filter
    return bool(wanted.tags) or (bool(wanted.digest) and not is_by_aws(case))


def left_out_by_tags(tags: CaseTags, config: Config) -> LeftOut | None:
    """What gives a case no issue by its tags.

    What another instance made for an issue of its own has its Jira already. Who asks for tags takes it all the same:
    people put them there.
    """
    wanted = config.case_filter
    if not wanted.takes_tags(tags.all):
        return "tags"
    made_elsewhere = tags.issue_id is not None and tags.instance not in ("", config.name)
    return "another instance" if wanted.digest and not wanted.tags and made_elsewhere else None


def is_by_aws(case: Case) -> bool:
    """Whether a case surely was opened for AWS to resolve, which ours never are: nothing of it was changed since."""
    return not case.self_managed and case.updated == case.created


def case_property(case: Case, config: Config) -> dict[str, str]:
    """What an issue says of its case, and of the instance that keeps the two in step."""
    return {"caseId": case.id, "caseArn": case.arn, "instance": config.name}


def issue_request(case: Case, config: Config, project_key: str) -> dict[str, object]:
    """The body of ``POST /issue`` for a case: marked by labels and property from its first moment."""
    extra = dict(config.jira_create_fields)
    labels = [str(label) for label in _list(extra.pop("labels", []))]
    return {
        "fields": {
            **extra,
            "project": {"key": project_key},
            "issuetype": {"name": config.jira_issue_type},
            "summary": issue_summary(case.title),
            "description": issue_document(case.description),
            "labels": [*labels, LABEL, case_label(case.id)],
        },
        "properties": [{"key": CASE_PROPERTY, "value": case_property(case, config)}],
    }


def is_ours(made_for: MadeFor, issue_key: str, config: Config, project_key: str) -> bool:
    """Whether an issue's property was written by this instance, wherever the issue is now.

    One that does not say by whom is ours if the issue is in our project: several instances may mirror one case, each
    in a project of its own.
    """
    if made_for.account not in ("", config.account_id):
        return False
    if made_for.instance:
        return made_for.instance == config.name
    return project_of(issue_key) == project_key


def without_labels(request: Mapping[str, Any]) -> dict[str, object]:
    """The same request for a project whose create screen has no labels."""
    fields = {name: value for name, value in request["fields"].items() if name != "labels"}
    return {**request, "fields": fields}


def base_of_new_issue(case: Case) -> Base:
    """The base of a pair born from a case; the issue's first status is for the case to decide."""
    return Base(
        title=Agreed(digest(case.title), digest(issue_summary(case.title))),
        description=Agreed(digest(case.description), read_digest(to_text(issue_document(case.description)))),
    )


def case_request(issue: Issue, config: Config, issue_url: str, watchers: Iterable[str] = ()) -> dict[str, object]:
    """The parameters of CreateCase for an issue, JSON-ready; nothing in it is invented.

    It is written down: ``watchers`` are accounts, whose addresses are put in their places once it is sent.

    https://docs.aws.amazon.com/security-ir/latest/APIReference/API_CreateCase.html
    """
    request: dict[str, object] = {
        "resolverType": "Self",
        "title": case_title(issue.summary) or issue.key,
        "description": case_description(issue.description, issue_url)[0]
        or f"The Jira issue {issue.key} has no description: {issue_url}",
        "engagementType": "Security Incident",
        "reportedIncidentStartDate": issue.created.isoformat(),
        "impactedAccounts": [config.account_id],
        "watchers": list(watchers),
        "tags": {ISSUE_TAG: issue.id, INSTANCE_TAG: config.name},
    }
    return {**request, "clientToken": _token(config, issue, request)}


def sendable(request: Mapping[str, Any], addresses: Mapping[str, str] = MappingProxyType({})) -> dict[str, Any]:
    """A stored CreateCase request with its date as boto3 takes it, and its watchers' addresses."""
    return {
        **request,
        "reportedIncidentStartDate": datetime.fromisoformat(request["reportedIncidentStartDate"]),
        "watchers": [{"email": addresses[account]} for account in request["watchers"] if account in addresses],
    }


def base_of_new_case(issue: Issue, request: Mapping[str, Any], *, cut: bool) -> Base:
    """The base of a pair born from an issue; where the issue's status goes beyond Submitted, the case follows."""
    return Base(
        title=Agreed(digest(request["title"]), digest(issue.summary)),
        description=Agreed(digest(request["description"]), read_digest(issue.description), cut=cut),
        status=Agreed(SUBMITTED),
    )


def was_made_for(case: Case, issue: Issue) -> bool:
    """Whether a case whose tag names an issue says, too, what only the request for that very issue does.

    Anybody can write a tag, and another site has an issue of that id: but none that was created at that moment.
    """
    began = case.reported
    return case.self_managed and began is not None and abs((began - issue.created).total_seconds()) <= _ROUNDING_SECONDS


def base_of_found_case(case: Case, issue: Issue, config: Config, issue_url: str) -> Base:
    """The base of a pair born from an issue whose reservation is lost: what still stands on the case as it was sent."""
    request = case_request(issue, config, issue_url)
    born = base_of_new_case(issue, request, cut=case_description(issue.description, issue_url)[1])
    return Base(
        title=born.title if case.title == request["title"] else Agreed(),
        description=born.description if digest(case.description) == born.description.case else Agreed(),
        status=born.status,
    )


def _token(config: Config, issue: Issue, request: Mapping[str, object]) -> str:
    """The same for the same request, so that a repeated one is carried out once; another text is another request."""
    named = "\n".join(
        (config.name, config.account_id, issue.id, *(str(request[part]) for part in ("title", "description")))
    )
    return hashlib.sha256(named.encode()).hexdigest()


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
