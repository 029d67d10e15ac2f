"""What the sinks ask of security-ir, in the terms of this package."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..answers import ABOUT_US_DELAY
from ..errors import Conflict, NotFound, NotPermitted, Refused
from ..model import Case, CaseTags, Comment, File
from ..transfer import Spool, download, fetch
from .calls import CaseCalls
from .wire import read_case, read_comment


class CaseClient:
    """The cases of one membership. Every method raises what ``CaseCalls`` raises."""

    def __init__(self, calls: CaseCalls) -> None:
        self._calls = calls
        self.before_write: Callable[[str], None] = lambda case_id: None
        """Hears of each case that is about to be written to."""

    # Reads

    def case(self, case_id: str) -> Case:
        return read_case(case_id, self._calls.call("get_case", caseId=case_id))

    def comments(self, case_id: str) -> tuple[Comment, ...]:
        """All comments of a case, 25 a call."""
        return tuple(read_comment(item) for item in self._calls.pages("list_comments", {"caseId": case_id}))

    def make_sure_readable(self) -> None:
        """Raises ``NotPermitted`` where no case of the membership can be seen: an absence says nothing then."""
        try:
            self._calls.call("list_cases", maxResults=1)
        except (NotFound, Refused) as refusal:
            raise NotPermitted(f"no case can be seen: {refusal}", delay=ABOUT_US_DELAY) from refusal

    def ids(self) -> frozenset[str]:
        """The ids of all cases of the membership, 25 a call."""
        return frozenset(case.id for case in self._calls.listed())

    def tags(self, case_arn: str) -> CaseTags:
        return CaseTags(self._calls.tags(case_arn))

    def download_attachment(self, case_id: str, file: File, limit: int) -> Spool:
        """A Verified file's content on the disk. Raises ``TooLarge`` beyond ``limit`` bytes, ``NotFound`` if it is gone
        or not Verified.

        It comes by a presigned URL, which is as good as a credential and stays out of the log.
        """
        arguments = {"caseId": case_id, "attachmentId": file.id}

        def address() -> str:
            try:
                answer = self._calls.call("get_case_attachment_download_url", **arguments)
            except Conflict as conflict:
                raise NotFound(str(conflict)) from conflict
            return str(answer["attachmentPresignedUrl"])

        return download(lambda: fetch(address()), file, limit)

    # Writes

    def create_case(self, request: Mapping[str, Any]) -> str:
        """Create a case from a prepared request and return its id; the request's token makes it repeatable."""
        case_id: str = self._calls.call("create_case", **request)["caseId"]
        return case_id

    def set_fields(self, case_id: str, *, title: str | None = None, description: str | None = None) -> None:
        """Write the title, the description or both, in one request."""
        fields = {name: value for name, value in (("title", title), ("description", description)) if value is not None}
        self._write("update_case", case_id, **fields)

    def set_watchers(self, case_id: str, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add and remove watchers by their addresses, in one request: one that is refused spoils it for all."""
        lists = (("watchersToAdd", add), ("watchersToDelete", remove))
        changes = {name: [{"email": email} for email in emails] for name, emails in lists if emails}
        self._write("update_case", case_id, **changes)

    def set_status(self, case_id: str, status: str) -> None:
        self._write("update_case_status", case_id, caseStatus=status)

    def close(self, case_id: str) -> None:
        self._write("close_case", case_id)

    def add_comment(self, case_id: str, body: str, *, token: str) -> str:
        """Add a comment; ``token`` must be the same for the same comment and text. Returns the comment's id."""
        answer = self._write("create_case_comment", case_id, body=body, clientToken=token)
        return str(answer["commentId"])

    def edit_comment(self, case_id: str, comment_id: str, body: str) -> None:
        self._write("update_case_comment", case_id, commentId=comment_id, body=body)

    def upload_url(self, case_id: str, name: str, size: int, *, token: str) -> str:
        """A short-lived URL that takes exactly ``size`` bytes; the same ``token`` makes the same file of them.

        Raises ``Refused``: 402 where the case has its fifty files.
        """
        answer = self._write(
            "get_case_attachment_upload_url", case_id, fileName=name, contentLength=size, clientToken=token
        )
        return str(answer["attachmentPresignedUrl"])

    def _write(self, operation: str, case_id: str, **arguments: Any) -> dict[str, Any]:
        self.before_write(case_id)
        return self._calls.call(operation, caseId=case_id, **arguments)
