"""The module's variables as the functions see them: one JSON document, which Terraform has validated."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from .model import Side

GONE_SECONDS = 600
"""How long a case or an issue must stay away to be called deleted, while its neighbours can still be read."""


@dataclass(frozen=True, slots=True)
class StatusMapping:
    """``to_jira``: case status → candidate issue statuses; ``to_case``: issue status → case status or ``""``.

    Issue statuses are names (compared without case) or ids.
    """

    to_jira: Mapping[str, tuple[str, ...]]
    to_case: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class IssueFilter:
    """Which issues become cases: any of the types (names), any of the labels; an empty one lets all pass."""

    issue_types: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases become issues: of any of the resolvers (``AWS``, ``Self``), with any of the accounts, of any of the
    engagements, and with all of the tags; an empty one lets all pass.
    """

    resolver_types: tuple[str, ...] = ()
    impacted_accounts: tuple[str, ...] = ()
    engagement_types: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """What stands for the filter; ``""`` for one that lets all pass."""
        named = {each.name: getattr(self, each.name) for each in fields(self)}
        if not any(named.values()):
            return ""
        return hashlib.sha256(json.dumps(named, sort_keys=True).encode()).hexdigest()[:12]

    def takes_tags(self, tags: Mapping[str, str]) -> bool:
        """Whether all tags that are asked for are there."""
        return self.tags.items() <= tags.items()


@dataclass(frozen=True, slots=True)
class Config:
    """One instance's settings: its account, and the Terraform variables by their names.

    ``digest`` stands for all of them: what was refused under other settings may be taken under these.
    """

    name: str
    account_id: str
    status_mapping: StatusMapping
    jira_issue_type: str = "Task"
    jira_auth: Literal["basic", "bearer"] = "basic"
    jira_create_fields: Mapping[str, object] = field(default_factory=dict)
    jira_browse_url: str | None = None
    transition_fields: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    closure_resolutions: Mapping[str, str] = field(default_factory=dict)
    jira_custom_fields: Mapping[str, str] = field(default_factory=dict)
    conflict_winner: Side = "security_ir"
    create_cases_from_jira: bool = True
    issue_filter: IssueFilter = IssueFilter()
    case_filter: CaseFilter = CaseFilter()
    close_case_when_done: bool = True
    sync_watchers: bool = True
    sync_attachments: bool = True
    sync_restricted_comments: bool = False
    backfill_closed_cases: bool = False
    on_case_deleted: Literal["comment", "close", "delete"] = "comment"
    on_issue_deleted: Literal["comment", "close"] = "comment"
    digest: str = ""

    @classmethod
    def from_json(cls, document: str) -> Config:
        """Read the ``SYNC_CONFIG`` document, which holds every attribute."""
        values = json.loads(document)
        mapping, wanted, cases = values["status_mapping"], values["issue_filter"], values["case_filter"]
        browse_url = values["jira_browse_url"]
        return cls(
            **{each.name: values[each.name] for each in fields(cls) if each.name != "digest"}
            | {
                "digest": hashlib.sha256(document.encode()).hexdigest()[:12],
                "jira_browse_url": browse_url.rstrip("/") if browse_url else None,
                "status_mapping": StatusMapping(
                    to_jira={status: tuple(candidates) for status, candidates in mapping["to_jira"].items()},
                    to_case=mapping["to_case"],
                ),
                "issue_filter": IssueFilter(tuple(wanted["issue_types"]), tuple(wanted["labels"])),
                "case_filter": CaseFilter(
                    tuple(cases["resolver_types"]),
                    tuple(cases["impacted_accounts"]),
                    tuple(cases["engagement_types"]),
                    cases["tags"],
                ),
            }
        )
