"""Three-way merge: what to write where, from base, case, issue and configuration alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rich_text import to_text
from security_ir_jira.config import Config
from security_ir_jira.memory import Agreed, Base, Copy, Facts, Pair, Writing, digest, read_digest
from security_ir_jira.model import CASE_STATUSES, Case, Issue, Side
from security_ir_jira.plan.steps import Step
from security_ir_jira.plan.whole import (
    Plan,
    Seen,
    case_may_have_moved,
    issue_may_have_moved,
    plan,
    status_may_have_moved,
    without_descriptions_end,
)
from tests.unit.things import (
    CONFIG,
    IN_PROGRESS,
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
    return plan(seen, config, WORKFLOW, issue_url=URL)


def steps(base: Base, case: Case, issue: Issue, config: Config = CONFIG) -> dict[str, Step]:
    """The plan for both sides, by facet."""
    made = whole(base, case, issue, config)
    settled = [Step(facet, agreed, agreed) for facet, agreed in made.settled.items()]
    written = [step for work in (made.for_case, made.for_issue) for step in (*work.texts, work.status) if step]
    assert len({step.facet for step in (*settled, *written)}) == len(settled) + len(written)
    return {step.facet: step for step in (*settled, *written)}


def moved(base: Base, case: Case, issue: Issue) -> tuple[bool, bool]:
    pair: Pair = a_pair(base=base)
    return case_may_have_moved(pair, case, CONFIG), issue_may_have_moved(pair, issue, CONFIG)


def after(base: Base, made: dict[str, Step]) -> Base:
    """The base once every step is done."""
    for step in made.values():
        base = replace(base, **{step.facet: step.agreed})
    return base


# Facet by facet


def test_sides_that_agree_need_nothing() -> None:
    assert steps(AGREED, a_case(), an_issue()) == {}


def test_each_facet_goes_its_own_way() -> None:
    made = steps(AGREED, a_case(title="From AWS"), an_issue(description="From Jira", status=IN_PROGRESS))
    assert {facet: step.write for facet, step in made.items()} == {
        "title": "jira",
        "description": "security_ir",
        "status": "security_ir",
    }


def test_fault_16_what_is_not_compared_makes_no_update() -> None:
    later = an_issue().created.replace(year=2027)
    assert steps(AGREED, a_case(closure_code="x"), an_issue(created=later, key="OPS-1")) == {}


# One plan


@pytest.mark.parametrize("facet", ["title", "description"])
@pytest.mark.parametrize("side", ["security_ir", "jira"])
def test_while_a_text_is_being_written_nothing_counts_as_unmoved(facet: str, side: Side) -> None:
    writing = Writing(side, "written", "written")
    base = replace(AGREED, **{facet: Agreed(None, None, writing=writing)})
    assert moved(base, a_case(), an_issue()) == (True, True)
    assert moved(AGREED, a_case(), an_issue()) == (False, False)


def test_what_needs_no_write_moves_the_base_on_and_is_for_neither_side() -> None:
    made = whole(AGREED, a_case(title="Same"), an_issue(summary="Same"))
    assert (bool(made.for_case), bool(made.for_issue)) == (False, False)
    assert made.settled == {"title": Agreed(digest("Same"), digest("Same"))}


def test_a_status_that_is_only_said_is_for_the_side_that_says_it() -> None:
    made = whole(AGREED, a_case(self_managed=False), an_issue(status=IN_PROGRESS))
    assert (made.for_case.status is None, made.for_issue.status is None) == (False, True)
    assert made.settled == {}


def test_deleted_comments_of_jira_are_looked_for_only_where_its_comments_were_read() -> None:
    copy = Copy("COMMENT#jira#7", source=read_digest("x"), parts=("1",))
    seen = Seen(a_pair(base=AGREED), Facts(copies={copy.key: copy}), True, a_case(), an_issue())
    assert plan(seen, CONFIG, WORKFLOW, issue_url=URL).for_case.deleted == ()
    read = replace(seen, issue_comments=())
    assert plan(read, CONFIG, WORKFLOW, issue_url=URL).for_case.deleted == (copy,)


def test_a_description_lacks_its_end_once_it_was_cut_until_the_case_has_a_text_of_its_own() -> None:
    long = an_issue(description="word " * 4_000)
    made = whole(AGREED, a_case(), long)
    assert without_descriptions_end(made, AGREED.description)
    assert not without_descriptions_end(whole(AGREED, a_case(), an_issue(description="short")), AGREED.description)
    base = after(AGREED, steps(AGREED, a_case(), long))
    assert without_descriptions_end(Plan(), base.description)
    own = whole(base, a_case(description="Short and new."), long)
    assert made.for_case.texts[0].agreed.cut
    assert not own.for_issue.texts[0].agreed.cut


def test_what_a_run_did_not_look_at_is_not_planned() -> None:
    seen = Seen(a_pair(base=AGREED), Facts(), deep=False, case=a_case(title="From AWS"))
    assert plan(seen, CONFIG, WORKFLOW, issue_url=URL) == Plan()


def test_each_side_gets_what_is_for_it() -> None:
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
    made = plan(seen, CONFIG, WORKFLOW, issue_url=URL)
    assert [step.facet for step in made.on("jira").texts] == ["title"]
    assert [work.file.id for work in made.for_case.files] == ["2", "3"]
    assert [work.comment.id for work in made.for_issue.comments] == ["4"]
    assert [work.comment.id for work in made.for_case.comments] == ["5"]
    without_files = plan(seen, replace(CONFIG, sync_attachments=False), WORKFLOW, issue_url=URL)
    assert without_files.for_case.files == ()


def test_where_the_workflow_cannot_be_read_all_but_the_status_is_planned() -> None:
    seen = Seen(a_pair(base=AGREED), Facts(), deep=False, case=a_case(title="New", status="Closed"), issue=an_issue())
    assert status_may_have_moved(seen, CONFIG)
    made = plan(seen, CONFIG, None, issue_url=URL)
    assert (made.for_issue.status, [step.facet for step in made.for_issue.texts]) == (None, ["title"])
    assert not status_may_have_moved(replace(seen, case=a_case(title="New")), CONFIG)


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
