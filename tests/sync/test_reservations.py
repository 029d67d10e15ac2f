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
    loop.service.faults.add("CreateCase", error="ValidationException", status=400, times=1)
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
