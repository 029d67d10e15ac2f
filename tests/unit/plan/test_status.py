"""Status and closure: which side moved, what that means on the other, and the way through a workflow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from security_ir_jira.config import Config, StatusMapping
from security_ir_jira.memory import Agreed, Base, Notice
from security_ir_jira.model import Case, Issue, Status, Workflow
from security_ir_jira.plan.status import been_through, case_target, issue_target, plan_status, walk
from security_ir_jira.plan.steps import Step
from tests.defaults import MAPPING
from tests.unit.things import (
    CONFIG,
    DONE,
    IN_PROGRESS,
    IN_REVIEW,
    TO_DO,
    WORKFLOW,
    a_case,
    agreed_on,
    an_issue,
)

JIRA_WINS = replace(CONFIG, conflict_winner="jira")
AGREED = agreed_on(a_case(), an_issue())


def planned(base: Base, case: Case, issue: Issue, config: Config = CONFIG) -> Step:
    """What becomes of a status that moved."""
    step = plan_status(base.status, case, issue, WORKFLOW, config)
    assert step is not None
    return step


# What stands for what


@pytest.mark.parametrize(
    ("case_status", "issue_status"),
    [
        ("Submitted", TO_DO),
        ("Acknowledged", IN_PROGRESS),
        ("Detection and Analysis", IN_PROGRESS),
        ("Containment, Eradication and Recovery", IN_PROGRESS),
        ("Post-incident Activities", IN_REVIEW),
        ("Ready to Close", IN_REVIEW),
        ("Closed", DONE),
    ],
)
def test_a_case_status_stands_for_an_issue_status(case_status: str, issue_status: Status) -> None:
    assert issue_target(case_status, MAPPING, WORKFLOW) == issue_status


def test_the_first_candidate_that_the_workflow_knows_is_meant() -> None:
    without_review = Workflow((TO_DO, IN_PROGRESS, DONE))
    assert issue_target("Post-incident Activities", MAPPING, without_review) == IN_PROGRESS


def test_a_status_may_be_named_by_id_or_in_any_case() -> None:
    mapping = StatusMapping({"Submitted": ("10001",), "Closed": (" dOnE ",)}, {"10002": "Closed"})
    assert issue_target("Submitted", mapping, WORKFLOW) == IN_PROGRESS
    assert issue_target("Closed", mapping, WORKFLOW) == DONE
    assert case_target(IN_REVIEW, mapping) == "Closed"


def test_a_closed_case_finds_a_done_status_of_another_name() -> None:
    german = Workflow((Status("1", "Offen", "new"), Status("2", "Erledigt", "done")))
    assert issue_target("Closed", MAPPING, german) == german.statuses[1]
    assert case_target(german.statuses[1], MAPPING) == "Closed"


def test_no_candidates_means_none_even_for_closed() -> None:
    assert issue_target("Closed", StatusMapping({"Closed": ()}, {}), WORKFLOW) is None


def test_an_empty_string_means_none_and_a_status_nobody_named_is_unknown() -> None:
    assert case_target(DONE, StatusMapping({}, {"Done": ""})) == ""
    assert case_target(IN_PROGRESS, StatusMapping({}, {"Done": ""})) is None


def test_an_issue_status_that_nobody_named_is_said_on_the_case() -> None:
    waiting = Status("10009", "Waiting", "indeterminate")
    step = planned(AGREED, a_case(), an_issue(status=waiting))
    assert (step.write, step.side) == (None, "security_ir")
    assert step.notices == (Notice("security_ir", "issue-status-unknown", {"status": "Waiting"}),)


def test_a_new_pair_takes_its_status_from_the_case() -> None:
    base = replace(AGREED, status=Agreed())
    step = planned(base, a_case(status="Detection and Analysis"), an_issue(status=TO_DO))
    assert (step.write, step.value) == ("jira", IN_PROGRESS.id)


def test_a_case_that_moved_moves_its_issue() -> None:
    step = planned(AGREED, a_case(status="Post-incident Activities"), an_issue())
    assert (step.write, step.value) == ("jira", IN_REVIEW.id)


def test_fault_8_a_closed_case_moves_its_issue_to_done_and_says_its_code() -> None:
    step = planned(AGREED, a_case(status="Closed", closure_code="False Positive"), an_issue())
    assert (step.write, step.value) == ("jira", DONE.id)
    assert step.notices == (Notice("jira", "closure-code", {"code": "False Positive"}),)


@pytest.mark.parametrize(
    "code", ["Investigation Completed", "Not Resolved", "False Positive", "Duplicate", "Something New"]
)
def test_fault_20_every_closure_code_is_said_as_it_is(code: str) -> None:
    step = planned(AGREED, a_case(status="Closed", closure_code=code), an_issue(status=DONE))
    assert step.notices[0].values == {"code": code}


def test_fault_9_a_status_is_written_back_only_where_the_issues_moved() -> None:
    case = a_case(status="Containment, Eradication and Recovery")
    base = agreed_on(case, an_issue(status=IN_PROGRESS))
    assert plan_status(base.status, case, an_issue(status=IN_PROGRESS, summary="Edited"), WORKFLOW, CONFIG) is None


def test_fault_9_an_issue_that_moves_within_its_mapped_set_does_not_set_the_case_back() -> None:
    case = a_case(status="Containment, Eradication and Recovery")
    step = planned(agreed_on(case, an_issue(status=TO_DO)), case, an_issue(status=IN_PROGRESS))
    assert step.write is None


def test_an_issue_that_moved_moves_a_self_managed_case() -> None:
    step = planned(AGREED, a_case(), an_issue(status=IN_REVIEW))
    assert (step.write, step.value) == ("security_ir", "Post-incident Activities")


def test_an_issue_status_that_stands_for_none_moves_no_case() -> None:
    case = a_case(status="Detection and Analysis")
    step = planned(agreed_on(case, an_issue(status=IN_PROGRESS)), case, an_issue(status=TO_DO))
    assert step.write is None


def test_a_case_that_aws_manages_is_told_of_the_issues_status() -> None:
    step = planned(AGREED, a_case(self_managed=False), an_issue(status=IN_PROGRESS))
    assert step.write is None
    assert step.notices == (Notice("security_ir", "issue-status", {"status": "In Progress"}),)


def test_done_tries_to_close_a_case_that_aws_manages() -> None:
    step = planned(AGREED, a_case(self_managed=False), an_issue(status=DONE))
    assert (step.write, step.value) == ("security_ir", "Closed")


def test_an_issue_of_a_closed_case_that_is_reopened_is_told_so() -> None:
    case = a_case(status="Closed")
    step = planned(agreed_on(case, an_issue(status=DONE)), case, an_issue(status=IN_PROGRESS))
    assert step.write is None
    assert step.notices == (Notice("jira", "cannot-reopen"),)


@pytest.mark.parametrize("config", [CONFIG, JIRA_WINS])
def test_both_moved_a_closed_case_wins_over_everything(config: Config) -> None:
    step = planned(AGREED, a_case(status="Closed"), an_issue(status=IN_PROGRESS), config)
    assert (step.write, step.value) == ("jira", DONE.id)
    assert step.keep == "In Progress"


@pytest.mark.parametrize("config", [CONFIG, JIRA_WINS])
def test_both_moved_an_issue_that_is_done_wins_over_any_open_status(config: Config) -> None:
    step = planned(AGREED, a_case(status="Detection and Analysis"), an_issue(status=DONE), config)
    assert (step.write, step.value) == ("security_ir", "Closed")
    assert step.keep == "Detection and Analysis"


def test_both_moved_the_configured_side_wins() -> None:
    case, issue = a_case(status="Detection and Analysis"), an_issue(status=IN_REVIEW)
    step = planned(AGREED, case, issue)
    assert (step.write, step.keep) == ("jira", "In Review")
    step = planned(AGREED, case, issue, JIRA_WINS)
    assert (step.write, step.keep) == ("security_ir", "Detection and Analysis")


def test_a_refused_status_is_silent_until_a_side_moves() -> None:
    refused = replace(AGREED, status=Agreed("Submitted", IN_REVIEW.id, refused="security_ir"))
    assert plan_status(refused.status, a_case(), an_issue(status=IN_REVIEW), WORKFLOW, CONFIG) is None
    step = planned(refused, a_case(status="Detection and Analysis"), an_issue(status=IN_REVIEW))
    assert step.write == "jira"


def test_a_move_that_jira_refused_is_tried_again_once_the_case_moves_even_to_what_means_the_same() -> None:
    refused = replace(AGREED, status=Agreed("Detection and Analysis", TO_DO.id, refused="jira"))
    step = planned(refused, a_case(status="Containment, Eradication and Recovery"), an_issue(status=TO_DO))
    assert (step.write, step.value) == ("jira", IN_PROGRESS.id)


def test_where_people_put_an_issue_it_stays_while_the_case_means_the_same_to_jira() -> None:
    base = agreed_on(a_case(status="Detection and Analysis"), an_issue(status=TO_DO))
    case = a_case(status="Containment, Eradication and Recovery")
    assert planned(base, case, an_issue(status=TO_DO)).write is None


def test_a_status_the_workflow_does_not_know_is_said_once() -> None:
    config = replace(CONFIG, status_mapping=StatusMapping({"Ready to Close": ("Waiting",)}, {}))
    step = planned(AGREED, a_case(status="Ready to Close"), an_issue(), config)
    assert step.write is None
    assert [notice.kind for notice in step.notices] == ["status-unknown"]


def test_a_status_the_integration_walks_through_is_nobodys_move() -> None:
    base = replace(AGREED, status=Agreed("Submitted", TO_DO.id, walking=(IN_PROGRESS.id,)))
    step = planned(base, a_case(status="Post-incident Activities"), an_issue(status=IN_PROGRESS))
    assert (step.write, step.keep) == ("jira", None)


# The way through a workflow


def test_the_target_is_taken_at_once_where_it_is_offered() -> None:
    assert walk(TO_DO, DONE, [IN_PROGRESS, DONE], (), MAPPING) == DONE


def test_the_way_leads_through_statuses_the_mapping_names() -> None:
    blocked = Status("10009", "Blocked", "indeterminate")
    assert walk(TO_DO, DONE, [blocked, IN_PROGRESS], (), MAPPING) == IN_PROGRESS


def test_the_way_leads_through_no_done_status() -> None:
    cancelled = Status("10008", "Done already", "done")
    assert walk(TO_DO, IN_REVIEW, [cancelled], (), MAPPING) is None


def test_the_way_leads_through_no_status_twice() -> None:
    assert walk(IN_PROGRESS, DONE, [TO_DO], (TO_DO.id,), MAPPING) is None


def test_the_nearest_to_the_target_is_taken_first() -> None:
    assert walk(TO_DO, DONE, [IN_PROGRESS, IN_REVIEW], (), MAPPING) == IN_REVIEW


def test_of_a_walk_only_what_was_reached_was_been_through() -> None:
    assert been_through(TO_DO, (IN_PROGRESS.id, IN_REVIEW.id)) == ()
    assert been_through(IN_PROGRESS, (IN_PROGRESS.id, IN_REVIEW.id)) == (IN_PROGRESS.id,)


def test_at_birth_a_walk_that_did_not_begin_is_nobodys_move() -> None:
    base = replace(AGREED, status=Agreed(walking=(IN_PROGRESS.id,)))
    step = planned(base, a_case(status="Closed"), an_issue(status=TO_DO), JIRA_WINS)
    assert (step.write, step.value) == ("jira", DONE.id)
