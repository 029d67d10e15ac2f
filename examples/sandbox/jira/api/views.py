"""How Jira writes its records as JSON, for one account that reads them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Literal

from sandbox.jira.rules import comments as comment_rules
from sandbox.jira.rules.permissions import may
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Attachment, Comment, Issue, IssueType, Project, RemoteLink, User
from sandbox.jira.state.store import Store
from sandbox.jira.state.workflow import Status, Transition

CATEGORIES = {
    "new": (2, "To Do", "blue-gray"),
    "indeterminate": (4, "In Progress", "yellow"),
    "done": (3, "Done", "green"),
}
LINK_TYPES = {
    "Blocks": ("10000", "is blocked by", "blocks"),
    "Cloners": ("10001", "is cloned by", "clones"),
    "Duplicate": ("10002", "is duplicated by", "duplicates"),
    "Relates": ("10003", "relates to", "relates to"),
}
NOT_NAVIGABLE = frozenset({"comment", "attachment"})


class View:
    """JSON for the account ``reader`` of the site at ``url``."""

    def __init__(self, store: Store, url: str, reader: User) -> None:
        self._store = store
        self.media_url = f"{url.replace('127.0.0.1', 'localhost')}/media"
        self._api = f"{url}/rest/api/3"
        self._reader = reader

    def time(self, at: float) -> str:
        """As Jira writes times: milliseconds, and the reader's offset without a colon."""
        when = datetime.fromtimestamp(at, self._reader.zone)
        return f"{when:%Y-%m-%dT%H:%M:%S}.{when.microsecond // 1000:03d}{when:%z}"

    def user(self, user: User) -> Json:
        shown = {
            "self": f"{self._api}/user?accountId={user.account_id}",
            "accountId": user.account_id,
            "accountType": user.kind,
            "active": user.active,
            "displayName": user.name,
            "timeZone": user.time_zone,
        }
        if user.email_visible or user is self._reader:
            shown["emailAddress"] = user.email
        return shown

    def status(self, status: Status) -> Json:
        number, name, colour = CATEGORIES[status.category]
        category = {
            "self": f"{self._api}/statuscategory/{number}",
            "id": number,
            "key": status.category,
            "colorName": colour,
            "name": name,
        }
        return {
            "self": f"{self._api}/status/{status.id}",
            "description": "",
            "iconUrl": "",
            "name": status.name,
            "id": status.id,
            "statusCategory": category,
        }

    def issue_type(self, issue_type: IssueType) -> Json:
        return {
            "self": f"{self._api}/issuetype/{issue_type.id}",
            "id": issue_type.id,
            "description": "",
            "name": issue_type.name,
            "subtask": issue_type.subtask,
            "hierarchyLevel": -1 if issue_type.subtask else 0,
        }

    def project(self, project: Project) -> Json:
        return {
            "self": f"{self._api}/project/{project.id}",
            "id": project.id,
            "key": project.key,
            "name": project.name,
            "projectTypeKey": project.kind,
            "simplified": False,
        }

    def comment(self, comment: Comment, issue: Issue, expand: Iterable[str] = ()) -> Json:
        shown: Json = {
            "self": f"{self._api}/issue/{issue.id}/comment/{comment.id}",
            "id": comment.id,
            "author": self.user(comment.author),
            "body": comment.body,
            "updateAuthor": self.user(comment.update_author),
            "created": self.time(comment.created),
            "updated": self.time(comment.updated),
            "jsdPublic": not comment.internal,
        }
        if comment.visibility:
            kind, value = comment.visibility.kind, comment.visibility.value
            shown["visibility"] = {"type": kind, "value": value, "identifier": value}
        if "properties" in expand:
            shown["properties"] = [{"key": key, "value": value} for key, value in comment.properties.items()]
        return shown

    def comment_field(self, issue: Issue, mode: int | Literal["complete", "absent"]) -> Json | None:
        visible = comment_rules.visible(self._store, self._reader, issue)
        if mode == "absent":
            return None
        shown = visible if mode == "complete" else visible[:mode]
        return {
            "comments": [self.comment(each, issue) for each in shown],
            "self": f"{self._api}/issue/{issue.id}/comment",
            "maxResults": len(visible) if mode == "complete" else mode,
            "total": len(visible),
            "startAt": 0,
        }

    def attachment(self, attachment: Attachment) -> Json:
        return {
            "self": f"{self._api}/attachment/{attachment.id}",
            "id": attachment.id,
            "filename": attachment.filename,
            "author": self.user(attachment.author),
            "created": self.time(attachment.created),
            "size": attachment.size,
            "mimeType": attachment.mime_type,
            "content": f"{self._api}/attachment/content/{attachment.id}",
        }

    def watchers(self, issue: Issue, *, with_users: bool) -> Json:
        shown: Json = {
            "self": f"{self._api}/issue/{issue.key}/watchers",
            "watchCount": len(issue.watchers),
            "isWatching": self._reader in issue.watchers,
        }
        if with_users:
            allowed = may(self._store, self._reader, "VIEW_VOTERS_AND_WATCHERS", self._store.project_of(issue))
            shown["watchers"] = [self.user(user) for user in issue.watchers] if allowed else []
        return shown

    def remote_link(self, link: RemoteLink, issue: Issue) -> Json:
        return {"id": link.id, "self": f"{self._api}/issue/{issue.id}/remotelink/{link.id}"}

    def resolution(self, name: str) -> Json:
        number = self._store.site.resolution_id(name)
        return {"self": f"{self._api}/resolution/{number}", "id": number, "description": "", "name": name}

    def transition(self, step: Transition, issue: Issue, *, with_fields: bool) -> Json:
        shown: Json = {
            "id": step.id,
            "name": step.name,
            "to": self.status(step.to),
            "hasScreen": bool(step.screen),
            "isGlobal": not step.sources,
            "isInitial": False,
            "isAvailable": step.open_to(issue, self._reader),
            "isConditional": step.condition is not None,
            "isLooped": False,
        }
        if with_fields:
            shown["fields"] = {field.id: self._screen_field(field.id, field.required) for field in step.screen}
        return shown

    def _screen_field(self, field_id: str, required: bool) -> Json:
        site = self._store.site
        shown: Json = {
            "required": required,
            "schema": {"type": "any", "system": field_id},
            "name": site.field_name(field_id) or field_id,
            "key": field_id,
            "hasDefaultValue": False,
            "operations": ["set"],
        }
        if field_id == "resolution":
            shown["schema"]["type"] = "resolution"
            shown["allowedValues"] = [self.resolution(name) for name in site.resolutions]
        custom = site.custom_fields.get(field_id)
        if custom and custom.options:
            shown["allowedValues"] = [{"value": option} for option in custom.options]
        return shown

    def issue(
        self,
        issue: Issue,
        wanted: list[str],
        *,
        properties: list[str] | None = None,
        comment_mode: int | Literal["complete", "absent"] = "complete",
    ) -> Json:
        """An issue with the wanted fields: names, ``-name``, ``*all`` and ``*navigable``."""
        shown: Json = {
            "expand": "renderedFields,names,schema,operations,editmeta,changelog,versionedRepresentations",
            "id": issue.id,
            "self": f"{self._api}/issue/{issue.id}",
            "key": issue.key,
            "fields": self._fields(issue, wanted, comment_mode),
        }
        if properties is not None:
            shown["properties"] = {key: issue.properties[key] for key in _chosen(issue.properties, properties)}
        return shown

    def _fields(self, issue: Issue, wanted: list[str], mode: int | Literal["complete", "absent"]) -> Json:
        makers = self._makers(issue, mode)
        values = {name: makers[name]() for name in _chosen(makers, wanted)}
        if mode == "absent":
            values.pop("comment", None)
        return values

    def _makers(self, issue: Issue, mode: int | Literal["complete", "absent"]) -> dict[str, Callable[[], Any]]:
        """A function a field, so that only what was asked for is written."""
        site = self._store.site
        fixed: dict[str, Callable[[], Any]] = {
            "summary": lambda: issue.summary,
            "description": lambda: issue.description,
            "status": lambda: self.status(issue.status),
            "issuetype": lambda: self.issue_type(issue.issue_type),
            "project": lambda: self.project(self._store.project_of(issue)),
            "labels": lambda: list(issue.labels),
            "created": lambda: self.time(issue.created),
            "updated": lambda: self.time(issue.updated),
            "reporter": lambda: self.user(issue.reporter),
            "creator": lambda: self.user(issue.creator),
            "resolution": lambda: self.resolution(issue.resolution) if issue.resolution else None,
            "resolutiondate": lambda: self.time(issue.resolved) if issue.resolved else None,
            "watches": lambda: self.watchers(issue, with_users=False),
            "comment": lambda: self.comment_field(issue, mode),
            "attachment": lambda: [self.attachment(each) for each in issue.attachments],
            "issuelinks": lambda: self._links(issue),
            "subtasks": lambda: [self._brief(each) for each in self._store.subtasks(issue)],
            "priority": lambda: self._priority(issue),
            "assignee": lambda: self._assignee(issue),
        }
        parent = self._store.peek(issue.parent) if issue.parent else None
        if parent is not None:
            fixed["parent"] = lambda: self._brief(parent)
        others = ["environment", "duedate", "components", "fixVersions", "versions", *site.custom_fields]
        return fixed | {name: lambda name=name: issue.fields.get(name) for name in others}

    def _brief(self, issue: Issue) -> Json:
        fields = {"summary": issue.summary, "status": self.status(issue.status)}
        fields["issuetype"] = self.issue_type(issue.issue_type)
        return {"id": issue.id, "key": issue.key, "self": f"{self._api}/issue/{issue.id}", "fields": fields}

    def _priority(self, issue: Issue) -> Json | None:
        name = issue.fields.get("priority")
        return {"name": name, "id": self._store.site.priority_id(name)} if name else None

    def _assignee(self, issue: Issue) -> Json | None:
        user = self._store.site.user(str(issue.fields.get("assignee")))
        return self.user(user) if user else None

    def _links(self, issue: Issue) -> list[Json]:
        shown = []
        for link in issue.links:
            other = self._store.peek(link.other)
            if other is not None:
                number, inward, outward = LINK_TYPES[link.type_name]
                kind = {"id": number, "name": link.type_name, "inward": inward, "outward": outward}
                side = "outwardIssue" if link.outward else "inwardIssue"
                shown.append({"id": link.id, "type": kind, side: self._brief(other)})
        return shown


def _chosen(known: Iterable[str], wanted: list[str]) -> list[str]:
    """The known names that a list of names, ``-name``, ``*all`` and ``*navigable`` asks for."""
    known = list(known)
    plain = {name for name in wanted if not name.startswith(("-", "*"))}
    excluded = {name[1:] for name in wanted if name.startswith("-")}
    everything = "*all" in wanted or (excluded and not plain and "*navigable" not in wanted)
    if everything:
        plain |= set(known)
    elif "*navigable" in wanted:
        plain |= set(known) - NOT_NAVIGABLE
    return [name for name in known if name in plain - excluded]
