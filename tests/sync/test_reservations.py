"""What was reserved for a birth is kept where it may have been carried out, and given up where it was surely not."""

from __future__ import annotations

import pytest

from sandbox.jira import Person
from security_ir_jira.ledger.table import ConditionFailed

from .loop import Loop, open_case


def test_a_birth_that_jira_surely_did_not_carry_out_is_sent_again_at_once(loop: Loop) -> None:
    loop.jira.faults.add("POST .*/rest/api/3/issue", status=429, retry_after=30, times=1)
    case_id = open_case(loop)
    loop.settle(240)
    assert list(loop.pairs()) == [case_id]


@pytest.mark.parametrize("lost", [1, 3], ids=["in the same run", "in the next run"])
def test_a_birth_that_may_have_been_carried_out_is_not_given_up_for_a_later_refusal(
    loop: Loop, ada: Person, lost: int
) -> None:
    loop.automation = loop.native = False  # or our own creation would ring the bell, and be bound
    issue = ada.create_issue("SEC", "Answer lost")
    loop.service.faults.add("CreateCase", after=True, times=lost)
    loop.service.faults.add("CreateCase", error="ValidationException", status=400, times=1)
    loop.notify(issue.key)
    loop.run()
    ada.edit(issue.key, summary="Answer lost, edited")
    loop.settle()
    (case,) = loop.service.cases()
    assert loop.pairs() == {case.case_id: issue.key}
    assert case.title == "Answer lost, edited"


def test_a_birth_whose_only_request_was_refused_is_made_of_the_issue_as_it_is_then(loop: Loop, ada: Person) -> None:
    # With the issue's watchers, and without.
    loop.service.faults.add("CreateCase", error="ValidationException", status=400, times=2)
    issue = ada.create_issue("SEC", "Refused")
    loop.run()
    assert loop.ledger.entry_of_issue(loop.jira.issue(issue.key).id) is None
    loop.settle()
    assert [case.title for case in loop.service.cases()] == ["Refused"]


@pytest.mark.parametrize("side", ["case", "issue"])
def test_a_pair_that_was_bound_meanwhile_is_not_dropped_for_a_reservation(loop: Loop, case_id: str, side: str) -> None:
    pair = loop.ledger.load(case_id).pair
    assert pair is not None
    drop, subject = {
        "case": (loop.ledger.drop_issue_reservation, case_id),
        "issue": (loop.ledger.drop_case_reservation, pair.issue_id),
    }[side]
    with pytest.raises(ConditionFailed):
        drop(subject)
    entry = loop.ledger.entry_of_issue(pair.issue_id)
    assert loop.ledger.load(case_id).pair == pair
    assert entry is not None
    assert entry.case_id == case_id


@pytest.mark.parametrize("description", ["Found in a public repository.", ""])
@pytest.mark.parametrize("edited", [False, True], ids=["as it was", "edited meanwhile"])
def test_a_case_that_was_created_before_the_table_was_lost_is_known_by_what_it_says(
    loop: Loop, ada: Person, description: str, edited: bool
) -> None:
    loop.automation = loop.native = False
    issue = ada.create_issue("SEC", "Dies at once", description)
    loop.wire.kill_where = "after security-ir create_case"
    loop.notify(issue.key)
    loop.run()
    assert loop.kills != []
    if edited:
        ada.edit(issue.key, summary="Dies at once, edited")
    loop.lose_the_table()
    loop.sweep_cases()
    loop.settle()
    (case,) = loop.service.cases()
    assert loop.pairs() == {case.case_id: issue.key}
    assert len(loop.jira.issues()) == 1
    assert case.title == loop.jira.issue(issue.key).summary
    assert loop.jira.issue(issue.key).description_text == description
    assert (loop.waiting, loop.dead) == ([], [])


def test_a_case_that_mirrors_another_issue_by_now_is_not_asked_for_for_ever(loop: Loop, ada: Person) -> None:
    loop.automation = loop.native = False
    issue = ada.create_issue("SEC", "Dies at once")
    loop.wire.kill_where = "after security-ir create_case"
    loop.notify(issue.key)
    loop.run()
    (case,) = loop.service.cases()
    object.__setattr__(case, "tags", ())
    loop.lose_the_table()
    loop.sweep_cases()
    loop.settle()
    assert loop.waiting == []
    assert [reason for _, reason in loop.dead if issue.key in reason] != []
    assert len(loop.service.cases()) == 1
