"""What the integration's account may do, and what it can see at all."""

from __future__ import annotations

from collections.abc import Mapping

from sandbox.jira.state.model import Issue, Project, User
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

NO_ISSUE = "Issue does not exist or you do not have permission to see it."
# The permissions the server looks at, with the default of the integration's account: it may change its own
# comments only. https://support.atlassian.com/jira-cloud-administration/docs/permissions-for-company-managed-projects/
PERMISSIONS: Mapping[str, bool] = {
    "BROWSE_PROJECTS": True,
    "CREATE_ISSUES": True,
    "EDIT_ISSUES": True,
    "DELETE_ISSUES": True,
    "TRANSITION_ISSUES": True,
    "RESOLVE_ISSUES": True,
    "LINK_ISSUES": True,
    "ADD_COMMENTS": True,
    "EDIT_OWN_COMMENTS": True,
    "DELETE_OWN_COMMENTS": True,
    "EDIT_ALL_COMMENTS": False,
    "DELETE_ALL_COMMENTS": False,
    "CREATE_ATTACHMENTS": True,
    "DELETE_OWN_ATTACHMENTS": True,
    "DELETE_ALL_ATTACHMENTS": False,
    "VIEW_VOTERS_AND_WATCHERS": True,
    "MANAGE_WATCHERS": True,
    "USER_PICKER": True,
}
GLOBAL_PERMISSIONS = frozenset({"USER_PICKER"})


def may(store: Store, actor: User, permission: str, project: Project | None = None) -> bool:
    """People may do everything; the integration what nobody took away from it."""
    site = store.site
    if actor is not site.integration:
        return True
    denied = site.denied if project is None else site.denied | project.denied
    if project is not None and "BROWSE_PROJECTS" in denied and permission not in GLOBAL_PERMISSIONS:
        return False
    return permission not in denied


def find(store: Store, id_or_key: str, actor: User) -> Issue:
    """The issue of that id, key or former key, if the account may browse it; 404 otherwise."""
    issue = store.peek(id_or_key)
    if issue is None or not may(store, actor, "BROWSE_PROJECTS", store.project_of(issue)):
        raise Refused(404, NO_ISSUE)
    return issue


def find_project(store: Store, id_or_key: str, actor: User) -> Project:
    """The project that the account may browse; 404 otherwise."""
    for project in store.site.projects.values():
        if id_or_key in (project.id, project.key) and may(store, actor, "BROWSE_PROJECTS", project):
            return project
    raise Refused(404, f"No project could be found with key '{id_or_key}'.")
