"""One side's breaker: after a few failures one question a minute, and nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from security_ir_jira.errors import JiraUnauthorized, SideDown, Throttled, Unavailable
from security_ir_jira.ledger.breakers import Breaker, Breakers
from security_ir_jira.ledger.table import Table
from tests.clock import Clock
from tests.unit.ledger.local import NOW


@dataclass(slots=True)
class Side:
    """A side that is asked whether it lets us in; ``trouble`` is what comes of that."""

    table: Table
    trouble: Exception | None = None
    asked: list[float] = field(default_factory=list)

    def ask(self) -> None:
        self.asked.append(self.table.clock())
        if self.trouble is not None:
            raise self.trouble

    def function(self) -> Breaker:
        """The breaker as one function instance uses it."""
        return Breaker(Breakers(self.table), "jira", self.ask)


@pytest.fixture
def side(table: Table) -> Side:
    return Side(table)


def fail(side: Side, times: int = 3) -> list[bool]:
    return [side.function().unanswered() for _ in range(times)]


def test_a_side_that_answers_is_called_and_never_asked(side: Side) -> None:
    side.function().admit()
    assert side.asked == []


def test_a_few_failures_of_one_request_say_nothing_of_a_side_that_answers_others(side: Side) -> None:
    assert fail(side) == [False, False, False]
    assert len(side.asked) == 1
    side.function().admit()


def test_a_side_that_does_not_answer_either_is_left_alone_by_all_functions(side: Side) -> None:
    side.trouble = Unavailable("ConnectionError")
    assert fail(side) == [False, False, True]
    for _ in range(20):
        with pytest.raises(SideDown):
            side.function().admit()
    assert len(side.asked) == 1


@pytest.mark.parametrize(("asks_for", "waits"), [(None, 60), (5.0, 60), (300.0, 300), (86_400.0, 900)])
def test_a_side_that_is_down_is_asked_as_late_as_it_wants(
    side: Side, clock: Clock, asks_for: float | None, waits: int
) -> None:
    side.trouble = Unavailable("503", delay=asks_for)
    fail(side)
    for later, asked in [(waits - 1, 1), (waits, 2)]:
        clock.now = NOW + later
        with pytest.raises(SideDown):
            side.function().admit()
        assert len(side.asked) == asked


def test_one_request_that_is_held_back_says_nothing_of_a_side_that_answers_others(side: Side) -> None:
    side.function().throttled()
    assert len(side.asked) == 1
    side.function().admit()


@pytest.mark.parametrize(("asks_for", "waits"), [(None, 60), (5.0, 5), (300.0, 300), (86_400.0, 900)])
def test_a_side_that_holds_everything_back_is_left_alone_as_long_as_it_says(
    side: Side, clock: Clock, asks_for: float | None, waits: int
) -> None:
    side.trouble = Throttled("429", delay=asks_for)
    with pytest.raises(SideDown) as raised:
        side.function().throttled()
    assert raised.value.because == "Throttled"
    for later, asked in [(waits - 1, 1), (waits, 2)]:
        clock.now = NOW + later
        with pytest.raises(SideDown):
            side.function().admit()
        assert len(side.asked) == asked
    side.trouble = None
    clock.now = NOW + 2 * waits
    side.function().admit()


def test_failures_that_are_under_way_hear_of_it(side: Side) -> None:
    side.trouble = Unavailable("ConnectionError")
    assert fail(side, 4) == [False, False, True, True]


def test_one_of_all_asks_again_once_a_minute(side: Side, clock: Clock) -> None:
    side.trouble = Unavailable("ConnectionError")
    fail(side)
    for _ in range(600):
        clock.now += 1
        with pytest.raises(SideDown):
            side.function().admit()
    gaps = [after - before for before, after in zip(side.asked, side.asked[1:], strict=False)]
    assert len(side.asked) == 11
    assert min(gaps) >= 60


def test_whoever_waits_comes_back_for_the_next_question(side: Side, clock: Clock) -> None:
    side.trouble = Unavailable("ConnectionError")
    fail(side)
    clock.now += 20
    with pytest.raises(SideDown) as caught:
        side.function().admit()
    assert caught.value.delay is not None
    assert 40 <= caught.value.delay <= 45


def test_once_it_answers_all_go_on_at_once(side: Side, clock: Clock) -> None:
    side.trouble = Unavailable("ConnectionError")
    fail(side)
    clock.now += 60
    side.trouble = None
    for _ in range(3):
        side.function().admit()
    assert len(side.asked) == 2


def test_why_a_side_lets_nobody_in_is_named_for_the_alarm(side: Side, clock: Clock) -> None:
    side.trouble = JiraUnauthorized("401")
    function = side.function()
    with pytest.raises(SideDown) as caught:
        function.refused()
    assert caught.value.because == "JiraUnauthorized"
    with pytest.raises(SideDown) as caught:
        side.function().admit()
    assert caught.value.because == "JiraUnauthorized", "also by those who only wait"
    clock.now += 60
    with pytest.raises(SideDown) as caught:
        function.admit()
    assert caught.value.because == "JiraUnauthorized", "so that the alarm goes on"


def test_a_missing_permission_is_not_the_whole_side(side: Side, table: Table) -> None:
    side.function().refused()
    side.function().admit()
    assert Breakers(table).all() == {}


def test_a_side_that_refuses_us_for_long_is_asked_every_four_minutes(side: Side, clock: Clock) -> None:
    side.trouble = JiraUnauthorized("401")
    with pytest.raises(SideDown):
        side.function().refused()
    for _ in range(3_600):
        clock.now += 1
        with pytest.raises(SideDown):
            side.function().admit()
    gaps = [after - before for before, after in zip(side.asked, side.asked[1:], strict=False)]
    assert [gap for gap in gaps if gap < 240] == [60.0] * 10
    assert len(side.asked) <= 25


def test_the_subjects_of_a_run_share_one_look(side: Side, clock: Clock) -> None:
    function = side.function()
    function.admit()
    side.trouble = Unavailable("ConnectionError")
    fail(side)
    function.admit()
    clock.now += 5
    with pytest.raises(SideDown):
        function.admit()


def test_an_outage_is_as_old_as_its_beginning(side: Side, clock: Clock, table: Table) -> None:
    side.trouble = Unavailable("ConnectionError")
    fail(side)
    clock.now += 60
    with pytest.raises(SideDown):
        side.function().admit()
    assert Breakers(table).all()["jira"].since == NOW
