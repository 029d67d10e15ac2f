"""Endpoints of issues, their transitions, properties, watchers and remote links."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sandbox.jira import issues
from sandbox.jira.call import Answer, Call, Routes
from sandbox.jira.model import Issue, Json, Refused, RemoteLink

ISSUE = "/rest/api/3/issue/{issue}"


def create(call: Call) -> Answer:
    issue = issues.create(call.store, call.actor, call.object())
    shown = call.view.issue(issue, [])
    return Answer(201, {name: shown[name] for name in ("id", "key", "self")})


def read(call: Call) -> Answer:
    return Answer(200, _shown(call, call.issue()))


def _shown(call: Call, issue: Issue) -> Json:
    return call.view.issue(
        issue,
        call.listed("fields") or ["*all"],
        properties=call.listed("properties") or None,
        expand=call.listed("expand"),
        comment_mode=call.store.settings.comment_field,
    )


def edit(call: Call) -> Answer:
    issue = issues.edit(call.store, call.actor, call.issue(), call.object())
    return Answer(200, _shown(call, issue)) if call.flag("returnIssue") else Answer(204)


def delete(call: Call) -> Answer:
    issues.delete(call.store, call.actor, call.issue(), with_subtasks=call.flag("deleteSubtasks"))
    return Answer(204)


def transitions(call: Call) -> Answer:
    issue = call.issue()
    unavailable = call.flag("includeUnavailableTransitions")
    steps = issues.open_transitions(call.store, call.actor, issue, unavailable=unavailable)
    wanted = call.query.get("transitionId")
    with_fields = "transitions.fields" in call.listed("expand")
    shown = [call.view.transition(s, issue, with_fields=with_fields) for s in steps if wanted in (None, s.id)]
    return Answer(200, {"expand": "transitions", "transitions": shown})


def transition(call: Call) -> Answer:
    issues.transition(call.store, call.actor, call.issue(), call.object())
    return Answer(204)


def property_keys(call: Call) -> Answer:
    issue = call.issue()
    base = call.view.issue(issue, [])["self"]
    return Answer(200, {"keys": [{"self": f"{base}/properties/{key}", "key": key} for key in issue.properties]})


def read_property(call: Call) -> Answer:
    key = call.path["property"]
    properties = call.issue().properties
    if key not in properties:
        raise Refused(404, f"The property with key '{key}' does not exist.")
    return Answer(200, {"key": key, "value": properties[key]})


def set_property(call: Call) -> Answer:
    issue, key = call.issue(), call.path["property"]
    _must_edit(call, issue)
    if call.body is None:
        raise Refused(400, "The property value cannot be empty.")
    issues.check_property(key, call.body)
    call.store.save(replace(issue, properties=issue.properties | {key: call.body}), "property_set")
    return Answer(200 if key in issue.properties else 201)


def delete_property(call: Call) -> Answer:
    issue = call.issue()
    _must_edit(call, issue)
    read_property(call)
    kept = {key: value for key, value in issue.properties.items() if key != call.path["property"]}
    call.store.save(replace(issue, properties=kept), "property_deleted")
    return Answer(204)


def _must_edit(call: Call, issue: Issue) -> None:
    if not call.store.site.may(call.actor, "EDIT_ISSUES", call.store.project_of(issue)):
        raise Refused(403, "You do not have permission to edit this issue.")


def watchers(call: Call) -> Answer:
    return Answer(200, call.view.watchers(call.issue(), with_users=True))


def watch(call: Call) -> Answer:
    issue = call.issue()
    user = call.actor if call.body is None else call.store.site.user(str(call.body))
    if user is None:
        raise Refused(404, f"The user '{call.body}' does not exist.")
    if not user.active:
        raise Refused(400, f"The user '{call.body}' does not have permission to view this issue.")
    issues.watch(call.store, call.actor, issue, user)
    return Answer(204)


def unwatch(call: Call) -> Answer:
    issue, account_id = call.issue(), call.query.get("accountId")
    if not account_id:
        raise Refused(400, "The query parameter 'accountId' is required.")
    user = call.store.site.user(account_id)
    if user is None:
        raise Refused(404, "The specified user does not exist or you do not have permission to view it.")
    issues.unwatch(call.store, call.actor, issue, user)
    return Answer(204)


def remote_links(call: Call) -> Answer:
    issue, wanted = call.issue(), call.query.get("globalId")
    if wanted is None:
        return Answer(200, [call.view.remote_link(link, issue) for link in issue.remote_links])
    found = next((link for link in issue.remote_links if link.global_id == wanted), None)
    if found is None:
        raise Refused(404, f"The remote link with global id '{wanted}' does not exist.")
    return Answer(200, call.view.remote_link(found, issue))


def put_remote_link(call: Call) -> Answer:
    """Create, or replace the one of the same ``globalId``: fields that the request leaves out are emptied."""
    issue, body = call.issue(), call.object()
    global_id = body.get("globalId")
    old = next((link for link in issue.remote_links if global_id and link.global_id == global_id), None)
    link = _save_link(call, issue, old, body)
    shown = call.view.remote_link(link, issue)
    return Answer(200 if old else 201, {"id": link.id, "self": shown["self"]})


def replace_remote_link(call: Call) -> Answer:
    issue = call.issue()
    _save_link(call, issue, _remote_link(call, issue), call.object())
    return Answer(204)


def read_remote_link(call: Call) -> Answer:
    issue = call.issue()
    return Answer(200, call.view.remote_link(_remote_link(call, issue), issue))


def delete_remote_link(call: Call) -> Answer:
    issue = call.issue()
    _must_link(call, issue)
    gone = _remote_link(call, issue)
    call.store.save(replace(issue, remote_links=tuple(x for x in issue.remote_links if x is not gone)), "link_deleted")
    return Answer(204)


def _remote_link(call: Call, issue: Issue) -> RemoteLink:
    wanted: Any = call.path.get("link", call.query.get("globalId"))
    for link in issue.remote_links:
        if wanted == (str(link.id) if "link" in call.path else link.global_id):
            return link
    raise Refused(404, f"No remote issue link '{wanted}' exists.")


def _save_link(call: Call, issue: Issue, old: RemoteLink | None, body: Json) -> RemoteLink:
    _must_link(call, issue)
    target = body.get("object")
    given = target if isinstance(target, dict) else {}
    errors = {name: f"'{name}' is required." for name in ("url", "title") if not given.get(name)}
    if len(str(body.get("globalId") or "")) > 255 or len(str(given.get("title"))) > 255:
        errors["globalId"] = "'globalId' and 'title' may have at most 255 characters."
    if errors:
        raise Refused(400, errors=errors)
    if old is None and len(issue.remote_links) >= call.store.settings.item_limit:
        raise Refused(413, "The issue has reached its limit of remote links.")
    data = {name: body[name] for name in ("object", "relationship", "application") if body.get(name)}
    number = old.id if old else int(call.store.site.next_id())
    link = RemoteLink(number, body.get("globalId"), data)
    others = tuple(each for each in issue.remote_links if each is not old)
    call.store.save(replace(issue, remote_links=(*others, link)), "remote_linked")
    return link


def _must_link(call: Call, issue: Issue) -> None:
    if not call.store.site.may(call.actor, "LINK_ISSUES", call.store.project_of(issue)):
        raise Refused(403, "You do not have permission to link issues.")


ROUTES: Routes = {
    ("POST", "/rest/api/3/issue"): create,
    ("GET", ISSUE): read,
    ("PUT", ISSUE): edit,
    ("DELETE", ISSUE): delete,
    ("GET", f"{ISSUE}/transitions"): transitions,
    ("POST", f"{ISSUE}/transitions"): transition,
    ("GET", f"{ISSUE}/properties"): property_keys,
    ("GET", f"{ISSUE}/properties/{{property}}"): read_property,
    ("PUT", f"{ISSUE}/properties/{{property}}"): set_property,
    ("DELETE", f"{ISSUE}/properties/{{property}}"): delete_property,
    ("GET", f"{ISSUE}/watchers"): watchers,
    ("POST", f"{ISSUE}/watchers"): watch,
    ("DELETE", f"{ISSUE}/watchers"): unwatch,
    ("GET", f"{ISSUE}/remotelink"): remote_links,
    ("POST", f"{ISSUE}/remotelink"): put_remote_link,
    ("DELETE", f"{ISSUE}/remotelink"): delete_remote_link,
    ("GET", f"{ISSUE}/remotelink/{{link}}"): read_remote_link,
    ("PUT", f"{ISSUE}/remotelink/{{link}}"): replace_remote_link,
    ("DELETE", f"{ISSUE}/remotelink/{{link}}"): delete_remote_link,
}
