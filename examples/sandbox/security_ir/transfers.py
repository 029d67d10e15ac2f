"""The bytes of files: PUT and GET on presigned URLs, as strict as S3 is about them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl

from sandbox.security_ir.errors import ApiError
from sandbox.security_ir.faults import ConnectionLost, Faults
from sandbox.security_ir.gateway import Gateway
from sandbox.security_ir.log import Entry, Log
from sandbox.security_ir.model import Attachment
from sandbox.security_ir.service import Service
from sandbox.security_ir.store import Actor, as_date
from sandbox.security_ir.uploads import Grant, Upload
from sandbox.security_ir.wire import FileBody, HttpAnswer, HttpRequest

PREFIX = "/attachments/"
MOST_BYTES = 104_857_600
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


@dataclass(slots=True)
class Transfers:
    """Answers requests on presigned URLs."""

    gateway: Gateway

    @property
    def _service(self) -> Service:
        return self.gateway.service

    @property
    def _faults(self) -> Faults:
        return self.gateway.faults

    @property
    def _log(self) -> Log:
        return self.gateway.log

    def upload(self, request: HttpRequest, content: Path) -> HttpAnswer | None:
        """Take in a file whose bytes are at ``content``; ``None`` closes the connection without an answer."""
        with self._written_down("AttachmentUpload") as outcome:
            outcome.answer = self._upload(request, content, outcome.entry)
        return outcome.answer

    def download(self, request: HttpRequest) -> HttpAnswer | None:
        """Give out a file, or the range of it that is asked for."""
        with self._written_down("AttachmentDownload") as outcome:
            outcome.answer = self._download(request, outcome.entry)
        return outcome.answer

    def _upload(self, request: HttpRequest, content: Path, entry: Entry) -> HttpAnswer:
        grant = self._grant(request, entry)
        upload = self._service.vault.uploads[grant.attachment_id]
        entry.params = {**entry.params, "fileName": upload.file_name, "contentLength": upload.size}
        size = content.stat().st_size
        if size != upload.size:
            self._log.breach(f"AttachmentUpload: {size} bytes where {upload.size} were announced")
            raise ApiError("SignatureDoesNotMatch", 403, "content-length is signed and differs")
        fault = self._faults.take("AttachmentUpload", grant.case_id)
        if fault:
            fault.before()
        self._take_in(upload, content)
        if fault:
            fault.afterwards()
        return HttpAnswer(200, {"ETag": f'"{upload.attachment_id}"'}, b"")

    def _take_in(self, upload: Upload, content: Path) -> None:
        with self._service.store.turn(Actor(upload.creator, self._service.store.account)) as turn:
            attachment = Attachment(
                upload.attachment_id, upload.file_name, "Pending", upload.creator, turn.date, upload.size
            )
            turn.put_attachment(upload.case_id, attachment)
            turn.schedule_scan(upload.case_id, upload.attachment_id)
            content.replace(self._service.vault.path(upload.attachment_id))

    def _download(self, request: HttpRequest, entry: Entry) -> HttpAnswer:
        grant = self._grant(request, entry)
        with self._service.store.turn() as turn:
            attachment = turn.attachment(grant.case_id, grant.attachment_id)
        entry.params = {**entry.params, "fileName": attachment.file_name}
        fault = self._faults.take("AttachmentDownload", grant.case_id)
        if fault:
            fault.before()
        body = FileBody(self._service.vault.path(grant.attachment_id), 0, attachment.size)
        answer = _ranged(body, request.headers.get("range", ""))
        try:
            if fault:
                fault.afterwards()
        except ConnectionLost:
            entry.error = "ConnectionLost"
            torn = FileBody(body.path, body.start, body.length, torn=True)
            return HttpAnswer(answer.status, answer.headers, torn)
        return answer

    def _grant(self, request: HttpRequest, entry: Entry) -> Grant:
        if self.gateway.down:
            raise ConnectionLost
        self._refuse_strange_headers(request.headers, entry)
        query = dict(parse_qsl(request.query, keep_blank_values=True))
        now = self._service.store.clock()
        grant = self._service.presigner.open(request.method, request.path, query, now)
        entry.params = {"caseId": grant.case_id, "attachmentId": grant.attachment_id}
        return grant

    def _refuse_strange_headers(self, headers: Mapping[str, str], entry: Entry) -> None:
        refusal = None
        if "authorization" in headers:
            refusal = ApiError("InvalidArgument", 400, "Only one auth mechanism allowed")
        elif any(name.startswith("x-amz-") for name in headers):
            refusal = ApiError("AccessDenied", 403, "There were headers present which were not signed")
        if refusal:
            self._log.breach(f"{entry.operation}: {refusal.message}")
            raise refusal

    @contextmanager
    def _written_down(self, operation: str) -> Iterator[_Outcome]:
        entry = Entry(as_date(self._service.store.clock()), operation)
        outcome = _Outcome(entry)
        try:
            yield outcome
        except ConnectionLost:
            entry.error = "ConnectionLost"
        except ApiError as error:
            entry.error = error.code
            outcome.answer = error_document(error)
        entry.status = outcome.answer.status if outcome.answer else 0
        self._log.add(entry.done())


@dataclass(slots=True)
class _Outcome:
    entry: Entry
    answer: HttpAnswer | None = None


def error_document(error: ApiError) -> HttpAnswer:
    """An error in S3's way."""
    headers = {"Content-Type": "application/xml"}
    if error.retry_after is not None:
        headers["Retry-After"] = str(error.retry_after)
    text = f"<Error><Code>{error.code}</Code><Message>{error.message}</Message></Error>"
    return HttpAnswer(error.status, headers, text.encode())


def _ranged(body: FileBody, wanted: str) -> HttpAnswer:
    headers = {"Content-Type": "application/octet-stream", "Accept-Ranges": "bytes"}
    match = _RANGE.fullmatch(wanted)
    if match is None:
        return HttpAnswer(200, headers, body)
    first, last = int(match[1]), min(int(match[2] or body.length - 1), body.length - 1)
    if first > last:
        raise ApiError("InvalidRange", 416, "The requested range is not satisfiable")
    headers["Content-Range"] = f"bytes {first}-{last}/{body.length}"
    return HttpAnswer(206, headers, FileBody(body.path, first, last - first + 1))
