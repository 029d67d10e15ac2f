"""AWS Security Incident Response, API 2018-05-10: https://docs.aws.amazon.com/security-ir/latest/APIReference/."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import boto3
from botocore.config import Config as BotoConfig
from botocore.exceptions import BotoCoreError, ClientError

from .errors import NotFound, Refused, Unavailable
from .model import Case, Comment, File

_PAGE = 25
_ATTEMPTS = 3
_PATIENCE = 10.0
"""Longest wait, in seconds, that is sat out inside an invocation; longer ones go back to the queue."""
ISSUE_TAG = "jira-issue-id"
"""Tag of a case that was made for an issue."""


@dataclass(frozen=True, slots=True)
class ListedCase:
    """What ListCases tells of a case."""

    id: str
    arn: str | None
    title: str | None
    status: str
    updated: datetime


class _Api(Protocol):
    """The operations used, as boto3 names them."""

    def __getattr__(self, operation: str) -> Callable[..., dict[str, Any]]: ...


def connect(sleep: Callable[[float], None] = time.sleep) -> SecurityIrClient:
    """A client with explicit timeouts; retries are `SecurityIrClient`'s own, for boto3 does not know Retry-After."""
    config = BotoConfig(connect_timeout=5, read_timeout=30, retries={"mode": "standard", "total_max_attempts": 1})
    return SecurityIrClient(boto3.client("security-ir", config=config), sleep)


class SecurityIrClient:
    """Every method raises ``NotFound``, ``Refused`` (400, 402, 403, 409) or ``Unavailable`` (the rest)."""

    def __init__(self, api: _Api, sleep: Callable[[float], None] = time.sleep) -> None:
        self._api = api
        self._sleep = sleep

    # Reads

    def cases(self) -> Iterator[ListedCase]:
        """All cases of the membership, 25 a call."""
        for item in self._pages("list_cases", {}):
            yield ListedCase(
                id=item["caseId"],
                arn=item.get("caseArn"),
                title=item.get("title"),
                status=item.get("caseStatus", ""),
                updated=item.get("lastUpdatedDate") or item.get("createdDate") or datetime.fromtimestamp(0, UTC),
            )

    def case(self, case_id: str) -> Case:
        """One case. GetCase returns no ``caseId``."""
        answer = self._call("get_case", caseId=case_id)
        return Case(
            id=case_id,
            arn=answer.get("caseArn", ""),
            title=answer.get("title", ""),
            description=answer.get("description", ""),
            status=answer.get("caseStatus", ""),
            self_managed=answer.get("resolverType") == "Self",
            created=answer.get("createdDate") or datetime.fromtimestamp(0, UTC),
            closure_code=answer.get("closureCode"),
            watchers=tuple(watcher["email"] for watcher in answer.get("watchers", ())),
            files=tuple(
                File(
                    id=item["attachmentId"],
                    name=item["fileName"],
                    author=principal_name(item.get("creator", "")),
                    created=item["createdDate"],
                    state=item["attachmentStatus"],
                )
                for item in answer.get("caseAttachments", ())
            ),
            details=_details(case_id, answer),
        )

    def comments(self, case_id: str) -> tuple[Comment, ...]:
        """All comments of a case, 25 a call."""
        return tuple(
            Comment(
                id=item["commentId"],
                author=principal_name(item.get("creator", "")),
                body=item.get("body", ""),
                created=item.get("createdDate") or datetime.fromtimestamp(0, UTC),
            )
            for item in self._pages("list_comments", {"caseId": case_id})
        )

    def readable(self) -> bool:
        """Whether the membership's cases can still be read at all."""
        try:
            self._call("list_cases", maxResults=1)
        except (NotFound, Refused, Unavailable):
            return False
        return True

    def issue_tag(self, case_arn: str) -> str | None:
        """The id of the issue a case was made for, from the case's tag."""
        tags: Mapping[str, str] = self._call("list_tags_for_resource", resourceArn=case_arn).get("tags") or {}
        return tags.get(ISSUE_TAG)

    # Writes

    def create_case(self, request: Mapping[str, Any]) -> str:
        """Create a case from a prepared request and return its id; the request's token makes it repeatable."""
        case_id: str = self._call("create_case", **request)["caseId"]
        return case_id

    def set_fields(self, case_id: str, *, title: str | None = None, description: str | None = None) -> None:
        """Write the title, the description or both, in one request."""
        fields = {name: value for name, value in (("title", title), ("description", description)) if value is not None}
        self._call("update_case", caseId=case_id, **fields)

    def set_watchers(self, case_id: str, add: Sequence[str], remove: Sequence[str]) -> None:
        """Add and remove watchers by their addresses, in one request: one that is refused spoils it for all."""
        lists = (("watchersToAdd", add), ("watchersToDelete", remove))
        changes = {name: [{"email": email} for email in emails] for name, emails in lists if emails}
        self._call("update_case", caseId=case_id, **changes)

    def set_status(self, case_id: str, status: str) -> None:
        self._call("update_case_status", caseId=case_id, caseStatus=status)

    def close(self, case_id: str) -> None:
        self._call("close_case", caseId=case_id)

    def add_comment(self, case_id: str, body: str, *, token: str) -> str:
        """Add a comment; ``token`` must be the same for the same comment and text. Returns the comment's id."""
        comment_id: str = self._call("create_case_comment", caseId=case_id, body=body, clientToken=token)["commentId"]
        return comment_id

    def edit_comment(self, case_id: str, comment_id: str, body: str) -> None:
        self._call("update_case_comment", caseId=case_id, commentId=comment_id, body=body)

    # Files: the bytes come and go by presigned URLs, which are as good as credentials and stay out of the log.

    def download_url(self, case_id: str, attachment_id: str) -> str:
        """A short-lived URL of a Verified file. Raises ``Refused`` (409) for any other."""
        answer = self._call("get_case_attachment_download_url", caseId=case_id, attachmentId=attachment_id)
        return str(answer["attachmentPresignedUrl"])

    def upload_url(self, case_id: str, name: str, size: int, *, token: str) -> str:
        """A short-lived URL that takes exactly ``size`` bytes; the same ``token`` makes the same file of them.

        Raises ``Refused``: 402 where the case has its fifty files.
        """
        answer = self._call(
            "get_case_attachment_upload_url", caseId=case_id, fileName=name, contentLength=size, clientToken=token
        )
        return str(answer["attachmentPresignedUrl"])

    def _pages(self, operation: str, arguments: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        token: str | None = None
        while True:
            page = self._call(operation, **arguments, maxResults=_PAGE, **({"nextToken": token} if token else {}))
            yield from page.get("items", ())
            token = page.get("nextToken")
            if not token:
                return

    def _call(self, operation: str, **arguments: Any) -> dict[str, Any]:
        """Call an operation; all that are used may be repeated, for they set a state or carry a token."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                with _translated(operation):
                    answer: dict[str, Any] = getattr(self._api, operation)(**arguments)
                    return answer
            except Unavailable as failure:
                wait = random.uniform(0.1, 0.3) * 2**attempt if failure.delay is None else failure.delay
                if attempt == _ATTEMPTS or wait > _PATIENCE:
                    raise
                self._sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")


@contextmanager
def _translated(operation: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        status = error.response["ResponseMetadata"].get("HTTPStatusCode", 0)
        code = error.response["Error"].get("Code", "")
        said = f"{operation}: {code} {error.response['Error'].get('Message', '')}".strip()
        if status == 404:
            raise NotFound(said) from error
        if status in (400, 402, 403, 409) and not _concerns_the_account(error):
            raise Refused(said, status=status) from error
        wait: Any = error.response.get("retryAfterSeconds")
        raise Unavailable(said, delay=None if wait is None else float(wait)) from error
    except BotoCoreError as error:
        raise Unavailable(f"{operation}: {type(error).__name__}") from error


def _details(case_id: str, answer: Mapping[str, Any]) -> dict[str, str]:
    """What a case says of itself besides title, description and status; lists joined by ``, ``, dates in UTC."""
    lists = {
        "impactedAccounts": answer.get("impactedAccounts", ()),
        "impactedAwsRegions": [each["region"] for each in answer.get("impactedAwsRegions", ())],
        "impactedServices": answer.get("impactedServices", ()),
        "threatActorIpAddresses": [each["ipAddress"] for each in answer.get("threatActorIpAddresses", ())],
    }
    words = ("caseArn", "caseStatus", "resolverType", "engagementType", "pendingAction", "closureCode")
    dates = ("reportedIncidentStartDate", "actualIncidentStartDate", "createdDate", "lastUpdatedDate", "closedDate")
    return {
        "caseId": case_id,
        **{name: str(answer[name]) for name in words if answer.get(name)},
        **{name: ", ".join(values) for name, values in lists.items() if values},
        **{name: f"{answer[name].astimezone(UTC):%Y-%m-%d %H:%M} UTC" for name in dates if answer.get(name)},
    }


def _concerns_the_account(error: ClientError) -> bool:
    """Whether a refusal speaks of the account (role, membership) rather than of this request: that passes."""
    code, message = error.response["Error"].get("Code", ""), error.response["Error"].get("Message", "")
    return code == "SecurityIncidentResponseNotActiveException" or "not authorized to perform" in message


def principal_name(principal: str) -> str:
    """A readable name for a ``PrincipalId``: the last part of an ARN, ``AWS Responder``, or what was given."""
    if principal.startswith("arn:"):
        kind, _, name = principal.rpartition(":")[2].partition("/")
        return name.rpartition("/")[2] or kind
    return principal or "Somebody"
