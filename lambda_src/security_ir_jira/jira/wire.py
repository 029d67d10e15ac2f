"""Jira's JSON as this package's values, and back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from rich_text import to_text

from ..ids import is_case_id
from ..model import CASE_PROPERTY, Account, Comment, File, Issue, IssueWatchers, MadeFor, Status, Transition, pack

ISSUE_FIELDS = "summary,description,status,project,issuetype,created,labels,comment,attachment,watches,updated"


def read_issue(answer: Mapping[str, Any]) -> Issue:
    """An issue from ``GET /issue`` with ``ISSUE_FIELDS``, or from a search with the same."""
    fields = answer["fields"]
    project, issue_type = fields["project"], fields["issuetype"]
    return Issue(
        id=str(answer["id"]),
        key=answer["key"],
        project_key=project["key"],
        service_project=project.get("projectTypeKey") == "service_desk",
        issue_type_id=str(issue_type["id"]),
        subtask=bool(issue_type.get("subtask", False)),
        summary=fields.get("summary") or "",
        description=to_text(fields.get("description")),
        document=fields.get("description"),
        status=read_status(fields["status"]),
        created=read_time(fields["created"]),
        made_for=read_case_property((answer.get("properties") or {}).get(CASE_PROPERTY)),
        comments=_all_comments(fields.get("comment")),
        issue_type=issue_type.get("name") or "",
        labels=tuple(fields.get("labels") or ()),
        files=tuple(read_file(each) for each in fields.get("attachment") or ()),
        watch_count=int((fields.get("watches") or {}).get("watchCount") or 0),
        updated=read_time(fields["updated"]) if fields.get("updated") else None,
    )


def read_status(answer: Mapping[str, Any]) -> Status:
    return Status(str(answer["id"]), answer["name"], (answer.get("statusCategory") or {}).get("key", ""))


def read_case_property(value: object) -> MadeFor | None:
    """The case that an issue says it was made for. Whoever may edit the issue can have written it."""
    if not isinstance(value, dict) or not is_case_id(value.get("caseId")):
        return None
    return MadeFor(value["caseId"], str(value.get("caseArn", "")), str(value.get("instance", "")))


def read_naming_a_case(answer: Mapping[str, Any]) -> Iterator[tuple[str, str, MadeFor]]:
    """Of a page that was searched with the property, the issues that name a case: id, key, case."""
    for each in answer["issues"]:
        made_for = read_case_property((each.get("properties") or {}).get(CASE_PROPERTY))
        if made_for is not None:
            yield str(each["id"]), str(each["key"]), made_for


def read_comment(answer: Mapping[str, Any]) -> Comment:
    """A comment; ``visibility`` restricts one to a group or role, ``jsdPublic`` is false for an internal note."""
    return Comment(
        id=str(answer["id"]),
        author=(answer.get("author") or {}).get("displayName") or "Somebody",
        written=pack(answer.get("body") or {}),
        created=read_time(answer["created"]),
        shared=not answer.get("visibility") and answer.get("jsdPublic", True) is not False,
        author_id=(answer.get("author") or {}).get("accountId") or "",
        edited=answer.get("updated", answer["created"]) != answer["created"],
    )


def read_transition(answer: Mapping[str, Any]) -> Transition:
    """A transition; a field that is required and has a default is Jira's own to fill."""
    screen: Mapping[str, Mapping[str, Any]] | None = answer.get("fields")
    required = {
        name for name, each in (screen or {}).items() if each.get("required") and not each.get("hasDefaultValue")
    }
    fields = None if screen is None else frozenset(screen)
    return Transition(str(answer["id"]), read_status(answer["to"]), fields, frozenset(required))


def read_account(answer: Mapping[str, Any]) -> Account:
    return Account(str(answer["accountId"]), answer.get("emailAddress") or None, answer.get("active", True) is True)


def read_watchers(answer: Mapping[str, Any]) -> IssueWatchers:
    """Without the permission to view watchers, Jira lists nobody but the account that asks."""
    accounts = tuple(read_account(each) for each in answer.get("watchers") or () if each.get("accountId"))
    count = int(answer.get("watchCount", len(accounts)))
    own = 1 if answer.get("isWatching") else 0
    return IssueWatchers(accounts, count, shown=len(accounts) > own or count <= own)


def read_file(answer: Mapping[str, Any]) -> File:
    return File(
        id=str(answer["id"]),
        name=answer["filename"],
        created=read_time(answer["created"]),
        size=int(answer["size"]),
    )


def _all_comments(answer: Mapping[str, Any] | None) -> tuple[Comment, ...] | None:
    """The comments that came with an issue, if they are all of them."""
    if not answer or not isinstance(answer.get("total"), int) or answer["total"] > len(answer.get("comments", ())):
        return None
    return tuple(read_comment(each) for each in answer["comments"])


def read_time(moment: str | int | float) -> datetime:
    """Jira writes ``2026-11-23T20:15:00.000+0000``, or milliseconds since 1970."""
    if isinstance(moment, str) and not moment.isdigit():
        return datetime.fromisoformat(moment).astimezone(UTC)
    return datetime.fromtimestamp(float(moment) / 1000, UTC)
