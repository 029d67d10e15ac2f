"""What the sweeps announced."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from security_ir_jira.ledger.cursors import CaseCursors, Cursor, IssueCursors, Sweep
from security_ir_jira.ledger.table import Table
from tests.clock import Clock
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
    cursor = Cursor(
        CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", moved_at=NOW - 60, checked_at=NOW, seen_open=True
    )
    cases.advance(cursor)
    assert cases.all() == {CASE_ID: replace(cursor, seen_open=True, known_since=NOW)}


def test_a_native_event_is_remembered_without_forgetting_what_was_announced(cases: CaseCursors) -> None:
    cursor = Cursor(
        CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", moved_at=NOW - 7_200, checked_at=NOW - 600, seen_open=True
    )
    cases.advance(cursor)
    cases.seen_moving(CASE_ID)
    assert cases.all() == {CASE_ID: replace(cursor, moved_at=NOW, seen_open=True, known_since=NOW)}


def test_a_native_event_alone_announces_nothing_to_the_sweep(cases: CaseCursors) -> None:
    cases.seen_moving(CASE_ID)
    assert cases.all() == {CASE_ID: Cursor(CASE_ID, moved_at=NOW, known_since=NOW)}


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


def test_the_last_case_sweep_is_remembered_beside_the_cursors(cases: CaseCursors) -> None:
    assert cases.load() == (None, {})
    cases.swept(Sweep(NOW, 300))
    cases.advance(Cursor(CASE_ID, status="Closed"))
    assert cases.load() == (Sweep(NOW, 300), {CASE_ID: Cursor(CASE_ID, status="Closed", known_since=NOW)})


def test_a_sweep_forgets_nothing_that_others_know_of_a_case(cases: CaseCursors, clock: Clock) -> None:
    cases.born(CASE_ID, by_us=True)
    cases.await_more(CASE_ID)
    cases.advance(Cursor(CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", checked_at=NOW))
    assert cases.all()[CASE_ID].written_at == cases.all()[CASE_ID].awaited_at == NOW
    assert cases.of(CASE_ID).seen_open


def test_a_case_that_is_listed_again_has_not_vanished(cases: CaseCursors) -> None:
    cases.advance(Cursor(CASE_ID, missing_since=NOW))
    cases.vanished(CASE_ID)
    assert (cases.all()[CASE_ID].vanished_at, cases.all()[CASE_ID].missing_since) == (NOW, NOW)
    cases.advance(Cursor(CASE_ID, checked_at=NOW + 300))
    assert (cases.all()[CASE_ID].vanished_at, cases.all()[CASE_ID].missing_since) == (None, None)


def test_the_echo_of_a_birth_is_no_move(cases: CaseCursors, clock: Clock) -> None:
    cases.seen_moving(CASE_ID, opened=True)
    cases.born(CASE_ID, by_us=True)
    clock.now += 30
    cases.seen_moving(CASE_ID)
    assert cases.all()[CASE_ID].moved_at == 0
    clock.now += 60
    cases.seen_moving(CASE_ID)
    assert cases.all()[CASE_ID].moved_at == NOW + 90


@pytest.mark.parametrize(
    ("after", "counts"),
    [(-6, True), (-5, False), (0, False), (59, False), (61, True)],
)
def test_what_is_told_of_a_case_is_our_echo_by_when_it_happened(
    cases: CaseCursors, clock: Clock, after: int, counts: bool
) -> None:
    cases.written(CASE_ID)
    clock.now += 600
    cases.seen_moving(CASE_ID, at=NOW + after)
    assert cases.all()[CASE_ID].moved_at == (NOW + 600 if counts else 0)


def test_what_people_did_so_soon_after_us_counts_once_it_is_found(cases: CaseCursors, clock: Clock) -> None:
    cases.written(CASE_ID)
    clock.now += 10
    cases.moved_by_people(CASE_ID)
    assert cases.all()[CASE_ID].moved_at == NOW + 10


def test_a_case_we_made_was_moved_by_nobody_also_where_a_sweep_listed_it_first(
    cases: CaseCursors, clock: Clock
) -> None:
    cases.advance(Cursor(CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", moved_at=NOW, checked_at=NOW))
    clock.now += 200
    cases.born(CASE_ID, by_us=True)
    assert cases.all()[CASE_ID].moved_at == 0
    clock.now += 100
    cases.advance(replace(cases.all()[CASE_ID], moved_at=clock.now))
    assert cases.all()[CASE_ID].moved_at == NOW + 300


def test_what_others_write_while_a_sweep_is_at_work_stays(cases: CaseCursors, clock: Clock) -> None:
    """The sweep writes what it read before they did."""
    cases.advance(Cursor(CASE_ID, "2026-01-01T12:00:00+00:00", "Closed", checked_at=NOW))
    (read,) = cases.all().values()
    clock.now += 100
    cases.born(CASE_ID, by_us=False)
    cases.await_more(CASE_ID)
    cases.moved_by_people(CASE_ID)
    cases.vanished(CASE_ID)
    cases.advance(read)
    (known,) = cases.all().values()
    times = (known.written_at, known.awaited_at, known.moved_at, known.vanished_at, known.seen_open)
    assert times == (NOW + 100, NOW + 100, NOW + 100, NOW + 100, True)


LEGACY = {
    "announced": "2026-01-01T10:00:00+00:00",
    "status": "Submitted",
    "moved_at": int(NOW) - 900,
    "checked_at": int(NOW) - 800,
    "seen_open": True,
    "written_at": int(NOW) - 1_000,
    "awaited_at": int(NOW) - 700,
    "known_since": int(NOW) - 5_000,
}
"""A case's one item, as the version before kept it."""


def test_the_ledger_of_the_version_before_is_read_and_carried_over(
    cases: CaseCursors, table: Table, clock: Clock
) -> None:
    table.put("CURSOR#security_ir", f"CASE#{CASE_ID}", LEGACY)
    expected = Cursor(
        CASE_ID,
        "2026-01-01T10:00:00+00:00",
        "Submitted",
        moved_at=NOW - 900,
        checked_at=NOW - 800,
        seen_open=True,
        written_at=NOW - 1_000,
        awaited_at=NOW - 700,
        known_since=NOW - 5_000,
    )
    assert cases.all() == {CASE_ID: expected}
    cases.advance(replace(expected, checked_at=NOW))
    assert cases.all() == {CASE_ID: replace(expected, checked_at=NOW)}
    clock.now += 60
    cases.seen_moving(CASE_ID)
    assert cases.all() == {CASE_ID: replace(expected, checked_at=NOW, moved_at=NOW + 60)}


def test_what_vanished_for_the_version_before_is_gone_until_it_is_listed_again(
    cases: CaseCursors, table: Table
) -> None:
    gone = {**LEGACY, "missing_since": int(NOW) - 700, "vanished_at": int(NOW) - 60}
    table.put("CURSOR#security_ir", f"CASE#{CASE_ID}", gone)
    (known,) = cases.all().values()
    assert (known.missing_since, known.vanished_at) == (NOW - 700, NOW - 60)
    cases.advance(replace(known, checked_at=NOW, missing_since=None, vanished_at=None))
    (known,) = cases.all().values()
    assert (known.missing_since, known.vanished_at) == (None, None)


def test_nothing_is_left_of_a_case_that_is_forgotten(cases: CaseCursors, client: DynamoDBClient) -> None:
    cases.advance(Cursor(CASE_ID))
    cases.seen_moving(CASE_ID)
    cases.forget(CASE_ID)
    assert items(client) == []


@pytest.mark.parametrize(
    ("status", "opened", "seen"), [("Submitted", False, True), ("Closed", False, False), (None, True, True)]
)
def test_a_case_was_seen_open_by_its_status_or_by_what_was_told(
    cases: CaseCursors, status: str | None, opened: bool, seen: bool
) -> None:
    assert not cases.of(CASE_ID).seen_open
    if status:
        cases.advance(Cursor(CASE_ID, status=status))
    else:
        cases.seen_moving(CASE_ID, opened=opened)
    assert cases.of(CASE_ID).seen_open is seen
