"""What the sweeps leave alone is brought in when somebody asks for it: a few a minute, until through or paused."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sandbox.jira import Person
from security_ir_jira.config import Config, IssueFilter
from security_ir_jira.errors import MoreToDo
from security_ir_jira.ledger.backfills import Backfills
from security_ir_jira.ledger.breakers import Breakers
from security_ir_jira.operate.backfill import BackfillDesk
from security_ir_jira.sources import backfill as backfilling

from .loop import Loop, set_up

Backfill = Callable[[str, str], dict[str, Any]]
QUEUES = {"issues": "jira_notifications_handler", "cases": "security_ir_poller"}
YEAR = 365 * 86_400
A_RUN = 3


@pytest.fixture(autouse=True)
def few_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backfilling, "A_RUN", A_RUN)


@dataclass(frozen=True, slots=True)
class Queues:
    """``send_message`` of an SQS client."""

    loop: Loop

    def send_message(self, *, QueueUrl: str, MessageBody: str) -> None:
        self.loop.send(QueueUrl, json.loads(MessageBody))


@pytest.fixture
def backfill(loop: Loop) -> Backfill:
    return BackfillDesk(
        Backfills(loop.table),
        Queues(loop),  # type: ignore[arg-type]  # only send_message is called
        QUEUES,
        loop.table.created_at,
        loop.clock,
    )


def state_of(backfill: Backfill, direction: str) -> str:
    return str(backfill(direction, "status")["backfill"][direction]["state"])


def older_issues(loop: Loop, ada: Person, number: int, *, at: float | None = None, **given: Any) -> list[str]:
    """Issues that were there a year before the module; nobody told of them. One a minute, or all at one moment."""
    bells = list(loop.jira.on_change)
    loop.jira.on_change.clear()
    keys = [ada.create_issue("SEC", f"Old {each}", **given).key for each in range(number)]
    for place, key in enumerate(keys):
        issue = loop.jira.issue(key)
        created = at or loop.clock.now - YEAR + place * 60
        with loop.jira.store.turn():
            loop.jira.store.save(replace(issue, created=created, updated=created), "imported")
    loop.jira.on_change.extend(bells)
    return keys


def closed_cases(loop: Loop, number: int) -> list[str]:
    """Cases that were closed before the module was there."""
    loop.native = False
    grace = loop.service.person("grace")
    cases = [grace.open_case(f"Closed {each}", "Long ago.", resolver_type="Self") for each in range(number)]
    for case in cases:
        grace.close(case)
    loop.native = True
    return cases


def titles(loop: Loop) -> list[str]:
    return sorted(case.title for case in loop.service.cases())


def test_older_issues_wait_until_a_backfill_is_asked_for(loop: Loop, ada: Person, backfill: Backfill) -> None:
    (key,) = older_issues(loop, ada, 1)
    loop.notify(key)
    loop.sweep_issues()
    loop.settle()
    assert titles(loop) == []
    assert state_of(backfill, "issues") == "never started"
    backfill("issues", "start")
    loop.settle()
    assert titles(loop) == ["Old 0"]
    assert state_of(backfill, "issues") == "done"


def test_every_older_issue_gets_one_case_at_a_bounded_pace(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, 2 * A_RUN + 3)
    began = loop.clock.now
    backfill("issues", "start")
    loop.run()
    assert len(titles(loop)) == A_RUN
    loop.settle()
    assert len(titles(loop)) == len(set(titles(loop))) == 2 * A_RUN + 3
    assert 120 <= loop.clock.now - began <= 600
    assert backfill("issues", "status")["backfill"]["issues"]["announced"] == 2 * A_RUN + 3


def test_issues_imported_at_one_moment_are_all_found(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, A_RUN + 5, at=float(int(loop.clock.now - YEAR)) + 30)
    backfill("issues", "start")
    loop.settle()
    assert len(titles(loop)) == A_RUN + 5


def test_a_backfill_that_is_not_through_is_no_failure(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, A_RUN + 1)
    backfill("issues", "start")
    loop.settle()
    assert {type(failure) for queue, failure in loop.failures if queue == QUEUES["issues"]} == {MoreToDo}


def test_a_paused_backfill_brings_nothing_more_and_goes_on_where_it_stood(
    loop: Loop, ada: Person, backfill: Backfill
) -> None:
    older_issues(loop, ada, A_RUN + 5)
    backfill("issues", "start")
    loop.run()
    assert backfill("issues", "pause")["did"] == "paused"
    loop.advance(3_600)
    assert len(titles(loop)) == A_RUN
    assert [message.body for message in loop.waiting] == []
    assert backfill("issues", "resume")["did"] == "resumed where it stood"
    loop.settle()
    assert len(titles(loop)) == A_RUN + 5
    assert backfill("issues", "status")["backfill"]["issues"]["looked_at"] == A_RUN + 5


def test_while_a_backfill_is_paused_no_older_issue_is_born(loop: Loop, ada: Person, backfill: Backfill) -> None:
    first, *_, last = older_issues(loop, ada, A_RUN + 1)
    backfill("issues", "start")
    loop.run()
    backfill("issues", "pause")
    loop.notify(last)
    loop.settle()
    assert f"Old {A_RUN}" not in titles(loop)
    assert first


def test_a_message_of_an_earlier_start_ends_in_silence(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, 2 * A_RUN + 1)
    backfill("issues", "start")
    backfill("issues", "pause")
    backfill("issues", "start")
    loop.run()
    assert (len(loop.waiting), len(titles(loop))) == (1, A_RUN)
    loop.settle()
    assert len(titles(loop)) == 2 * A_RUN + 1


def test_begun_anew_it_announces_no_issue_that_has_its_case(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, 2)
    for announced in (2, 0):
        backfill("issues", "start")
        loop.settle()
        told = backfill("issues", "status")["backfill"]["issues"]
        assert (told["state"], told["looked_at"], told["announced"]) == ("done", 2, announced)


def test_started_twice_it_runs_once(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, 1)
    backfill("issues", "start")
    assert str(backfill("issues", "start")["did"]).startswith("nothing: it is running already")
    loop.settle()
    assert titles(loop) == ["Old 0"]


def test_a_backfill_told_three_times_makes_no_second_case(loop: Loop, ada: Person, backfill: Backfill) -> None:
    loop.copies = 3
    older_issues(loop, ada, 3)
    backfill("issues", "start")
    loop.settle()
    assert titles(loop) == ["Old 0", "Old 1", "Old 2"]


def test_a_backfill_waits_while_a_side_is_down(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, 1)
    breakers = Breakers(loop.table)
    breakers.open("security_ir", "down", "no answer", loop.clock.now + 10**6)
    backfill("issues", "start")
    loop.advance(1_800)
    assert titles(loop) == []
    breakers.close("security_ir")
    loop.advance(300)
    assert titles(loop) == ["Old 0"]


def test_the_issue_filter_holds_for_older_issues_too(
    loop: Loop, config: Config, ada: Person, backfill: Backfill
) -> None:
    set_up(loop, config, issue_filter=IssueFilter(labels=("soc",)))
    older_issues(loop, ada, 1, labels=["soc"])
    older_issues(loop, ada, 1)
    backfill("issues", "start")
    loop.settle()
    assert len(titles(loop)) == 1


def test_what_the_bus_refuses_is_announced_again(loop: Loop, ada: Person, backfill: Backfill) -> None:
    older_issues(loop, ada, 2)
    loop.bus.refuse = 1
    backfill("issues", "start")
    loop.settle()
    assert titles(loop) == ["Old 0", "Old 1"]


def test_closed_cases_wait_until_a_backfill_is_asked_for(loop: Loop, backfill: Backfill) -> None:
    (case,) = closed_cases(loop, 1)
    loop.sweep_cases()
    loop.send("security_ir_poller", {"detail-type": "Case Updated", "detail": {"caseId": case}})
    loop.settle()
    assert loop.jira.issues() == []
    backfill("cases", "start")
    loop.settle()
    (issue,) = loop.jira.issues()
    assert (issue.summary, issue.status.name) == ("Closed 0", "Done")


def test_every_closed_case_gets_one_issue_at_a_bounded_pace(loop: Loop, backfill: Backfill) -> None:
    closed_cases(loop, A_RUN + 2)
    backfill("cases", "start")
    loop.run()
    assert len(loop.jira.issues()) == A_RUN
    loop.settle()
    assert len(loop.jira.issues()) == len(loop.pairs()) == A_RUN + 2
    assert state_of(backfill, "cases") == "done"
    loop.sweep_cases()
    loop.sweep_issues()
    loop.advance(3_600)
    assert len(loop.jira.issues()) == A_RUN + 2
    assert {event["detail"]["caseId"] for event in loop.events} <= {*loop.pairs(), None}


def test_what_is_not_understood_changes_nothing(loop: Loop, backfill: Backfill) -> None:
    assert "usage" in backfill("everything", "start")
    assert "usage" in backfill("issues", "stop")
    assert backfill("", "status")["backfill"] == {
        "issues": {"state": "never started"},
        "cases": {"state": "never started"},
    }
    assert loop.waiting == []


def test_nothing_is_paused_or_resumed_that_does_not_run(backfill: Backfill) -> None:
    assert str(backfill("cases", "pause")["did"]).startswith("nothing")
    assert str(backfill("cases", "resume")["did"]).startswith("nothing")
    assert state_of(backfill, "cases") == "never started"
