"""The issues, their history as the search index sees it, and the bell that rings after each change."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from sandbox.jira.state.model import Issue, Project
from sandbox.jira.state.site import Site
from sandbox.jira.state.switches import Switches
from sandbox.serving import Turns

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
    """Issues by id. Every use of it happens inside ``with store.turn():``, which holds the one lock."""

    def __init__(self, site: Site, switches: Switches, clock: Callable[[], float], folder: Path) -> None:
        self.site = site
        self.switches = switches
        self.clock = clock
        self.folder = folder
        self.turns: Turns[str] = Turns()
        # What the published schema says of a document, where there is one.
        self.document_problem: Callable[[object], str | None] | None = None
        self._issues: dict[str, Issue] = {}
        self._history: dict[str, list[tuple[float, Issue | None]]] = {}
        self._aliases: dict[str, str] = {}
        self._local_ids = 0

    def turn(self) -> AbstractContextManager[None]:
        """Hold the lock; once it is free again, tell the listeners of what changed."""
        return self.turns.turn()

    def project_of(self, issue: Issue) -> Project:
        return self.site.projects[issue.project]

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
        self.turns.ring(kind, issue.key)
        return issue

    def touch(self, issue: Issue, kind: str) -> Issue:
        """Keep the issue and move its ``updated``, which never stands still even where the clock does."""
        now = max(self.clock(), issue.updated + 0.001)
        return self.save(replace(issue, updated=now), kind)

    def remove(self, issue: Issue) -> None:
        del self._issues[issue.id]
        self._history[issue.id].append((self.clock(), None))
        self.turns.ring("deleted", issue.key)

    def last_two(self, key: str) -> tuple[Issue | None, Issue]:
        """The issue before its last change and after it; one that is gone as it was at last."""
        kept = [issue for _, issue in self._history[self._aliases[key]] if issue is not None]
        return (kept[-2] if len(kept) > 1 else None), kept[-1]

    def indexed(self, fresh: frozenset[str] = frozenset()) -> list[Issue]:
        """The issues as the search index has them: those of ``search_lag`` ago, but ``fresh`` ids as they are."""
        horizon = self.clock() - self.switches.search_lag
        found = (self._issues.get(i) if i in fresh else self._at(i, horizon) for i in self._history)
        return [issue for issue in found if issue is not None]

    def _at(self, issue_id: str, horizon: float) -> Issue | None:
        for at, issue in reversed(self._history[issue_id]):
            if at <= horizon:
                return issue
        return None

    def next_local_id(self) -> str:
        """An id for a block of a document."""
        self._local_ids += 1
        return f"{self._local_ids:012x}"
