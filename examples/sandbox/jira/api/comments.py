"""Endpoints of comments."""

from __future__ import annotations

from sandbox.jira.api.call import ISSUE, Answer, Call, Routes, endpoint
from sandbox.jira.rules import comments
from sandbox.serving import Refused

COMMENTS = f"{ISSUE}/comment"


def list_comments(call: Call) -> Answer:
    issue = call.issue()
    order = call.query.get("orderBy", "created")
    if order.lstrip("+-") != "created":
        raise Refused(400, f"Comments cannot be ordered by '{order}'.")
    found = comments.visible(call.store, call.actor, issue)
    if order.startswith("-"):
        found.reverse()
    cap = call.store.switches.page_cap
    start, size = call.number("startAt", 0), min(call.number("maxResults", cap), cap)
    shown = [call.view.comment(each, issue, call.listed("expand")) for each in found[start : start + size]]
    return Answer(200, {"startAt": start, "maxResults": size, "total": len(found), "comments": shown})


def read_comment(call: Call) -> Answer:
    issue = call.issue()
    comment = comments.find(call.store, call.actor, issue, call.path["comment"])
    return Answer(200, call.view.comment(comment, issue))


def add_comment(call: Call) -> Answer:
    issue = call.issue()
    comment = comments.add(call.store, call.actor, issue, call.object())
    return Answer(201, call.view.comment(comment, issue))


def edit_comment(call: Call) -> Answer:
    issue, body = call.issue(), call.object()
    if "body" not in body:
        raise Refused(400, details={"comment": "Comment body can not be empty!"})
    comment = comments.edit(call.store, call.actor, issue, call.path["comment"], body)
    return Answer(200, call.view.comment(comment, issue))


ROUTES: Routes = {
    ("GET", COMMENTS): endpoint(list_comments, "startAt", "maxResults", "orderBy", "expand=properties"),
    ("POST", COMMENTS): endpoint(add_comment),
    ("GET", f"{COMMENTS}/<comment>"): endpoint(read_comment),
    ("PUT", f"{COMMENTS}/<comment>"): endpoint(edit_comment),
}
