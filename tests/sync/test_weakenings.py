"""What is easily left out, since it shows only where two things happen together."""

from __future__ import annotations

import pytest

from sandbox.jira import Person

from .loop import Loop, a_day_of_sweeps, key_of, open_case, status_of, texts


def test_what_waits_beside_a_comment_comes_without_a_sweep(loop: Loop, own_case: str) -> None:
    """The comment alone is announced, and is done when the closure that was seen beside it is tried again."""
    loop.native = False
    loop.jira.faults.add("POST .*/transitions", status=503, headers={"Retry-After": "20"}, times=1)
    loop.service.person("grace").comment(own_case, "it was a drill")
    loop.service.person("grace").close(own_case)
    loop.send("security_ir_poller", {"detail-type": "Case Comment Added", "detail": {"caseId": own_case}})
    loop.settle()
    assert status_of(loop, own_case) == ("Closed", "Done")
    assert [text.count("it was a drill") for text in texts(loop, own_case)] == [1, 1]


def test_a_case_is_born_once_though_every_notification_is_doubled_and_late(loop: Loop, ada: Person) -> None:
    loop.copies = 3
    issue = ada.create_issue("SEC", "Suspicious login")
    case_id = open_case(loop)
    loop.settle()
    assert len(loop.service.cases()) == len(loop.jira.issues()) == len(loop.pairs()) == 2
    assert key_of(loop, case_id) != issue.key


@pytest.mark.parametrize("side", ["case", "issue"])
def test_a_text_that_is_refused_is_sent_no_more_until_somebody_edits_it(
    loop: Loop, own_case: str, ada: Person, side: str
) -> None:
    key = key_of(loop, own_case)
    if side == "case":
        refusal = loop.service.faults.add("UpdateCase", error="ValidationException", status=400, times=None)
        ada.edit(key, summary="Typed at night")
    else:
        refusal = loop.jira.faults.add(f"PUT .*/issue/{loop.jira.issue(key).id}", status=400, times=None)
        loop.service.person("grace").edit(own_case, title="Typed at night")
    loop.settle()
    assert refusal.hits == 1
    a_day_of_sweeps(loop)
    assert refusal.hits == 1
    refusal.left = 0
    ada.edit(key, summary="Typed in the morning")
    loop.settle()
    assert loop.service.case(own_case).title == loop.jira.issue(key).summary == "Typed in the morning"
