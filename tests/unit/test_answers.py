"""Passing or final is decided in one place, and the docs show it."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest

from security_ir_jira.answers import JIRA, SECURITY_IR, Answer, Row, Verdict, verdict
from tests.conftest import REPOSITORY


@pytest.mark.parametrize(
    ("answer", "meaning"),
    [
        (Answer(0, reached=False), "passing"),
        (Answer(0), "unknown"),
        (Answer(200, anonymous=True), "about us"),
        (Answer(404, anonymous=True), "about us"),
        (Answer(302), "about us"),
        (Answer(400), "final"),
        (Answer(400, reads=True), "about us"),
        (Answer(400, says="Ada, you do not have the permission to comment."), "about us"),
        (Answer(400, says="The user does not have permission to view this issue."), "final"),
        (Answer(404, says="Issue does not exist or you do not have permission to see it."), "absent"),
        (Answer(401), "about us"),
        (Answer(403), "about us"),
        (Answer(413), "final"),
        (Answer(422), "final"),
        (Answer(409), "passing"),
        (Answer(423), "passing"),
        (Answer(429), "passing"),
        (Answer(500), "unknown"),
        (Answer(503), "unknown"),
        (Answer(503, waits=True), "passing"),
        (Answer(502, waits=True), "unknown"),
        (Answer(418), "about us"),
    ],
)
def test_what_jira_answers(answer: Answer, meaning: Verdict) -> None:
    assert verdict(JIRA, answer) == meaning


@pytest.mark.parametrize(
    ("status", "code", "meaning"),
    [
        (400, "ValidationException", "final"),
        (402, "ServiceQuotaExceededException", "final"),
        (400, "ThrottlingException", "passing"),
        (400, "RequestAbortedException", "passing"),
        (400, "RequestExpired", "about us"),
        (400, "SecurityIncidentResponseNotActiveException", "about us"),
        (401, "NotAuthorized", "about us"),
        (403, "AccessDeniedException", "about us"),
        (403, "SomethingNew", "about us"),
        (404, "ResourceNotFoundException", "absent"),
        (404, "UnknownOperationException", "about us"),
        (409, "ConflictException", "passing"),
        (423, "InvalidTokenException", "passing"),
        (429, "ThrottlingException", "passing"),
        (500, "InternalServerException", "unknown"),
        (0, "", "unknown"),
    ],
)
def test_what_security_ir_answers(status: int, code: str, meaning: Verdict) -> None:
    assert verdict(SECURITY_IR, Answer(status, code=code)) == meaning


@pytest.mark.parametrize(("heading", "table"), [("Jira answers", JIRA), ("security-ir answers", SECURITY_IR)])
def test_the_docs_show_the_table(heading: str, table: Sequence[Row]) -> None:
    text = (REPOSITORY / "docs" / "architecture.md").read_text()
    (shown,) = re.findall(rf"\| {heading} \| it is \|\n\|---\|---\|\n((?:\|.*\|\n)+)", text)
    rows = [tuple(cell.strip() for cell in line.strip("|").split("|")) for line in shown.splitlines()]
    assert rows == [(row.when, row.verdict) for row in table]
