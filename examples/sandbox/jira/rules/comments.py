"""What can be done to a comment: add, edit, delete, and who may see it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.jira.rules import documents
from sandbox.jira.rules.permissions import may
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Comment, Issue, User, Visibility
from sandbox.jira.state.store import Store
from sandbox.serving import Refused

PUBLIC = "sd.public.comment"


def add(store: Store, actor: User, issue: Issue, body: Json) -> Comment:
    """A new comment from a request's ``{body, visibility, properties}``; it moves the issue's ``updated``."""
    project = store.project_of(issue)
    if not may(store, actor, "ADD_COMMENTS", project):
        raise Refused(400, details={"comment": "You do not have the permission to comment on this issue."})
    if len(issue.comments) >= store.switches.item_limit:
        raise Refused(413, f"The issue has reached its limit of {store.switches.item_limit} comments.")
    document = _body(store, body.get("body"))
    properties = _properties(body)
    now = max(store.clock(), issue.updated + 0.001)
    comment = Comment(
        id=store.site.next_id(),
        author=actor,
        update_author=actor,
        body=document,
        created=now,
        updated=now,
        visibility=_visibility(store, actor, body.get("visibility")),
        internal=project.kind == "service_desk" and _internal(properties),
        properties=properties,
    )
    watching = actor in issue.watchers or not store.switches.autowatch
    watchers = issue.watchers if watching else (*issue.watchers, actor)
    store.touch(replace(issue, comments=(*issue.comments, comment), watchers=watchers), "commented")
    return comment


def edit(store: Store, actor: User, issue: Issue, comment_id: str, body: Json) -> Comment:
    """Replace the body; visibility and properties stay unless the request names them."""
    comment = find(store, actor, issue, comment_id)
    _own_or_all(store, actor, issue, comment, "EDIT")
    properties = comment.properties | _properties(body)
    internal = comment.internal
    if any(each.get("key") == PUBLIC for each in body.get("properties") or []):
        internal = store.project_of(issue).kind == "service_desk" and _internal(properties)
    visibility = comment.visibility
    if "visibility" in body:
        visibility = _visibility(store, actor, body["visibility"])
    edited = replace(
        comment,
        body=_body(store, body["body"]) if "body" in body else comment.body,
        update_author=actor,
        updated=max(store.clock(), comment.updated + 0.001),
        visibility=visibility,
        internal=internal,
        properties=properties,
    )
    kept = tuple(edited if each.id == comment.id else each for each in issue.comments)
    store.touch(replace(issue, comments=kept), "comment_edited")
    return edited


def delete(store: Store, actor: User, issue: Issue, comment_id: str) -> None:
    comment = find(store, actor, issue, comment_id)
    _own_or_all(store, actor, issue, comment, "DELETE")
    kept = tuple(each for each in issue.comments if each.id != comment.id)
    store.touch(replace(issue, comments=kept), "comment_deleted")


def find(store: Store, actor: User, issue: Issue, comment_id: str) -> Comment:
    for comment in visible(store, actor, issue):
        if comment.id == comment_id:
            return comment
    raise Refused(404, f"Can not find a comment for the id: {comment_id}.")


def visible(store: Store, actor: User, issue: Issue) -> list[Comment]:
    """The comments that the account may read, oldest first."""
    hidden = store.site.hidden_visibility if actor is store.site.integration else set()
    return [each for each in issue.comments if each.visibility is None or each.visibility.value not in hidden]


def _body(store: Store, value: Any) -> Json:
    if value is None:
        raise Refused(400, details={"comment": "Comment body can not be empty!"})
    if isinstance(value, str):
        raise Refused(400, details={"comment": "Comment body is not valid!"})
    document = documents.check(store, value, "comment")
    if document is None:
        raise Refused(400, details={"comment": "Comment body can not be empty!"})
    return document


def _properties(body: Json) -> Json:
    return {str(each.get("key")): each.get("value") for each in body.get("properties") or []}


def _internal(properties: Json) -> bool:
    value = properties.get(PUBLIC)
    return isinstance(value, dict) and value.get("internal") is True


def _visibility(store: Store, actor: User, value: Any) -> Visibility | None:
    if value is None:
        return None
    name = value.get("value") or value.get("identifier")
    if value.get("type") not in ("role", "group") or not name:
        raise Refused(400, details={"visibility": "A visibility needs a type (role or group) and a value."})
    if actor is store.site.integration and name in store.site.hidden_visibility:
        raise Refused(400, details={"commentLevel": f"You are not a member of the {value['type']}: {name}."})
    return Visibility(value["type"], str(name))


def _own_or_all(store: Store, actor: User, issue: Issue, comment: Comment, verb: str) -> None:
    project = store.project_of(issue)
    own = comment.author is actor and may(store, actor, f"{verb}_OWN_COMMENTS", project)
    if not own and not may(store, actor, f"{verb}_ALL_COMMENTS", project):
        raise Refused(400, f"You do not have the permission to {verb.lower()} this comment.")
