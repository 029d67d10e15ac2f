"""What the case's side announces, and when it believes to have announced it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from security_ir_jira.cases.calls import ListedCase
from security_ir_jira.errors import MoreToDo, PublishFailed, RetryLater, Unavailable, Undeliverable
from security_ir_jira.events import SWEEP, Event
from security_ir_jira.ledger.cursors import Cursor, Sweep
from security_ir_jira.sources.cases import CaseSource, read_native_event

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@dataclass(slots=True)
class Stage:
    """A source between a list of cases, a bus and the cursors. ``accept`` is how many publications succeed."""

    cases: list[ListedCase] = field(default_factory=list)
    cursors: dict[str, Cursor] = field(default_factory=dict)
    told: list[Event] = field(default_factory=list)
    accept: int = 1_000
    broken_after: int | None = None
    last: Sweep | None = None
    counts: list[str] = field(default_factory=list)
    now: float = NOW.timestamp()
    takes: float = 0.0
    """Seconds that a publication takes."""
    listing_takes: float = 0.0
    """Seconds that each case takes that is listed."""

    @property
    def source(self) -> CaseSource:
        return CaseSource(
            _Cursors(self),  # type: ignore[arg-type]  # the cursors only
            _Service(self),  # type: ignore[arg-type]  # the list only
            _Bus(self),  # type: ignore[arg-type]  # a list
            lambda: self.now,
            count=self.counts.append,
        )

    def sweep(self) -> list[tuple[str, str | None]]:
        """Type and case of each event of one sweep."""
        self.told.clear()
        self.source.sweep()
        return [(event.type, event.case_id) for event in self.told]

    def at_rest(self, *cases: ListedCase) -> None:
        """Everything was announced as it stands, long ago."""
        self.cases = list(cases)
        for case in cases:
            stamp = case.updated.isoformat()
            self.cursors[case.id] = Cursor(case.id, stamp, case.status, case.updated.timestamp(), checked_at=self.now)


@dataclass(slots=True)
class _Cursors:
    stage: Stage

    def load(self) -> tuple[Sweep | None, dict[str, Cursor]]:
        return self.stage.last, dict(self.stage.cursors)

    def swept(self, sweep: Sweep) -> None:
        self.stage.last = sweep

    def advance(self, *cursors: Cursor) -> None:
        self.stage.cursors |= {cursor.case_id: cursor for cursor in cursors}

    def seen_moving(self, case_id: str, *, opened: bool = False, at: float | None = None) -> None:
        known = self.stage.cursors.get(case_id, Cursor(case_id))
        self.stage.cursors[case_id] = replace(known, moved_at=self.stage.now, seen_open=known.seen_open or opened)

    def forget(self, case_id: str) -> None:
        del self.stage.cursors[case_id]


@dataclass(slots=True)
class _Service:
    stage: Stage

    def listed(self) -> Iterator[ListedCase]:
        for place, case in enumerate(self.stage.cases):
            if place == self.stage.broken_after:
                raise Unavailable("list_cases: InternalServerException")
            self.stage.now += self.stage.listing_takes
            yield case


@dataclass(slots=True)
class _Bus:
    stage: Stage

    def publish(self, events: Iterable[Event]) -> None:
        if not self.stage.accept:
            raise PublishFailed("1 events not accepted: InternalFailure")
        self.stage.accept -= 1
        self.stage.now += self.stage.takes
        self.stage.told += events


def listed(number: int, **changes: Any) -> ListedCase:
    """A case that moved a day ago."""
    case_id = str(1_000_000_000 + number)
    arn = f"arn:aws:security-ir:eu-central-1:123456789012:case/{case_id}"
    return replace(ListedCase(case_id, arn, "Leaked key", "Submitted", NOW - timedelta(days=1)), **changes)


def native(kind: str, detail: object, **more: Any) -> dict[str, Any]:
    return {"source": "aws.security-ir", "detail-type": kind, "time": "2026-01-01T12:00:00Z", "detail": detail, **more}


@pytest.fixture
def stage() -> Stage:
    return Stage()


# Sweeps


def test_a_case_nobody_announced_is_announced(stage: Stage) -> None:
    stage.cases = [listed(1)]
    assert stage.sweep() == [("CaseCreated", listed(1).id)]


def test_a_case_that_was_closed_before_anybody_saw_it_is_not_announced(stage: Stage) -> None:
    stage.cases = [listed(1, status="Closed")]
    assert stage.sweep() == []


def test_a_case_that_moved_is_announced_once(stage: Stage) -> None:
    stage.at_rest(listed(1))
    stage.cases = [listed(1, updated=NOW - timedelta(hours=2))]
    assert stage.sweep() == [("CaseUpdated", listed(1).id)]
    assert stage.sweep() == []


def test_a_case_that_was_closed_is_announced_once(stage: Stage) -> None:
    stage.at_rest(listed(1))
    stage.cases = [listed(1, status="Closed", updated=NOW - timedelta(hours=2))]
    assert stage.sweep() == [("CaseClosed", listed(1).id)]
    assert stage.sweep() == []


def test_a_native_birth_that_was_lost_on_the_way_is_found_even_if_the_case_is_closed_by_then(stage: Stage) -> None:
    stage.cursors[listed(1).id] = Cursor(listed(1).id, moved_at=stage.now)
    stage.cases = [listed(1, status="Closed")]
    assert stage.sweep() == [("CaseClosed", listed(1).id)]


def test_a_case_that_stays_away_from_the_list_is_announced_as_deleted_once(stage: Stage) -> None:
    stage.at_rest(listed(1), listed(2))
    stage.cases = [listed(2)]
    assert stage.sweep() == [("CaseUpdated", listed(1).id)]
    stage.now += 599
    assert stage.sweep() == []
    stage.now += 1
    assert stage.sweep() == [("CaseDeleted", listed(1).id)]
    assert stage.sweep() == []


def test_a_case_that_comes_back_to_the_list_is_looked_into_and_not_deleted(stage: Stage) -> None:
    stage.at_rest(listed(1), listed(2))
    stage.cases = [listed(2)]
    stage.sweep()
    stage.cases = [listed(1), listed(2)]
    assert stage.sweep() == [("CaseUpdated", listed(1).id)]
    stage.now += 700
    assert stage.sweep() == []


def test_history_30_cases_that_all_went_at_once_are_not_taken_for_deleted_and_said_to_be_gone_once(
    stage: Stage,
) -> None:
    stage.at_rest(listed(1), listed(2))
    stage.cases = []
    assert stage.sweep() == []
    stage.now += 599
    assert stage.sweep() == []
    assert not stage.counts
    for _ in range(20):
        stage.now += 300
        assert stage.sweep() == []
    assert stage.counts == ["CasesVanished"]


def test_history_30_new_cases_in_the_place_of_the_old_ones_change_nothing_of_that(stage: Stage) -> None:
    stage.at_rest(listed(1), listed(2), listed(3))
    stage.cases = []
    told = []
    for number in range(11, 60):
        stage.cases.append(listed(number, updated=NOW - timedelta(days=1)))
        told += stage.sweep()
        stage.now += 3_600
    gone = {listed(number).id for number in (1, 2, 3)}
    assert not [kind for kind, case_id in told if case_id in gone]


@pytest.mark.parametrize(("known", "missing", "believed"), [(3, 1, True), (3, 2, False), (40, 2, True), (40, 3, False)])
def test_history_30_some_may_be_deleted_and_many_are_not_believed(
    stage: Stage, known: int, missing: int, believed: bool
) -> None:
    stage.at_rest(*(listed(number) for number in range(known)))
    stage.cases = [listed(number) for number in range(missing, known)]
    stage.sweep()
    stage.now += 600
    gone = [case_id for kind, case_id in stage.sweep() if kind == "CaseDeleted"]
    assert gone == ([listed(number).id for number in range(missing)] if believed else [])
    assert stage.counts == ([] if believed else ["CasesVanished"])


def test_history_30_cases_that_are_listed_again_are_looked_into_and_may_be_deleted_like_any(stage: Stage) -> None:
    stage.at_rest(listed(1), listed(2))
    stage.cases = []
    stage.sweep()
    stage.now += 600
    stage.sweep()
    stage.cases = [listed(1), listed(2)]
    assert stage.sweep() == [("CaseUpdated", listed(1).id), ("CaseUpdated", listed(2).id)]
    stage.cases = [listed(2)]
    stage.sweep()
    stage.now += 600
    assert ("CaseDeleted", listed(1).id) in stage.sweep()


def test_fault_16_a_case_at_rest_is_not_announced(stage: Stage) -> None:
    stage.at_rest(listed(1), listed(2, status="Closed"))
    assert stage.sweep() == []


def test_fault_12_what_the_bus_did_not_accept_is_announced_by_the_next_sweep(stage: Stage) -> None:
    stage.cases, stage.accept = [listed(1)], 0
    with pytest.raises(PublishFailed):
        stage.sweep()
    assert stage.cursors == {}
    stage.accept = 1_000
    assert stage.sweep() == [("CaseCreated", listed(1).id)]


def test_fault_12_a_deletion_the_bus_did_not_accept_is_announced_by_the_next_sweep(stage: Stage) -> None:
    stage.at_rest(listed(1), listed(2))
    stage.cases = [listed(2)]
    stage.sweep()
    stage.now, stage.accept = stage.now + 600, 0
    with pytest.raises(PublishFailed):
        stage.sweep()
    stage.accept = 1_000
    assert stage.sweep() == [("CaseDeleted", listed(1).id)]


@pytest.mark.parametrize("accepted", [1, 2, 3])
def test_what_was_accepted_before_a_failure_is_not_announced_again(stage: Stage, accepted: int) -> None:
    stage.cases, stage.accept = [listed(number) for number in range(45)], accepted
    with pytest.raises(PublishFailed):
        stage.sweep()
    stage.accept = 1_000
    assert [case_id for _, case_id in stage.sweep()] == [listed(number).id for number in range(10 * accepted, 45)]


@pytest.mark.parametrize("broken_after", [0, 1])
def test_fault_15_an_error_from_list_cases_is_not_taken_for_no_cases(stage: Stage, broken_after: int) -> None:
    stage.at_rest(listed(1), listed(2))
    stage.broken_after = broken_after
    with pytest.raises(Unavailable):
        stage.sweep()
    assert stage.told == []
    assert set(stage.cursors) == {listed(1).id, listed(2).id}


# Deep checks


def looks(stage: Stage, seconds: int, *, every: int = 60) -> list[int]:
    """How many seconds from now the one case is looked into."""
    began, found = stage.now, []
    while stage.now - began < seconds:
        stage.now += every
        if stage.sweep():
            found.append(round(stage.now - began))
    return found


def test_early_looks_are_for_the_case_and_the_last_is_for_its_issue_too(stage: Stage) -> None:
    stage.at_rest(listed(1, updated=NOW))
    changed = []
    for distance in (300, 600, 1_200, 2_400, 4_800):
        stage.now = NOW.timestamp() + distance
        stage.sweep()
        changed += [event.changed for event in stage.told]
    assert changed == [("case", "comments")] * 4 + [("deep",)]


def test_a_case_that_moved_is_looked_into_after_growing_distances(stage: Stage) -> None:
    stage.at_rest(listed(1, updated=NOW))
    assert looks(stage, 7_200) == [300, 600, 1_200, 2_400, 4_800]


def test_a_native_event_counts_as_a_move(stage: Stage) -> None:
    stage.at_rest(listed(1))
    stage.now += 3_600
    stage.source.announce([read_native_event(native("Case Comment Added", {"caseId": listed(1).id}))])
    assert looks(stage, 1_300) == [300, 600, 1_200]


def test_history_18_while_something_is_awaited_the_last_distance_repeats_on_a_closed_case_too(stage: Stage) -> None:
    stage.at_rest(listed(1, updated=NOW, status="Closed"))
    found = []
    for _ in range(5 * 60):
        stage.now += 60
        if stage.sweep():
            found.append(round(stage.now - NOW.timestamp()))
        cursor = stage.cursors[listed(1).id]
        stage.cursors[listed(1).id] = replace(cursor, awaited_at=stage.now)
    assert found == [300, 600, 1_200, 2_400, 4_800, 9_600, 14_400]
    assert looks(stage, 1_300) == [1_200]
    assert looks(stage, 86_400) == []


def test_a_closed_case_on_which_nothing_is_awaited_is_not_watched(stage: Stage) -> None:
    stage.at_rest(listed(1, updated=NOW, status="Closed"))
    assert looks(stage, 86_400, every=300) == []


def test_our_own_birth_starts_no_watch_and_a_later_move_does(stage: Stage) -> None:
    stage.at_rest(listed(1))
    stage.cursors[listed(1).id] = replace(stage.cursors[listed(1).id], written_at=stage.now)
    stage.cases = [listed(1, updated=NOW + timedelta(seconds=2))]
    assert stage.sweep() == [("CaseUpdated", listed(1).id)]
    assert len(looks(stage, 1_000)) <= 1, "every six hours at most"
    stage.cases = [listed(1, updated=NOW + timedelta(seconds=1_000))]
    stage.sweep()
    assert looks(stage, 1_300) == [300, 600, 1_200]


def test_deep_checks_that_were_missed_do_not_come_all_at_once(stage: Stage) -> None:
    stage.at_rest(*(listed(number) for number in range(360)))
    stage.sweep()
    for _ in range(12):
        stage.now += 300
        stage.sweep()
    stage.now += 86_400
    found = []
    for _ in range(72):
        found.append(len(stage.sweep()))
        stage.now += 300
    assert max(found) <= 60
    assert sum(found[:30]) >= 360


def test_after_a_gap_of_more_than_six_hours_500_open_cases_are_looked_into_within_an_hour(stage: Stage) -> None:
    stage.at_rest(*(listed(number) for number in range(500)))
    for _ in range(72):
        stage.sweep()
        stage.now += 300
    stage.now += 7 * 3_600
    found = []
    for _ in range(13):
        found.append(len(stage.sweep()))
        stage.now += 300
    assert found[0] <= 84
    assert max(found[1:]) <= 42
    assert 9 <= sum(1 for each in found if each >= 40) <= 12, "over an hour, and not for longer"
    assert sum(found) >= 500


def test_deep_checks_keep_up_with_a_schedule_of_an_hour(stage: Stage) -> None:
    stage.at_rest(*(listed(number) for number in range(60)))
    due = []
    for _ in range(18):
        stage.now += 3_600
        due.append(len(stage.sweep()))
    assert sum(due[-6:]) == 60


def test_a_closed_case_gets_no_deep_check(stage: Stage) -> None:
    stage.at_rest(listed(1, status="Closed"))
    stage.now += 86_400
    assert stage.sweep() == []


def test_an_open_case_gets_a_deep_check_every_six_hours(stage: Stage) -> None:
    stage.at_rest(listed(1))
    checks = []
    for _ in range(3 * 24 * 12):
        stage.now += 300
        if stage.sweep():
            checks.append(stage.now)
    assert len(checks) == 12
    assert {round(later - earlier) for earlier, later in pairwise(checks)} == {21_600}


def test_fault_33_deep_checks_are_spread_evenly(stage: Stage) -> None:
    stage.at_rest(*(listed(number) for number in range(360)))
    due = []
    for _ in range(72):
        stage.now += 300
        due.append(len(stage.sweep()))
    assert sum(due) == 360
    assert max(due) <= 18


# The invocation's time


def test_a_sweep_that_runs_out_of_time_stops_by_itself_and_goes_on_where_it_was(stage: Stage) -> None:
    stage.cases, stage.takes = [listed(number) for number in range(200)], 3.0
    for _ in range(2):
        with pytest.raises(MoreToDo) as stopped:
            stage.source.receive(SWEEP, [], 60.0 + 35.0, stage.now)
        assert stopped.value.delay == 5.0
        assert stage.last is None, "it has not got through"
    stage.takes = 0.0
    stage.source.sweep(360.0)
    told = [event.case_id for event in stage.told]
    assert told == [case.id for case in stage.cases], "each once"
    assert stage.last is not None


def test_a_sweep_that_cannot_even_list_the_cases_in_time_fails(stage: Stage) -> None:
    stage.at_rest(*(listed(number) for number in range(10)))
    stage.listing_takes = 30.0
    with pytest.raises(RetryLater) as failure:
        stage.source.sweep(360.0 - 200.0)
    assert not isinstance(failure.value, MoreToDo)


# Native events


@pytest.mark.parametrize(
    ("kind", "event", "changed"),
    [
        ("Case Created", "CaseCreated", ("case",)),
        ("Case Updated", "CaseUpdated", ("case",)),
        ("Case Closed", "CaseClosed", ("case",)),
        ("Case Comment Added", "CaseUpdated", ("comments",)),
        ("Case Comment Created", "CaseUpdated", ("comments",)),
        ("Case Comment Updated", "CaseUpdated", ("comments",)),
        ("Case Something New", "CaseUpdated", ("case",)),
    ],
)
def test_a_native_event_becomes_one_of_ours(kind: str, event: str, changed: Sequence[str]) -> None:
    read = read_native_event(native(kind, {"caseId": "1234567890", "createdBy": "AWS Responder"}))
    assert (read.type, read.changed, read.case_id) == (event, changed, "1234567890")
    assert read.occurred_at == "2026-01-01T12:00:00Z"


@pytest.mark.parametrize(
    "envelope",
    [
        native("Case Updated", {"caseArn": "arn:aws:security-ir:eu-central-1:123456789012:case/1234567890"}),
        native("Case Updated", {}, resources=["arn:aws:security-ir:eu-central-1:123456789012:case/1234567890"]),
        native("Case Updated", {"caseId": ""}, resources=["x", "arn:aws-us-gov:security-ir:x:1:case/1234567890"]),
    ],
)
def test_a_case_may_be_named_by_its_arn(envelope: dict[str, Any]) -> None:
    assert read_native_event(envelope).case_id == "1234567890"


@pytest.mark.parametrize(
    "envelope",
    [
        native("Membership Created", {"caseId": "1234567890"}),
        native("Case Updated", {"caseId": "../../etc"}),
        native("Case Updated", {"caseId": 1234567890}),
        native("Case Updated", None),
        native("Case Updated", {}, resources="arn"),
        {},
    ],
)
def test_what_names_no_case_is_undeliverable(envelope: dict[str, Any]) -> None:
    with pytest.raises(Undeliverable):
        read_native_event(envelope)


@pytest.mark.parametrize("time", [None, 5, "yesterday", "2026-01-01T12:00:00", ["2026-01-01T12:00:00Z"], {}])
def test_a_date_that_is_none_is_not_passed_on(time: object) -> None:
    assert read_native_event(native("Case Updated", {"caseId": "1234567890"}, time=time)).occurred_at is None


def test_what_a_batch_tells_of_one_case_is_one_event(stage: Stage) -> None:
    kinds = ("Case Comment Added", "Case Updated", "Case Closed", "Case Comment Updated")
    stage.source.announce([read_native_event(native(kind, {"caseId": "1234567890"})) for kind in kinds])
    (event,) = stage.told
    assert (event.type, event.changed, event.case_id) == ("CaseClosed", ("comments", "case"), "1234567890")


def test_fault_12_a_native_event_the_bus_did_not_accept_fails(stage: Stage) -> None:
    stage.accept = 0
    with pytest.raises(PublishFailed):
        stage.source.announce([read_native_event(native("Case Updated", {"caseId": "1234567890"}))])
    assert stage.cursors == {}
