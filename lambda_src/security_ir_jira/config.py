"""The module's variables as the functions see them: one JSON document, parsed and validated once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, cast

from .errors import ConfigurationError
from .model import CASE_STATUSES, Side


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
class Config:
    """One instance's settings; every attribute is named after the Terraform variable it comes from."""

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
    close_case_when_done: bool = True
    sync_watchers: bool = True
    sync_attachments: bool = True
    sync_restricted_comments: bool = False
    backfill_closed_cases: bool = False
    on_case_deleted: Literal["comment", "close", "delete"] = "comment"
    on_issue_deleted: Literal["comment", "close"] = "comment"

    @classmethod
    def from_json(cls, document: str) -> Config:
        """Read the ``SYNC_CONFIG`` document.

        Raises ``ConfigurationError`` whose message names the Terraform variable at fault.
        """
        try:
            values = json.loads(document)
        except ValueError as error:
            raise ConfigurationError(f"SYNC_CONFIG is not JSON: {error}") from error
        if not isinstance(values, dict):
            raise ConfigurationError("SYNC_CONFIG must be a JSON object.")
        return cls(
            name=_text(values, "name"),
            account_id=_text(values, "account_id"),
            status_mapping=_status_mapping(values.get("status_mapping")),
            jira_issue_type=_text(values, "jira_issue_type"),
            jira_auth=cast(Literal["basic", "bearer"], _one_of(values, "jira_auth", ("basic", "bearer"))),
            jira_create_fields=_object(values, "jira_create_fields"),
            jira_browse_url=_text(values, "jira_browse_url").rstrip("/") if values.get("jira_browse_url") else None,
            transition_fields={
                status: _object(fields, status)
                for fields in [_object(values, "transition_fields")]
                for status in fields
            },
            closure_resolutions=_texts(values, "closure_resolutions"),
            jira_custom_fields=_texts(values, "jira_custom_fields"),
            conflict_winner=cast(Side, _one_of(values, "conflict_winner", ("security_ir", "jira"))),
            create_cases_from_jira=_flag(values, "create_cases_from_jira"),
            issue_filter=_issue_filter(values),
            close_case_when_done=_flag(values, "close_case_when_done"),
            sync_watchers=_flag(values, "sync_watchers"),
            sync_attachments=_flag(values, "sync_attachments"),
            sync_restricted_comments=_flag(values, "sync_restricted_comments"),
            backfill_closed_cases=_flag(values, "backfill_closed_cases"),
            on_case_deleted=cast(
                Literal["comment", "close", "delete"],
                _one_of(values, "on_case_deleted", ("comment", "close", "delete")),
            ),
            on_issue_deleted=cast(
                Literal["comment", "close"], _one_of(values, "on_issue_deleted", ("comment", "close"))
            ),
        )


def _text(values: dict[str, object], variable: str) -> str:
    value = values.get(variable)
    if not isinstance(value, str) or not value:
        raise ConfigurationError(f"{variable} must be a non-empty string.")
    return value


def _one_of(values: dict[str, object], variable: str, allowed: tuple[str, ...]) -> str:
    value = _text(values, variable)
    if value not in allowed:
        raise ConfigurationError(f"{variable} must be one of: {', '.join(allowed)}.")
    return value


def _object(values: dict[str, object], variable: str) -> dict[str, object]:
    value = values.get(variable, {})
    if not isinstance(value, dict):
        raise ConfigurationError(f"{variable} must be an object of field → value.")
    return value


def _texts(values: dict[str, object], variable: str) -> dict[str, str]:
    found = _object(values, variable)
    if not all(isinstance(value, str) for value in found.values()):
        raise ConfigurationError(f"{variable} must be a map of text to text.")
    return cast(dict[str, str], found)


def _flag(values: dict[str, object], variable: str) -> bool:
    value = values.get(variable)
    if not isinstance(value, bool):
        raise ConfigurationError(f"{variable} must be true or false.")
    return value


def _issue_filter(values: dict[str, object]) -> IssueFilter:
    given = _object(values, "issue_filter")
    kinds, labels = given.get("issue_types", []), given.get("labels", [])
    if not isinstance(kinds, list) or not isinstance(labels, list):
        raise ConfigurationError("issue_filter must be an object with the lists issue_types and labels.")
    return IssueFilter(tuple(str(kind) for kind in kinds), tuple(str(label) for label in labels))


def _status_mapping(value: object) -> StatusMapping:
    to_jira, to_case = (value.get("to_jira"), value.get("to_case")) if isinstance(value, dict) else (None, None)
    if not isinstance(to_jira, dict) or not isinstance(to_case, dict):
        raise ConfigurationError("status_mapping must be an object with the maps to_jira and to_case.")
    for status in to_jira:
        if status not in CASE_STATUSES:
            raise ConfigurationError(f"status_mapping.to_jira: {status!r} is no case status.")
    for issue_status, status in to_case.items():
        if status and status not in CASE_STATUSES:
            raise ConfigurationError(f"status_mapping.to_case[{issue_status!r}]: {status!r} is no case status.")
    return StatusMapping(
        to_jira={status: tuple(candidates) for status, candidates in to_jira.items()},
        to_case=dict(to_case),
    )
