"""Every case becomes one issue and every new issue one case, however often and in whatever order that is told."""

from __future__ import annotations

import random

import pytest

from sandbox.jira import Person
from security_ir_jira.cases.calls import CaseCalls

from .loop import Loop, open_case, said_on_issue


def test_a_native_event_alone_makes_an_issue_of_a_case(loop: Loop) -> None:
    case_id = open_case(loop)
    loop.run()
    issue = loop.jira.issue(loop.pairs()[case_id])
    assert issue.summary == "Unusual API calls"
    assert issue.description_text == "CreateAccessKey from a new ASN."
    assert issue.status.name == "To Do"
    assert "aws-security-ir" in issue.labels


def test_a_sweep_alone_makes_an_issue_of_a_case(loop: Loop) -> None:
    loop.native = False
    case_id = open_case(loop)
    loop.run()
    assert loop.pairs() == {}
    loop.sweep_cases()
    loop.run()
    assert list(loop.pairs()) == [case_id]


def test_an_issue_born_in_jira_becomes_a_self_managed_case(loop: Loop, ada: Person) -> None:
    issue = ada.create_issue("SEC", "Phishing mail in finance", "Somebody clicked.")
    loop.run()
    (case,) = loop.service.cases()
    assert (case.title, case.description, case.resolver_type) == (
        "Phishing mail in finance",
        "Somebody clicked.",
        "Self",
    )
    assert case.impacted_accounts == ("123456789012",)
    assert [watcher.email for watcher in case.watchers] == ["ada@example.com"], "who creates an issue watches it"
    assert loop.pairs() == {case.case_id: issue.key}


def test_fault_10_an_issue_without_description_becomes_a_case_that_says_so(loop: Loop, ada: Person) -> None:
    issue = ada.create_issue("SEC", "No words")
    loop.run()
    (case,) = loop.service.cases()
    assert issue.key in case.description
    assert loop.jira.issue(issue.key).description_text == ""


def test_fault_1_an_issue_born_in_jira_and_edited_thrice_is_one_case_and_one_issue(loop: Loop, ada: Person) -> None:
    issue = ada.create_issue("SEC", "First")
    for number in range(3):
        ada.edit(issue.key, summary=f"Edit {number}")
    loop.run()
    loop.settle()
    assert [case.title for case in loop.service.cases()] == ["Edit 2"]
    assert len(loop.jira.issues()) == 1


@pytest.mark.parametrize("seed", range(5))
def test_fault_2_births_told_three_times_in_any_order_are_born_once(loop: Loop, ada: Person, seed: int) -> None:
    loop.copies, loop.shuffle = 3, random.Random(seed)
    case_id = open_case(loop)
    issue = ada.create_issue("SEC", "From Jira")
    loop.sweep_cases()
    loop.sweep_issues()
    loop.settle()
    assert len(loop.jira.issues()) == len(loop.service.cases()) == 2
    assert len(loop.pairs()) == 2
    assert loop.pairs()[case_id] != issue.key


def test_fault_3_the_pair_is_known_before_anything_else_is_written(loop: Loop) -> None:
    case_id = open_case(loop)
    loop.service.aws_responder.comment(case_id, "We are looking into it.")
    loop.jira.faults.add("POST .*/comment", status=500, times=1)
    loop.run()
    loop.settle()
    assert len(loop.service.cases()) == 1
    assert len(loop.jira.issues()) == 1
    assert len(said_on_issue(loop, loop.pairs()[case_id])) == 1


@pytest.mark.parametrize("lag", [0.0, 120.0])
def test_fault_6_a_creation_in_jira_whose_answer_was_lost_is_found_again(loop: Loop, lag: float) -> None:
    loop.automation = False
    loop.jira.switches.search_lag = lag
    loop.jira.faults.add("POST .*/rest/api/3/issue", after=True, drop=True, times=1)
    case_id = open_case(loop)
    loop.run()
    loop.settle()
    assert list(loop.pairs()) == [case_id]
    assert len(loop.jira.issues()) == 1
    assert loop.jira.issues()[0].remote_links


def test_a_lost_creation_is_found_on_a_later_page_of_a_search(loop: Loop, ada: Person) -> None:
    """Jira decides how many issues a page has; where the create screen has no labels, others stand before ours."""
    loop.automation = False
    loop.jira.site.projects["SEC"].hidden_on_create = frozenset({"labels"})
    loop.jira.switches.search_page_cap = 1
    for number in range(3):
        ada.create_issue("SEC", f"Other {number}")
    loop.jira.faults.add("POST .*/rest/api/3/issue", status=400, body={"errors": {"labels": "not on the screen"}})
    loop.jira.faults.add("POST .*/rest/api/3/issue", after=True, drop=True, times=1)
    case_id = open_case(loop)
    loop.settle()
    assert list(loop.pairs()) == [case_id]
    assert len(loop.jira.issues()) == 4


def test_a_creation_whose_answer_was_lost_is_bound_by_its_own_bell(loop: Loop) -> None:
    loop.jira.switches.search_lag = 300
    loop.jira.faults.add("POST .*/rest/api/3/issue", after=True, drop=True, times=1)
    open_case(loop)
    loop.run()
    loop.settle()
    assert len(loop.jira.issues()) == len(loop.service.cases()) == 1


def test_a_creation_that_jira_never_carried_out_is_sent_again_after_the_index_had_its_time(loop: Loop) -> None:
    loop.jira.faults.add("POST .*/rest/api/3/issue", drop=True, times=1)
    case_id = open_case(loop)
    loop.settle()
    assert list(loop.pairs()) == [case_id]


def test_a_case_creation_whose_answer_was_lost_makes_no_second_case(loop: Loop, ada: Person) -> None:
    loop.service.faults.add("CreateCase", after=True, times=5)
    ada.create_issue("SEC", "Answer lost")
    loop.settle()
    assert len(loop.service.cases()) == 1
    assert len(loop.jira.issues()) == 1
    assert len(loop.pairs()) == 1


def test_a_project_without_labels_on_its_create_screen_gets_them_by_an_edit(loop: Loop) -> None:
    loop.jira.site.projects["SEC"].hidden_on_create = frozenset({"labels"})
    case_id = open_case(loop)
    loop.settle()
    assert list(loop.pairs()) == [case_id]


def test_an_issue_older_than_the_module_is_not_born_into_a_case(loop: Loop, ada: Person) -> None:
    now, loop.clock.now = loop.clock.now, loop.clock.now - 86_400
    loop.automation = False
    issue = ada.create_issue("SEC", "Old")
    loop.clock.now = now
    loop.automation = True
    ada.edit(issue.key, summary="Old, edited")
    loop.settle()
    assert loop.service.cases() == []


def test_a_sub_task_is_not_born_into_a_case(loop: Loop, ada: Person) -> None:
    loop.automation = False
    parent = ada.create_issue("SEC", "Parent")
    loop.automation = True
    ada.create_issue("SEC", "Child", issue_type="Sub-task", parent=parent.key)
    loop.settle()
    assert "Child" not in [case.title for case in loop.service.cases()]


def test_a_case_first_seen_closed_is_not_born_into_jira(loop: Loop) -> None:
    loop.native = False
    case_id = open_case(loop)
    loop.service.aws_responder.close(case_id)
    loop.native = True
    loop.sweep_cases()
    loop.settle()
    assert loop.jira.issues() == []


def test_fault_7_a_clone_is_a_new_issue_and_does_not_steal_the_pair(loop: Loop, ada: Person) -> None:
    case_id = open_case(loop)
    loop.run()
    original = loop.pairs()[case_id]
    clone = ada.clone(original)
    loop.settle()
    ada.edit(clone.key, summary="Only the clone")
    loop.settle()
    assert loop.service.case(case_id).title == "Unusual API calls"
    titles = sorted(case.title for case in loop.service.cases())
    assert titles == ["Only the clone", "Unusual API calls"]


def test_pairs_are_found_again_after_the_table_was_lost(loop: Loop, ada: Person) -> None:
    first = open_case(loop)
    born = ada.create_issue("SEC", "From Jira")
    loop.service.aws_responder.comment(first, "said on the case")
    ada.comment(born.key, "said in Jira")
    loop.settle()
    comments = [len(loop.service.comments(case.case_id)) for case in loop.service.cases()]
    before = {case.case_id for case in loop.service.cases()}
    loop.lose_the_table()
    loop.sweep_cases()
    loop.sweep_issues()
    loop.settle()
    assert {case.case_id for case in loop.service.cases()} == before
    assert len(loop.jira.issues()) == 2
    assert first in loop.pairs()
    assert [len(loop.service.comments(case.case_id)) for case in loop.service.cases()] == comments
    assert len(said_on_issue(loop, loop.pairs()[first])) == len(said_on_issue(loop, born.key)) == 1


def test_fields_that_the_project_demands_come_from_jira_create_fields(loop: Loop) -> None:
    from dataclasses import replace

    loop.jira.add_field("customfield_10001", "Team")
    loop.jira.site.projects["SEC"].required_fields = ("customfield_10001",)
    case_id = open_case(loop)
    loop.run()
    assert loop.jira.issues() == []
    loop.start(replace(loop.config, jira_create_fields={"customfield_10001": "Blue", "labels": ["soc"]}))
    loop.settle()
    issue = loop.jira.issue(loop.pairs()[case_id])
    assert issue.fields["customfield_10001"] == "Blue"
    assert "soc" in issue.labels


def test_a_closed_case_that_takes_no_comments_is_said_once_and_is_at_rest(loop: Loop, ada: Person) -> None:
    loop.service.switches.comments_on_closed = False
    case_id = open_case(loop)
    loop.settle()
    loop.service.aws_responder.close(case_id, "Duplicate")
    loop.settle()
    key = loop.pairs()[case_id]
    ada.comment(key, "too late")
    ada.comment(key, "again")
    ada.edit(key, summary="Renamed")
    loop.settle()
    said = "\n".join(comment.text for comment in loop.jira.comments(key))
    assert said.count("takes no comments") == said.count("takes no changes") == 1
    assert loop.waiting == []


def test_a_passing_conflict_on_a_transition_is_not_a_refusal(loop: Loop) -> None:
    case_id = open_case(loop)
    loop.settle()
    loop.jira.faults.add("POST .*/transitions", status=409, times=1)
    loop.service.aws_responder.close(case_id)
    loop.settle()
    assert loop.jira.issue(loop.pairs()[case_id]).status.name == "Done"


def test_a_copy_that_somebody_deleted_holds_up_nothing(loop: Loop, ada: Person) -> None:
    case_id = open_case(loop)
    remark = loop.service.aws_responder.comment(case_id, "first")
    loop.settle()
    key = loop.pairs()[case_id]
    (copy,) = said_on_issue(loop, key)
    loop.jira.person(loop.jira.integration).delete_comment(key, copy.id)
    loop.service.aws_responder.edit_comment(case_id, remark, "first, edited")
    loop.service.aws_responder.comment(case_id, "second")
    loop.settle()
    assert [comment.text.rpartition("\n")[2] for comment in said_on_issue(loop, key)] == ["second"]


def test_a_short_list_of_cases_deletes_nothing(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id = open_case(loop)
    loop.sweep_cases()
    loop.settle()
    loop.service.switches.access = "active"
    monkeypatch.setattr(CaseCalls, "listed", lambda _: iter(()))
    loop.sweep_cases()
    loop.advance(700)
    monkeypatch.undo()
    loop.sweep_cases()
    loop.settle()
    assert "CaseDeleted" not in [event["detail-type"] for event in loop.events]
    assert list(loop.pairs()) == [case_id]


def test_a_case_born_in_jira_and_closed_before_the_first_sweep_is_seen_closed(loop: Loop, ada: Person) -> None:
    loop.native = False
    key = ada.create_issue("SEC", "Short-lived").key
    loop.settle()
    (case,) = loop.service.cases()
    loop.service.person("grace").close(case.case_id)
    loop.sweep_cases()
    loop.settle()
    assert loop.jira.issue(key).status.name == "Done"


def test_a_case_that_cannot_be_read_at_once_is_read_later(loop: Loop) -> None:
    loop.service.faults.add("GetCase", error="ResourceNotFoundException", status=404, times=1)
    case_id = open_case(loop)
    loop.settle()
    assert list(loop.pairs()) == [case_id]
