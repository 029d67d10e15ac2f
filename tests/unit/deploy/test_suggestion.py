"""Which mapping is proposed for a workflow that the default does not fit."""

from __future__ import annotations

from scripts.deploy.suggestion import merged, suggest
from security_ir_jira.config import StatusMapping
from security_ir_jira.model import CASE_STATUSES, Status, Workflow
from security_ir_jira.plan.status import case_target, issue_target
from tests.defaults import MAPPING

CATEGORIES = {"n": "new", "i": "indeterminate", "d": "done"}


def workflow(*statuses: str) -> Workflow:
    """From `n:Open`, `i:Doing`, `d:Finished`."""
    return Workflow(
        tuple(Status(str(number), each[2:], CATEGORIES[each[0]]) for number, each in enumerate(statuses, start=20_000))
    )


def leads(mapping: StatusMapping, there: Workflow) -> dict[str, str]:
    """Where each case status takes an issue."""
    targets = {status: issue_target(status, mapping, there) for status in CASE_STATUSES}
    return {status: target.name for status, target in targets.items() if target}


def test_a_workflow_that_the_default_fits_needs_nothing() -> None:
    there = workflow("n:To Do", "i:In Progress", "i:In Review", "d:Done")
    assert suggest(MAPPING, there) == StatusMapping({}, {})


def test_statuses_are_chosen_by_what_people_call_them() -> None:
    there = workflow(
        "n:Open",
        "i:Triage",
        "i:Investigating",
        "i:Containment",
        "i:Waiting for review",
        "i:Lessons learned",
        "d:Closed",
    )
    whole = merged(MAPPING, suggest(MAPPING, there))
    assert leads(whole, there) == {
        "Submitted": "Open",
        "Acknowledged": "Triage",
        "Detection and Analysis": "Investigating",
        "Containment, Eradication and Recovery": "Containment",
        "Post-incident Activities": "Lessons learned",
        "Ready to Close": "Lessons learned",
        "Closed": "Closed",
    }
    assert {each.name: case_target(each, whole) for each in there.statuses} == {
        "Open": "",
        "Triage": "Acknowledged",
        "Investigating": "Detection and Analysis",
        "Containment": "Containment, Eradication and Recovery",
        "Waiting for review": "",
        "Lessons learned": "Post-incident Activities",
        "Closed": "Closed",
    }


def test_where_names_say_nothing_the_place_in_the_workflow_does() -> None:
    there = workflow("n:A", "i:B", "i:C", "d:D")
    assert leads(merged(MAPPING, suggest(MAPPING, there)), there) == {
        "Submitted": "A",
        "Acknowledged": "B",
        "Detection and Analysis": "B",
        "Containment, Eradication and Recovery": "B",
        "Post-incident Activities": "C",
        "Ready to Close": "C",
        "Closed": "D",
    }


def test_a_workflow_without_a_status_of_work_leaves_issues_where_they_are() -> None:
    added = suggest(MAPPING, workflow("n:Open", "d:Shut"))
    assert added.to_jira["Detection and Analysis"] == ()
    assert added.to_jira["Closed"] == ("Shut",)


def test_what_was_set_already_stays() -> None:
    there = workflow("n:Open", "i:Doing", "d:Shut")
    own = StatusMapping(
        {**MAPPING.to_jira, "Acknowledged": (), "Submitted": ("open",)}, {**MAPPING.to_case, "Doing": ""}
    )
    added = suggest(own, there)
    assert "Acknowledged" not in added.to_jira
    assert "Submitted" not in added.to_jira
    assert "Doing" not in added.to_case
