"""Endpoints of attachments, and the media host that gives their bytes out."""

from __future__ import annotations

import re

from werkzeug import Request, Response
from werkzeug.datastructures import FileStorage

from sandbox.jira.api.call import API, ISSUE, Answer, Call, Routes, endpoint
from sandbox.jira.rules import files
from sandbox.jira.rules.permissions import find
from sandbox.jira.state.model import Attachment
from sandbox.serving import Refused, file_response


def sent_files(http: Request) -> list[FileStorage]:
    """The files of a form, each with the name that it has without folders."""
    found = [each for name in http.files for each in http.files.getlist(name) if each.filename]
    for each in found:
        each.filename = re.split(r"[/\\]", str(each.filename))[-1]
    return found


def size(file: FileStorage) -> int:
    """Bytes of an uploaded file, which is then at its beginning."""
    length = file.stream.seek(0, 2)
    file.stream.seek(0)
    return length


def upload(call: Call) -> Answer:
    issue = call.issue()
    if call.http.headers.get("X-Atlassian-Token") != "no-check":
        raise Refused(403, "XSRF check failed")
    if call.http.mimetype != "multipart/form-data":
        raise Refused(415, "Attachments are posted as multipart/form-data.")
    sent, limit = sent_files(call.http), call.store.switches.attachment_limit
    if not sent:
        raise Refused(400, "The form holds no file.")
    for file in sent:
        if file.name != "file":
            raise Refused(400, "The name of the form parameter that holds an attachment must be 'file'.")
        if size(file) > limit:
            raise Refused(413, f"The file '{file.filename}' exceeds the maximum size of {limit} bytes.")
    kept: list[Attachment] = []
    for file in sent:
        issue = find(call.store, issue.id, call.actor)
        name = str(file.filename)
        kept.append(files.attach(call.store, call.actor, issue, name, file.stream, file.content_type))
    return Answer(200, [call.view.attachment(each) for each in kept])


def download(call: Call) -> Answer | Response:
    """A redirect to the media host, or the bytes themselves with ``redirect=false``."""
    _, attachment = files.find(call.store, call.actor, call.path["attachment"])
    if call.flag("redirect", default=True):
        expires = int(call.store.clock() + call.store.switches.media_seconds)
        location = f"{call.view.media_url}/{attachment.media_id}/binary?expires={expires}"
        return Answer(303, headers={"Location": location})
    return send(call.http, attachment)


def send(http: Request, attachment: Attachment) -> Response:
    """The bytes of a file, or the range of them that is wanted."""
    if "Range" in http.headers and (http.range is None or http.range.units != "bytes"):
        raise Refused(400, "The Range header is malformed.")
    return file_response(http, attachment.path, attachment.mime_type)


def attachment_settings(call: Call) -> Answer:
    return Answer(200, {"enabled": True, "uploadLimit": call.store.switches.attachment_limit})


ROUTES: Routes = {
    ("POST", f"{ISSUE}/attachments"): endpoint(upload),
    ("GET", f"{API}/attachment/meta"): endpoint(attachment_settings),
    ("GET", f"{API}/attachment/content/<attachment>"): endpoint(download, "redirect"),
}
