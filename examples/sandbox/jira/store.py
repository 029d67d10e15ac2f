"""The issues, their history as the search index sees it, and the bell that rings after each change."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from sandbox.jira import adf
from sandbox.jira.model import Change, Issue, Json, Project, Refused, User
from sandbox.jira.settings import Settings
from sandbox.jira.site import NO_ISSUE, Site

Listener = Callable[[str, str], None]
Items = tuple[tuple[str, str | None, str | None], ...]

# The kinds of change for which Jira Automation has a trigger; properties, watchers and remote links have none.
RINGING = frozenset(
    {
        "created",
        "updated",
        "transitioned",
        "commented",
        "comment_edited",
        "comment_deleted",
        "attached",
        "attachment_deleted",
        "moved",
        "linked",
        "deleted",
    }
)


class Store:
    """Issues by id. Every use of it happens inside ``with store.acting():``, which holds the one lock."""

    def __init__(self, site: Site, settings: Settings, clock: Callable[[], float], folder: Path) -> None:
        self.site = site
        self.settings = settings
        self.clock = clock
        self.folder = folder
        self.on_change: list[Listener] = []
        self.document_problem: Callable[[object], str | None] = adf.outline_problem
        self._issues: dict[str, Issue] = {}
        self._history: dict[str, list[tuple[float, Issue | None]]] = {}
        self._aliases: dict[str, str] = {}
        self._pending: list[tuple[str, str]] = []
        self._lock = threading.RLock()
        self._depth = 0
        self._local_ids = 0

    @contextmanager
    def acting(self) -> Iterator[None]:
        """Hold the lock; once it is free again, tell the listeners of what changed, also after an error."""
        pending: list[tuple[str, str]] = []
        try:
            with self._lock:
                self._depth += 1
                try:
                    yield
                finally:
                    self._depth -= 1
                    if self._depth == 0:
                        pending, self._pending = self._pending, []
        finally:
            for kind, key in pending:
                self._tell(kind, key)

    def _tell(self, kind: str, key: str) -> None:
        for listener in list(self.on_change):
            try:
                listener(kind, key)
            except Exception:
                # A broken listener must not change what Jira answers; its traceback is the test author's.
                logging.getLogger(__name__).exception("on_change listener failed for %s of %s", kind, key)

    def project_of(self, issue: Issue) -> Project:
        return self.site.projects[issue.project]

    def find(self, id_or_key: str, actor: User) -> Issue:
        """The issue of that id, key or former key, if the account may browse it; 404 otherwise."""
        issue = self.peek(id_or_key)
        if issue is None or not self.site.may(actor, "BROWSE_PROJECTS", self.project_of(issue)):
            raise Refused(404, NO_ISSUE)
        return issue

    def peek(self, id_or_key: str) -> Issue | None:
        """The issue, whoever asks."""
        return self._issues.get(id_or_key) or self._issues.get(self._aliases.get(id_or_key.upper(), ""))

    def all(self) -> list[Issue]:
        return list(self._issues.values())

    def subtasks(self, issue: Issue) -> list[Issue]:
        return [other for other in self._issues.values() if other.parent == issue.id]

    def next_key(self, project: Project) -> str:
        project.last_number += 1
        return f"{project.key}-{project.last_number}"

    def save(self, issue: Issue, kind: str) -> Issue:
        """Keep the issue as it is given."""
        self._issues[issue.id] = issue
        self._aliases[issue.key] = issue.id
        self._history.setdefault(issue.id, []).append((self.clock(), issue))
        self._pending.append((kind, issue.key))
        return issue

    def touch(self, issue: Issue, kind: str, actor: User, items: Items = ()) -> Issue:
        """Keep the issue and move its ``updated``, which never stands still even where the clock does."""
        now = max(self.clock(), issue.updated + 0.001)
        if items:
            change = Change(self.site.next_id(), now, actor, items)
            issue = replace(issue, changelog=(*issue.changelog, change))
        return self.save(replace(issue, updated=now), kind)

    def remove(self, issue: Issue) -> None:
        del self._issues[issue.id]
        self._history[issue.id].append((self.clock(), None))
        self._pending.append(("deleted", issue.key))

    def indexed(self, fresh: frozenset[str] = frozenset()) -> list[Issue]:
        """The issues as the search index has them: those of ``search_lag`` ago, but ``fresh`` ids as they are."""
        horizon = self.clock() - self.settings.search_lag
        found = (self._issues.get(i) if i in fresh else self._at(i, horizon) for i in self._history)
        return [issue for issue in found if issue is not None]

    def _at(self, issue_id: str, horizon: float) -> Issue | None:
        for at, issue in reversed(self._history[issue_id]):
            if at <= horizon:
                return issue
        return None

    def check_document(self, value: object, field: str, too_long: str) -> Json | None:
        """The document as it is stored, None for an empty one; 400 for one that is malformed or too long."""
        problem = self.document_problem(value)
        if problem is not None or not isinstance(value, dict):
            message = "Operation value must be an Atlassian Document (see the Atlassian Document Format)"
            raise Refused(400, errors={field: f"{message}: {problem}"})
        if adf.size(value, self.settings.adf_measure) > 32_767:
            raise Refused(400, errors={field: too_long})
        if not adf.plain_text(value).strip() and not _has_blocks(value):
            return None
        return adf.normalise(value, self._local_id, self._name_of) if self.settings.normalise_adf else value

    def _local_id(self) -> str:
        self._local_ids += 1
        return f"{self._local_ids:012x}"

    def _name_of(self, account_id: str) -> str | None:
        user = self.site.user(account_id)
        return user.name if user else None


def _has_blocks(document: Json) -> bool:
    """Whether something without text of its own is there, such as a rule or a picture."""
    return any(block.get("type") != "paragraph" or block.get("content") for block in document["content"])
