"""Endpoints of comments and attachments."""

from __future__ import annotations

from sandbox.jira import comments, files, multipart
from sandbox.jira.call import Answer, Call, Routes
from sandbox.jira.model import Attachment, Refused

COMMENTS = "/rest/api/3/issue/{issue}/comment"
ATTACHMENT = "/rest/api/3/attachment"


def list_comments(call: Call) -> Answer:
    issue = call.issue()
    order = call.query.get("orderBy", "created")
    if order.lstrip("+-") != "created":
        raise Refused(400, f"Comments cannot be ordered by '{order}'.")
    found = comments.visible(call.store, call.actor, issue)
    if order.startswith("-"):
        found.reverse()
    cap = call.store.settings.page_cap
    start, size = call.number("startAt", 0), min(call.number("maxResults", cap), cap)
    shown = [call.view.comment(each, issue, call.listed("expand")) for each in found[start : start + size]]
    return Answer(200, {"startAt": start, "maxResults": size, "total": len(found), "comments": shown})


def read_comment(call: Call) -> Answer:
    issue = call.issue()
    comment = comments.find(call.store, call.actor, issue, call.path["comment"])
    return Answer(200, call.view.comment(comment, issue, call.listed("expand")))


def add_comment(call: Call) -> Answer:
    issue = call.issue()
    comment = comments.add(call.store, call.actor, issue, call.object())
    return Answer(201, call.view.comment(comment, issue, call.listed("expand")))


def edit_comment(call: Call) -> Answer:
    issue, body = call.issue(), call.object()
    if "body" not in body:
        raise Refused(400, errors={"comment": "Comment body can not be empty!"})
    comment = comments.edit(call.store, call.actor, issue, call.path["comment"], body)
    return Answer(200, call.view.comment(comment, issue, call.listed("expand")))


def delete_comment(call: Call) -> Answer:
    comments.delete(call.store, call.actor, call.issue(), call.path["comment"])
    return Answer(204)


def upload(call: Call) -> Answer:
    issue = call.issue()
    if call.headers.get("X-Atlassian-Token") != "no-check":
        raise Refused(403, "XSRF check failed")
    if call.upload is None:
        raise Refused(415, "Attachments are posted as multipart/form-data.")
    forms = [part for part in multipart.parts(call.upload, call.headers.get("Content-Type", "")) if part.filename]
    kept: list[Attachment] = []
    for part in forms:
        if part.name != "file":
            raise Refused(400, "The name of the form parameter that holds an attachment must be 'file'.")
        if part.end - part.start > call.store.settings.attachment_limit:
            limit = call.store.settings.attachment_limit
            raise Refused(413, f"The file '{part.filename}' exceeds the maximum size of {limit} bytes.")
    for part in forms:
        with files.Slice(call.upload, part.start, part.end) as content:
            issue = call.store.find(issue.id, call.actor)
            name = str(part.filename)
            kept.append(files.attach(call.store, call.actor, issue, name, content, part.mime_type))
    return Answer(200, [call.view.attachment(each) for each in kept])


def read_attachment(call: Call) -> Answer:
    _, attachment = files.find(call.store, call.actor, call.path["attachment"])
    # The only place where Jira writes an attachment's id as a number.
    return Answer(200, call.view.attachment(attachment) | {"id": int(attachment.id)})


def delete_attachment(call: Call) -> Answer:
    files.remove(call.store, call.actor, call.path["attachment"])
    return Answer(204)


def download(call: Call) -> Answer:
    """A redirect to the media host, or the bytes themselves with ``redirect=false``."""
    _, attachment = files.find(call.store, call.actor, call.path["attachment"])
    if call.flag("redirect", default=True):
        expires = int(call.store.clock() + call.store.settings.media_seconds)
        location = f"{call.media_url}/{attachment.media_id}/binary?expires={expires}"
        return Answer(303, headers={"Location": location})
    return send(attachment, call.headers.get("Range"))


def send(attachment: Attachment, wanted: str | None) -> Answer:
    """The bytes of a file, or the range of them that is wanted."""
    span = files.byte_range(wanted, attachment.size)
    first, last = span or (0, attachment.size - 1)
    headers = {"Content-Type": attachment.mime_type, "Accept-Ranges": "bytes"}
    if span:
        headers["Content-Range"] = f"bytes {first}-{last}/{attachment.size}"
    return Answer(206 if span else 200, headers=headers, file=(attachment.path, first, last))


def attachment_settings(call: Call) -> Answer:
    return Answer(200, {"enabled": True, "uploadLimit": call.store.settings.attachment_limit})


ROUTES: Routes = {
    ("GET", COMMENTS): list_comments,
    ("POST", COMMENTS): add_comment,
    ("GET", f"{COMMENTS}/{{comment}}"): read_comment,
    ("PUT", f"{COMMENTS}/{{comment}}"): edit_comment,
    ("DELETE", f"{COMMENTS}/{{comment}}"): delete_comment,
    ("POST", "/rest/api/3/issue/{issue}/attachments"): upload,
    ("GET", f"{ATTACHMENT}/meta"): attachment_settings,
    ("GET", f"{ATTACHMENT}/content/{{attachment}}"): download,
    ("GET", f"{ATTACHMENT}/{{attachment}}"): read_attachment,
    ("DELETE", f"{ATTACHMENT}/{{attachment}}"): delete_attachment,
}
