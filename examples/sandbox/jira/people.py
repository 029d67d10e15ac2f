"""People in a browser: what they do reaches the store directly, without token, contract or rate limit."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from sandbox.jira.rules import comments, files, issues, links, watchers
from sandbox.jira.rules.permissions import find, find_project
from sandbox.jira.state.documents import Json, as_document
from sandbox.jira.state.model import Attachment, Comment, Issue, User, Visibility
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

Body = str | Json


class Person:
    """One account at work. Every method takes issue keys or ids and raises ``Refused`` where Jira would complain.

    Bodies are plain text (empty lines part paragraphs) or Atlassian documents.
    """

    def __init__(self, store: Store, user: User) -> None:
        self._store = store
        self.user = user

    def create_issue(
        self,
        project: str,
        summary: str,
        description: Body | None = None,
        *,
        issue_type: str = "Task",
        labels: Iterable[str] = (),
        parent: str | None = None,
        properties: Mapping[str, Any] | None = None,
        fields: Mapping[str, Any] | None = None,
    ) -> Issue:
        given: Json = {"project": {"key": project}, "issuetype": {"name": issue_type}, "summary": summary}
        given |= dict(fields or {})
        if description:
            given["description"] = as_document(description)
        if list(labels):
            given["labels"] = list(labels)
        if parent:
            given["parent"] = {"key": parent}
        listed = [{"key": key, "value": value} for key, value in (properties or {}).items()]
        with self._store.turn():
            return issues.create(self._store, self.user, {"fields": given, "properties": listed})

    def edit(self, key: str, **fields: Any) -> Issue:
        """Set fields; plain text is taken for ``description`` and ``environment``."""
        given = dict(fields)
        for name in ("description", "environment"):
            if isinstance(given.get(name), str):
                given[name] = as_document(given[name])
        with self._store.turn():
            return issues.edit(self._store, self.user, self._find(key), {"fields": given})

    def label(self, key: str, *, add: Iterable[str] = (), remove: Iterable[str] = ()) -> Issue:
        verbs = [{"add": name} for name in add] + [{"remove": name} for name in remove]
        with self._store.turn():
            return issues.edit(self._store, self.user, self._find(key), {"update": {"labels": verbs}})

    def comment(
        self,
        key: str,
        body: Body,
        *,
        visibility: Visibility | None = None,
        internal: bool = False,
        properties: Mapping[str, Any] | None = None,
    ) -> Comment:
        """``internal`` makes an internal note in a service project and means nothing elsewhere."""
        request = self._comment(body, internal, properties)
        if visibility:
            request["visibility"] = {"type": visibility.kind, "value": visibility.value}
        with self._store.turn():
            return comments.add(self._store, self.user, self._find(key), request)

    def edit_comment(
        self,
        key: str,
        comment_id: str,
        body: Body | None = None,
        *,
        visibility: Visibility | None = None,
        unrestricted: bool = False,
        internal: bool | None = None,
    ) -> Comment:
        """Change what is given; ``unrestricted`` takes the visibility away."""
        request = self._comment(body, internal, None)
        if visibility or unrestricted:
            request["visibility"] = {"type": visibility.kind, "value": visibility.value} if visibility else None
        with self._store.turn():
            return comments.edit(self._store, self.user, self._find(key), comment_id, request)

    def delete_comment(self, key: str, comment_id: str) -> None:
        with self._store.turn():
            comments.delete(self._store, self.user, self._find(key), comment_id)

    def transition(
        self, key: str, to: str, *, resolution: str | None = None, fields: Mapping[str, Any] | None = None
    ) -> Issue:
        """Take the transition whose target status, own name or id is ``to``; only one hop."""
        with self._store.turn():
            issue = self._find(key)
            steps = issues.open_transitions(self._store, self.user, issue)
            step = next((s for s in steps if to in (s.to.name, s.to.id)), None)
            step = step or next((s for s in steps if to in (s.name, s.id)), None)
            if step is None:
                raise Refused(400, f"No transition leads from '{issue.status.name}' to '{to}'.")
            given = dict(fields or {}) | ({"resolution": {"name": resolution}} if resolution else {})
            return issues.transition(self._store, self.user, issue, {"transition": {"id": step.id}, "fields": given})

    def attach(self, key: str, filename: str, content: bytes | Path, mime_type: str | None = None) -> Attachment:
        with self._store.turn(), content.open("rb") if isinstance(content, Path) else io.BytesIO(content) as stream:
            return files.attach(self._store, self.user, self._find(key), filename, stream, mime_type)

    def delete_attachment(self, attachment_id: str) -> None:
        with self._store.turn():
            files.remove(self._store, self.user, attachment_id)

    def watch(self, key: str, user: User | None = None) -> Issue:
        with self._store.turn():
            return watchers.watch(self._store, self.user, self._find(key), user or self.user)

    def unwatch(self, key: str, user: User | None = None) -> Issue:
        with self._store.turn():
            return watchers.unwatch(self._store, self.user, self._find(key), user or self.user)

    def move(self, key: str, project: str, *, status: str | None = None) -> Issue:
        """Into another project: a new key; ``status`` names the new status where the workflows differ."""
        with self._store.turn():
            target = find_project(self._store, project, self.user)
            wanted = target.workflow.status(status) if status else None
            return issues.move(self._store, self.user, self._find(key), target, wanted)

    def clone(self, key: str) -> Issue:
        with self._store.turn():
            return issues.clone(self._store, self.user, self._find(key))

    def link(self, key: str, other: str, type_name: str = "Relates") -> None:
        with self._store.turn():
            links.link(self._store, self._find(key), self._find(other), type_name)

    def delete(self, key: str, *, with_subtasks: bool = True) -> None:
        with self._store.turn():
            issues.delete(self._store, self.user, self._find(key), with_subtasks=with_subtasks)

    def _find(self, key: str) -> Issue:
        return find(self._store, key, self.user)

    def _comment(self, body: Body | None, internal: bool | None, properties: Mapping[str, Any] | None) -> Json:
        listed = [{"key": key, "value": value} for key, value in (properties or {}).items()]
        if internal is not None and (internal or body is None):
            listed.append({"key": comments.PUBLIC, "value": {"internal": internal}})
        request: Json = {"properties": listed}
        if body is not None:
            request["body"] = as_document(body)
        return request
