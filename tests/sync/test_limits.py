"""Jira's limits are kept or waited out: what comes at once arrives once, and Jira is not called down for it."""

from __future__ import annotations

import threading
from collections import Counter
from typing import Any

from security_ir_jira.errors import PairBusy, RetryLater
from security_ir_jira.ledger.breakers import Breakers

from .loop import LEASE_SECONDS, Loop, key_of, open_case, said_on_issue

CONCURRENCY = 10
"""`maximum_concurrency` of the sinks in main.tf."""


def held_back(loop: Loop) -> Counter[str]:
    """What Jira answered 429 to, by method and path."""
    return Counter(each.operation for each in loop.jira.requests if each.status == 429)


def born_once(loop: Loop, number: int) -> None:
    """So many cases and issues, in pairs, and nobody was called down or given up."""
    assert len(loop.pairs()) == len(loop.jira.issues("SEC")) == len(loop.service.cases()) == number
    assert loop.dead == []
    assert "SideDown" not in loop.told_errors()
    assert Breakers(loop.table).all() == {}


def test_what_is_born_at_one_moment_keeps_to_so_many_requests_a_second(loop: Loop) -> None:
    loop.jira.switches.bursts.update(POST=20, GET=20, PUT=10, DELETE=10)
    loop.native = False
    for number in range(60):
        open_case(loop, title=f"Case {number}")
    loop.sweep_cases()
    began = loop.clock.now
    loop.settle()
    assert sum(held_back(loop).values()) > 0
    born_once(loop, 60)
    assert max(issue.created for issue in loop.jira.issues("SEC")) - began < 60


def in_threads(loop: Loop, queue: str, details: list[dict[str, Any]]) -> list[BaseException]:
    """So many runs of a sink truly at once, each for one subject after the other, as its queue would try them again."""
    waiting, wrong = list(details), list[BaseException]()
    pause = threading.Event()

    def work() -> None:
        while waiting:
            try:
                detail = waiting.pop()
            except IndexError:
                return
            subject, heard = loop.functions[queue].read({"detail": detail})
            try:
                loop.functions[queue].receive(subject, [heard], LEASE_SECONDS, loop.clock.now)
            except PairBusy:
                waiting.insert(0, detail)
                pause.wait(0.01)
            except RetryLater as failure:
                waiting.insert(0, detail)
                loop.clock.pass_seconds(failure.delay or 1.0)
            except BaseException as failure:
                wrong.append(failure)
                return

    threads = [threading.Thread(target=work) for _ in range(CONCURRENCY)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
        assert not thread.is_alive()
    return wrong


def test_ten_sinks_at_once_keep_to_the_limits(loop: Loop) -> None:
    loop.jira.switches.bursts.update(POST=3, GET=3, PUT=2, DELETE=2)
    loop.native = False
    cases = [open_case(loop, title=f"Case {number}") for number in range(30)]
    assert in_threads(loop, "jira_client", [{"caseId": case, "changed": ["deep"]} for case in cases]) == []
    assert sum(held_back(loop).values()) > 0
    loop.settle()
    born_once(loop, 30)


def test_ten_sinks_at_once_keep_to_what_one_issue_may_be_written(loop: Loop, case_id: str) -> None:
    loop.native = False
    for number in range(105):
        loop.service.aws_responder.comment(case_id, f"Remark {number}.")
    assert in_threads(loop, "jira_client", [{"caseId": case_id, "changed": ["comments"]}] * CONCURRENCY) == []
    assert sum(held_back(loop).values()) > 0
    loop.settle()
    said = [each.text for each in said_on_issue(loop, key_of(loop, case_id))]
    for number in range(105):
        assert sum(f"Remark {number}." in text for text in said) == 1
    born_once(loop, 1)
