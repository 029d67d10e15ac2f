"""What the sweeps announced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from security_ir_jira.ledger.cursors import CaseCursors, Cursor, IssueCursors
from security_ir_jira.ledger.table import Table
from tests.unit.ledger.local import NOW, items
from tests.unit.things import CASE_ID

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@pytest.fixture
def cases(table: Table) -> CaseCursors:
    return CaseCursors(table)


@pytest.fixture
def issues(table: Table) -> IssueCursors:
    return IssueCursors(table)


def test_a_cursor_remembers_what_was_announced(cases: CaseCursors) -> None:
    cursor = Cursor(CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", moved_at=NOW - 60, checked_at=NOW)
    cases.advance(cursor)
    assert cases.all() == {CASE_ID: cursor}


def test_a_native_event_is_remembered_without_forgetting_what_was_announced(cases: CaseCursors) -> None:
    cursor = Cursor(CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", moved_at=NOW - 7_200, checked_at=NOW - 600)
    cases.advance(cursor)
    cases.seen_moving(CASE_ID)
    assert cases.all() == {CASE_ID: replace(cursor, moved_at=NOW)}


def test_a_native_event_alone_announces_nothing_to_the_sweep(cases: CaseCursors) -> None:
    cases.seen_moving(CASE_ID)
    assert cases.all() == {CASE_ID: Cursor(CASE_ID, moved_at=NOW)}


def test_a_case_that_is_gone_is_forgotten(cases: CaseCursors) -> None:
    cases.advance(Cursor(CASE_ID))
    cases.forget(CASE_ID)
    assert cases.all() == {}


def test_no_issue_sweep_was_before_the_first(issues: IssueCursors) -> None:
    assert issues.all() == (None, {})


def test_an_issue_sweep_remembers_when_it_began_and_what_it_announced(issues: IssueCursors) -> None:
    issues.advance("10100", "2026-01-01T11:59:00+00:00", keep_for=3_600)
    issues.swept(NOW)
    assert issues.all() == (NOW, {"10100": "2026-01-01T11:59:00+00:00"})


def test_what_an_issue_sweep_announced_expires(issues: IssueCursors, client: DynamoDBClient) -> None:
    issues.advance("10100", "2026-01-01T11:59:00+00:00", keep_for=3_600)
    (item,) = items(client)
    assert int(item["expires_at"]["N"]) == NOW + 3_600
