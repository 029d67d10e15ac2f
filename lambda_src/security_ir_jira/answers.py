"""What an answer of either service means, decided in one place: the first row that fits.

docs/architecture.md shows these tables. Only a ``final`` answer is ever remembered as a refusal of what was written.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["final", "about us", "passing", "unknown", "absent"]
"""``final``: this very value is refused. ``about us``: our account, role, permissions or address are, and everything
waits. ``passing``: surely not carried out, and soon possible. ``unknown``: perhaps carried out; what may be repeated
is. ``absent``: what was asked for cannot be seen; whether it is gone is for the second look.
"""

ABOUT_US_DELAY = 300.0
DOWN_DELAY = 60.0
"""Seconds to wait where we are refused for who we are, and where nothing of a side works."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What tells one answer from another.

    ``status`` is 0 where none came, and ``reached`` whether the request can have been received then. ``code`` is AWS's
    error code, ``reads`` whether nothing was to be changed, ``anonymous`` whether the service took us for nobody,
    ``waits`` whether it said how long to wait, and ``says`` its words.
    """

    status: int
    code: str = ""
    reads: bool = False
    anonymous: bool = False
    waits: bool = False
    says: str = ""
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    when: str
    fits: Callable[[Answer], bool]
    verdict: Verdict


_OUR_PERMISSION = re.compile(r"\byou (do not|don't|are not)\b[^.]*\bpermi", re.IGNORECASE)


def _status(*statuses: int) -> Callable[[Answer], bool]:
    return lambda answer: answer.status in statuses


def _code(*codes: str) -> Callable[[Answer], bool]:
    return lambda answer: answer.code in codes


def _of_hundred(hundred: int) -> Callable[[Answer], bool]:
    return lambda answer: answer.status // 100 == hundred


def _denies_us_a_permission(answer: Answer) -> bool:
    """Not every mention of a permission is about us: a watcher may lack one as well."""
    return answer.status == 400 and _OUR_PERMISSION.search(answer.says) is not None


JIRA: Sequence[Row] = (
    Row("`X-Seraph-LoginReason` of a failed sign-in, with any status", lambda answer: answer.anonymous, "about us"),
    Row("no connection", lambda answer: answer.status == 0 and not answer.reached, "passing"),
    Row("no answer", _status(0), "unknown"),
    Row("a redirect", _of_hundred(3), "about us"),
    Row("400 to a question: ours never change", lambda answer: answer.status == 400 and answer.reads, "about us"),
    Row('400 that says "you do not have permission"', _denies_us_a_permission, "about us"),
    Row("400, 413, 422", _status(400, 413, 422), "final"),
    Row("404", _status(404), "absent"),
    Row("408, 409, 423, 425, 429", _status(408, 409, 423, 425, 429), "passing"),
    Row("503 with `Retry-After`", lambda answer: answer.status == 503 and answer.waits, "passing"),
    Row("any other 5xx", _of_hundred(5), "unknown"),
    Row("success with an answer that is not JSON: a page in its place", _of_hundred(2), "unknown"),
    Row("any other 4xx: 401, 402, 403, 410 …", _of_hundred(4), "about us"),
)
"""https://developer.atlassian.com/cloud/jira/platform/rest/v3/intro/#status-codes"""

SECURITY_IR: Sequence[Row] = (
    Row("a request that botocore itself finds wrong", _code("ParamValidationError"), "final"),
    Row(
        "no credentials to sign with",
        _code("CredentialRetrievalError", "MetadataRetrievalError", "NoCredentialsError", "PartialCredentialsError"),
        "about us",
    ),
    Row("no connection, no answer", _status(0), "unknown"),
    Row(
        "`ThrottlingException`, `RequestAbortedException`, `RequestTimeoutException`, with any status",
        _code("RequestAbortedException", "RequestTimeout", "RequestTimeoutException", "ThrottlingException"),
        "passing",
    ),
    Row(
        "a code that speaks of the role, its credentials or the membership, with any status",
        _code(
            "AccessDeniedException",
            "ExpiredToken",
            "ExpiredTokenException",
            "IncompleteSignature",
            "IncompleteSignatureException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "MissingAuthenticationToken",
            "MissingAuthenticationTokenException",
            "NotAuthorized",
            "OptInRequired",
            "RequestExpired",
            "SecurityIncidentResponseNotActiveException",
            "UnknownOperationException",
            "UnrecognizedClientException",
        ),
        "about us",
    ),
    Row("404", _status(404), "absent"),
    Row("400, 402, 413", _status(400, 402, 413), "final"),
    Row("408, 409, 423, 429", _status(408, 409, 423, 429), "passing"),
    Row("5xx", _of_hundred(5), "unknown"),
    Row("any other: 401, 403 …", lambda answer: True, "about us"),
)
"""https://docs.aws.amazon.com/security-ir/latest/APIReference/CommonErrors.html"""


def verdict(table: Sequence[Row], answer: Answer) -> Verdict:
    """What the first row that fits says; an answer that no row foresees is ``about us``."""
    return next((row.verdict for row in table if row.fits(answer)), "about us")
