"""Attachments: files on disk, and the short-lived links under which the media host gives them out."""

from __future__ import annotations

import mimetypes
import shutil
from dataclasses import replace
from typing import Protocol

from sandbox.jira.rules.permissions import may
from sandbox.jira.state.model import Attachment, Issue, User
from sandbox.jira.state.store import Store
from sandbox.serving import Refused


class Readable(Protocol):
    """What a file's bytes are read from."""

    def read(self, size: int = -1, /) -> bytes: ...


def attach(
    store: Store, actor: User, issue: Issue, filename: str, content: Readable, mime_type: str | None = None
) -> Attachment:
    """Keep a file on the issue; equal names are kept side by side, as in Jira."""
    if not may(store, actor, "CREATE_ATTACHMENTS", store.project_of(issue)):
        raise Refused(403, "You do not have permission to create attachments for this issue")
    if len(issue.attachments) >= store.switches.item_limit:
        raise Refused(413, f"The issue has reached its limit of {store.switches.item_limit} attachments.")
    file_id = store.site.next_id()
    path = store.folder / file_id
    with path.open("wb") as target:
        shutil.copyfileobj(content, target)
    size = path.stat().st_size
    if size > store.switches.attachment_limit:
        path.unlink()
        raise Refused(
            413, f"The file '{filename}' exceeds the maximum size of {store.switches.attachment_limit} bytes."
        )
    guessed = mime_type or mimetypes.guess_type(filename)[0] or "application/octet-stream"
    media_id = f"{int(file_id):08x}-0000-4000-8000-{int(issue.id):012x}"
    now = store.clock()
    attachment = Attachment(file_id, filename, guessed, size, actor, now, path, media_id)
    kept = (*issue.attachments, attachment)
    store.touch(replace(issue, attachments=kept), "attached")
    return attachment


def find(store: Store, actor: User, attachment_id: str) -> tuple[Issue, Attachment]:
    for issue in store.all():
        for attachment in issue.attachments:
            if attachment.id == attachment_id and may(store, actor, "BROWSE_PROJECTS", store.project_of(issue)):
                return issue, attachment
    raise Refused(404, f"The attachment with id '{attachment_id}' does not exist")


def remove(store: Store, actor: User, attachment_id: str) -> None:
    issue, attachment = find(store, actor, attachment_id)
    project = store.project_of(issue)
    own = attachment.author is actor and may(store, actor, "DELETE_OWN_ATTACHMENTS", project)
    if not own and not may(store, actor, "DELETE_ALL_ATTACHMENTS", project):
        raise Refused(403, "You do not have permission to delete this attachment.")
    kept = tuple(each for each in issue.attachments if each.id != attachment_id)
    store.touch(replace(issue, attachments=kept), "attachment_deleted")
    attachment.path.unlink(missing_ok=True)


def media(store: Store, media_id: str, expires: str) -> Attachment:
    """The file behind a download link; 403 once the link has expired."""
    if not expires.isdigit() or store.clock() > int(expires):
        raise Refused(403, "The link has expired.")
    for issue in store.all():
        for attachment in issue.attachments:
            if attachment.media_id == media_id:
                return attachment
    raise Refused(404, "No such file.")
