"""The operations on files; the bytes themselves come and go by presigned URLs (:mod:`api.transfers`)."""

from __future__ import annotations

from dataclasses import replace

from sandbox.security_ir.refusals import conflict, quota_exceeded
from sandbox.security_ir.rules.presigned import Grant
from sandbox.security_ir.rules.service import Params, Result, Service
from sandbox.security_ir.state.model import Attachment
from sandbox.security_ir.state.store import Turn, new_attachment_id
from sandbox.security_ir.state.vault import Upload

_MOST_ATTACHMENTS = 50


def get_case_attachment_upload_url(service: Service, turn: Turn, params: Params) -> Result:
    """A URL to PUT exactly the announced number of bytes to. The attachment's id is not told."""
    case_id = turn.case(params["caseId"]).case_id
    uploads = service.vault.uploads

    def act() -> str:
        _refuse_closed(service, turn, case_id)
        _refuse_one_too_many(service, turn, case_id)
        attachment_id = new_attachment_id()
        upload = Upload(
            attachment_id=attachment_id,
            case_id=case_id,
            file_name=params["fileName"],
            size=params["contentLength"],
            creator=turn.actor.principal,
            url="",
            expires=0,
        )
        uploads[attachment_id] = _presigned(service, turn, upload)
        if service.switches.pending_from_url:
            turn.put_attachment(
                case_id,
                Attachment(attachment_id, upload.file_name, "Pending", upload.creator, turn.date, upload.size),
            )
        return attachment_id

    attachment_id = service.once("GetCaseAttachmentUploadUrl", turn, params, act)
    if turn.replayed and not service.switches.repeats_upload_url:
        uploads[attachment_id] = _presigned(service, turn, uploads[attachment_id])
    return {"attachmentPresignedUrl": uploads[attachment_id].url}


def get_case_attachment_download_url(service: Service, turn: Turn, params: Params) -> Result:
    """A URL to GET a verified file from."""
    attachment = turn.attachment(params["caseId"], params["attachmentId"])
    if attachment.status != "Verified":
        message = f"The attachment is {attachment.status}, only a Verified one can be downloaded"
        raise conflict(message, attachment.attachment_id, "Attachment")
    grant = Grant("GET", params["caseId"], attachment.attachment_id)
    seconds = service.switches.url_seconds
    return {"attachmentPresignedUrl": service.presigner.url(grant, attachment.file_name, turn.now, seconds)}


def _presigned(service: Service, turn: Turn, upload: Upload) -> Upload:
    seconds = service.switches.url_seconds
    grant = Grant("PUT", upload.case_id, upload.attachment_id)
    url = service.presigner.url(grant, upload.file_name, turn.now, seconds)
    return replace(upload, url=url, expires=turn.now + seconds)


def _refuse_closed(service: Service, turn: Turn, case_id: str) -> None:
    if turn.case(case_id).status == "Closed" and not service.switches.attachments_on_closed:
        raise conflict("A closed case takes no attachments", case_id)


def _refuse_one_too_many(service: Service, turn: Turn, case_id: str) -> None:
    present = {attachment.attachment_id for attachment in turn.case(case_id).attachments}
    expected = {
        upload.attachment_id
        for upload in service.vault.uploads.values()
        if upload.case_id == case_id and upload.expires > turn.now
    }
    if len(present | expected) >= _MOST_ATTACHMENTS:
        message = f"A case has at most {_MOST_ATTACHMENTS} attachments"
        raise quota_exceeded(message, case_id, "attachments-per-case")
