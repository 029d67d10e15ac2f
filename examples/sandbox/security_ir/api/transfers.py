"""The bytes of files: PUT and GET on presigned URLs, as strict as S3 is about them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from xml.sax.saxutils import escape

import werkzeug
from werkzeug import Response

from sandbox.security_ir.rules.presigned import Grant
from sandbox.security_ir.rules.service import Service
from sandbox.security_ir.state.model import Attachment
from sandbox.security_ir.state.store import Actor
from sandbox.serving import Faults, Log, Lost, Refused, Request, file_response

MOST_BYTES = 104_857_600


@dataclass(frozen=True, slots=True)
class Transfers:
    """Answers requests on presigned URLs."""

    service: Service
    faults: Faults
    log: Log

    def respond(self, http: werkzeug.Request, request: Request) -> Response:
        """The answer to a request on a presigned URL. Raises `Lost`."""
        request.is_write = http.method == "PUT"
        request.operation = "AttachmentUpload" if request.is_write else "AttachmentDownload"
        with self.service.vault.incoming() as content:
            with content.open("wb") as file:
                shutil.copyfileobj(http.stream, file)
            return self.log.answered(request, lambda: self._served(http, request, content), error_document)

    def _served(self, http: werkzeug.Request, request: Request, content: Path) -> Response:
        if self.faults.down:
            raise Lost
        breach = breach_of(http)
        if breach is not None:
            raise self._noted(request, breach)
        grant = self.service.presigner.open(http.method, http.path, request.query, self.service.store.clock())
        request.about = grant.case_id
        if not request.is_write:
            return self.faults.met(request, partial(self._download, http, request, grant), error_document)
        announced, size = self.service.vault.uploads[grant.attachment_id].size, content.stat().st_size
        if size != announced:
            words = f"content-length is signed and differs: {size} bytes where {announced} were announced"
            raise self._noted(request, Refused(403, words, code="SignatureDoesNotMatch"))
        return self.faults.met(request, partial(self._upload, request, grant, content), error_document)

    def _noted(self, request: Request, refused: Refused) -> Refused:
        self.log.violations.append(f"{request.operation}: {' '.join(refused.messages)}")
        return refused

    def _upload(self, request: Request, grant: Grant, content: Path) -> Response:
        vault = self.service.vault
        upload = vault.uploads[grant.attachment_id]
        request.body = {"caseId": grant.case_id, "fileName": upload.file_name, "contentLength": upload.size}
        with self.service.store.turn(Actor(upload.creator, self.service.store.account)) as turn:
            attachment = Attachment(
                upload.attachment_id, upload.file_name, "Pending", upload.creator, turn.date, upload.size
            )
            turn.put_attachment(upload.case_id, attachment)
            turn.schedule_scan(upload.case_id, upload.attachment_id)
            content.replace(vault.path(upload.attachment_id))
        request.carried_out = True
        return Response(headers={"ETag": f'"{upload.attachment_id}"'})

    def _download(self, http: werkzeug.Request, request: Request, grant: Grant) -> Response:
        with self.service.store.turn() as turn:
            attachment = turn.attachment(grant.case_id, grant.attachment_id)
        request.body = {"caseId": grant.case_id, "fileName": attachment.file_name}
        request.carried_out = True
        return file_response(http, self.service.vault.path(grant.attachment_id), "application/octet-stream")


def breach_of(http: werkzeug.Request) -> Refused | None:
    """What is wrong with the head of a request on a presigned URL, if anything."""
    if "Transfer-Encoding" in http.headers:
        return Refused(411, "Content-Length is required", code="MissingContentLength")
    if (http.content_length or 0) > MOST_BYTES:
        return Refused(400, f"{http.content_length} bytes are too many", code="EntityTooLarge")
    if "Authorization" in http.headers:
        return Refused(400, "Only one auth mechanism allowed", code="InvalidArgument")
    if any(name.lower().startswith("x-amz-") for name, _ in http.headers):
        return Refused(403, "There were headers present which were not signed", code="AccessDenied")
    return None


def error_document(refused: Refused) -> Response:
    """An error in S3's way."""
    headers = {} if refused.retry_after is None else {"Retry-After": str(refused.retry_after)}
    text = f"<Error><Code>{refused.code}</Code><Message>{escape(' '.join(refused.messages))}</Message></Error>"
    return Response(text, refused.status or 500, headers, content_type="application/xml")
