"""Endpoints of issues, their transitions, properties, watchers and remote links."""

from __future__ import annotations

from dataclasses import replace

from sandbox.jira.api.call import API, ISSUE, Answer, Call, Routes, endpoint
from sandbox.jira.rules import issues, links
from sandbox.jira.rules import watchers as watching
from sandbox.jira.rules.permissions import may
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Issue
from sandbox.serving import Refused


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
        comment_mode=call.store.switches.comment_field,
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
    with_fields = "transitions.fields" in call.listed("expand")
    shown = [call.view.transition(step, issue, with_fields=with_fields) for step in steps]
    return Answer(200, {"expand": "transitions", "transitions": shown})


def transition(call: Call) -> Answer:
    issues.transition(call.store, call.actor, call.issue(), call.object())
    return Answer(204)


def set_property(call: Call) -> Answer:
    issue, key = call.issue(), call.path["property"]
    if not may(call.store, call.actor, "EDIT_ISSUES", call.store.project_of(issue)):
        raise Refused(403, "You do not have permission to edit this issue.")
    if call.body is None:
        raise Refused(400, "The property value cannot be empty.")
    issues.check_property(key, call.body)
    call.store.save(replace(issue, properties=issue.properties | {key: call.body}), "property_set")
    return Answer(200 if key in issue.properties else 201)


def watchers(call: Call) -> Answer:
    return Answer(200, call.view.watchers(call.issue(), with_users=True))


def watch(call: Call) -> Answer:
    issue = call.issue()
    user = call.actor if call.body is None else call.store.site.user(str(call.body))
    if user is None:
        raise Refused(404, f"The user '{call.body}' does not exist.")
    if not user.active:
        raise Refused(400, f"The user '{call.body}' does not have permission to view this issue.")
    watching.watch(call.store, call.actor, issue, user)
    return Answer(204)


def unwatch(call: Call) -> Answer:
    issue, account_id = call.issue(), call.query.get("accountId")
    if not account_id:
        raise Refused(400, "The query parameter 'accountId' is required.")
    user = call.store.site.user(account_id)
    if user is None:
        raise Refused(404, "The specified user does not exist or you do not have permission to view it.")
    watching.unwatch(call.store, call.actor, issue, user)
    return Answer(204)


def put_remote_link(call: Call) -> Answer:
    issue = call.issue()
    link, is_new = links.put_remote_link(call.store, call.actor, issue, call.object())
    return Answer(201 if is_new else 200, call.view.remote_link(link, issue))


ROUTES: Routes = {
    ("POST", f"{API}/issue"): endpoint(create),
    ("GET", ISSUE): endpoint(read, "fields", "properties"),
    ("PUT", ISSUE): endpoint(edit, "returnIssue"),
    ("DELETE", ISSUE): endpoint(delete, "deleteSubtasks"),
    ("GET", f"{ISSUE}/transitions"): endpoint(
        transitions, "expand=transitions.fields", "includeUnavailableTransitions"
    ),
    ("POST", f"{ISSUE}/transitions"): endpoint(transition),
    ("PUT", f"{ISSUE}/properties/<property>"): endpoint(set_property),
    ("GET", f"{ISSUE}/watchers"): endpoint(watchers),
    ("POST", f"{ISSUE}/watchers"): endpoint(watch),
    ("DELETE", f"{ISSUE}/watchers"): endpoint(unwatch, "accountId"),
    ("POST", f"{ISSUE}/remotelink"): endpoint(put_remote_link),
}
