"""A side that is away for an hour, a token that is gone for a weekend, a table that is lost, with sweeps as scheduled.

The weekend lasts from Friday evening to Monday morning with ``CHAOS=all`` (`make soak`), else an evening.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from .agreement import are_in_step, pairs
from .stage import Stage, staged

MOST_RECEIVES = 1_000
"""``max_receive_count`` of the worker's queues: whatever comes more often goes to the dead letters."""
WEEKEND_SECONDS = 3_600.0 * (60 if os.environ.get("CHAOS") == "all" else 2)
MINUTES = 900.0


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


def two_pairs(stage: Stage) -> list[str]:
    """A case born here and one born in Jira, in step."""
    first = stage.own_case()
    stage.ada.create_issue("SEC", "Phish", "Reported by mail.")
    stage.loop.settle()
    stage.pass_time(600)
    return [first, *(case for case in stage.loop.pairs() if case != first)]


def people_work(stage: Stage, case_id: str, when: str) -> None:
    """Somebody does a bit of everything on both sides."""
    key = stage.key(case_id)
    stage.grace.comment(case_id, f"{when}, on the case")
    stage.grace.edit(case_id, title=f"{when}, a new title")
    stage.grace.attach(case_id, "case.log", f"{when} {case_id} from the case".encode())
    stage.ada.comment(key, f"{when}, in Jira")
    stage.ada.edit(key, description=f"{when}, described anew.")
    stage.ada.attach(key, "jira.log", f"{when} {case_id} from Jira".encode())


def never_given_up(stage: Stage) -> None:
    assert stage.loop.dead == []
    assert max((message.received for message in stage.loop.waiting), default=0) < MOST_RECEIVES


@pytest.mark.parametrize("asked", [None, 30], ids=["429 that names no time", "429 for half a minute each"])
@pytest.mark.parametrize("side", ["Jira", "security-ir"])
def test_a_side_that_holds_everything_back_is_asked_ten_times_a_minute_at_most(
    stage: Stage, side: str, asked: int | None
) -> None:
    cases = two_pairs(stage)
    server = stage.loop.jira if side == "Jira" else stage.loop.service
    headers = {} if asked is None else {"Retry-After": str(asked)}
    server.faults.add(".*", status=429, times=None, headers=headers, error="ThrottlingException")
    for round_ in ("Once", "Again"):
        for case_id in cases:
            people_work(stage, case_id, round_)
        stage.pass_time(300)
    server.reset_log()
    stage.pass_time(600)
    assert len(server.requests) <= 100
    never_given_up(stage)
    server.faults.clear()
    stage.pass_time(90)
    for case_id in cases:
        assert "Again, on the case" in "\n".join(
            comment.text for comment in stage.loop.jira.comments(stage.key(case_id))
        )
        assert "Again, in Jira" in "\n".join(comment.body for comment in stage.loop.service.comments(case_id))
    stage.pass_time(MINUTES)
    are_in_step(stage)


@pytest.mark.parametrize("side", ["Jira", "security-ir"])
def test_an_hour_without_a_side_is_made_good_within_minutes(stage: Stage, side: str) -> None:
    cases = two_pairs(stage)
    server = stage.loop.jira if side == "Jira" else stage.loop.service
    server.down = True
    for case_id in cases:
        people_work(stage, case_id, "Meanwhile")
    if side == "security-ir":
        stage.ada.create_issue("SEC", "New", "While nobody answered.")
    else:
        stage.grace.open_case("New", "While nobody answered.", resolver_type="Self")
    stage.pass_time(3_600)
    never_given_up(stage)
    server.down = False
    stage.pass_time(MINUTES)
    assert len(pairs(stage.loop)) == 3
    are_in_step(stage)


def test_a_weekend_without_a_token_loses_nothing(stage: Stage) -> None:
    cases = two_pairs(stage)
    stage.loop.jira.valid_tokens.clear()
    for case_id in cases:
        people_work(stage, case_id, "On Saturday")
    stage.pass_time(WEEKEND_SECONDS / 2)
    stage.ada.create_issue("SEC", "Sunday", "Found on Sunday.")
    opened = stage.grace.open_case("Sunday", "Opened on Sunday.", resolver_type="Self")
    stage.pass_time(WEEKEND_SECONDS / 2)
    never_given_up(stage)
    assert opened not in stage.loop.pairs()
    stage.loop.jira.token = "a new one"
    stage.loop.jira.valid_tokens.add(stage.loop.jira.token)
    stage.pass_time(2 * MINUTES)
    assert len(pairs(stage.loop)) == 4
    are_in_step(stage)


def test_a_lost_table_is_made_good_by_sweeps(stage: Stage) -> None:
    cases = two_pairs(stage)
    for case_id in cases:
        stage.grace.comment(case_id, "Before, on the case")
        stage.ada.comment(stage.key(case_id), "Before, in Jira")
        stage.grace.edit(case_id, title="A new title")
    stage.pass_time(MINUTES)
    stage.loop.lose_the_table()
    for case_id in cases:
        stage.grace.comment(case_id, "Afterwards, on the case")
        stage.ada.comment(stage.key(case_id), "Afterwards, in Jira")
    stage.pass_time(2 * MINUTES)
    assert len(pairs(stage.loop)) == 2
    are_in_step(stage)
