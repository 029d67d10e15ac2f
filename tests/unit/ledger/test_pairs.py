"""What is remembered of pairs, their births and their copies."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from security_ir_jira.errors import AlreadyPaired
from security_ir_jira.ledger.pairs import PairLedger
from security_ir_jira.memory import Agreed, Base, Copy, Notice, Writing
from security_ir_jira.plan.births import base_of_new_issue, issue_request
from tests.unit.ledger.local import NOW, TABLE, items, operations
from tests.unit.things import CASE_ID, CONFIG, a_case, a_pair, an_issue

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

BASE = Base(
    title=Agreed("title", "summary", writing=Writing("jira", "title", "other", cut=True)),
    description=Agreed("long", "longer", cut=True, alike=frozenset({"a:b", "c:d"})),
    status=Agreed("Submitted", "10000", refused="jira", walking=("10001", "10002")),
)
REQUEST = {"fields": {"summary": "Leaked key", "labels": ["a", "b"], "points": 1.5, "none": None}}

# Births


@pytest.mark.parametrize("reserve", [PairLedger.reserve_issue, PairLedger.reserve_case])
def test_a_birth_is_reserved_once(ledger: PairLedger, reserve: Callable[..., None]) -> None:
    reserve(ledger, "1", REQUEST, BASE)
    with pytest.raises(AlreadyPaired):
        reserve(ledger, "1", REQUEST, BASE)


def test_a_reservation_keeps_the_exact_request_and_when_it_was_made(ledger: PairLedger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    facts = ledger.load(CASE_ID)
    assert facts.pair is None
    assert facts.reservation is not None
    assert facts.reservation.request == REQUEST
    assert facts.reservation.base == BASE
    assert facts.reservation.attempted_at == NOW


@pytest.mark.parametrize(
    "description",
    [
        "| a | b |\n|---|---|\n" + "|a|b|\n" * 1_600,
        f"{'|a' * 1_000}|\n{'|-' * 1_000}|\n{'|a' * 1_990}|",
        "a\n" * 4_000,
        "a\n\n" * 2_700,
        "`a` " * 2_000,
        "- a\n" * 2_000,
        "\x1b" * 8_000,
        "".join(map(chr, Random(1).choices(range(0x4E00, 0x9FFF), k=8_000))),
        "\n\n".join(map(chr, Random(1).choices(range(0x4E00, 0x9FFF), k=2_700))),
    ],
    ids=["cells", "columns", "lines", "paragraphs", "code", "items", "controls", "noise", "noisy paragraphs"],
)
def test_whatever_was_pasted_a_reservation_fits_into_an_item(
    ledger: PairLedger, client: DynamoDBClient, description: str
) -> None:
    case = a_case(description=description[:8_000])
    request = issue_request(case, CONFIG, "SEC")
    ledger.reserve_issue(CASE_ID, request, base_of_new_issue(case))
    (item,) = items(client)
    assert len(json.dumps(item)) < 100_000
    reservation = ledger.load(CASE_ID).reservation
    assert reservation is not None
    assert reservation.request == request


def test_a_reservation_that_the_first_version_wrote_is_read(ledger: PairLedger, client: DynamoDBClient) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    (item,) = items(client)
    client.put_item(TableName=TABLE, Item=item | {"creation": {"S": json.dumps(REQUEST)}})
    reservation = ledger.load(CASE_ID).reservation
    assert reservation is not None
    assert reservation.request == REQUEST


def test_the_reservation_of_a_case_is_found_by_its_issue(ledger: PairLedger) -> None:
    ledger.reserve_case("10100", REQUEST, BASE)
    entry = ledger.entry_of_issue("10100")
    assert entry is not None
    assert (entry.issue_id, entry.case_id) == ("10100", None)
    assert entry.reservation is not None
    assert entry.reservation.request == REQUEST


def test_a_dropped_reservation_makes_room_for_another(ledger: PairLedger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.drop_issue_reservation(CASE_ID)
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.reserve_case("10100", REQUEST, BASE)
    ledger.drop_case_reservation("10100")
    ledger.reserve_case("10100", REQUEST, BASE)


def test_a_case_that_is_paired_cannot_be_reserved(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    with pytest.raises(AlreadyPaired):
        ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    with pytest.raises(AlreadyPaired):
        ledger.reserve_case("10100", REQUEST, BASE)


def test_a_pair_is_found_by_case_by_issue_id_and_by_key(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    assert ledger.load(CASE_ID).pair == a_pair()
    for name in ("10100", "SEC-1"):
        entry = ledger.entry_of_issue(name)
        assert entry is not None
        assert (entry.issue_id, entry.case_id) == ("10100", CASE_ID)


def test_binding_ends_the_reservation(ledger: PairLedger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.bind(a_pair(base=BASE))
    facts = ledger.load(CASE_ID)
    assert facts.reservation is None
    assert facts.pair == a_pair(base=BASE)


def test_a_pair_starts_from_the_base_of_its_reservation(ledger: PairLedger) -> None:
    ledger.reserve_issue(CASE_ID, REQUEST, BASE)
    ledger.bind(a_pair(base=Base()))
    assert ledger.load(CASE_ID).pair == a_pair(base=BASE)


def test_binding_the_same_two_again_changes_nothing(ledger: PairLedger) -> None:
    ledger.bind(a_pair(base=BASE))
    ledger.dressed(CASE_ID)
    ledger.bind(a_pair(base=Base()))
    assert ledger.load(CASE_ID).pair == a_pair(base=BASE, dressed=True)


@pytest.mark.parametrize("thief", [a_pair(issue_id="10200", issue_key="SEC-2"), a_pair(case_id="1000000002")])
def test_fault_7_a_pair_is_not_stolen(ledger: PairLedger, thief: Any) -> None:
    ledger.bind(a_pair())
    with pytest.raises(AlreadyPaired):
        ledger.bind(thief)
    assert ledger.load(CASE_ID).pair == a_pair()


def test_a_binding_that_fails_leaves_nothing_behind(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    with pytest.raises(AlreadyPaired):
        ledger.bind(a_pair(case_id="1000000002"))
    assert ledger.load("1000000002").pair is None


def test_an_issue_that_moved_is_known_under_its_old_and_its_new_key(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    moved = ledger.located(a_pair(), an_issue(key="OPS-7", service_project=True))
    assert ledger.load(CASE_ID).pair == moved == a_pair(issue_key="OPS-7", service_project=True)
    for name in ("10100", "SEC-1", "OPS-7"):
        entry = ledger.entry_of_issue(name)
        assert entry is not None
        assert entry.case_id == CASE_ID


def test_an_issue_that_did_not_move_costs_no_write(ledger: PairLedger, client: DynamoDBClient) -> None:
    called = operations(client)
    ledger.located(a_pair(), an_issue())
    assert called == []


# The base


def test_the_base_moves_on_facet_by_facet(ledger: PairLedger) -> None:
    ledger.bind(a_pair(base=BASE))
    news = Agreed("new", "newer")
    ledger.advance(CASE_ID, {"title": news})
    pair = ledger.load(CASE_ID).pair
    assert pair is not None
    assert pair.base == replace(BASE, title=news)


def test_the_base_forgets_what_no_longer_holds(ledger: PairLedger) -> None:
    ledger.bind(a_pair(base=BASE))
    ledger.advance(CASE_ID, {"status": Agreed("Closed", "10003"), "description": Agreed("short", "short")})
    pair = ledger.load(CASE_ID).pair
    assert pair is not None
    assert pair.base == Base(BASE.title, Agreed("short", "short"), Agreed("Closed", "10003"))


# Copies and notices


def test_a_copy_is_recognised_by_its_id_on_both_sides(ledger: PairLedger) -> None:
    ledger.record(CASE_ID, Copy("COMMENT#jira#501", "digest", parts=("100001", "100002"), total=2))
    facts = ledger.load(CASE_ID)
    assert set(facts.known("jira").copies) == {"501"}
    assert facts.known("jira").ours == frozenset()
    assert facts.known("security_ir").ours == {"100001", "100002"}


def test_a_part_whose_answer_was_lost_is_remembered(ledger: PairLedger) -> None:
    copy = Copy("COMMENT#jira#501", "digest", parts=("100001",), sending="part two", total=3)
    ledger.record(CASE_ID, copy)
    facts = ledger.load(CASE_ID)
    assert facts.copies == {"COMMENT#jira#501": copy}
    assert facts.known("security_ir").sent == {"part two"}


def test_what_was_sent_is_no_longer_remembered_once_its_id_is_known(ledger: PairLedger) -> None:
    ledger.record(CASE_ID, Copy("COMMENT#jira#501", "digest", sending="part one"))
    ledger.record(CASE_ID, Copy("COMMENT#jira#501", "digest", parts=("100001",)))
    assert ledger.load(CASE_ID).known("security_ir").sent == frozenset()


def test_a_notice_is_left_once(ledger: PairLedger) -> None:
    notice = Notice("jira", "status-refused", {"status": "Submitted", "current": "Closed"})
    ledger.leave(CASE_ID, notice)
    ledger.leave(CASE_ID, notice)
    assert ledger.load(CASE_ID).pending == (notice,)


def test_a_notice_with_other_values_is_another(ledger: PairLedger) -> None:
    ledger.leave(CASE_ID, Notice("jira", "issue-status", {"status": "To Do"}))
    ledger.leave(CASE_ID, Notice("jira", "issue-status", {"status": "Done"}))
    assert len(ledger.load(CASE_ID).pending) == 2


def test_a_notice_that_was_said_waits_no_longer_and_is_not_left_again(ledger: PairLedger) -> None:
    notice = Notice("jira", "cannot-reopen")
    ledger.leave(CASE_ID, notice)
    ledger.record(CASE_ID, Copy(notice.key, "said", parts=("501",)), notice)
    ledger.leave(CASE_ID, notice)
    facts = ledger.load(CASE_ID)
    assert facts.pending == ()
    assert facts.known("jira").ours == {"501"}


# What it costs


def test_what_a_notice_quotes_is_kept_until_it_is_said_and_no_longer(
    ledger: PairLedger, client: DynamoDBClient
) -> None:
    notice = Notice("jira", "comment-refused", {"author": "ada@example.com", "when": "2026-01-01 12:00 UTC"})
    ledger.leave(CASE_ID, notice)
    assert "ada@example.com" in str(items(client))
    ledger.record(CASE_ID, Copy(notice.key, "said", sending="digest"), notice)
    assert "ada@example.com" in str(items(client)), "it may have to be sent once more"
    ledger.record(CASE_ID, Copy(notice.key, "said", parts=("10001",)), notice)
    assert "ada@example.com" not in str(items(client))
    assert ledger.load(CASE_ID).pending == ()


def test_fault_32_all_that_is_known_of_a_pair_is_one_query(ledger: PairLedger, client: DynamoDBClient) -> None:
    ledger.bind(a_pair())
    for number in range(60):
        ledger.record(CASE_ID, Copy(f"COMMENT#jira#{number}", "digest", parts=(str(number),)))
    called = operations(client)
    assert len(ledger.load(CASE_ID).copies) == 60
    assert called == ["Query"]


def test_fault_32_an_issue_is_looked_up_by_one_get(ledger: PairLedger, client: DynamoDBClient) -> None:
    called = operations(client)
    ledger.entry_of_issue("SEC-1")
    assert called == ["GetItem"]


def test_all_pages_of_a_long_history_are_read(ledger: PairLedger) -> None:
    ledger.bind(a_pair())
    for number in range(40):
        ledger.record(CASE_ID, Copy(f"COMMENT#jira#{number}", "x" * 50_000, parts=(str(number),)))
    facts = ledger.load(CASE_ID)
    assert len(facts.copies) == 40
    assert facts.pair is not None


def test_fault_21_no_item_grows_with_the_case(ledger: PairLedger, client: DynamoDBClient) -> None:
    ledger.bind(a_pair(base=BASE))
    for number in range(50):
        ledger.record(CASE_ID, Copy(f"COMMENT#jira#{number}", "d" * 32, parts=("1", "2", "3"), total=3))
    assert max(len(str(item)) for item in items(client)) < 2_000


def test_documents_are_written_down_by_the_hundred_beside_what_is_known_of_a_copy(ledger: PairLedger) -> None:
    copies = [Copy(f"COMMENT#jira#{number}", "digest", parts=(str(number),)) for number in range(130)]
    for copy in copies:
        ledger.record(CASE_ID, copy)
    told = [replace(copy, source="another", document="d" * 32) for copy in copies]
    ledger.record_documents(CASE_ID, [told[0], *told])
    assert ledger.load(CASE_ID).copies == {copy.key: replace(copy, document="d" * 32) for copy in copies}


def test_the_document_of_a_copy_that_is_not_known_makes_none(ledger: PairLedger) -> None:
    ledger.record_documents(CASE_ID, [Copy("COMMENT#jira#1", "digest", document="d" * 32)])
    assert ledger.load(CASE_ID).copies == {}
