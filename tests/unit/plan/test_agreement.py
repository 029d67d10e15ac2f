"""When two sides agree without anything being written, and when a refusal is over."""

from __future__ import annotations

from dataclasses import replace

from security_ir_jira.config import StatusMapping
from security_ir_jira.memory import Agreed, Writing, digest
from security_ir_jira.plan.status import mirrors, plan_status
from security_ir_jira.plan.texts import plan_title
from tests.unit.things import CONFIG, IN_PROGRESS, IN_REVIEW, TO_DO, WORKFLOW, a_case, an_issue

ANALYSIS = "Detection and Analysis"
ONE_WAY = StatusMapping(to_jira={ANALYSIS: ("In Review",)}, to_case={"In Progress": ANALYSIS})
"""In Review stands for Analysis from the case's side, In Progress from the issue's."""


def test_a_status_stands_for_another_in_either_direction_of_the_mapping() -> None:
    assert mirrors(ANALYSIS, IN_REVIEW, ONE_WAY, WORKFLOW)
    assert mirrors(ANALYSIS, IN_PROGRESS, ONE_WAY, WORKFLOW)
    assert not mirrors(ANALYSIS, TO_DO, ONE_WAY, WORKFLOW)


def test_two_people_who_mean_the_same_move_nothing_on_the_other_side() -> None:
    config = replace(CONFIG, status_mapping=ONE_WAY)
    for status in (IN_PROGRESS, IN_REVIEW):
        step = plan_status(
            Agreed("Submitted", TO_DO.id), a_case(status=ANALYSIS), an_issue(status=status), WORKFLOW, config
        )
        assert step is not None
        assert (step.write, step.keep, step.agreed) == (None, None, Agreed(ANALYSIS, status.id))


def test_what_was_taken_after_a_refusal_is_refused_no_more() -> None:
    """The second wording was taken, and the function died before that was recorded."""
    writing = Writing("jira", digest("Second"), digest("Second"))
    base = Agreed(digest("First"), digest("Leaked key"), refused="jira", writing=writing)
    step = plan_title(base, a_case(title="Second"), an_issue(summary="Second"), CONFIG)
    assert step is not None
    assert step.agreed == Agreed(digest("Second"), digest("Second"))
