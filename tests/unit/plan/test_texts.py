"""Title and description: which side is written, with what, and which value is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from rich_text import document, sentence, to_text, utf16_length
from security_ir_jira.config import Config
from security_ir_jira.memory import Agreed, Base, Writing, digest, read_digest
from security_ir_jira.model import Case, Issue, Side
from security_ir_jira.plan.steps import Step
from security_ir_jira.plan.texts import (
    ISSUE_DESCRIPTION_LIMIT,
    case_description,
    case_title,
    issue_document,
    issue_summary,
    plan_description,
    plan_title,
)
from tests.unit.rich_text.adf import content
from tests.unit.things import CONFIG, a_case, agreed_on, an_issue

URL = "https://example.atlassian.net/browse/SEC-1"
JIRA_WINS = replace(CONFIG, conflict_winner="jira")
AGREED = agreed_on(a_case(), an_issue())


def title(base: Base, case: Case, issue: Issue, config: Config = CONFIG) -> Step | None:
    return plan_title(base.title, case, issue, config)


def description(base: Base, case: Case, issue: Issue, config: Config = CONFIG) -> Step | None:
    return plan_description(base.description, case, issue, config, issue_url=URL)


def made(step: Step | None) -> Step:
    """A step that must be there."""
    assert step is not None
    return step


def outcome(step: Step | None) -> tuple[str | None, str, str | None]:
    """Which side is written, with what, and what is kept there as a comment."""
    return made(step).write, made(step).value, made(step).keep


# One side moved, or both


def test_sides_that_agree_need_nothing() -> None:
    assert title(AGREED, a_case(), an_issue()) is None
    assert description(AGREED, a_case(), an_issue()) is None


def test_only_the_side_that_moved_is_copied() -> None:
    assert outcome(title(AGREED, a_case(title="Two keys"), an_issue())) == ("jira", "Two keys", None)
    assert outcome(title(AGREED, a_case(), an_issue(summary="Two keys"))) == ("security_ir", "Two keys", None)
    assert outcome(description(AGREED, a_case(description="Here."), an_issue())) == ("jira", "Here.", None)
    assert outcome(description(AGREED, a_case(), an_issue(description="There."))) == ("security_ir", "There.", None)


def test_both_moved_the_case_wins_and_the_issues_value_is_kept() -> None:
    case, issue = a_case(title="From AWS"), an_issue(summary="From Jira")
    assert outcome(title(AGREED, case, issue)) == ("jira", "From AWS", "From Jira")


def test_both_moved_jira_wins_where_it_was_asked_to_and_the_cases_value_is_kept() -> None:
    case, issue = a_case(title="From AWS"), an_issue(summary="From Jira")
    assert outcome(title(AGREED, case, issue, JIRA_WINS)) == ("security_ir", "From Jira", "From AWS")


def test_both_moved_to_the_same_value_agree_already() -> None:
    assert made(title(AGREED, a_case(title="Same"), an_issue(summary="Same"))).write is None
    both = a_case(description="Same."), an_issue(description="Same.")
    assert made(description(AGREED, *both)).write is None


def test_a_side_that_caught_up_by_hand_agrees_already() -> None:
    base = replace(AGREED, title=Agreed(digest("old"), digest("Leaked key")))
    assert made(title(base, a_case(), an_issue())).write is None


def test_a_pair_that_never_agreed_on_anything_ends_in_agreement() -> None:
    step = title(Base(), a_case(title="From AWS"), an_issue(summary="From Jira"))
    assert outcome(step) == ("jira", "From AWS", "From Jira")


def test_a_text_emptied_in_jira_erases_nothing() -> None:
    for step in (
        title(AGREED, a_case(), an_issue(summary=" \n")),
        description(AGREED, a_case(), an_issue(description=" \n")),
    ):
        assert (made(step).write, made(step).agreed) == (None, made(step).held)


def test_a_text_emptied_in_jira_gives_way_to_news_of_the_case_even_where_jira_wins() -> None:
    step = description(AGREED, a_case(description="News."), an_issue(description=""), JIRA_WINS)
    assert outcome(step) == ("jira", "News.", None)


def test_line_ends_and_outer_blanks_are_no_edit() -> None:
    base = agreed_on(a_case(description="a\nb"), an_issue(description="a\nb"))
    assert description(base, a_case(description="a  \r\nb\n\n"), an_issue(description=" a\nb")) is None


def test_an_edit_in_jira_leaves_the_other_blocks_of_the_case_byte_for_byte() -> None:
    case = a_case(description="* one\n\n\n*  two\n\nEnd")
    issue = an_issue(description=case.description)
    base = agreed_on(case, issue)
    edited = replace(issue, document=document(issue.document or {}, sentence("Added.")))
    edited = replace(edited, description=to_text(edited.document))
    assert outcome(description(base, case, edited)) == ("security_ir", f"{case.description}\n\nAdded.", None)


# Limits


def test_fault_11_a_long_title_is_cut_with_an_ellipsis_and_newlines_are_folded() -> None:
    summary = made(title(AGREED, a_case(title="a\nb " + "x" * 290), an_issue())).value
    assert utf16_length(summary) <= 255
    assert summary.startswith("a b x")
    assert summary.endswith("…")
    assert utf16_length(case_title("y" * 400)) <= 300


def test_a_title_that_was_cut_for_jira_does_not_come_back() -> None:
    case = a_case(title="x" * 290)
    step = made(title(AGREED, case, an_issue()))
    assert title(replace(AGREED, title=step.agreed), case, an_issue(summary=step.value)) is None


def test_an_issue_whose_summary_had_been_cut_and_is_edited_does_not_lose_the_end_of_the_cases_title() -> None:
    long = a_case(title="x" * 290)
    agreed = replace(AGREED, title=made(title(AGREED, long, an_issue())).agreed)
    assert outcome(title(agreed, long, an_issue(summary="Two keys"))) == ("security_ir", "Two keys", long.title)


def test_white_space_at_the_edges_of_a_cases_text_stands_through_an_edit_in_jira() -> None:
    case = a_case(description="    at 0x00 main\n")
    issue = an_issue(description=case.description)
    edited = replace(issue, document=document(sentence("First."), issue.document or {}))
    edited = replace(edited, description=to_text(edited.document))
    assert outcome(description(agreed_on(case, issue), case, edited))[1] == "First.\n\n    at 0x00 main\n"


def test_code_at_the_cut_keeps_its_fence_and_the_sentence_behind_it_is_not_code() -> None:
    cut, _ = case_description("```\n" + "log line\n" * 2_000 + "```", URL)
    kinds = [block["type"] for block in content(dict(issue_document(cut)))]
    assert kinds == ["codeBlock", "paragraph", "paragraph"]


def test_what_ends_a_cut_text_is_not_copied_into_the_issue_it_points_to() -> None:
    issue = an_issue(description="word " * 4_000)
    cut = made(description(AGREED, a_case(), issue))
    base = replace(AGREED, description=cut.agreed)
    edited = a_case(description="Seen at 9.\n\n" + cut.value)
    assert URL in cut.value
    assert URL not in to_text(made(description(base, edited, issue)).document)


def test_fault_11_a_long_description_is_cut_ends_with_a_link_and_does_not_come_back() -> None:
    issue = an_issue(description="word " * 4_000)
    step = made(description(AGREED, a_case(), issue))
    assert utf16_length(step.value) <= 8_000
    assert step.value.endswith(URL)
    assert step.agreed.cut
    assert description(replace(AGREED, description=step.agreed), a_case(description=step.value), issue) is None


def test_a_cut_description_that_is_edited_on_the_case_replaces_the_longer_one_which_is_kept() -> None:
    issue = an_issue(description="word " * 4_000)
    base = replace(AGREED, description=made(description(AGREED, a_case(), issue)).agreed)
    step = made(description(base, a_case(description="Short and new."), issue))
    assert (step.write, step.keep, step.agreed.cut) == ("jira", issue.description, False)


def test_a_description_beyond_jiras_limit_fits_into_an_issue() -> None:
    assert utf16_length(to_text(issue_document("`x` " * 10_000))) <= ISSUE_DESCRIPTION_LIMIT


def test_nothing_is_cut_inside_a_character() -> None:
    text, cut = case_description("🔑" * 5_000, URL)
    assert cut
    assert utf16_length(text) <= 8_000
    text.encode("utf-8")


def test_a_title_of_blanks_is_still_a_summary() -> None:
    assert issue_summary(" \n ") == "(no title)"


# What a side refused


def refused_by(side: Side) -> Base:
    """One side would not take what the other holds: they agreed to differ."""
    base = agreed_on(a_case(title="On the case"), an_issue(summary="In Jira"))
    return replace(base, title=replace(base.title, refused=side))


@pytest.mark.parametrize("side", ["security_ir", "jira"])
def test_a_refused_title_is_silent_until_a_side_moves(side: Side) -> None:
    assert title(refused_by(side), a_case(title="On the case"), an_issue(summary="In Jira")) is None


def test_what_the_case_refused_stands_in_jira_only_so_news_of_the_case_keep_it_there() -> None:
    step = title(refused_by("security_ir"), a_case(title="News"), an_issue(summary="In Jira"))
    assert outcome(step) == ("jira", "News", "In Jira")


def test_what_jira_refused_stands_on_the_case_only_so_news_of_jira_keep_it_there() -> None:
    step = title(refused_by("jira"), a_case(title="On the case"), an_issue(summary="News"))
    assert outcome(step) == ("security_ir", "News", "On the case")


def test_another_wording_of_what_was_refused_is_tried_and_keeps_nothing() -> None:
    step = title(refused_by("security_ir"), a_case(title="On the case"), an_issue(summary="Reworded"))
    assert outcome(step) == ("security_ir", "Reworded", None)
    assert made(step).agreed.refused is None
    step = title(refused_by("jira"), a_case(title="Reworded"), an_issue(summary="In Jira"))
    assert outcome(step) == ("jira", "Reworded", None)


def test_a_refusal_is_judged_by_what_both_sides_held_and_not_by_what_was_tried() -> None:
    step = made(title(AGREED, a_case(title="From AWS"), an_issue()))
    assert step.held == Agreed(digest("From AWS"), digest("Leaked key"))


# What was being written when a run broke off


def being_written(to: str, side: Side = "jira") -> Base:
    """A run has begun to write a title to one side, and its end is not recorded."""
    return replace(AGREED, title=replace(AGREED.title, writing=Writing(side, digest(to), digest(to))))


def test_what_was_written_and_not_recorded_is_nobodys_edit() -> None:
    step = made(title(being_written("News"), a_case(title="News"), an_issue(summary="News")))
    assert (step.write, step.keep) == (None, None)
    assert step.agreed == Agreed(digest("News"), digest("News"))


def test_what_was_written_and_not_recorded_loses_to_a_later_edit_without_being_kept() -> None:
    step = title(being_written("News"), a_case(title="Later"), an_issue(summary="News"))
    assert outcome(step) == ("jira", "Later", None)


def test_what_was_not_written_after_all_is_written_now() -> None:
    step = title(being_written("News"), a_case(title="News"), an_issue())
    assert outcome(step) == ("jira", "News", None)
    assert made(step).agreed.writing is None
    step = title(being_written("News", "security_ir"), a_case(), an_issue(summary="News"))
    assert outcome(step) == ("security_ir", "News", None)


def test_what_was_not_written_and_is_no_longer_wanted_is_forgotten() -> None:
    step = made(title(being_written("News"), a_case(), an_issue()))
    assert (step.write, step.agreed) == (None, AGREED.title)


def test_what_a_person_wrote_meanwhile_is_an_edit() -> None:
    step = title(being_written("News"), a_case(title="News"), an_issue(summary="By hand"))
    assert outcome(step) == ("jira", "News", "By hand")


# A base that an earlier version wrote

EVIDENCE = r"C:\Users\_svc_\run.ps1"
OF_AN_EARLIER_READING = "0123456789abcdef" * 2


def met(case: Case, **changes: object) -> Base:
    """The base as an earlier version left it: its reading of the issue is not ours."""
    agreed = Agreed(digest(case.description), OF_AN_EARLIER_READING)
    return replace(AGREED, description=replace(agreed, **changes))  # type: ignore[arg-type]  # fields of an Agreed


def holding(*blocks: str) -> Issue:
    """An issue whose description has these paragraphs, letter for letter."""
    body = document(*(sentence("{block}", block=block) for block in blocks))
    return an_issue(document=body, description=to_text(body))


def test_what_an_earlier_version_put_in_step_is_neither_changed_nor_rewritten() -> None:
    case = a_case(description=f"{EVIDENCE}\n\n**Two** hosts.")
    issue = holding(r"C:\Users_svc_run.ps1", "Two hosts.")
    step = made(description(met(case), case, issue))
    assert (step.write, step.keep, step.notices) == (None, None, ())
    assert step.agreed.issue == read_digest(issue.description)
    assert description(replace(AGREED, description=step.agreed), case, issue) is None


def test_what_an_earlier_version_damaged_in_jira_stays_whole_on_the_case_when_another_block_is_edited() -> None:
    case = a_case(description=f"{EVIDENCE}\n\nTwo hosts.")
    base = replace(
        AGREED, description=made(description(met(case), case, holding(r"C:\Users_svc_run.ps1", "Two hosts."))).agreed
    )
    edited = holding(r"C:\Users_svc_run.ps1", "Three hosts.")
    assert outcome(description(base, case, edited)) == ("security_ir", f"{EVIDENCE}\n\nThree hosts.", None)


def test_an_issue_that_was_edited_after_an_earlier_version_saw_it_is_an_edit() -> None:
    case = a_case(description=f"{EVIDENCE}\n\nTwo hosts.")
    edited = holding(r"C:\Users_svc_run.ps1", "Three hosts.")
    assert outcome(description(met(case), case, edited)) == ("security_ir", f"{EVIDENCE}\n\nThree hosts.", None)


def test_a_case_that_was_edited_meanwhile_is_the_only_one_that_moved() -> None:
    step = made(description(met(a_case()), a_case(description="Later."), holding("Read otherwise")))
    assert (step.write, step.value, step.keep) == ("jira", "Later.", None)


def test_a_description_that_an_earlier_version_cut_is_not_called_changed() -> None:
    case, issue = a_case(description="word … and a link"), an_issue(description="word " * 4_000)
    step = made(description(met(case, cut=True), case, issue))
    assert (step.write, step.agreed.cut) == (None, True)


def test_an_issue_that_was_empty_for_an_earlier_version_and_still_is_needs_nothing_but_a_base() -> None:
    case = a_case(description="The Jira issue SEC-1 has no description.")
    step = made(description(met(case, issue=digest("")), case, an_issue(description="")))
    assert (step.write, step.agreed.issue) == (None, read_digest(""))


def test_an_issue_that_was_empty_for_an_earlier_version_and_got_a_description_gives_it_to_the_case() -> None:
    case = a_case(description="The Jira issue SEC-1 has no description.")
    step = description(met(case, issue=digest("")), case, an_issue(description="Found."))
    assert outcome(step) == ("security_ir", "Found.", None)


def test_where_the_case_was_edited_as_well_what_an_empty_issue_got_is_kept() -> None:
    step = description(met(a_case(), issue=digest("")), a_case(description="Later."), an_issue(description="Found."))
    assert outcome(step) == ("jira", "Later.", "Found.")
