"""What is read in the hour after a change, and what starts a watch: people's moves, and not our echoes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sandbox.jira import Person
from security_ir_jira.jira import wire as jira_wire
from security_ir_jira.model import Issue
from security_ir_jira.sinks.surroundings import Surroundings

from .loop import Loop, key_of, texts

MOST_READS = 15
_SEARCH = "POST /rest/api/3/search/jql"


def sweeps(loop: Loop, seconds: int) -> None:
    """The sweeps of the default schedules for so long."""
    for number in range(seconds // 300):
        loop.sweep_cases()
        if number % 3 == 0:
            loop.sweep_issues()
        loop.advance(300)


def at_rest(loop: Loop) -> None:
    """Long after the last change, and just after one of the looks that come every six hours."""
    sweeps(loop, 3 * 3_600)
    for _ in range(80):
        quiet = loop.quiet()
        loop.sweep_cases()
        loop.advance(300)
        if "GetCase" in quiet.service_reads:
            return
    raise AssertionError("no look in six hours")


def reads_in_an_hour(loop: Loop, change: Callable[[], object]) -> list[str]:
    """What is read of either side within an hour of a change, but for the lists that are read at rest too."""
    at_rest(loop)
    quiet = loop.quiet()
    change()
    loop.run()
    loop.advance(120)
    sweeps(loop, 3_600)
    return [each for each in quiet.jira_reads + quiet.service_reads if each not in ("ListCases", _SEARCH)]


def watch_of(loop: Loop, case_id: str) -> int:
    """How often the sweeps look into a case in the next 75 minutes, after the first of them.

    Its turn in the schedule of deep checks may come in that time, whoever moved it.
    """
    sweeps(loop, 300)
    before = len(loop.events)
    sweeps(loop, 4_500)
    looks = [event["detail"]["changed"] for event in loop.events[before:] if event["source"] == "security-ir"]
    assert looks.count(["deep"]) <= 1
    return len(looks) - looks.count(["deep"])


@pytest.mark.parametrize("what", ["title", "comment"])
def test_an_hour_after_a_change_of_a_case_costs_few_reads(loop: Loop, case_id: str, what: str) -> None:
    responder = loop.service.aws_responder
    changes: dict[str, Callable[[], Any]] = {
        "title": lambda: responder.edit(case_id, title="Key used from Tor"),
        "comment": lambda: responder.comment(case_id, "Seen."),
    }
    reads = reads_in_an_hour(loop, changes[what])
    assert len(reads) <= MOST_READS, reads


@pytest.mark.parametrize("what", ["title", "comment"])
def test_an_hour_after_a_change_of_an_issue_costs_less(loop: Loop, case_id: str, ada: Person, what: str) -> None:
    key = key_of(loop, case_id)
    changes: dict[str, Callable[[], Any]] = {
        "title": lambda: ada.edit(key, summary="Key used from Tor"),
        "comment": lambda: ada.comment(key, "Seen."),
    }
    reads = reads_in_an_hour(loop, changes[what])
    assert len(reads) <= 8, reads


def test_what_we_write_to_a_case_starts_no_watch(loop: Loop, case_id: str, ada: Person) -> None:
    at_rest(loop)
    ada.comment(key_of(loop, case_id), "From Jira.")
    loop.run()
    assert watch_of(loop, case_id) == 0


def test_what_people_do_to_a_case_starts_a_watch(loop: Loop, case_id: str) -> None:
    at_rest(loop)
    loop.service.aws_responder.comment(case_id, "From the case.")
    loop.run()
    assert watch_of(loop, case_id) == 4


@pytest.mark.parametrize("native", [True, False])
def test_what_people_do_just_after_we_wrote_starts_a_watch_too(
    loop: Loop, case_id: str, ada: Person, native: bool
) -> None:
    at_rest(loop)
    ada.comment(key_of(loop, case_id), "From Jira.")
    loop.run()
    loop.advance(10)
    loop.native = native
    loop.service.aws_responder.comment(case_id, "From the case.")
    loop.run()
    assert watch_of(loop, case_id) == 4
    assert "From the case." in texts(loop, case_id)[1]


def test_a_case_born_from_an_issue_is_not_watched(loop: Loop, ada: Person) -> None:
    ada.create_issue("SEC", "Reported", "By phone.")
    loop.settle()
    assert watch_of(loop, next(iter(loop.pairs()))) == 0


# The issue sweep


def issue_reads(loop: Loop) -> list[str]:
    quiet = loop.quiet()
    loop.sweep_issues()
    loop.run()
    return [each for each in quiet.jira_reads if "/issue/" in each]


def test_an_issue_that_was_looked_at_is_not_read_again_by_the_next_sweep(loop: Loop, case_id: str, ada: Person) -> None:
    loop.sweep_issues()
    loop.settle()
    ada.comment(key_of(loop, case_id), "Told.")
    loop.settle()
    loop.advance(600)
    assert issue_reads(loop) == []


def test_what_no_notification_told_after_that_is_found(loop: Loop, case_id: str, ada: Person) -> None:
    loop.sweep_issues()
    loop.settle()
    ada.comment(key_of(loop, case_id), "Told.")
    loop.run()
    loop.automation = False
    ada.comment(key_of(loop, case_id), "Not told.")
    assert issue_reads(loop)
    assert "Not told." in texts(loop, case_id)[0]


def test_what_changes_while_an_issue_is_looked_at_is_found(
    loop: Loop, case_id: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.sweep_issues()
    loop.settle()
    looked_at = Surroundings.looked_at

    def and_meanwhile(self: Surroundings, issue: Issue) -> None:
        if not loop.automation:
            return looked_at(self, issue)
        loop.automation = False
        ada.comment(issue.key, "Meanwhile.")
        return looked_at(self, issue)

    monkeypatch.setattr(Surroundings, "looked_at", and_meanwhile)
    ada.comment(key_of(loop, case_id), "Told.")
    loop.run()
    assert issue_reads(loop)
    assert "Meanwhile." in texts(loop, case_id)[0]


def test_what_could_not_be_written_is_not_taken_for_done(loop: Loop, case_id: str, ada: Person) -> None:
    loop.sweep_issues()
    loop.settle()
    before = loop.issue_cursors.all()[1]
    loop.service.faults.add("CreateCaseComment", status=500, times=None)
    ada.comment(key_of(loop, case_id), "Told.")
    loop.run()
    assert loop.issue_cursors.all()[1] == before


def test_dates_of_whole_seconds_are_not_trusted_to_tell_two_updates_apart(
    loop: Loop, case_id: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.sweep_issues()
    loop.settle()
    read_time = jira_wire.read_time
    monkeypatch.setattr(jira_wire, "read_time", lambda text: read_time(text).replace(microsecond=0))
    before = loop.issue_cursors.all()[1]
    ada.comment(key_of(loop, case_id), "Told.")
    loop.run()
    after = loop.issue_cursors.all()[1]
    assert after == before
