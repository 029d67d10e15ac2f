"""Two functions truly at once: threads of their own on one table, both sinks and the same one twice."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from security_ir_jira.errors import RetryLater

from .agreement import are_in_step, pairs
from .stage import Stage, staged

Job = tuple[str, dict[str, Any]]
LEASE_SECONDS = 360.0


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        made.loop.jira.switches.rate_limits = False
        yield made


def case_bell(case_id: str, *changed: str) -> Job:
    return "jira_client", {"detail": {"caseId": case_id, "changed": list(changed or ("deep",))}}


def issue_bell(key: str) -> Job:
    return "security_ir_client", {"detail": {"issueKey": key, "changed": ["issue"]}}


def at_once(stage: Stage, jobs: list[Job], until: Callable[[], bool]) -> None:
    """Each job in a thread of its own, which tries again as its queue would, until all are done."""
    gate = threading.Barrier(len(jobs))
    wrong: list[BaseException] = []

    def work(queue: str, body: dict[str, Any]) -> None:
        function = stage.loop.functions[queue]
        subject, heard = function.read(body)
        gate.wait()
        for _ in range(200):
            try:
                function.receive(subject, [heard], LEASE_SECONDS, stage.loop.clock.now)
            except RetryLater:
                busy.wait(0.01)
            except BaseException as failure:
                wrong.append(failure)
                return
            else:
                return
        wrong.append(AssertionError(f"{queue} never came through"))

    busy = threading.Event()
    threads = [threading.Thread(target=work, args=job) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    assert until()
    stage.loop.settle()
    stage.pass_time(900)
    are_in_step(stage)


@pytest.mark.parametrize("times", [2, 4])
def test_a_case_told_of_at_once_is_one_issue(stage: Stage, times: int) -> None:
    stage.loop.native = False
    case_id = stage.grace.open_case("Leaked key", "Found.", resolver_type="Self")
    at_once(stage, [case_bell(case_id)] * times, lambda: len(pairs(stage.loop)) == 1)


@pytest.mark.parametrize("times", [2, 4])
def test_an_issue_told_of_at_once_is_one_case(stage: Stage, times: int) -> None:
    stage.loop.automation = False
    key = stage.ada.create_issue("SEC", "Phish", "Reported.").key
    at_once(stage, [issue_bell(key)] * times, lambda: len(stage.loop.service.cases()) == 1)


@pytest.mark.parametrize("each", [1, 2])
def test_both_sinks_at_once_bring_each_thing_over_once(stage: Stage, each: int) -> None:
    case_id = stage.own_case()
    key = stage.key(case_id)
    stage.loop.native = stage.loop.automation = False
    for number in range(3):
        stage.grace.comment(case_id, f"remark {number} on the case")
        stage.ada.comment(key, f"remark {number} in Jira")
    stage.grace.attach(case_id, "case.log", b"from the case")
    stage.ada.attach(key, "jira.log", b"from Jira")
    stage.grace.edit(case_id, title="Two keys")
    stage.ada.edit(key, description="Found in two places.")
    jobs = [case_bell(case_id), issue_bell(key)] * each
    at_once(stage, jobs, lambda: stage.loop.service.case(case_id).title == stage.loop.jira.issue(key).summary)


def test_the_same_sink_twice_brings_each_comment_over_once(stage: Stage) -> None:
    case_id = stage.own_case()
    stage.loop.native = False
    for number in range(5):
        stage.grace.comment(case_id, f"remark {number}")
    at_once(stage, [case_bell(case_id, "comments")] * 3, lambda: True)
