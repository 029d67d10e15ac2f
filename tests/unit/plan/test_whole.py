"""Three-way merge: what to write where, from base, case, issue and configuration alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rich_text import to_text, utf16_length
from security_ir_jira.config import Config, StatusMapping
from security_ir_jira.memory import Agreed, Base, Facts, Notice, Pair, digest, read_digest
from security_ir_jira.model import CASE_STATUSES, Case, Issue, Status, Workflow
from security_ir_jira.plan.status import been_through, case_target, issue_target, walk
from security_ir_jira.plan.steps import Step
from security_ir_jira.plan.texts import case_description, case_title, issue_summary
from security_ir_jira.plan.whole import Plan, Seen, case_moved, issue_moved, plan
from tests.unit.things import (
    CONFIG,
    DONE,
    IN_PROGRESS,
    IN_REVIEW,
    MAPPING,
    TO_DO,
    WORKFLOW,
    a_case,
    a_comment,
    a_file,
    a_pair,
    agreed_on,
    an_issue,
)

URL = "https://example.atlassian.net/browse/SEC-1"
JIRA_WINS = replace(CONFIG, conflict_winner="jira")
AGREED = agreed_on(a_case(), an_issue())


def whole(base: Base, case: Case, issue: Issue, config: Config = CONFIG) -> Plan:
    seen = Seen(a_pair(base=base), Facts(), deep=False, case=case, issue=issue)
    return plan(seen, config, lambda _: WORKFLOW, issue_url=URL)


def steps(base: Base, case: Case, issue: Issue, config: Config = CONFIG) -> dict[str, Step]:
    """The plan for both sides, by facet."""
    made = whole(base, case, issue, config)
    settled = [Step(facet, agreed, agreed) for facet, agreed in made.settled.items()]
    written = [step for work in (made.for_case, made.for_issue) for step in (*work.texts, work.status) if step]
    assert len({step.facet for step in (*settled, *written)}) == len(settled) + len(written)
    return {step.facet: step for step in (*settled, *written)}


def moved(base: Base, case: Case, issue: Issue) -> tuple[bool, bool]:
    pair: Pair = a_pair(base=base)
    return case_moved(pair, case), issue_moved(pair, issue)


def after(base: Base, made: dict[str, Step]) -> Base:
    """The base once every step is done."""
    for step in made.values():
        base = replace(base, **{step.facet: step.agreed})
    return base


# Title and description


def test_sides_that_agree_need_nothing() -> None:
    assert steps(AGREED, a_case(), an_issue()) == {}


def test_only_the_side_that_moved_is_copied() -> None:
    made = steps(AGREED, a_case(title="Two keys leaked"), an_issue())
    assert list(made) == ["title"]
    assert (made["title"].write, made["title"].value, made["title"].keep) == ("jira", "Two keys leaked", None)
    made = steps(AGREED, a_case(), an_issue(summary="Two keys leaked"))
    assert list(made) == ["title"]
    assert (made["title"].write, made["title"].value, made["title"].keep) == ("security_ir", "Two keys leaked", None)


def test_each_facet_goes_its_own_way() -> None:
    made = steps(AGREED, a_case(title="From AWS"), an_issue(description="From Jira", status=IN_PROGRESS))
    assert {facet: step.write for facet, step in made.items()} == {
        "title": "jira",
        "description": "security_ir",
        "status": "security_ir",
    }


def test_both_moved_the_case_wins_and_the_issues_value_is_kept() -> None:
    made = steps(AGREED, a_case(title="From AWS"), an_issue(summary="From Jira"))
    assert (made["title"].write, made["title"].value, made["title"].keep) == ("jira", "From AWS", "From Jira")


def test_both_moved_jira_wins_where_it_was_asked_to_and_the_cases_value_is_kept() -> None:
    made = steps(AGREED, a_case(title="From AWS"), an_issue(summary="From Jira"), JIRA_WINS)
    assert (made["title"].write, made["title"].value, made["title"].keep) == ("security_ir", "From Jira", "From AWS")


def test_both_moved_to_the_same_value_agree_already() -> None:
    made = steps(AGREED, a_case(title="Same"), an_issue(summary="Same"))
    assert made["title"].write is None


def test_a_side_that_caught_up_by_hand_agrees_already() -> None:
    base = replace(AGREED, title=Agreed(digest("old"), digest("Leaked key")))
    assert steps(base, a_case(), an_issue())["title"].write is None


@pytest.mark.parametrize("facet", ["summary", "description"])
def test_a_text_emptied_in_jira_erases_nothing(facet: str) -> None:
    (step,) = steps(AGREED, a_case(), an_issue(**{facet: " \n"})).values()
    assert step.write is None


def test_a_text_emptied_in_jira_gives_way_to_news_of_the_case_even_where_jira_wins() -> None:
    made = steps(AGREED, a_case(description="News."), an_issue(description=""), JIRA_WINS)
    assert (made["description"].write, made["description"].keep) == ("jira", None)


def test_line_ends_and_outer_blanks_are_no_edit() -> None:
    base = agreed_on(a_case(description="a\nb"), an_issue(description="a\nb"))
    assert steps(base, a_case(description="a  \r\nb\n\n"), an_issue(description=" a\nb")) == {}


def test_fault_16_what_is_not_compared_makes_no_update() -> None:
    later = a_case().created.replace(year=2027)
    assert steps(AGREED, a_case(created=later, closure_code="x"), an_issue(created=later, key="OPS-1")) == {}


def test_fault_11_a_long_title_is_cut_with_an_ellipsis_and_newlines_are_folded() -> None:
    made = steps(AGREED, a_case(title="a\nb " + "x" * 290), an_issue())
    summary = made["title"].value
    assert utf16_length(summary) <= 255
    assert summary.startswith("a b x")
    assert summary.endswith("…")
    assert utf16_length(case_title("y" * 400)) <= 300


def test_a_title_that_was_cut_for_jira_does_not_come_back() -> None:
    case = a_case(title="x" * 290)
    made = steps(AGREED, case, an_issue())
    assert steps(after(AGREED, made), case, an_issue(summary=made["title"].value)) == {}


def test_fault_11_a_long_description_is_cut_ends_with_a_link_and_does_not_come_back() -> None:
    issue = an_issue(description="word " * 4_000)
    made = steps(AGREED, a_case(), issue)
    value = made["description"].value
    assert utf16_length(value) <= 8_000
    assert value.endswith(URL)
    assert steps(after(AGREED, made), a_case(description=value), issue) == {}


def test_a_cut_description_that_is_edited_on_the_case_replaces_the_longer_one_which_is_kept() -> None:
    issue = an_issue(description="word " * 4_000)
    base = after(AGREED, steps(AGREED, a_case(), issue))
    made = steps(base, a_case(description="Short and new."), issue)
    assert (made["description"].write, made["description"].keep) == ("jira", issue.description)


def test_nothing_is_cut_inside_a_character() -> None:
    text, cut = case_description("🔑" * 5_000, URL)
    assert cut
    assert utf16_length(text) <= 8_000
    text.encode("utf-8")


def test_a_title_of_blanks_is_still_a_summary() -> None:
    assert issue_summary(" \n ") == "(no title)"


# What a side refused


@pytest.mark.parametrize("side", ["jira", "security_ir"])
def test_a_refused_title_is_silent_while_both_sides_hold_what_they_held(side: str) -> None:
    case, issue = a_case(title="From AWS"), an_issue(summary="From Jira")
    base = replace(AGREED, title=Agreed(digest(case.title), digest(issue.summary), refused=side))  # type: ignore[arg-type]  # a side
    assert steps(base, case, issue) == {}


def test_a_title_that_jira_refused_is_kept_only_where_a_person_in_jira_replaces_it() -> None:
    case, issue = a_case(title="From AWS"), an_issue()
    base = replace(AGREED, title=Agreed(digest(case.title), digest(issue.summary), refused="jira"))
    again = steps(base, a_case(title="From AWS, again"), issue)["title"]
    assert (again.write, again.keep) == ("jira", None)
    instead = steps(base, case, an_issue(summary="From Jira"))["title"]
    assert (instead.write, instead.keep) == ("security_ir", "From AWS")


def test_what_is_held_before_a_step_is_what_both_sides_hold() -> None:
    step = steps(AGREED, a_case(title="From AWS"), an_issue())["title"]
    assert step.held == Agreed(digest("From AWS"), digest(an_issue().summary))


# What was being written when a function died


@pytest.mark.parametrize(("held", "write"), [("From Jira", None), ("Leaked key", "security_ir")])
def test_what_was_being_written_is_nobodys_edit(held: str, write: str | None) -> None:
    sending = ("security_ir", digest("From Jira"), digest("From Jira"))
    base = replace(AGREED, title=replace(AGREED.title, sending=sending))  # type: ignore[arg-type]  # a side
    made = steps(base, a_case(title=held), an_issue(summary="From Jira"))
    assert made["title"].write == write
    assert made["title"].agreed.sending is None
    assert moved(base, a_case(title=held), an_issue(summary="From Jira")) == (True, True)


def test_a_write_that_was_never_carried_out_is_forgotten_where_nothing_moved() -> None:
    sending = ("security_ir", digest("From Jira"), digest("From Jira"))
    base = replace(AGREED, title=replace(AGREED.title, sending=sending))  # type: ignore[arg-type]  # a side
    assert whole(base, a_case(), an_issue()).settled == {"title": AGREED.title}


# Descriptions that an earlier version read


def as_earlier(base: Base) -> Base:
    """The base as the first version wrote it: its reading of the issue had another digest, without a prefix."""
    return replace(base, description=replace(base.description, issue="0" * 32))


def document(*texts: str) -> dict[str, object]:
    content = [{"type": "paragraph", "content": [{"type": "text", "text": text}]} for text in texts]
    return {"version": 1, "type": "doc", "content": content}


def described(*texts: str) -> Issue:
    return an_issue(description="\n\n".join(texts), document=document(*texts))


def test_a_description_read_by_an_earlier_version_is_neither_changed_nor_written() -> None:
    case, issue = a_case(description=r"C:\Temp\*.exe"), described("C:Temp*.exe")
    made = whole(as_earlier(agreed_on(case, issue)), case, issue)
    assert (made.for_case, made.for_issue) == (Plan().for_case, Plan().for_issue)
    assert made.settled["description"].issue == read_digest(issue.description)
    assert made.settled["description"].alike


def test_a_description_that_people_changed_meanwhile_is_carried_over_block_by_block() -> None:
    case, before = a_case(description=r"C:\Temp\*.exe"), described("C:Temp*.exe")
    made = steps(as_earlier(agreed_on(case, before)), case, described("C:Temp*.exe", "Seen by Ada."))
    assert made["description"].write == "security_ir"
    assert made["description"].value == "C:\\Temp\\*.exe\n\nSeen by Ada."
    assert made["description"].keep is None


def test_an_empty_description_reads_the_same_in_every_version() -> None:
    case = a_case(description="The Jira issue SEC-1 has no description")
    base = replace(AGREED, description=Agreed(digest(case.description), digest("")))
    assert steps(base, case, an_issue(description=""))["description"].write is None
    assert steps(base, case, described("Now it has"))["description"].value == "Now it has"


# Status


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
    made = steps(AGREED, a_case(), an_issue(status=waiting))
    assert (made["status"].write, made["status"].side) == (None, "security_ir")
    assert made["status"].notices == (Notice("security_ir", "issue-status-unknown", {"status": "Waiting"}),)


def test_a_new_pair_takes_its_status_from_the_case() -> None:
    base = replace(AGREED, status=Agreed())
    made = steps(base, a_case(status="Detection and Analysis"), an_issue(status=TO_DO))
    assert (made["status"].write, made["status"].value) == ("jira", IN_PROGRESS.id)


def test_a_case_that_moved_moves_its_issue() -> None:
    made = steps(AGREED, a_case(status="Post-incident Activities"), an_issue())
    assert (made["status"].write, made["status"].value) == ("jira", IN_REVIEW.id)


def test_fault_8_a_closed_case_moves_its_issue_to_done_and_says_its_code() -> None:
    made = steps(AGREED, a_case(status="Closed", closure_code="False Positive"), an_issue())
    assert (made["status"].write, made["status"].value) == ("jira", DONE.id)
    assert made["status"].notices == (Notice("jira", "closure-code", {"code": "False Positive"}),)


@pytest.mark.parametrize(
    "code", ["Investigation Completed", "Not Resolved", "False Positive", "Duplicate", "Something New"]
)
def test_fault_20_every_closure_code_is_said_as_it_is(code: str) -> None:
    made = steps(AGREED, a_case(status="Closed", closure_code=code), an_issue(status=DONE))
    assert made["status"].notices[0].values == {"code": code}


def test_fault_9_a_status_is_written_back_only_where_the_issues_moved() -> None:
    case = a_case(status="Containment, Eradication and Recovery")
    base = agreed_on(case, an_issue(status=IN_PROGRESS))
    assert "status" not in steps(base, case, an_issue(status=IN_PROGRESS, summary="Edited"))


def test_fault_9_an_issue_that_moves_within_its_mapped_set_does_not_set_the_case_back() -> None:
    case = a_case(status="Containment, Eradication and Recovery")
    made = steps(agreed_on(case, an_issue(status=TO_DO)), case, an_issue(status=IN_PROGRESS))
    assert made["status"].write is None


def test_an_issue_that_moved_moves_a_self_managed_case() -> None:
    made = steps(AGREED, a_case(), an_issue(status=IN_REVIEW))
    assert (made["status"].write, made["status"].value) == ("security_ir", "Post-incident Activities")


def test_an_issue_status_that_stands_for_none_moves_no_case() -> None:
    case = a_case(status="Detection and Analysis")
    made = steps(agreed_on(case, an_issue(status=IN_PROGRESS)), case, an_issue(status=TO_DO))
    assert made["status"].write is None


def test_a_case_that_aws_manages_is_told_of_the_issues_status() -> None:
    made = steps(AGREED, a_case(self_managed=False), an_issue(status=IN_PROGRESS))
    assert made["status"].write is None
    assert made["status"].notices == (Notice("security_ir", "issue-status", {"status": "In Progress"}),)


def test_done_tries_to_close_a_case_that_aws_manages() -> None:
    made = steps(AGREED, a_case(self_managed=False), an_issue(status=DONE))
    assert (made["status"].write, made["status"].value) == ("security_ir", "Closed")


def test_an_issue_of_a_closed_case_that_is_reopened_is_told_so() -> None:
    case = a_case(status="Closed")
    made = steps(agreed_on(case, an_issue(status=DONE)), case, an_issue(status=IN_PROGRESS))
    assert made["status"].write is None
    assert made["status"].notices == (Notice("jira", "cannot-reopen"),)


@pytest.mark.parametrize("config", [CONFIG, JIRA_WINS])
def test_both_moved_a_closed_case_wins_over_everything(config: Config) -> None:
    made = steps(AGREED, a_case(status="Closed"), an_issue(status=IN_PROGRESS), config)
    assert (made["status"].write, made["status"].value) == ("jira", DONE.id)
    assert made["status"].keep == "In Progress"


@pytest.mark.parametrize("config", [CONFIG, JIRA_WINS])
def test_both_moved_an_issue_that_is_done_wins_over_any_open_status(config: Config) -> None:
    made = steps(AGREED, a_case(status="Detection and Analysis"), an_issue(status=DONE), config)
    assert (made["status"].write, made["status"].value) == ("security_ir", "Closed")
    assert made["status"].keep == "Detection and Analysis"


def test_both_moved_the_configured_side_wins() -> None:
    case, issue = a_case(status="Detection and Analysis"), an_issue(status=IN_REVIEW)
    made = steps(AGREED, case, issue)
    assert (made["status"].write, made["status"].keep) == ("jira", "In Review")
    made = steps(AGREED, case, issue, JIRA_WINS)
    assert (made["status"].write, made["status"].keep) == ("security_ir", "Detection and Analysis")


def test_a_refused_status_is_silent_until_a_side_moves() -> None:
    refused = replace(AGREED, status=Agreed("Submitted", IN_REVIEW.id, refused="security_ir"))
    assert steps(refused, a_case(), an_issue(status=IN_REVIEW)) == {}
    made = steps(refused, a_case(status="Detection and Analysis"), an_issue(status=IN_REVIEW))
    assert made["status"].write == "jira"


def test_where_people_put_an_issue_it_stays_while_the_case_means_the_same_to_jira() -> None:
    base = agreed_on(a_case(status="Detection and Analysis"), an_issue(status=TO_DO))
    case = a_case(status="Containment, Eradication and Recovery")
    assert steps(base, case, an_issue(status=TO_DO))["status"].write is None


def test_a_status_the_workflow_does_not_know_is_said_once() -> None:
    config = replace(CONFIG, status_mapping=StatusMapping({"Ready to Close": ("Waiting",)}, {}))
    made = steps(AGREED, a_case(status="Ready to Close"), an_issue(), config)
    assert made["status"].write is None
    assert [notice.kind for notice in made["status"].notices] == ["status-unknown"]


def test_a_status_the_integration_walks_through_is_nobodys_move() -> None:
    base = replace(AGREED, status=Agreed("Submitted", TO_DO.id, walking=(IN_PROGRESS.id,)))
    made = steps(base, a_case(status="Post-incident Activities"), an_issue(status=IN_PROGRESS))
    assert (made["status"].write, made["status"].keep) == ("jira", None)


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
    made = steps(base, a_case(status="Closed"), an_issue(status=TO_DO), JIRA_WINS)
    assert (made["status"].write, made["status"].value) == ("jira", DONE.id)


# One plan


def test_what_a_run_did_not_look_at_is_not_planned() -> None:
    seen = Seen(a_pair(base=AGREED), Facts(), deep=False, case=a_case(title="From AWS"))
    assert plan(seen, CONFIG, lambda _: WORKFLOW, issue_url=URL) == Plan()


def test_each_side_gets_what_is_for_it_and_the_workflow_is_asked_for_only_where_a_status_moved() -> None:
    case, issue = a_case(title="From AWS", files=(a_file(1),)), an_issue(files=(a_file(2), a_file(3)))
    seen = Seen(
        a_pair(base=AGREED),
        Facts(),
        deep=True,
        case=case,
        issue=issue,
        case_comments=(a_comment(4),),
        issue_comments=(a_comment(5),),
    )
    asked: list[Issue] = []
    made = plan(seen, CONFIG, lambda each: asked.append(each) or WORKFLOW, issue_url=URL)  # type: ignore[func-returns-value]
    assert asked == []
    assert [step.facet for step in made.on("jira").texts] == ["title"]
    assert ([work.file.id for work in made.for_issue.files], [work.file.id for work in made.for_case.files]) == (
        ["1"],
        ["2", "3"],
    )
    assert [work.comment.id for work in made.for_issue.comments] == ["4"]
    assert [work.comment.id for work in made.for_case.comments] == ["5"]
    without_files = plan(seen, replace(CONFIG, sync_attachments=False), lambda _: WORKFLOW, issue_url=URL)
    assert without_files.for_case.files == without_files.for_issue.files == ()


# Whatever there is


texts = st.text("ab \n", max_size=4)
statuses = st.sampled_from(WORKFLOW.statuses)
cases = st.builds(
    a_case,
    title=st.text("ab", min_size=1, max_size=3),
    description=st.text("ab", min_size=1, max_size=3),
    status=st.sampled_from(CASE_STATUSES),
    self_managed=st.booleans(),
)
issues = st.builds(an_issue, summary=st.text("ab", min_size=1, max_size=3), description=texts, status=statuses)


@given(cases, issues, cases, issues, st.sampled_from([CONFIG, JIRA_WINS]))
def test_once_a_plan_is_carried_out_there_is_nothing_more_to_do(
    case_before: Case, issue_before: Issue, case: Case, issue: Issue, config: Config
) -> None:
    base = agreed_on(case_before, issue_before)
    made = steps(base, case, issue, config)
    for facet, step in made.items():
        if facet == "status" and step.write == "jira":
            issue = replace(issue, status=next(each for each in WORKFLOW.statuses if each.id == step.value))
        elif facet == "title" and step.write == "jira":
            issue = replace(issue, summary=step.value)
        elif step.write == "jira":
            issue = replace(issue, description=to_text(step.document), document=step.document)
        elif step.write == "security_ir":
            case = replace(case, **{facet: step.value})  # type: ignore[arg-type]  # a text or a status
    base = after(base, made)
    assert steps(base, case, issue, config) == {}
    assert moved(base, case, issue) == (False, False)


@given(cases, issues, cases, issues, st.sampled_from([CONFIG, JIRA_WINS]))
def test_a_value_is_overwritten_only_if_it_is_the_bases_or_kept(
    case_before: Case, issue_before: Issue, case: Case, issue: Issue, config: Config
) -> None:
    made = steps(agreed_on(case_before, issue_before), case, issue, config)
    for facet, before, now in (
        ("title", issue_before.summary, issue.summary),
        ("description", issue_before.description, issue.description),
    ):
        step = made.get(facet)
        if step and step.write == "jira" and now.strip() and digest(now) != digest(before):
            assert step.keep == now
        case_had = case_before.title if facet == "title" else case_before.description
        case_has = case.title if facet == "title" else case.description
        if step and step.write == "security_ir" and digest(case_has) != digest(case_had):
            assert step.keep == case_has


def test_a_pair_that_never_agreed_on_anything_ends_in_agreement() -> None:
    pair = a_pair()
    made = steps(pair.base, a_case(title="From AWS"), an_issue(summary="From Jira"))
    assert (made["title"].write, made["title"].keep) == ("jira", "From Jira")
