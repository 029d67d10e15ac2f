"""Links between issues, and to something outside Jira."""

from __future__ import annotations

from dataclasses import replace

from sandbox.jira.rules.permissions import may
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Issue, IssueLink, RemoteLink, User
from sandbox.jira.state.store import Store
from sandbox.serving import Refused


def link(store: Store, source: Issue, target: Issue, type_name: str) -> tuple[Issue, Issue]:
    """Link two issues, ``source`` being the active side ("clones"); both are changed by it."""
    link_id = store.site.next_id()
    there = IssueLink(link_id, type_name, outward=True, other=target.id)
    back = IssueLink(link_id, type_name, outward=False, other=source.id)
    source = store.touch(replace(source, links=(*source.links, there)), "linked")
    target = store.touch(replace(target, links=(*target.links, back)), "linked")
    return source, target


def put_remote_link(store: Store, actor: User, issue: Issue, body: Json) -> tuple[RemoteLink, bool]:
    """Create a link, or replace the one of the same ``globalId``, and say whether it is new.

    Fields that the request leaves out are emptied.
    """
    if not may(store, actor, "LINK_ISSUES", store.project_of(issue)):
        raise Refused(403, "You do not have permission to link issues.")
    global_id = body.get("globalId")
    old = next((link for link in issue.remote_links if global_id and link.global_id == global_id), None)
    _check_link(body)
    if old is None and len(issue.remote_links) >= store.switches.item_limit:
        raise Refused(413, "The issue has reached its limit of remote links.")
    data = {name: body[name] for name in ("object", "relationship", "application") if body.get(name)}
    link = RemoteLink(old.id if old else int(store.site.next_id()), global_id, data)
    others = tuple(each for each in issue.remote_links if each is not old)
    store.save(replace(issue, remote_links=(*others, link)), "remote_linked")
    return link, old is None


def _check_link(body: Json) -> None:
    target = body.get("object")
    given = target if isinstance(target, dict) else {}
    errors = {name: f"'{name}' is required." for name in ("url", "title") if not given.get(name)}
    if len(str(body.get("globalId") or "")) > 255 or len(str(given.get("title"))) > 255:
        errors["globalId"] = "'globalId' and 'title' may have at most 255 characters."
    if errors:
        raise Refused(400, details=errors)
