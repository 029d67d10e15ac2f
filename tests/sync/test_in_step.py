"""What is changed on one side reaches the other, once, and nothing comes back."""

from __future__ import annotations

import pytest

from sandbox.jira import Person

from .loop import Loop, key_of, open_case, status_of, texts

IN_PROGRESS = {"Acknowledged", "Detection and Analysis", "Containment, Eradication and Recovery"}


def test_an_edited_title_and_description_reach_the_issue(loop: Loop, case_id: str) -> None:
    loop.service.aws_responder.edit(case_id, title="Key used from Tor", description="Second finding.")
    loop.settle()
    issue = loop.jira.issue(key_of(loop, case_id))
    assert (issue.summary, issue.description_text) == ("Key used from Tor", "Second finding.")


def test_an_edited_summary_and_description_reach_the_case(loop: Loop, case_id: str, ada: Person) -> None:
    ada.edit(key_of(loop, case_id), summary="Two keys used", description="Also key two.")
    loop.settle()
    case = loop.service.case(case_id)
    assert (case.title, case.description) == ("Two keys used", "Also key two.")


def test_the_case_names_its_issue(loop: Loop, case_id: str) -> None:
    key = key_of(loop, case_id)
    assert f"{loop.jira.url}/browse/{key}" in texts(loop, case_id)[0]


def test_the_issue_links_to_its_case(loop: Loop, case_id: str) -> None:
    (link,) = loop.jira.issue(key_of(loop, case_id)).remote_links
    assert case_id in link.url


def test_a_status_moved_in_jira_moves_a_self_managed_case_and_back(loop: Loop, own_case: str, ada: Person) -> None:
    ada.transition(key_of(loop, own_case), "In Progress")
    loop.settle()
    assert status_of(loop, own_case) == ("Detection and Analysis", "In Progress")
    ada.transition(key_of(loop, own_case), "In Review")
    loop.settle()
    assert status_of(loop, own_case) == ("Post-incident Activities", "In Review")
    loop.service.person("grace").set_status(own_case, "Detection and Analysis")
    loop.settle()
    assert status_of(loop, own_case) == ("Detection and Analysis", "In Progress")


def test_fault_8_a_closed_case_moves_its_issue_to_done(loop: Loop, case_id: str) -> None:
    loop.service.aws_responder.close(case_id, "False Positive")
    loop.settle()
    assert status_of(loop, case_id) == ("Closed", "Done")
    assert "False Positive" in texts(loop, case_id)[1]


def test_an_issue_that_is_done_closes_its_case(loop: Loop, own_case: str, ada: Person) -> None:
    ada.transition(key_of(loop, own_case), "Done")
    loop.settle()
    assert status_of(loop, own_case) == ("Closed", "Done")


def test_a_reopened_issue_is_told_once_that_the_case_stays_closed(loop: Loop, own_case: str, ada: Person) -> None:
    key = key_of(loop, own_case)
    for status in ("Done", "In Progress", "Done", "To Do"):
        ada.transition(key, status)
        loop.settle()
    assert status_of(loop, own_case) == ("Closed", "To Do")
    assert texts(loop, own_case)[1].count("cannot be reopened") == 1


def test_an_edit_on_the_issue_of_a_closed_case_holds_nothing_up_and_is_answered_once(
    loop: Loop, own_case: str, ada: Person
) -> None:
    key = key_of(loop, own_case)
    loop.service.person("grace").close(own_case)
    loop.settle()
    for number in range(2):
        ada.edit(key, summary=f"Edited {number}", description=f"After closure {number}")
        ada.comment(key, f"still heard {number}")
        loop.settle()
    on_case, on_issue = texts(loop, own_case)
    assert [on_case.count(f"still heard {number}") for number in range(2)] == [1, 1]
    assert on_issue.count("takes no changes") == 1
    assert loop.waiting == []


def test_fault_9_a_comment_in_jira_moves_no_status(loop: Loop, own_case: str, ada: Person) -> None:
    grace = loop.service.person("grace")
    grace.set_status(own_case, "Detection and Analysis")
    grace.set_status(own_case, "Containment, Eradication and Recovery")
    loop.settle()
    ada.comment(key_of(loop, own_case), "Key disabled.")
    loop.settle()
    assert status_of(loop, own_case) == ("Containment, Eradication and Recovery", "In Progress")


def test_a_status_of_an_issue_never_moves_a_case_that_aws_manages(loop: Loop, case_id: str, ada: Person) -> None:
    ada.transition(key_of(loop, case_id), "In Progress")
    loop.settle()
    assert status_of(loop, case_id) == ("Submitted", "In Progress")
    assert texts(loop, case_id)[0].count("In Progress") == 1


def test_fault_4_sixty_comments_arrive_once_each_in_order(loop: Loop, case_id: str, ada: Person) -> None:
    key = key_of(loop, case_id)
    for number in range(60):
        # The first fifty ring once at their end: told of one by one they cost half a minute.
        loop.native = loop.automation = number >= 49
        loop.service.aws_responder.comment(case_id, f"case comment {number:02}")
        ada.comment(key, f"issue comment {number:02}")
    loop.settle()
    loop.sweep_cases()
    loop.settle()
    on_case, on_issue = texts(loop, case_id)
    for number in range(60):
        assert on_issue.count(f"case comment {number:02}") == 1
        assert on_case.count(f"issue comment {number:02}") == 1
    order = [on_issue.index(f"case comment {number:02}") for number in range(60)]
    assert order == sorted(order)
    order = [on_case.index(f"issue comment {number:02}") for number in range(60)]
    assert order == sorted(order)


def test_a_copied_comment_names_who_wrote_it(loop: Loop, case_id: str, ada: Person) -> None:
    loop.service.aws_responder.comment(case_id, "Please rotate the key.")
    ada.comment(key_of(loop, case_id), "Rotated.")
    loop.settle()
    on_case, on_issue = texts(loop, case_id)
    assert "Ada Lovelace" in on_case
    assert "AWS Responder" in on_issue


def test_an_edited_comment_changes_its_copy(loop: Loop, case_id: str, ada: Person) -> None:
    ours = loop.service.aws_responder.comment(case_id, "teh key")
    theirs = ada.comment(key_of(loop, case_id), "don")
    loop.settle()
    loop.service.aws_responder.edit_comment(case_id, ours, "the key")
    ada.edit_comment(key_of(loop, case_id), theirs.id, "done")
    loop.settle()
    on_case, on_issue = texts(loop, case_id)
    assert "the key" in on_issue
    assert "teh key" not in on_issue
    assert on_case.rstrip().endswith("done")


@pytest.mark.parametrize("side", ["case", "issue"])
def test_a_comment_whose_answer_was_lost_is_not_written_twice(loop: Loop, case_id: str, ada: Person, side: str) -> None:
    loop.jira.faults.add("POST .*/comment", after=True, drop=True, times=1)
    loop.service.faults.add("CreateCaseComment", after=True, times=4)
    if side == "case":
        loop.service.aws_responder.comment(case_id, "only once")
    else:
        ada.comment(key_of(loop, case_id), "only once")
    loop.settle()
    assert [text.count("only once") for text in texts(loop, case_id)] == [1, 1]


def test_a_restricted_comment_stays_in_jira(loop: Loop, case_id: str, ada: Person) -> None:
    from sandbox.jira import Visibility

    ada.comment(key_of(loop, case_id), "not for AWS", visibility=Visibility("role", "Administrators"))
    loop.settle()
    assert "not for AWS" not in texts(loop, case_id)[0]


def test_every_notification_told_thrice_changes_nothing_more(loop: Loop, case_id: str, ada: Person) -> None:
    loop.copies = 3
    key = key_of(loop, case_id)
    ada.comment(key, "one")
    loop.service.aws_responder.comment(case_id, "two")
    ada.edit(key, summary="Three")
    loop.settle()
    on_case, on_issue = texts(loop, case_id)
    assert (on_case.count("one"), on_issue.count("two"), loop.service.case(case_id).title) == (1, 1, "Three")


def test_at_rest_sweeps_and_notifications_write_nothing(loop: Loop, case_id: str, own_case: str, ada: Person) -> None:
    ada.comment(key_of(loop, case_id), "said")
    ada.transition(key_of(loop, own_case), "In Progress")
    loop.settle()
    quiet = loop.quiet()
    for _ in range(10):
        loop.sweep_cases()
        loop.sweep_issues()
        for pair_key in loop.pairs().values():
            loop.notify(pair_key)
        for pair_id in loop.pairs():
            loop.send("security_ir_poller", {"detail-type": "Case Updated", "detail": {"caseId": pair_id}})
        loop.advance(300)
    assert quiet.writes == []


def test_both_sides_changed_the_title_the_case_wins_and_the_other_is_kept(
    loop: Loop, case_id: str, ada: Person
) -> None:
    loop.service.aws_responder.edit(case_id, title="From AWS")
    ada.edit(key_of(loop, case_id), summary="From Jira")
    loop.settle()
    assert loop.service.case(case_id).title == loop.jira.issue(key_of(loop, case_id)).summary == "From AWS"
    assert texts(loop, case_id)[1].count("From Jira") == 1


def test_an_empty_description_in_jira_erases_nothing(loop: Loop, case_id: str, ada: Person) -> None:
    ada.edit(key_of(loop, case_id), description=None)
    loop.settle()
    assert loop.service.case(case_id).description == "CreateAccessKey from a new ASN."


def test_fault_11_a_description_over_the_limit_is_cut_and_names_the_issue(
    loop: Loop, case_id: str, ada: Person
) -> None:
    ada.edit(key_of(loop, case_id), description="x" * 9_000, summary="Long")
    loop.settle()
    case = loop.service.case(case_id)
    assert case.title == "Long"
    assert len(case.description) == 8_000
    assert case.description.endswith(f"/browse/{key_of(loop, case_id)}")


def test_fault_18_what_people_set_in_jira_stays(loop: Loop, case_id: str, ada: Person) -> None:
    key = key_of(loop, case_id)
    ada.label(key, add=["mine"])
    ada.edit(key, priority={"name": "High"})
    loop.service.aws_responder.comment(case_id, "news")
    loop.settle()
    assert "mine" in loop.jira.issue(key).labels


def test_fault_13_nothing_is_lost_while_jira_is_down(loop: Loop, case_id: str) -> None:
    loop.jira.down = True
    loop.service.aws_responder.comment(case_id, "during the outage")
    loop.service.aws_responder.edit(case_id, title="Changed during the outage")
    loop.advance(6 * 3_600)
    loop.jira.down = False
    loop.advance(1_000)
    assert "during the outage" in texts(loop, case_id)[1]
    assert loop.jira.issue(key_of(loop, case_id)).summary == "Changed during the outage"
    assert loop.dead == []


def test_fault_14_one_failing_case_does_not_hold_up_the_others(loop: Loop) -> None:
    loop.native = False
    ids = [open_case(loop, f"Case {number}") for number in range(3)]
    loop.service.faults.add("GetCase", status=500, error="InternalServerException", times=None, about=ids[0])
    loop.sweep_cases()
    loop.run()
    assert set(loop.pairs()) == set(ids[1:])


def test_a_new_comment_on_a_case_costs_few_calls(loop: Loop, case_id: str) -> None:
    loop.automation = False
    quiet = loop.quiet()
    loop.service.aws_responder.comment(case_id, "news")
    loop.settle()
    assert sorted(quiet.service_reads) == ["GetCase", "ListComments"]
    assert len(quiet.jira_reads) <= 2
    assert len(quiet.writes) == 1


def test_a_new_comment_in_jira_costs_few_calls(loop: Loop, case_id: str, ada: Person) -> None:
    loop.native = False
    quiet = loop.quiet()
    ada.comment(key_of(loop, case_id), "news")
    loop.settle()
    assert len(quiet.jira_reads) <= 2
    assert len(quiet.service_reads) <= 2
    assert quiet.writes == ["CreateCaseComment"]


def test_the_echo_of_an_own_comment_costs_one_read(loop: Loop, case_id: str, ada: Person) -> None:
    ada.comment(key_of(loop, case_id), "news")
    loop.native = False
    loop.settle()
    loop.native = True
    quiet = loop.quiet()
    loop.send("security_ir_poller", {"detail-type": "Case Comment Added", "detail": {"caseId": case_id}})
    loop.run()
    assert quiet.service_reads == ["ListComments"]
    assert quiet.jira_reads == []
    assert quiet.writes == []


def test_a_sweep_over_cases_at_rest_costs_one_call_for_each_25(loop: Loop) -> None:
    loop.native = False
    for number in range(40):
        loop.service.aws_responder.close(open_case(loop, f"Closed before the module came {number}"))
    loop.native = True
    for number in range(20):
        open_case(loop, f"Case {number}")
    loop.settle()
    loop.sweep_cases()
    loop.advance(7_200)
    loop.sweep_cases()
    loop.settle()
    quiet = loop.quiet()
    loop.advance(300)
    loop.sweep_cases()
    loop.settle()
    assert quiet.service_reads.count("ListCases") == 3
    assert len(quiet.service_reads) <= 3 + 2 * 3
