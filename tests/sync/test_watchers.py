"""Who watches one side watches the other, where the other knows them, and nobody is removed whom a person added."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from sandbox.jira import Person, User
from security_ir_jira.config import Config
from security_ir_jira.errors import NotPermitted

from .loop import Loop, key_of, open_case


@pytest.fixture
def case_id(loop: Loop) -> str:
    """An AWS-managed case in step with its issue, not looked into by itself any more."""
    case = open_case(loop)
    loop.settle()
    return case


@pytest.fixture
def bob(loop: Loop) -> User:
    return loop.jira.add_user("Bob Kahn", "Bob.Kahn@example.com")


@pytest.fixture
def eve(loop: Loop) -> User:
    """Somebody whose address Jira hides."""
    return loop.jira.add_user("Eve Hidden", "eve@example.com", email_visible=False)


def on_case(loop: Loop, case_id: str) -> set[str]:
    return {watcher.email for watcher in loop.service.case(case_id).watchers}


def on_issue(loop: Loop, case_id: str) -> set[str]:
    """The names of those who watch the issue besides the integration."""
    watching = loop.jira.issue(key_of(loop, case_id)).watchers
    return {user.name for user in watching if user is not loop.jira.integration}


def notice(loop: Loop, case_id: str) -> None:
    """Watching rings no automation rule: something else is told of the issue."""
    loop.notify(key_of(loop, case_id))
    loop.settle()


def deep_check(loop: Loop) -> None:
    loop.advance(300)
    loop.sweep_cases()
    loop.settle()


def watch_case(loop: Loop, case_id: str, email: str) -> None:
    loop.service.aws_responder.add_watcher(case_id, email)
    loop.settle()


def watch_issue(loop: Loop, case_id: str, user: User) -> None:
    loop.jira.person(user).watch(key_of(loop, case_id))
    notice(loop, case_id)


def test_at_birth_the_watchers_of_both_sides_are_united(loop: Loop, bob: User) -> None:
    case_id = loop.service.aws_responder.open_case("Leak", "A key.", watchers=["bob.kahn@example.com"])
    loop.settle()
    assert on_issue(loop, case_id) == {"Bob Kahn"}
    assert on_case(loop, case_id) == {"bob.kahn@example.com"}


def test_fault_22_a_case_made_for_an_issue_gets_who_watches_it_and_nobody_else(
    loop: Loop, ada: Person, bob: User, eve: User
) -> None:
    loop.automation = False
    issue = ada.create_issue("SEC", "Phishing")
    for user in (bob, eve):
        ada.watch(issue.key, user)
    loop.notify(issue.key)
    loop.settle()
    (case,) = loop.service.cases()
    assert on_case(loop, case.case_id) == {"ada@example.com", "Bob.Kahn@example.com"}
    assert on_issue(loop, case.case_id) == {"Ada Lovelace", "Bob Kahn", "Eve Hidden"}


def test_who_joins_the_case_watches_the_issue(loop: Loop, case_id: str, bob: User) -> None:
    watch_case(loop, case_id, "BOB.KAHN@example.com")
    assert on_issue(loop, case_id) == {"Bob Kahn"}


def test_who_joins_the_issue_watches_the_case(loop: Loop, case_id: str, bob: User) -> None:
    watch_issue(loop, case_id, bob)
    assert on_case(loop, case_id) == {"Bob.Kahn@example.com"}


def test_who_watches_an_issue_nobody_speaks_of_is_found_by_a_deep_check(loop: Loop, case_id: str, bob: User) -> None:
    loop.jira.person(bob).watch(key_of(loop, case_id))
    deep_check(loop)
    assert on_case(loop, case_id) == {"Bob.Kahn@example.com"}


def test_one_who_takes_anothers_place_is_found_by_a_deep_check(
    loop: Loop, case_id: str, ada: Person, bob: User
) -> None:
    watch_issue(loop, case_id, ada.user)
    ada.unwatch(key_of(loop, case_id))
    ada.watch(key_of(loop, case_id), bob)
    deep_check(loop)
    assert on_case(loop, case_id) == {"Bob.Kahn@example.com"}


def test_who_hides_the_address_is_found_if_the_search_finds_nobody_else(loop: Loop, case_id: str, eve: User) -> None:
    watch_case(loop, case_id, "eve@example.com")
    assert on_issue(loop, case_id) == {"Eve Hidden"}


def test_who_hides_the_address_is_not_guessed_among_several(loop: Loop, case_id: str) -> None:
    for number in range(2):
        loop.jira.add_user(f"Sam {number}", "sam@example.com", email_visible=False)
    watch_case(loop, case_id, "sam@example.com")
    assert on_issue(loop, case_id) == set()


def test_whose_address_jira_hides_stays_in_jira(loop: Loop, case_id: str, eve: User) -> None:
    watch_issue(loop, case_id, eve)
    assert on_case(loop, case_id) == set()


def test_one_who_shows_the_address_later_joins_the_case(loop: Loop, case_id: str, eve: User) -> None:
    watch_issue(loop, case_id, eve)
    eve.email_visible = True
    deep_check(loop)
    assert on_case(loop, case_id) == {"eve@example.com"}


def test_who_left_the_company_is_not_made_a_watcher(loop: Loop, case_id: str, bob: User) -> None:
    bob.active = False
    watch_case(loop, case_id, bob.email)
    assert on_issue(loop, case_id) == set()


def test_strangers_are_counted_and_not_named(
    loop: Loop, case_id: str, bob: User, eve: User, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    for email in ("nobody@example.org", bob.email):
        loop.service.aws_responder.add_watcher(case_id, email)
    loop.settle()
    assert on_issue(loop, case_id) == {"Bob Kahn"}
    watch_issue(loop, case_id, eve)
    said = "\n".join(str(record.__dict__) for record in caplog.records if "security_ir_jira" in record.name)
    assert said.count("'left_out': 1") == 2
    for name in ("nobody@", "bob.kahn", "eve@", "eve hidden"):
        assert name not in said.lower()


def test_strangers_are_looked_for_again_once_a_day(loop: Loop, case_id: str) -> None:
    watch_case(loop, case_id, "late@example.com")
    deep_check(loop)
    quiet = loop.quiet()
    for _ in range(12):
        deep_check(loop)
        loop.advance(600)
    assert not any("/user/search" in read for read in quiet.jira_reads)
    loop.jira.add_user("Late Comer", "late@example.com")
    for _ in range(5):
        loop.advance(6 * 3_600)
        deep_check(loop)
    assert on_issue(loop, case_id) == {"Late Comer"}
    assert sum("/user/search" in read for read in quiet.jira_reads) == 1


def test_the_integrations_own_account_is_never_a_watcher_to_copy(loop: Loop, case_id: str) -> None:
    watch_case(loop, case_id, loop.jira.email)
    notice(loop, case_id)
    deep_check(loop)
    loop.jira.person(loop.jira.integration).unwatch(key_of(loop, case_id))
    deep_check(loop)
    assert loop.jira.issue(key_of(loop, case_id)).watchers == ()
    assert on_case(loop, case_id) == {loop.jira.email}


def test_a_watcher_we_added_to_the_issue_goes_when_the_case_lists_it_no_more(
    loop: Loop, case_id: str, bob: User
) -> None:
    watch_case(loop, case_id, bob.email)
    loop.service.aws_responder.remove_watcher(case_id, bob.email)
    loop.settle()
    assert on_issue(loop, case_id) == set()


def test_a_watcher_we_added_to_the_case_goes_when_they_leave_the_issue(loop: Loop, case_id: str, bob: User) -> None:
    watch_issue(loop, case_id, bob)
    loop.jira.person(bob).unwatch(key_of(loop, case_id))
    notice(loop, case_id)
    assert on_case(loop, case_id) == set()
    watch_issue(loop, case_id, bob)
    assert on_case(loop, case_id) == {bob.email}


def test_whom_people_added_on_both_sides_is_never_removed(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    loop.native = False
    for person in (ada.user, bob):
        ada.watch(key_of(loop, case_id), person)
        loop.service.aws_responder.add_watcher(case_id, person.email)
    loop.native = True
    deep_check(loop)
    notice(loop, case_id)
    loop.service.aws_responder.remove_watcher(case_id, bob.email)
    ada.unwatch(key_of(loop, case_id))
    notice(loop, case_id)
    deep_check(loop)
    assert on_issue(loop, case_id) == {"Bob Kahn"}
    assert on_case(loop, case_id) == {"ada@example.com"}


def test_whom_people_remove_again_is_not_brought_back(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    watch_case(loop, case_id, bob.email)
    watch_issue(loop, case_id, ada.user)
    loop.jira.person(bob).unwatch(key_of(loop, case_id))
    loop.service.aws_responder.remove_watcher(case_id, ada.user.email)
    for _ in range(3):
        notice(loop, case_id)
        deep_check(loop)
        loop.advance(90_000)
    assert on_issue(loop, case_id) == {"Ada Lovelace"}
    assert on_case(loop, case_id) == {bob.email}


def test_a_case_never_gets_more_than_thirty_watchers(loop: Loop, case_id: str, ada: Person) -> None:
    key = key_of(loop, case_id)
    people = [loop.jira.add_user(f"Person {number}", f"p{number}@example.com") for number in range(31)]
    for person in people:
        ada.watch(key, person)
    notice(loop, case_id)
    assert len(on_case(loop, case_id)) == 30
    ada.unwatch(key, people[0])
    notice(loop, case_id)
    assert on_case(loop, case_id) == {person.email for person in people[1:]}


def test_an_address_the_case_would_not_take_holds_up_nobody(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    key = key_of(loop, case_id)
    for address in ("ümlaut@example.com", f"{'x' * 250}@example.com"):
        ada.watch(key, loop.jira.add_user(address[:5], address))
    ada.watch(key, bob)
    notice(loop, case_id)
    assert on_case(loop, case_id) == {bob.email}


def test_a_refused_watcher_of_the_case_holds_up_nobody(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    loop.service.faults.add("UpdateCase", status=400, error="ValidationException", times=2)
    for person in (ada.user, bob):
        ada.watch(key_of(loop, case_id), person)
    ada.edit(key_of(loop, case_id), labels=["seen"])
    loop.settle()
    assert len(on_case(loop, case_id)) == 1
    quiet = loop.quiet()
    deep_check(loop)
    assert quiet.writes == []
    loop.advance(90_000)
    deep_check(loop)
    assert on_case(loop, case_id) == {"ada@example.com", bob.email}


def test_a_refused_watcher_of_the_issue_holds_up_nobody(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    loop.jira.faults.add("POST .*/watchers", status=400, times=1)
    for email in (ada.user.email, bob.email):
        loop.service.aws_responder.add_watcher(case_id, email)
    loop.service.aws_responder.edit(case_id, title="Changed")
    loop.settle()
    assert len(on_issue(loop, case_id)) == 1
    assert loop.jira.issue(key_of(loop, case_id)).summary == "Changed"
    loop.advance(90_000)
    deep_check(loop)
    assert on_issue(loop, case_id) == {"Ada Lovelace", "Bob Kahn"}


@pytest.mark.parametrize("path", ["watchers", "user/search"])
def test_a_jira_that_shows_no_watchers_or_users_holds_up_nothing_but_the_watchers(
    loop: Loop, case_id: str, bob: User, path: str
) -> None:
    loop.jira.faults.add(rf"\w+ .*/{path}", status=403, times=None)
    loop.service.aws_responder.add_watcher(case_id, bob.email)
    loop.service.aws_responder.comment(case_id, "news")
    loop.settle()
    assert {type(failure) for _, failure in loop.failures} == {NotPermitted}
    assert "news" in "".join(comment.text for comment in loop.jira.comments(key_of(loop, case_id)))
    loop.jira.faults.clear()
    loop.advance(900)
    assert "Bob Kahn" in on_issue(loop, case_id)
    assert loop.waiting == []


@pytest.mark.parametrize("status", [400, 404])
def test_watchers_an_account_may_not_manage_for_a_while_arrive_soon_after(
    loop: Loop, case_id: str, bob: User, status: int
) -> None:
    """What is not permitted may be answered as if the person were wrong, or the issue not there."""
    loop.jira.withdraw("SEC", "MANAGE_WATCHERS")
    loop.jira.faults.add("POST .*/watchers", status=status, body={"errorMessages": ["No."], "errors": {}}, times=None)
    loop.service.aws_responder.add_watcher(case_id, bob.email)
    loop.advance(3_600)
    loop.jira.faults.clear()
    loop.jira.grant("SEC", "MANAGE_WATCHERS")
    loop.advance(900)
    assert on_issue(loop, case_id) == {"Bob Kahn"}
    assert loop.waiting == []


def test_people_an_account_may_not_look_for_for_a_while_watch_soon_after(loop: Loop, case_id: str, bob: User) -> None:
    """Jira finds nobody for whom may not look for people."""
    loop.jira.withdraw(None, "USER_PICKER")
    loop.jira.faults.add("GET .*/user/search", status=200, body=[], times=None)
    loop.service.aws_responder.add_watcher(case_id, bob.email)
    loop.advance(3_600)
    loop.jira.faults.clear()
    loop.jira.grant(None, "USER_PICKER")
    loop.advance(900)
    assert on_issue(loop, case_id) == {"Bob Kahn"}
    assert loop.waiting == []


def test_a_token_that_no_longer_sees_watchers_removes_nobody(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    watch_issue(loop, case_id, bob)
    loop.jira.site.denied.add("VIEW_VOTERS_AND_WATCHERS")
    ada.watch(key_of(loop, case_id))
    notice(loop, case_id)
    deep_check(loop)
    assert on_case(loop, case_id) == {bob.email}


@pytest.mark.parametrize("side", ["case", "issue"])
def test_a_watcher_whose_adding_was_interrupted_is_still_ours(
    loop: Loop, case_id: str, bob: User, side: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def dies(act: Callable[..., None]) -> Callable[..., None]:
        def once(*arguments: object) -> None:
            act(*arguments)
            monkeypatch.undo()
            raise RuntimeError("out of time")

        return once

    if side == "case":
        monkeypatch.setattr(loop.cases, "set_watchers", dies(loop.cases.set_watchers))
        watch_issue(loop, case_id, bob)
        loop.jira.person(bob).unwatch(key_of(loop, case_id))
    else:
        monkeypatch.setattr(loop.jira_client, "add_watcher", dies(loop.jira_client.add_watcher))
        watch_case(loop, case_id, bob.email)
        loop.service.aws_responder.remove_watcher(case_id, bob.email)
    assert len(loop.failures) == 1
    notice(loop, case_id)
    assert (on_case(loop, case_id), on_issue(loop, case_id)) == (set(), set())


def test_a_closed_case_is_left_as_it_is(loop: Loop, case_id: str, bob: User) -> None:
    loop.service.aws_responder.close(case_id)
    loop.settle()
    quiet = loop.quiet()
    watch_issue(loop, case_id, bob)
    assert quiet.writes == []
    assert loop.failures == []


def test_who_only_comments_in_jira_does_not_join_the_case(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    ada.comment(key_of(loop, case_id), "Rotated.")
    loop.settle()
    quiet = loop.quiet()
    for _ in range(3):
        deep_check(loop)
        notice(loop, case_id)
    assert on_case(loop, case_id) == set()
    assert quiet.writes == []
    ada.unwatch(key_of(loop, case_id))
    notice(loop, case_id)
    watch_issue(loop, case_id, ada.user)
    assert on_case(loop, case_id) == {"ada@example.com"}


def test_who_comments_and_then_asks_to_watch_joins_the_case(loop: Loop, case_id: str, ada: Person) -> None:
    loop.jira.switches.autowatch = False
    ada.comment(key_of(loop, case_id), "Rotated.")
    loop.settle()
    watch_issue(loop, case_id, ada.user)
    assert on_case(loop, case_id) == {"ada@example.com"}


def test_at_rest_watchers_cost_no_call_but_the_deep_checks_one(
    loop: Loop, case_id: str, ada: Person, bob: User
) -> None:
    watch_case(loop, case_id, bob.email)
    watch_case(loop, case_id, "nobody@example.org")
    watch_issue(loop, case_id, ada.user)
    deep_check(loop)
    quiet = loop.quiet()
    notice(loop, case_id)
    loop.send("security_ir_poller", {"detail-type": "Case Updated", "detail": {"caseId": case_id}})
    loop.settle()
    assert quiet.jira_reads == [f"GET /rest/api/3/issue/{loop.jira.issue(key_of(loop, case_id)).id}"]
    assert quiet.service_reads == ["GetCase"]
    deep_check(loop)
    assert not any("watchers" in read or "user" in read for read in quiet.jira_reads), "an early look is for the case"
    loop.advance(4_800)
    deep_check(loop)
    assert sum("watchers" in read or "user" in read for read in quiet.jira_reads) == 1
    assert quiet.writes == []


def test_a_new_watcher_of_the_case_costs_few_calls(loop: Loop, case_id: str, bob: User) -> None:
    loop.automation = False
    loop.jira_client.myself()
    quiet = loop.quiet()
    watch_case(loop, case_id, bob.email)
    assert len(quiet.jira_reads) == 2
    assert len(quiet.writes) == 1
    assert quiet.service_reads == ["GetCase"]


def test_a_comment_beside_watchers_costs_no_more(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    watch_case(loop, case_id, bob.email)
    watch_issue(loop, case_id, bob)
    loop.start(loop.config)
    quiet = loop.quiet()
    ada.comment(key_of(loop, case_id), "news")
    loop.settle()
    assert len(quiet.jira_reads) == 1
    assert quiet.writes == ["CreateCaseComment"]
    quiet = loop.quiet()
    loop.service.aws_responder.comment(case_id, "more news")
    loop.settle()
    assert sorted(quiet.service_reads) == ["GetCase", "ListComments"]
    assert len(quiet.jira_reads) <= 2
    assert len(quiet.writes) == 1


def test_sync_watchers_switches_it_off(loop: Loop, config: Config, ada: Person, bob: User) -> None:
    loop.start(replace(config, sync_watchers=False))
    case_id = loop.service.aws_responder.open_case("Leak", "A key.", watchers=[bob.email])
    loop.settle()
    watch_issue(loop, case_id, ada.user)
    deep_check(loop)
    assert on_issue(loop, case_id) == {"Ada Lovelace"}
    assert on_case(loop, case_id) == {bob.email}


def test_told_thrice_and_in_any_order_both_sides_agree(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    loop.copies, loop.shuffle = 3, random.Random(4)
    key = key_of(loop, case_id)
    loop.service.aws_responder.add_watcher(case_id, bob.email)
    ada.watch(key)
    loop.notify(key)
    loop.sweep_cases()
    loop.settle()
    assert on_issue(loop, case_id) == {"Ada Lovelace", "Bob Kahn"}
    assert on_case(loop, case_id) == {"ada@example.com", bob.email}


def test_the_ledger_holds_no_address(loop: Loop, case_id: str, ada: Person, bob: User) -> None:
    watch_case(loop, case_id, bob.email)
    watch_issue(loop, case_id, ada.user)
    known = loop.ledger.load(case_id).watched
    assert known is not None
    assert known.added_to_issue
    assert known.added_to_case
    assert "@" not in str(known)
