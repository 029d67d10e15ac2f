"""What a birth and a change cost, echoes included: requests to both systems, and runs of the functions.

Counted, never timed. The functions have been at work before, so that what they keep in memory is there, and what rings
together waits together.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from sandbox.jira import Person
from security_ir_jira.config import Config
from security_ir_jira.jira.credentials import Credentials

from .loop import Loop, at_work, key_of, open_case, open_own_case


@dataclass(frozen=True, slots=True)
class Cost:
    calls: list[str]
    runs: list[str]


@pytest.fixture
def busy(loop: Loop, ada: Person) -> Loop:
    """The module as it is most of the time: it has made a pair each way, and sweeps."""
    loop.gathers = True
    at_work(loop, ada)
    return loop


def cost(loop: Loop, act: Callable[[], object]) -> Cost:
    quiet = loop.quiet()
    loop.runs.clear()
    act()
    loop.settle()
    assert not loop.dead
    return Cost(quiet.writes + quiet.jira_reads + quiet.service_reads, list(loop.runs))


# Births


def test_a_case_born_into_jira_costs_eight_calls_and_six_runs(busy: Loop) -> None:
    born = cost(busy, lambda: open_case(busy, "Another"))
    assert len(born.calls) <= 8, born.calls
    assert len(born.runs) <= 6, born.runs
    assert len(busy.pairs()) == 3


def test_a_self_managed_case_is_asked_once_more_whether_it_was_made_for_an_issue(busy: Loop) -> None:
    born = cost(busy, lambda: open_own_case(busy))
    assert len(born.calls) <= 9, born.calls
    assert born.calls.count("ListTagsForResource") == 1
    assert len(born.runs) <= 6, born.runs


def test_an_issue_born_into_a_case_costs_twelve_calls_and_six_runs(busy: Loop, ada: Person) -> None:
    born = cost(busy, lambda: ada.create_issue("SEC", "Another", "Some text"))
    assert len(born.calls) <= 12, born.calls
    assert len(born.runs) <= 6, born.runs
    assert [watcher.email for watcher in busy.service.cases()[-1].watchers] == [ada.user.email]


def test_twenty_open_cases_met_for_the_first_time_cost_eight_calls_to_jira_each(loop: Loop) -> None:
    loop.gathers, loop.native, loop.automation = True, False, False
    statuses = ("Acknowledged", "Detection and Analysis", "Submitted", "Post-incident Activities")
    cases = [open_case(loop, f"Case {number}") for number in range(20)]
    for number, case_id in enumerate(cases):
        if number % len(statuses) != 2:
            loop.service.aws_responder.set_status(case_id, statuses[number % len(statuses)])
    loop.advance(7_200)
    loop.native, loop.automation = True, True
    quiet = loop.quiet()
    loop.sweep_cases()
    loop.settle()
    assert len(loop.pairs()) == len(cases)
    assert len(loop.jira.requests) <= 8 * len(cases), quiet.writes + quiet.jira_reads


# Changes


def test_a_comment_on_a_case_costs_four_calls(busy: Loop) -> None:
    case_id = next(iter(busy.pairs()))
    told = cost(busy, lambda: busy.service.aws_responder.comment(case_id, "News."))
    assert len(told.calls) <= 4, told.calls
    assert len(told.runs) <= 4, told.runs


def test_a_comment_on_an_issue_costs_three_calls(busy: Loop, ada: Person) -> None:
    key = next(iter(busy.pairs().values()))
    told = cost(busy, lambda: ada.comment(key, "News."))
    assert len(told.calls) <= 3, told.calls
    assert len(told.runs) <= 4, told.runs


def test_a_status_of_a_case_costs_six_calls(busy: Loop) -> None:
    case_id = next(iter(busy.pairs()))
    told = cost(busy, lambda: busy.service.aws_responder.set_status(case_id, "Detection and Analysis"))
    assert busy.jira.issue(key_of(busy, case_id)).status.name == "In Progress"
    assert len(told.calls) <= 6, told.calls
    assert len(told.runs) <= 4, told.runs


def test_a_status_of_an_issue_costs_five_calls(busy: Loop, ada: Person) -> None:
    case_id = next(case for case, key in busy.pairs().items() if busy.service.case(case).resolver_type == "Self")
    told = cost(busy, lambda: ada.transition(key_of(busy, case_id), "In Progress"))
    assert busy.service.case(case_id).status == "Detection and Analysis"
    assert len(told.calls) <= 6, told.calls
    assert len(told.runs) <= 6, told.runs


def test_a_burst_of_one_pair_is_worked_on_in_few_runs(busy: Loop, ada: Person) -> None:
    case_id, key = next(iter(busy.pairs().items()))

    def burst() -> None:
        for number in range(20):
            ada.edit(key, summary=f"Edit {number}")

    told = cost(busy, burst)
    assert busy.service.case(case_id).title == "Edit 19"
    assert len(told.runs) <= 10, told.runs
    assert len(told.calls) <= 10, told.calls


def test_a_burst_of_comments_is_worked_on_in_few_runs(busy: Loop) -> None:
    case_id = next(iter(busy.pairs()))

    def burst() -> None:
        for number in range(20):
            busy.service.aws_responder.comment(case_id, f"News {number}.")

    told = cost(busy, burst)
    assert len(told.runs) <= 10, told.runs
    reads = [call for call in told.calls if not call.startswith("POST")]
    assert len(reads) <= 10, reads


def test_a_look_that_finds_no_new_comment_reads_no_credentials(
    loop: Loop, config: Config, case_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[bool] = []
    credentials = loop._credentials

    def noted(fresh: bool) -> Credentials:
        asked.append(fresh)
        return credentials(fresh)

    monkeypatch.setattr(loop, "_credentials", noted)
    loop.start(config)
    loop._on_native_event("Case Comment Added", {"caseId": case_id})
    runs = len(loop.runs)
    loop.settle()
    assert "jira_client" in loop.runs[runs:]
    assert asked == []
