"""Marks name the instance: neither of two takes a case, a comment or an answer for its own that is the other's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from sandbox.jira import Issue, Person
from security_ir_jira.config import Config

from .instances import Instances, beside
from .loop import Loop, open_case

# A case that was made for an issue


def made_for(loop: Loop, issue: Issue, instance: str, created: float) -> str:
    """A case as it is made for an issue of that id; the first version named no instance."""
    tags = {"jira-issue-id": issue.id} | ({"security-ir-jira-instance": instance} if instance else {})
    return loop.service.person("integration").open_case(
        "Made for an issue",
        "Text.",
        resolver_type="Self",
        tags=tags,
        reported_start=datetime.fromtimestamp(created, UTC),
    )


@pytest.mark.parametrize(
    ("instance", "taken"),
    [("ops", False), ("security-ir-jira", True), ("", True)],
    ids=["by the other", "by us", "by the first version"],
)
def test_a_case_made_for_an_issue_and_not_bound_is_taken_by_the_instance_it_names(
    loop: Loop, ada: Person, instance: str, taken: bool
) -> None:
    loop.automation = False
    issue = ada.create_issue("SEC", "Phishing mail", "Somebody clicked.")
    case_id = made_for(loop, issue, instance, issue.created)
    loop.settle()
    assert (loop.pairs()[case_id] == issue.key) is taken


@pytest.mark.parametrize("instance", ["ops", ""])
def test_a_case_of_another_site_whose_issue_has_the_same_id_is_not_taken_for_the_one_that_is_being_made(
    loop: Loop, ada: Person, instance: str
) -> None:
    loop.service.faults.add("CreateCase", status=500, error="InternalServerException", times=3)
    issue = ada.create_issue("SEC", "Ours", "Text.")
    loop.run()
    theirs = made_for(loop, issue, instance, issue.created - 3_600)
    loop.settle()
    assert loop.pairs()[theirs] != issue.key
    assert {loop.service.case(case_id).title for case_id, key in loop.pairs().items() if key == issue.key} == {"Ours"}


# One case for both


@pytest.fixture
def mirrors(loop: Loop, config: Config) -> Iterator[Instances]:
    """Two instances that both mirror every case."""
    with beside(loop, replace(config, name="ops")) as instances:
        yield instances


def test_what_both_say_in_the_same_words_each_keeps_current_for_itself(mirrors: Instances, ada: Person) -> None:
    case_id = open_case(mirrors.sec)
    mirrors.settle()
    for project in ("SEC", "OPS"):
        ada.transition(mirrors.key(project, case_id), "In Progress")
        mirrors.settle()
    bodies = [each.body for each in mirrors.sec.service.comments(case_id)]
    assert sum('is now "In Progress"' in each for each in bodies) == 2
    ada.transition(mirrors.key("OPS", case_id), "In Review")
    mirrors.settle()
    bodies = [each.body for each in mirrors.sec.service.comments(case_id)]
    assert [sum(f'is now "{status}"' in each for each in bodies) for status in ("In Progress", "In Review")] == [1, 1]


def test_what_the_other_passed_on_while_a_table_was_lost_is_not_taken_for_our_own(
    mirrors: Instances, ada: Person
) -> None:
    case_id = open_case(mirrors.sec)
    mirrors.settle()
    mirrors.ops.lose_the_table()
    ada.comment(mirrors.key("SEC", case_id), "Seen by Ada.")
    mirrors.sec.settle()
    mirrors.settle()
    mirrors.at_rest()
    (passed_on,) = mirrors.said("OPS", case_id)
    assert "Seen by Ada." in passed_on
    said_on_case = [each.body for each in mirrors.sec.service.comments(case_id)]
    assert sum("Seen by Ada." in each for each in said_on_case) == 1
    assert sum("is mirrored by" in each for each in said_on_case) == 2


def test_an_instance_that_lost_its_table_before_it_named_its_issue_names_it_though_the_other_did(
    mirrors: Instances,
) -> None:
    mirrors.ops.service.faults.add("CreateCaseComment", status=500, error="InternalServerException", times=1)
    case_id = open_case(mirrors.sec)
    while len(mirrors.keys(case_id)) < 2:
        assert mirrors.ops.step() or mirrors.sec.step()
    mirrors.ops.lose_the_table()
    mirrors.sec.settle()
    mirrors.a_day_of_sweeps()
    said_on_case = "\n".join(each.body for each in mirrors.sec.service.comments(case_id))
    for project in ("SEC", "OPS"):
        assert said_on_case.count(f"is mirrored by Jira issue {mirrors.key(project, case_id)}") == 1
