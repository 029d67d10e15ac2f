"""What the functions ask of Jira, in the terms of this package."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import quote, urljoin

import requests

from rich_text import Adf, cut, document, sentence

from ..answers import ABOUT_US_DELAY
from ..errors import NotFound, NotPermitted, Refused, Unavailable
from ..ids import project_of
from ..model import CASE_PROPERTY, Account, Comment, File, Issue, IssueWatchers, MadeFor, Transition, Workflow
from ..transfer import Spool, download, fetch
from .http import JiraHttp
from .wire import (
    ISSUE_FIELDS,
    read_account,
    read_comment,
    read_issue,
    read_naming_a_case,
    read_status,
    read_time,
    read_transition,
    read_watchers,
)

_PAGE = 100
_LINE = 255
"""UTF-16 units a text field of one line may have."""


class JiraClient:
    """One Jira site. Every method raises what ``JiraHttp.call`` raises."""

    def __init__(self, http: JiraHttp) -> None:
        self._http = http
        self._workflows: dict[tuple[str, str], Workflow] = {}
        self._paragraphs: frozenset[str] | None = None
        self._account_id: str | None = None

    @property
    def project_key(self) -> str:
        return self._http.project_key

    @property
    def site(self) -> str:
        """The site's address, without a slash at its end."""
        return self._http.site

    # Reads

    def issue(self, id_or_key: str, *, with_property: bool = False) -> Issue:
        """An issue with its comments, as far as Jira gives them in one answer. Raises ``NotFound``."""
        params: dict[str, str | int] = {"fields": ISSUE_FIELDS}
        if with_property:
            params["properties"] = CASE_PROPERTY
        with _no_collections():
            return read_issue(self._http.get(_issue(id_or_key), params))

    def place_of(self, id_or_key: str) -> tuple[str, str]:
        """An issue's id and its project's key, and nothing of what it holds. Raises ``NotFound``."""
        answer = self._http.get(_issue(id_or_key), {"fields": "project"})
        return str(answer["id"]), str(answer["fields"]["project"]["key"])

    def comments(self, issue: Issue) -> tuple[Comment, ...]:
        """All comments of an issue in order of creation; no further request where the issue came with all of them."""
        if issue.comments is not None:
            return issue.comments
        return self.all_comments(issue.id)

    def all_comments(self, issue_id: str) -> tuple[Comment, ...]:
        """All pages of an issue's comments in order of creation."""
        with _no_collections():
            return tuple(read_comment(each) for each in self._all_comments(issue_id))

    def _all_comments(self, issue_id: str) -> Iterator[Mapping[str, Any]]:
        found: set[str] = set()
        while True:
            page = self._http.get(
                f"{_issue(issue_id)}/comment", {"startAt": len(found), "maxResults": _PAGE, "orderBy": "created"}
            )
            fresh = {str(each["id"]): each for each in page["comments"]}
            if fresh.keys() & found:
                raise Unavailable("the pages of an issue's comments repeat themselves")
            yield from fresh.values()
            found |= fresh.keys()
            if not fresh or len(found) >= page["total"]:
                return

    def comment_document(self, issue_id: str, comment_id: str) -> Adf | None:
        """The body of one comment as Jira holds it. Raises ``NotFound``."""
        try:
            answer = self._http.get(f"{_issue(issue_id)}/comment/{quote(comment_id)}")
        except (NotFound, NotPermitted) as reason:
            # Who may see a comment in the list may not always ask for it alone.
            answer = next((each for each in self._all_comments(issue_id) if str(each["id"]) == comment_id), None)
            if answer is None:
                raise NotFound(str(reason)) from reason
        body: Adf | None = answer.get("body")
        return body

    def workflow(self, issue: Issue) -> Workflow:
        """The statuses that issues of this project and type can have; kept for the life of the function instance."""
        key = (issue.project_key, issue.issue_type_id)
        if key not in self._workflows:
            for issue_type in self._statuses(issue.project_key):
                statuses = tuple(read_status(each) for each in issue_type["statuses"])
                self._workflows[issue.project_key, str(issue_type["id"])] = Workflow(statuses)
        return self._workflows.get(key, Workflow())

    def _statuses(self, project_key: str) -> Any:
        try:
            return self._http.get(f"/project/{quote(project_key)}/statuses")
        except NotFound as missing:
            # The issue was read: it is not the issue that is missing.
            raise NotPermitted(str(missing), delay=ABOUT_US_DELAY) from missing

    def transitions(self, issue_id: str) -> tuple[Transition, ...]:
        """The transitions open to the issue now, with the fields of their screens."""
        answer = self._http.get(f"{_issue(issue_id)}/transitions", {"expand": "transitions.fields"})
        return tuple(read_transition(each) for each in answer["transitions"] if each.get("isAvailable", True))

    def make_sure_readable(self, key: str) -> None:
        """Raises ``NotPermitted`` where nothing of a project can be seen: an absence in it says nothing then."""
        try:
            self._http.get(f"/project/{quote(key)}")
        except NotFound as missing:
            raise NotPermitted(f"the project cannot be seen: {missing}", delay=ABOUT_US_DELAY) from missing

    def make_sure_permitted(self, issue_key: str, permission: str) -> None:
        """Raises ``NotPermitted`` where the account lacks a permission in an issue's project.

        Jira reports some of what is not permitted as if the value were wrong, or leaves it out of its lists.
        https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-permissions/#api-rest-api-3-mypermissions-get
        """
        try:
            params: dict[str, str | int] = {"projectKey": project_of(issue_key), "permissions": permission}
            answer = self._http.get("/mypermissions", params)
        except NotFound:
            return
        told = (answer.get("permissions") or {}).get(permission) or {}
        if told.get("havePermission") is False:
            raise NotPermitted(f"the account lacks the permission {permission}", delay=ABOUT_US_DELAY)

    def paragraph_fields(self) -> frozenset[str]:
        """Ids of the custom fields that hold documents; kept for the life of the function instance."""
        if self._paragraphs is None:
            self._paragraphs = frozenset(
                str(each["id"])
                for each in self._http.get("/field")
                if str((each.get("schema") or {}).get("custom", "")).endswith(":textarea")
            )
        return self._paragraphs

    def issues_labelled(self, label: str) -> tuple[tuple[str, str, MadeFor], ...]:
        """Issues that carry a label *and* name a case, oldest first: id, key, case. Jira's index lags behind writes."""
        return self._naming_a_case(f'labels = "{label}" ORDER BY created ASC')

    def issues_created(self, minutes: int) -> tuple[tuple[str, str, MadeFor], ...]:
        """Issues of the project created in the last minutes that name a case, oldest first: id, key, case."""
        jql = f'project = "{self.project_key}" AND created >= "-{minutes}m" ORDER BY created ASC'
        return self._naming_a_case(jql)

    def _naming_a_case(self, jql: str) -> tuple[tuple[str, str, MadeFor], ...]:
        pages = self._pages(jql, "created", properties=[CASE_PROPERTY])
        found = [issue for page in pages for issue in read_naming_a_case(page)]
        return tuple(sorted(found, key=lambda issue: int(issue[0])))

    def issues_updated(self, minutes: int, *, label: str) -> Sequence[tuple[str, str, datetime]]:
        """Issues of the project, or of a pair wherever they are, updated in the last minutes: id, key, ``updated``.

        JQL dates have minute precision and the account's time zone, so the question is asked relatively.
        """
        jql = (
            f'(project = "{self.project_key}" OR labels = "{label}") AND updated >= "-{minutes}m" ORDER BY updated ASC'
        )
        return list(self._dated(jql, "updated"))

    def issues_older(self, than: int, since: int | None) -> Iterator[tuple[str, str, datetime]]:
        """Issues of the project created at least ``than`` and, unless ``None``, at most ``since`` minutes ago, the
        oldest first: id, key, ``created``. A page is asked for once it is needed.
        """
        after = "" if since is None else f' AND created >= "-{since}m"'
        jql = f'project = "{self.project_key}"{after} AND created <= "-{than}m" ORDER BY created ASC'
        return self._dated(jql, "created")

    def _dated(self, jql: str, date: str) -> Iterator[tuple[str, str, datetime]]:
        """What a query finds: id, key and one of the dates."""
        for page in self._pages(jql, date):
            for each in page["issues"]:
                yield str(each["id"]), str(each["key"]), read_time(each["fields"][date])

    def _pages(self, jql: str, field: str, *, properties: Sequence[str] = ()) -> Iterator[Mapping[str, Any]]:
        """What a query finds. A page may be shorter than asked for, or empty, and not be the last."""
        token: str | None = None
        used: set[str] = set()
        while True:
            answer = self._http.search(jql, [field], most=_PAGE, properties=properties, token=token)
            yield answer
            token = answer.get("nextPageToken")
            if not token or answer.get("isLast") is True:
                return
            if token in used:
                raise Unavailable("the pages of a search repeat themselves")
            used.add(token)

    def watchers(self, issue_id: str) -> IssueWatchers:
        """Who watches an issue."""
        return read_watchers(self._http.get(f"{_issue(issue_id)}/watchers"))

    def find_users(self, email: str) -> tuple[Account, ...]:
        """What Jira's user search finds for an address; it also matches the beginnings of names and addresses."""
        return tuple(read_account(each) for each in self._http.get("/user/search", {"query": email}))

    def myself(self) -> str:
        """The id of the account the functions act as; kept for the life of the function instance."""
        if self._account_id is None:
            self._account_id = str(self._http.get("/myself")["accountId"])
        return self._account_id

    # Writes

    def create_issue(self, request: Mapping[str, object]) -> tuple[str, str]:
        """Create an issue from a prepared request and return its id and key.

        Raises ``OutcomeUnknown`` where the issue may have been created all the same.
        """
        answer = self._http.call("POST", "/issue", body=request, repeatable=False)
        return str(answer["id"]), str(answer["key"])

    def set_fields(self, issue_id: str, *, summary: str | None = None, description: Adf | None = None) -> None:
        """Write the summary, the description or both, in one request."""
        fields: dict[str, object] = {}
        if summary is not None:
            fields["summary"] = summary
        if description is not None:
            fields["description"] = description
        self._http.call("PUT", _issue(issue_id), body={"fields": fields}, repeatable=True)

    def add_labels(self, issue_id: str, labels: Sequence[str]) -> None:
        """Add labels; those that are there already stay single."""
        body = {"update": {"labels": [{"add": label} for label in labels]}}
        self._http.call("PUT", _issue(issue_id), body=body, repeatable=True)

    def mark(self, issue_id: str, labels: Sequence[str], value: Mapping[str, str]) -> None:
        """Add labels and set the property that names the case, in one request, whose answer tells of neither."""
        body = {
            "update": {"labels": [{"add": label} for label in labels]},
            "properties": [{"key": CASE_PROPERTY, "value": dict(value)}],
        }
        self._http.call("PUT", _issue(issue_id), body=body, repeatable=True)

    def set_case_property(self, issue_id: str, value: Mapping[str, str]) -> None:
        self._http.call("PUT", f"{_issue(issue_id)}/properties/{CASE_PROPERTY}", body=value, repeatable=True)

    def link(self, issue_id: str, *, global_id: str, url: str, title: str) -> None:
        """Add or update a remote link; Jira keeps one per ``globalId``, so it may be repeated."""
        body: dict[str, object] = {
            "globalId": global_id,
            "application": {"type": "com.amazonaws.security-ir", "name": "AWS Security Incident Response"},
            "relationship": "mirrors",
            "object": {"url": url, "title": title},
        }
        self._http.call("POST", f"{_issue(issue_id)}/remotelink", body=body, repeatable=True)

    def set_custom_fields(self, issue_id: str, values: Mapping[str, str]) -> None:
        """Write text fields and paragraph fields; an empty value empties the field."""
        paragraphs = self.paragraph_fields()
        try:
            self._set_custom_fields(issue_id, values, paragraphs)
        except Refused as refusal:
            # Not every site tells which fields hold documents; the refusal of a plain text does.
            named = paragraphs | {name for name in refusal.fields if name in values}
            if named == paragraphs:
                raise
            self._set_custom_fields(issue_id, values, named)
            self._paragraphs = named

    def _set_custom_fields(self, issue_id: str, values: Mapping[str, str], paragraphs: frozenset[str]) -> None:
        fields = {
            field_id: (document(sentence("{value}", value=value)) if field_id in paragraphs else cut(value, _LINE))
            if value
            else None
            for field_id, value in values.items()
        }
        self._http.call("PUT", _issue(issue_id), body={"fields": fields}, repeatable=True)

    def delete_issue(self, issue_id: str) -> None:
        """Delete an issue with its sub-tasks. Raises ``NotFound`` where it is gone already."""
        self._http.call("DELETE", _issue(issue_id), params={"deleteSubtasks": "true"}, repeatable=True)

    def transition(self, issue_id: str, transition_id: str, fields: Mapping[str, object]) -> None:
        """Take one transition. Not repeated blindly: the same transition may mean another one by then."""
        body: dict[str, object] = {"transition": {"id": transition_id}}
        if fields:
            body["fields"] = dict(fields)
        self._http.call("POST", f"{_issue(issue_id)}/transitions", body=body, repeatable=False)

    def add_comment(self, issue_id: str, body: Adf, *, internal: bool) -> str:
        """Add a comment and return its id; ``internal`` hides it from a service project's portal."""
        request: dict[str, object] = {"body": body}
        if internal:
            request["properties"] = [{"key": "sd.public.comment", "value": {"internal": True}}]
        answer = self._http.call("POST", f"{_issue(issue_id)}/comment", body=request, repeatable=False)
        return str(answer["id"])

    def edit_comment(self, issue_id: str, comment_id: str, body: Adf) -> None:
        path = f"{_issue(issue_id)}/comment/{quote(comment_id)}"
        self._http.call("PUT", path, body={"body": body}, repeatable=True)

    def add_watcher(self, issue_id: str, account_id: str) -> None:
        self._http.call("POST", f"{_issue(issue_id)}/watchers", body=account_id, repeatable=True)

    def remove_watcher(self, issue_id: str, account_id: str) -> None:
        params = {"accountId": account_id}
        self._http.call("DELETE", f"{_issue(issue_id)}/watchers", params=params, repeatable=True)

    # Files

    def download_attachment(self, file: File, limit: int) -> Spool:
        """An attachment's content on the disk. Raises ``TooLarge`` beyond ``limit`` bytes, ``NotFound`` if it is gone.

        Jira redirects to its media host, which must never see the credentials.
        """
        path = f"/attachment/content/{quote(file.id)}"

        def ask() -> requests.Response:
            response = self._http.open(path)
            if not response.is_redirect:
                return response
            with response:
                return fetch(urljoin(response.url, response.headers["Location"]))

        return download(ask, file, limit)

    def upload_limit(self) -> int:
        """Most bytes this site takes in one file."""
        return int(self._http.get("/attachment/meta")["uploadLimit"])

    def upload_attachment(self, issue_id: str, name: str, file: Spool) -> str:
        """Attach a file and return its id. Raises ``OutcomeUnknown`` where it may have arrived all the same."""
        answer = self._http.call("POST", f"{_issue(issue_id)}/attachments", file=(name, file), repeatable=False)
        return str(answer[0]["id"])


@contextmanager
def _no_collections() -> Iterator[None]:
    """Cycles are not looked for: an answer has none, and a long issue's would be searched again and again as it grows.

    What is read meanwhile keeps nothing of the answer's objects.
    """
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _issue(id_or_key: str) -> str:
    return f"/issue/{quote(id_or_key, safe='')}"
