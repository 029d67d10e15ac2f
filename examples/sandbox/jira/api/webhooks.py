"""Endpoints of the webhooks that administrators register. They are in no published specification.

https://developer.atlassian.com/cloud/jira/platform/webhooks/#registering-a-webhook-using-the-rest-api
"""

from __future__ import annotations

import re
from dataclasses import replace

from sandbox.jira.api.call import Answer, Call, Routes, endpoint
from sandbox.jira.rules.jql import parse
from sandbox.jira.state.documents import Json
from sandbox.jira.state.model import Webhook
from sandbox.serving import Refused

PATH = "/rest/webhooks/1.0/webhook"
KNOWN_EVENTS = frozenset(
    {
        *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted"),
        *("comment_created", "comment_updated", "comment_deleted"),
        *("attachment_created", "attachment_deleted", "worklog_created", "worklog_updated", "worklog_deleted"),
    }
)
_SECTION = "issue-related-events-section"
_URL = re.compile(r"https://\S+|http://127\.0\.0\.1[:/]\S*")


def listed(call: Call) -> Answer:
    _administers(call)
    return Answer(200, [_shown(call, hook) for hook in call.store.site.webhooks.values()])


def register(call: Call) -> Answer:
    _administers(call)
    hook = _read(call.object(), Webhook(int(call.store.site.next_id()), "", "", frozenset()))
    call.store.site.webhooks[hook.id] = hook
    return Answer(201, _shown(call, hook))


def show(call: Call) -> Answer:
    return Answer(200, _shown(call, _found(call)))


def change(call: Call) -> Answer:
    hook = _read(call.object(), _found(call))
    call.store.site.webhooks[hook.id] = hook
    return Answer(200, _shown(call, hook))


def remove(call: Call) -> Answer:
    del call.store.site.webhooks[_found(call).id]
    return Answer(204)


def _administers(call: Call) -> None:
    if call.actor not in call.store.site.administrators.values():
        raise Refused(403, "You are not authorized to administer webhooks.")


def _found(call: Call) -> Webhook:
    _administers(call)
    number = call.path["webhook"]
    hook = call.store.site.webhooks.get(int(number)) if number.isdigit() else None
    if hook is None:
        raise Refused(404, f"Webhook {number} does not exist.")
    return hook


def _read(body: Json, hook: Webhook) -> Webhook:
    """What a request says, over what is known; a secret that is not named stays."""
    name, url = str(body.get("name", hook.name)), str(body.get("url", hook.url))
    events = frozenset(body.get("events", hook.events))
    jql = str((body.get("filters") or {}).get(_SECTION, hook.jql))
    if not name or not _URL.fullmatch(url):
        raise Refused(400, "A webhook needs a name and a URL that begins with https://.")
    if not events or events - KNOWN_EVENTS:
        raise Refused(400, f"Unknown events: {sorted(events - KNOWN_EVENTS)}")
    if jql:
        parse(jql)
    return replace(
        hook,
        name=name,
        url=url,
        events=events,
        jql=jql,
        exclude_body=bool(body.get("excludeBody", hook.exclude_body)),
        enabled=bool(body.get("enabled", hook.enabled)),
        secret=str(body.get("secret") or hook.secret),
    )


def _shown(call: Call, hook: Webhook) -> Json:
    """Never the secret."""
    return {
        "self": f"{call.http.host_url.rstrip('/')}{PATH}/{hook.id}",
        "name": hook.name,
        "url": hook.url,
        "events": sorted(hook.events),
        "filters": {_SECTION: hook.jql},
        "excludeBody": hook.exclude_body,
        "enabled": hook.enabled,
        "isSigned": bool(hook.secret),
    }


ROUTES: Routes = {
    ("GET", PATH): endpoint(listed),
    ("POST", PATH): endpoint(register),
    ("GET", f"{PATH}/<webhook>"): endpoint(show),
    ("PUT", f"{PATH}/<webhook>"): endpoint(change),
    ("DELETE", f"{PATH}/<webhook>"): endpoint(remove),
}
