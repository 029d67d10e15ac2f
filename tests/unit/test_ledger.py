"""The table that remembers every pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import boto3
import pytest
from moto import mock_aws

from security_ir_jira.errors import AlreadyPaired, PairBusy
from security_ir_jira.ledger import Cursor, Ledger
from security_ir_jira.model import Agreed, Base, Copy, Notice
from tests.unit.things import CASE_ID, a_pair, an_issue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

NOW = 1_767_268_800.0
TABLE = "ledger"
BASE = Base(
    title=Agreed("title", "summary"),
    description=Agreed("long", "longer", cut=True),
    status=Agreed("Submitted", "10000", refused=True, walking=("10001", "10002")),
)
REQUEST = {"fields": {"summary": "Leaked key", "labels": ["a", "b"], "points": 1.5, "none": None}}


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[DynamoDBClient]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    with mock_aws():
        made = boto3.client("dynamodb", region_name="eu-central-1")
        made.create_table(
            TableName=TABLE,
            KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
            AttributeDefinitions=[
                {"AttributeName": "PK", "AttributeType": "S"},
                {"AttributeName": "SK", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        yield made


@pytest.fixture
def ledger(client: DynamoDBClient, clock: Clock) -> Ledger:
    return Ledger(client, TABLE, clock)


def items(client: DynamoDBClient) -> list[dict[str, Any]]:
    return client.scan(TableName=TABLE)["Items"]


Crash = Callable[[str], None]


@pytest.fixture
def crash(ledger: Ledger) -> Iterator[Crash]:
    """Takes a lease and does not give it back."""
    with ExitStack() as held:
        yield lambda partition: held.enter_context(ledger.lease(partition, 360))


def operations(client: DynamoDBClient) -> list[str]:
    """Every operation called from here on."""
    called: list[str] = []

    def note(model: Any, **_: object) -> None:
        called.append(model.name)

    client.meta.events.register("before-call.dynamodb", note)
    return called


# Leases


def test_a_pair_is_held_by_one_at_a_time(ledger: Ledger) -> None:
    with ledger.lease("CASE#1", 360), pytest.raises(PairBusy), ledger.lease("CASE#1", 360):
        pass


def test_a_busy_pair_is_looked_at_again_in_seconds(ledger: Ledger) -> None:
    with ledger.lease("CASE#1", 360), pytest.raises(PairBusy) as caught, ledger.lease("CASE#1", 360):
        pass
    assert caught.value.delay == 3.0


def test_pairs_are_held_independently(ledger: Ledger) -> None:
    with ledger.lease("CASE#1", 360), ledger.lease("CASE#2", 360), ledger.lease("ISSUE#1", 360):
        pass


def test_a_lease_ends_with_its_work(ledger: Ledger) -> None:
    for _ in range(2):
        with ledger.lease("CASE#1", 360):
            pass


def test_a_lease_ends_with_work_that_failed(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.lease("CASE#1", 360):
        raise ZeroDivisionError
    with ledger.lease("CASE#1", 360):
        pass


def test_the_lease_of_a_holder_that_crashed_ends_when_its_invocation_must_have(
    ledger: Ledger, clock: Clock, crash: Crash
) -> None:
    crash("CASE#1")
    clock.now += 360
    with pytest.raises(PairBusy), ledger.lease("CASE#1", 360):
        pass
    clock.now += 1
    with ledger.lease("CASE#1", 360):
        pass


def test_a_holder_whose_lease_ended_does_not_release_anothers(ledger: Ledger, clock: Clock, crash: Crash) -> None:
    with ledger.lease("CASE#1", 60):
        clock.now += 100
        crash("CASE#1")
    with pytest.raises(PairBusy), ledger.lease("CASE#1", 360):
        pass


def test_a_forgotten_lease_leaves_the_table_in_the_end(client: DynamoDBClient, crash: Crash) -> None:
    crash("CASE#1")
    (item,) = items(client)
    assert int(item["expires_at"]["N"]) > NOW + 360


# Births


@pytest.mark.parametrize("reserve", [Ledger.reserve_issue, Ledger.reserve_case])
def test_a_birth_is_reserved_once(ledger: Ledger, reserve: Callable[..., None]) -> None:
    reserve(ledger, "1", REQUEST, BASE)
    with pytest.raises(AlreadyPaired):
        reserve(ledger, "1", REQUEST, BASE)


def test_a_reservation_keeps_the_exact_request_and_when_it_was_made(ledger: Ledger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    facts = ledger.load(CASE_ID)
    assert facts.pair is None
    assert facts.reservation is not None
    assert facts.reservation.request == REQUEST
    assert facts.reservation.base == BASE
    assert facts.reservation.attempted_at == NOW


def test_the_reservation_of_a_case_is_found_by_its_issue(ledger: Ledger) -> None:
    ledger.reserve_case("10100", REQUEST, BASE)
    entry = ledger.entry_of_issue("10100")
    assert entry is not None
    assert (entry.issue_id, entry.case_id) == ("10100", None)
    assert entry.reservation is not None
    assert entry.reservation.request == REQUEST


def test_a_dropped_reservation_makes_room_for_another(ledger: Ledger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.drop_issue_reservation(CASE_ID)
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.reserve_case("10100", REQUEST, BASE)
    ledger.drop_case_reservation("10100")
    ledger.reserve_case("10100", REQUEST, BASE)


def test_a_case_that_is_paired_cannot_be_reserved(ledger: Ledger) -> None:
    ledger.bind(a_pair())
    with pytest.raises(AlreadyPaired):
        ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    with pytest.raises(AlreadyPaired):
        ledger.reserve_case("10100", REQUEST, BASE)


def test_a_pair_is_found_by_case_by_issue_id_and_by_key(ledger: Ledger) -> None:
    ledger.bind(a_pair())
    assert ledger.load(CASE_ID).pair == a_pair()
    for name in ("10100", "SEC-1"):
        entry = ledger.entry_of_issue(name)
        assert entry is not None
        assert (entry.issue_id, entry.case_id) == ("10100", CASE_ID)


def test_binding_ends_the_reservation(ledger: Ledger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.bind(a_pair(base=BASE))
    facts = ledger.load(CASE_ID)
    assert facts.reservation is None
    assert facts.pair == a_pair(base=BASE)


def test_a_pair_starts_from_the_base_of_its_reservation(ledger: Ledger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.bind(a_pair(base=Base()))
    assert ledger.load(CASE_ID).pair == a_pair(base=BASE)


def test_binding_the_same_two_again_changes_nothing(ledger: Ledger) -> None:
    ledger.bind(a_pair(base=BASE))
    ledger.dressed(CASE_ID)
    ledger.bind(a_pair(base=Base()))
    assert ledger.load(CASE_ID).pair == a_pair(base=BASE, dressed=True)


@pytest.mark.parametrize("thief", [a_pair(issue_id="10200", issue_key="SEC-2"), a_pair(case_id="1000000002")])
def test_fault_7_a_pair_is_not_stolen(ledger: Ledger, thief: Any) -> None:
    ledger.bind(a_pair())
    with pytest.raises(AlreadyPaired):
        ledger.bind(thief)
    assert ledger.load(CASE_ID).pair == a_pair()


def test_a_binding_that_fails_leaves_nothing_behind(ledger: Ledger) -> None:
    ledger.bind(a_pair())
    with pytest.raises(AlreadyPaired):
        ledger.bind(a_pair(case_id="1000000002"))
    assert ledger.load("1000000002").pair is None


def test_an_issue_that_moved_is_known_under_its_old_and_its_new_key(ledger: Ledger) -> None:
    ledger.bind(a_pair())
    moved = ledger.located(a_pair(), an_issue(key="OPS-7", service_project=True))
    assert ledger.load(CASE_ID).pair == moved == a_pair(issue_key="OPS-7", service_project=True)
    for name in ("10100", "SEC-1", "OPS-7"):
        entry = ledger.entry_of_issue(name)
        assert entry is not None
        assert entry.case_id == CASE_ID


def test_an_issue_that_did_not_move_costs_no_write(ledger: Ledger, client: DynamoDBClient) -> None:
    called = operations(client)
    ledger.located(a_pair(), an_issue())
    assert called == []


# The base


def test_the_base_moves_on_facet_by_facet(ledger: Ledger) -> None:
    ledger.bind(a_pair(base=BASE))
    news = Agreed("new", "newer")
    ledger.advance(CASE_ID, {"title": news})
    pair = ledger.load(CASE_ID).pair
    assert pair is not None
    assert pair.base == replace(BASE, title=news)


def test_the_base_forgets_what_no_longer_holds(ledger: Ledger) -> None:
    ledger.bind(a_pair(base=BASE))
    ledger.advance(CASE_ID, {"status": Agreed("Closed", "10003"), "description": Agreed("short", "short")})
    pair = ledger.load(CASE_ID).pair
    assert pair is not None
    assert pair.base == Base(BASE.title, Agreed("short", "short"), Agreed("Closed", "10003"))


# Copies and notices


def test_a_copy_is_recognised_by_its_id_on_both_sides(ledger: Ledger) -> None:
    ledger.record(CASE_ID, Copy("COMMENT#jira#501", "digest", parts=("100001", "100002"), total=2))
    facts = ledger.load(CASE_ID)
    assert set(facts.known("jira").copies) == {"501"}
    assert facts.known("jira").ours == frozenset()
    assert facts.known("security_ir").ours == {"100001", "100002"}


def test_a_part_whose_answer_was_lost_is_remembered(ledger: Ledger) -> None:
    copy = Copy("COMMENT#jira#501", "digest", parts=("100001",), sending="part two", total=3)
    ledger.record(CASE_ID, copy)
    facts = ledger.load(CASE_ID)
    assert facts.copies == {"COMMENT#jira#501": copy}
    assert facts.known("security_ir").sent == {"part two"}


def test_what_was_sent_is_no_longer_remembered_once_its_id_is_known(ledger: Ledger) -> None:
    ledger.record(CASE_ID, Copy("COMMENT#jira#501", "digest", sending="part one"))
    ledger.record(CASE_ID, Copy("COMMENT#jira#501", "digest", parts=("100001",)))
    assert ledger.load(CASE_ID).known("security_ir").sent == frozenset()


def test_a_notice_is_left_once(ledger: Ledger) -> None:
    notice = Notice("jira", "status-refused", {"status": "Submitted", "current": "Closed"})
    ledger.leave(CASE_ID, notice)
    ledger.leave(CASE_ID, notice)
    assert ledger.load(CASE_ID).pending == (notice,)


def test_a_notice_with_other_values_is_another(ledger: Ledger) -> None:
    ledger.leave(CASE_ID, Notice("jira", "issue-status", {"status": "To Do"}))
    ledger.leave(CASE_ID, Notice("jira", "issue-status", {"status": "Done"}))
    assert len(ledger.load(CASE_ID).pending) == 2


def test_a_notice_that_was_said_waits_no_longer_and_is_not_left_again(ledger: Ledger) -> None:
    notice = Notice("jira", "cannot-reopen")
    ledger.leave(CASE_ID, notice)
    ledger.record(CASE_ID, Copy(notice.key, "said", parts=("501",)), notice)
    ledger.leave(CASE_ID, notice)
    facts = ledger.load(CASE_ID)
    assert facts.pending == ()
    assert facts.known("jira").ours == {"501"}


# What it costs


def test_fault_32_all_that_is_known_of_a_pair_is_one_query(ledger: Ledger, client: DynamoDBClient) -> None:
    ledger.bind(a_pair())
    for number in range(60):
        ledger.record(CASE_ID, Copy(f"COMMENT#jira#{number}", "digest", parts=(str(number),)))
    called = operations(client)
    assert len(ledger.load(CASE_ID).copies) == 60
    assert called == ["Query"]


def test_fault_32_an_issue_is_looked_up_by_one_get(ledger: Ledger, client: DynamoDBClient) -> None:
    called = operations(client)
    ledger.entry_of_issue("SEC-1")
    assert called == ["GetItem"]


def test_all_pages_of_a_long_history_are_read(ledger: Ledger) -> None:
    ledger.bind(a_pair())
    for number in range(40):
        ledger.record(CASE_ID, Copy(f"COMMENT#jira#{number}", "x" * 50_000, parts=(str(number),)))
    facts = ledger.load(CASE_ID)
    assert len(facts.copies) == 40
    assert facts.pair is not None


def test_fault_21_no_item_grows_with_the_case(ledger: Ledger, client: DynamoDBClient) -> None:
    ledger.bind(a_pair(base=BASE))
    for number in range(50):
        ledger.record(CASE_ID, Copy(f"COMMENT#jira#{number}", "d" * 32, parts=("1", "2", "3"), total=3))
    assert max(len(str(item)) for item in items(client)) < 2_000


# Cursors


def test_a_cursor_remembers_what_was_announced(ledger: Ledger) -> None:
    cursor = Cursor(CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", moved_at=NOW - 60, checked_at=NOW)
    ledger.advance_case(cursor)
    assert ledger.case_cursors() == {CASE_ID: cursor}


def test_a_native_event_is_remembered_without_forgetting_what_was_announced(ledger: Ledger) -> None:
    cursor = Cursor(CASE_ID, "2026-01-01T12:00:00+00:00", "Submitted", moved_at=NOW - 7_200, checked_at=NOW - 600)
    ledger.advance_case(cursor)
    ledger.case_seen_moving(CASE_ID)
    assert ledger.case_cursors() == {CASE_ID: replace(cursor, moved_at=NOW)}


def test_a_native_event_alone_announces_nothing_to_the_sweep(ledger: Ledger) -> None:
    ledger.case_seen_moving(CASE_ID)
    assert ledger.case_cursors() == {CASE_ID: Cursor(CASE_ID, moved_at=NOW)}


def test_a_case_that_is_gone_is_forgotten(ledger: Ledger) -> None:
    ledger.advance_case(Cursor(CASE_ID))
    ledger.forget_case(CASE_ID)
    assert ledger.case_cursors() == {}


def test_no_issue_sweep_was_before_the_first(ledger: Ledger) -> None:
    assert ledger.issue_cursors() == (None, {})


def test_an_issue_sweep_remembers_when_it_began_and_what_it_announced(ledger: Ledger) -> None:
    ledger.advance_issue("10100", "2026-01-01T11:59:00+00:00", keep_for=3_600)
    ledger.issues_swept(NOW)
    assert ledger.issue_cursors() == (NOW, {"10100": "2026-01-01T11:59:00+00:00"})


def test_what_an_issue_sweep_announced_expires(ledger: Ledger, client: DynamoDBClient) -> None:
    ledger.advance_issue("10100", "2026-01-01T11:59:00+00:00", keep_for=3_600)
    (item,) = items(client)
    assert int(item["expires_at"]["N"]) == NOW + 3_600


def test_the_module_is_as_old_as_its_table(ledger: Ledger, client: DynamoDBClient) -> None:
    made = client.describe_table(TableName=TABLE)["Table"]["CreationDateTime"]
    assert ledger.created_at() == made.timestamp()
