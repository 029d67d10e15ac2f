"""security-ir's answers in the terms of this package."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from security_ir_jira.cases.wire import principal_name, read_case, read_comment, read_file

EVENING = datetime(2026, 11, 23, 20, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("principal", "name"),
    [
        ("AWS Responder", "AWS Responder"),
        ("security-ir.amazonaws.com", "security-ir.amazonaws.com"),
        ("arn:aws:iam::123456789012:user/grace", "grace"),
        ("arn:aws:iam::123456789012:user/team/grace", "grace"),
        ("arn:aws:sts::123456789012:assumed-role/Responder/grace@example.com", "grace@example.com"),
        ("arn:aws:iam::123456789012:root", "root"),
        ("", "Somebody"),
    ],
)
def test_a_principal_has_a_readable_name(principal: str, name: str) -> None:
    assert principal_name(principal) == name


def test_a_case_of_which_little_is_told_is_a_case() -> None:
    case = read_case("1000000001", {"caseArn": "arn", "title": "Leaked key"})
    assert (case.id, case.title, case.description, case.status) == ("1000000001", "Leaked key", "", "")
    assert (case.self_managed, case.watchers, case.files, case.closure_code) == (False, (), (), None)


def test_the_details_of_a_case_are_text_with_its_dates_in_utc() -> None:
    there: dict[str, Any] = {
        "impactedAccounts": ["111122223333", "444455556666"],
        "impactedAwsRegions": [{"region": "eu-central-1"}],
        "threatActorIpAddresses": [{"ipAddress": "198.51.100.7", "userAgent": "curl"}],
        "impactedServices": [],
        "closedDate": EVENING.astimezone(timezone(timedelta(hours=2))),
        "closureCode": "Duplicate",
    }
    assert dict(read_case("1000000001", there).details) == {
        "caseId": "1000000001",
        "closureCode": "Duplicate",
        "impactedAccounts": "111122223333, 444455556666",
        "impactedAwsRegions": "eu-central-1",
        "threatActorIpAddresses": "198.51.100.7",
        "closedDate": "2026-11-23 20:15 UTC",
    }


def test_a_file_of_a_case_has_no_size_and_says_whether_it_was_verified() -> None:
    item = {"attachmentId": "7", "fileName": "log.txt", "attachmentStatus": "Pending", "createdDate": EVENING}
    file = read_file(item)
    assert (file.id, file.name, file.size, file.state) == ("7", "log.txt", None, "Pending")


def test_a_comment_whose_text_is_hidden_is_an_empty_comment() -> None:
    comment = read_comment({"commentId": "1", "creator": "AWS Responder", "createdDate": EVENING})
    assert (comment.body, comment.author, comment.created) == ("", "AWS Responder", EVENING)
