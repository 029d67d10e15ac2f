"""One conversation with security-ir: what is repeated, what is waited for, and all pages of it."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    EndpointConnectionError,
    IncompleteReadError,
    NoCredentialsError,
    ParamValidationError,
    ReadTimeoutError,
)

from security_ir_jira.cases.calls import CaseCalls
from security_ir_jira.cases.client import CaseClient
from security_ir_jira.errors import Conflict, NotFound, NotPermitted, Refused, Unavailable
from tests.unit.cases.service import Stage

ERROR_CODES = {
    400: "ValidationException",
    402: "ServiceQuotaExceededException",
    403: "AccessDeniedException",
    404: "ResourceNotFoundException",
    409: "ConflictException",
    423: "InvalidTokenException",
    429: "ThrottlingException",
    500: "InternalServerException",
}


class Failing:
    """An API whose every operation ends the same way."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    def __getattr__(self, _: str) -> Any:
        def fail(**__: object) -> None:
            raise self.error

        return fail


def answered(status: int, code: str = "", message: str = "Said the service") -> ClientError:
    response: Any = {
        "Error": {"Code": code or ERROR_CODES.get(status, ""), "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "GetCase")


def failing(error: Exception) -> CaseClient:
    return CaseClient(CaseCalls(Failing(error), sleep=lambda _: None))


# Errors


def test_404_is_not_found() -> None:
    with pytest.raises(NotFound):
        failing(answered(404)).case("1000000001")


@pytest.mark.parametrize("status", [400, 402])
def test_what_the_service_understood_and_refused_is_refused(status: int) -> None:
    with pytest.raises(Refused) as caught:
        failing(answered(status)).close("1000000001")
    assert (caught.value.status, caught.value.said) == (status, "Said the service")
    assert "Said the service" not in str(caught.value), "it may quote what people wrote"


@pytest.mark.parametrize("status", [423, 429, 500, 502, 503])
def test_what_passes_is_unavailable(status: int) -> None:
    with pytest.raises(Unavailable):
        failing(answered(status)).case("1000000001")


def test_a_conflict_passes() -> None:
    with pytest.raises(Conflict):
        failing(answered(409)).close("1000000001")


@pytest.mark.parametrize(
    "error",
    [
        answered(403),
        answered(403, "SecurityIncidentResponseNotActiveException"),
        answered(400, "SecurityIncidentResponseNotActiveException"),
        answered(403, "AccessDeniedException", "User x is not authorized to perform: security-ir:GetCase"),
        answered(403, "ExpiredTokenException"),
        answered(400, "ExpiredTokenException"),
        answered(400, "UnrecognizedClientException"),
        answered(401, "InvalidSignatureException"),
    ],
)
def test_a_lost_role_credential_or_membership_is_no_refusal_of_this_request(error: ClientError) -> None:
    with pytest.raises(NotPermitted):
        failing(error).case("1000000001")


class Repeating:
    """A service whose pages lead back to the first."""

    def __getattr__(self, _: str) -> Any:
        return lambda **_: {"items": [{"commentId": "1", "body": "again"}], "nextToken": "the same"}


def test_pages_that_repeat_themselves_end_with_an_error() -> None:
    with pytest.raises(Unavailable, match="repeat"):
        CaseClient(CaseCalls(Repeating(), sleep=lambda _: None)).comments("1000000001")


def test_a_lost_connection_is_unavailable() -> None:
    with pytest.raises(Unavailable, match="EndpointConnectionError"):
        failing(EndpointConnectionError(endpoint_url="http://127.0.0.1:1")).case("1000000001")


@pytest.mark.parametrize(
    ("error", "meaning"),
    [
        (ReadTimeoutError(endpoint_url="http://127.0.0.1:1"), Unavailable),
        (IncompleteReadError(actual_bytes=1, expected_bytes=2), Unavailable),
        (NoCredentialsError(), NotPermitted),
        (ParamValidationError(report="Invalid length for parameter title"), Refused),
    ],
)
def test_what_botocore_itself_says_is_sorted_too(error: BotoCoreError, meaning: type[Exception]) -> None:
    with pytest.raises(meaning, match=type(error).__name__):
        failing(error).case("1000000001")


@pytest.mark.parametrize(("asked", "delay"), [(240, 240.0), (None, None)])
def test_a_wait_that_the_service_asks_for_is_passed_on(stage: Stage, asked: int | None, delay: float | None) -> None:
    case = stage.service.aws_responder.open_case("Leaked key")
    stage.service.faults.add("GetCase", error="ThrottlingException", retry_after=asked, times=None)
    with pytest.raises(Unavailable) as caught:
        stage.client.case(case)
    assert caught.value.delay == delay


@pytest.mark.parametrize(
    ("asked", "delay"),
    [
        ("Sun, 01 Jan 2040 12:05:00 GMT", 300.0),
        ("Sun, 01 Jan 2040 11:00:00 GMT", 0.0),
        ("240.5", 240.5),
        ("soon", None),
        ("Infinity", None),
    ],
)
def test_a_wait_may_be_asked_for_as_a_date(asked: str, delay: float | None) -> None:
    refusal = answered(503)
    headers = {"retry-after": asked, "date": "Sun, 01 Jan 2040 12:00:00 GMT"}
    refusal.response["ResponseMetadata"]["HTTPHeaders"] = headers
    with pytest.raises(Unavailable) as caught:
        failing(refusal).case("1000000001")
    assert caught.value.delay == delay


def test_a_short_trouble_is_sat_out(stage: Stage) -> None:
    case = stage.service.aws_responder.open_case("Leaked key")
    stage.service.faults.add("GetCase", error="InternalServerException", times=2)
    assert stage.client.case(case).title == "Leaked key"
    assert len(stage.waits) == 2


def test_a_long_wait_is_not_sat_out(stage: Stage) -> None:
    stage.service.faults.add("ListCases", error="ThrottlingException", retry_after=300)
    with pytest.raises(Unavailable):
        list(stage.talk.listed())
    assert stage.waits == []
    assert stage.calls == ["ListCases"]


def test_a_refusal_is_not_repeated(stage: Stage) -> None:
    case = stage.service.aws_responder.open_case("Leaked key")
    with pytest.raises(Refused):
        stage.client.set_status(case, "Detection and Analysis")
    assert stage.calls == ["UpdateCaseStatus"]


# Pages


@pytest.mark.parametrize(("cases", "calls"), [(0, 1), (25, 1), (26, 2), (60, 3)])
def test_all_cases_are_listed_25_a_call(stage: Stage, cases: int, calls: int) -> None:
    opened = {stage.service.aws_responder.open_case(f"Case {number}") for number in range(cases)}
    assert {case.id for case in stage.talk.listed()} == opened
    assert stage.calls == ["ListCases"] * calls


def test_fault_4_all_pages_of_comments_are_read(stage: Stage) -> None:
    case = stage.service.aws_responder.open_case("Leaked key")
    for number in range(60):
        stage.service.aws_responder.comment(case, f"comment {number}")
    assert [comment.body for comment in stage.client.comments(case)] == [f"comment {number}" for number in range(60)]
    assert stage.calls == ["ListComments"] * 3


def test_fault_15_a_page_that_cannot_be_read_is_no_end_of_the_list(stage: Stage) -> None:
    for number in range(30):
        stage.service.aws_responder.open_case(f"Case {number}")
    cases = stage.talk.listed()
    for _ in range(25):
        next(cases)
    stage.service.expire_page_tokens()
    with pytest.raises(Unavailable):
        next(cases)
