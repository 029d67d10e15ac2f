"""What the doctor asks of Jira: only reads, and nothing that the functions ask in their daily work."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..model import CASE_PROPERTY, MadeFor, Workflow
from .http import JiraHttp
from .wire import read_naming_a_case, read_status

_PAGE = 100


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Whom Jira takes us for; ``account_id`` is ``""`` where it does not say."""

    account_id: str
    active: bool


@dataclass(frozen=True, slots=True)
class IssueType:
    id: str
    name: str


@dataclass(frozen=True, slots=True)
class ScreenField:
    """A field of the screen on which an issue is created; ``required`` and not filled by Jira itself."""

    id: str
    name: str
    required: bool


class JiraSurvey:
    """One Jira site as it is set up. Every method raises what ``JiraHttp.call`` raises."""

    def __init__(self, http: JiraHttp) -> None:
        self._http = http

    @property
    def project_key(self) -> str:
        return self._http.project_key

    def signed_in(self) -> SignedIn:
        """Whom Jira takes us for."""
        account = self._http.get("/myself")
        known = account if isinstance(account, dict) else {}
        return SignedIn(str(known.get("accountId") or ""), known.get("active", True) is True)

    def project(self) -> None:
        """Read the project. Raises ``NotFound`` where the account cannot see it."""
        self._http.get(f"/project/{quote(self.project_key)}")

    def permitted(self, permissions: Sequence[str]) -> frozenset[str]:
        """Those of the permissions that the account has in the project, or on the site where they are global."""
        params = {"projectKey": self.project_key, "permissions": ",".join(permissions)}
        answer = self._http.get("/mypermissions", params)["permissions"]
        return frozenset(name for name in permissions if (answer.get(name) or {}).get("havePermission") is True)

    def issue_types(self) -> tuple[IssueType, ...]:
        """The types of issue that the account may create in the project."""
        found = self._pages(f"/issue/createmeta/{quote(self.project_key)}/issuetypes", ("issueTypes", "values"))
        return tuple(IssueType(str(each["id"]), str(each["name"])) for each in found)

    def create_screen(self, issue_type: IssueType) -> tuple[ScreenField, ...]:
        """The fields that may, or must, be given when an issue of a type is created."""
        path = f"/issue/createmeta/{quote(self.project_key)}/issuetypes/{quote(issue_type.id)}"
        return tuple(
            ScreenField(
                str(each.get("fieldId") or each["key"]),
                str(each.get("name", "")),
                required=bool(each.get("required")) and not each.get("hasDefaultValue"),
            )
            for each in self._pages(path, ("fields", "results", "values"))
        )

    def workflows(self) -> dict[str, Workflow]:
        """By the id of an issue type of the project: the statuses its issues can have."""
        return {
            str(each["id"]): Workflow(tuple(read_status(status) for status in each["statuses"]))
            for each in self._http.get(f"/project/{quote(self.project_key)}/statuses")
        }

    def an_issue_in(self, status_id: str, issue_type: IssueType) -> str | None:
        """The id of some issue of a type that stands in a status, if there is one."""
        jql = (
            f'project = "{self.project_key}" AND issuetype = "{issue_type.id}" AND status = "{status_id}" '
            "ORDER BY updated DESC"
        )
        issues = self._http.search(jql, ["created"], most=1)["issues"]
        return str(issues[0]["id"]) if issues else None

    def claims(self, label: str) -> tuple[tuple[str, str, MadeFor], ...]:
        """Issues that carry a label and name a case: id, key, case. A hundred of the project and a hundred of others at
        most, those that changed last.
        """
        found: list[tuple[str, str, MadeFor]] = []
        for where in ("=", "!="):
            jql = f'labels = "{label}" AND project {where} "{self.project_key}" ORDER BY updated DESC'
            answer = self._http.search(jql, ["created"], most=_PAGE, properties=[CASE_PROPERTY])
            found += read_naming_a_case(answer)
        return tuple(found)

    def _pages(self, path: str, names: Sequence[str]) -> Iterator[Any]:
        """The things of all pages, under whichever of the names Jira lists them."""
        start = 0
        while True:
            page = self._http.get(path, {"startAt": start, "maxResults": _PAGE})
            things: list[Any] = next((page[name] for name in names if name in page), [])
            yield from things
            start += len(things)
            if not things or start >= int(page.get("total", 0)):
                return
