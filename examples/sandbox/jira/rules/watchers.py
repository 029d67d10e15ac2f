"""Who may let whom watch an issue."""

from __future__ import annotations

from dataclasses import replace

from sandbox.jira.rules.permissions import may
from sandbox.jira.state.model import Issue, User
from sandbox.jira.state.store import Store
from sandbox.serving import Refused


def watch(store: Store, actor: User, issue: Issue, user: User) -> Issue:
    _manage_watchers(store, actor, issue, user)
    if user in issue.watchers:
        return issue
    return store.save(replace(issue, watchers=(*issue.watchers, user)), "watched")


def unwatch(store: Store, actor: User, issue: Issue, user: User) -> Issue:
    _manage_watchers(store, actor, issue, user)
    if user not in issue.watchers:
        return issue
    return store.save(replace(issue, watchers=tuple(w for w in issue.watchers if w is not user)), "unwatched")


def _manage_watchers(store: Store, actor: User, issue: Issue, user: User) -> None:
    if user is not actor and not may(store, actor, "MANAGE_WATCHERS", store.project_of(issue)):
        raise Refused(403, f"User '{actor.name}' is not allowed to manage watchers for issue '{issue.key}'.")
