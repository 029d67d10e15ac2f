"""Jira's own webhooks as a second bell: what they bring that rules do not, and that a bell is all they are.

No test here sweeps, unless it says so: what arrives was told. Time is the loop's own, in which nothing passes but what
somebody has to wait.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest

from jira_webhook.secret import ASKED_AGAIN_SECONDS
from sandbox.jira import JiraServer, Person
from sandbox.jira.webhooks import AGAIN_AFTER, RETRIES, Attempt
from security_ir_jira.events import SWEEP_AFTER_SECONDS
from tests.webhooks import signature

from .loop import Loop, files_on_case, key_of, open_own_case, texts

SECONDS = 5.0
"""What a change may take that somebody told of; most of it is a pair in use."""
RULES = frozenset({"created", "updated", "transitioned", "commented", "deleted"})
"""What the four rules of the guide tell of."""


def by_rules(loop: Loop) -> None:
    loop.automation = False
    loop.jira.on_change.append(lambda kind, key: loop.notify(key) if kind in RULES else None)


def by_webhooks(loop: Loop) -> None:
    loop.hear_webhooks()


def by_both(loop: Loop) -> None:
    by_rules(loop)
    by_webhooks(loop)


BELLS = pytest.mark.parametrize("ring", [by_rules, by_webhooks, by_both])
Ring = Callable[[Loop], None]


def registered(loop: Loop, **changed: str) -> None:
    """The webhook, registered otherwise."""
    (hook,) = loop.jira.site.webhooks.values()
    loop.jira.site.webhooks[hook.id] = replace(hook, **changed)  # type: ignore[arg-type]  # jql and secret are texts


def arrives(loop: Loop) -> None:
    """Let the seconds pass that a change may take."""
    loop.settle(SECONDS)


@BELLS
def test_an_issue_its_comment_and_its_status_reach_the_case_over_either_bell(
    loop: Loop, ada: Person, ring: Ring
) -> None:
    ring(loop)
    key = ada.create_issue("SEC", "Phishing mail", "Headers follow.").key
    arrives(loop)
    (case,) = loop.service.cases()
    ada.comment(key, "Here they are.")
    ada.edit(key, summary="Phishing mail in finance")
    ada.transition(key, "In Progress")
    arrives(loop)
    assert "Here they are." in texts(loop, case.case_id)[0]
    case = loop.service.case(case.case_id)
    assert (case.title, case.status) == ("Phishing mail in finance", "Detection and Analysis")
    ada.transition(key, "Done")
    arrives(loop)
    assert loop.service.case(case.case_id).status == "Closed"
    assert (len(loop.service.cases()), len(loop.jira.issues()), loop.dead) == (1, 1, [])


@BELLS
def test_a_deleted_issue_is_noticed_over_either_bell(loop: Loop, ada: Person, ring: Ring) -> None:
    ring(loop)
    key = ada.create_issue("SEC", "A mistake", "Nothing.").key
    arrives(loop)
    (case,) = loop.service.cases()
    ada.delete(key)
    loop.settle(1_200)
    assert "deleted" in "\n".join(comment.body for comment in loop.service.comments(case.case_id))


@BELLS
def test_a_case_that_becomes_an_issue_is_not_doubled_by_the_echo(loop: Loop, ring: Ring) -> None:
    ring(loop)
    case = open_own_case(loop)
    loop.service.person("grace").comment(case, "Found it.")
    loop.settle()
    assert "Found it." in texts(loop, case)[1]
    assert (len(loop.service.cases()), len(loop.jira.issues())) == (1, 1)


# What rules do not tell


def test_an_edited_comment_arrives_within_seconds_by_webhooks_and_with_rules_only_by_a_sweep(
    loop: Loop, ada: Person, own_case: str
) -> None:
    by_rules(loop)
    key = key_of(loop, own_case)
    remark = ada.comment(key, "first wording")
    arrives(loop)
    ada.edit_comment(key, remark.id, "second wording")
    arrives(loop)
    assert "first wording" in texts(loop, own_case)[0]
    by_webhooks(loop)
    ada.edit_comment(key, remark.id, "third wording")
    arrives(loop)
    said = texts(loop, own_case)[0]
    assert "third wording" in said
    assert "first wording" not in said


def test_a_deleted_comment_is_said_to_be_deleted_within_seconds(loop: Loop, ada: Person, own_case: str) -> None:
    loop.hear_webhooks()
    remark = ada.comment(key_of(loop, own_case), "Not so.")
    arrives(loop)
    ada.delete_comment(key_of(loop, own_case), remark.id)
    arrives(loop)
    assert "deleted" in texts(loop, own_case)[0]


def test_a_file_arrives_within_seconds_by_webhooks_and_with_rules_only_by_a_sweep(
    loop: Loop, ada: Person, own_case: str
) -> None:
    by_rules(loop)
    key = key_of(loop, own_case)
    ada.attach(key, "one.txt", b"one")
    arrives(loop)
    assert files_on_case(loop, own_case) == []
    by_webhooks(loop)
    ada.attach(key, "two.txt", b"two")
    arrives(loop)
    assert sorted(files_on_case(loop, own_case)) == [("one.txt", b"one"), ("two.txt", b"two")]


def test_a_file_arrives_within_seconds_also_where_jira_tells_of_the_file_alone(
    loop: Loop, ada: Person, own_case: str
) -> None:
    loop.hear_webhooks(frozenset({"attachment_created"}))
    ada.attach(key_of(loop, own_case), "one.txt", b"one")
    loop.settle(SWEEP_AFTER_SECONDS + SECONDS)
    assert files_on_case(loop, own_case) == [("one.txt", b"one")]


def test_a_watcher_of_whom_jira_tells_nobody_arrives_with_the_next_thing_told_of_the_issue(
    loop: Loop, ada: Person, own_case: str
) -> None:
    loop.hear_webhooks()
    key = key_of(loop, own_case)
    remark = ada.comment(key, "Look at this.")
    arrives(loop)
    bob = loop.jira.add_user("Bob", "bob@example.com")
    ada.watch(key, bob)
    arrives(loop)
    assert "bob@example.com" not in [each.email for each in loop.service.case(own_case).watchers]
    ada.edit_comment(key, remark.id, "Look at this, Bob.")
    arrives(loop)
    assert "bob@example.com" in [each.email for each in loop.service.case(own_case).watchers]


def test_a_watcher_arrives_within_seconds_where_jira_tells_of_the_issue(loop: Loop, ada: Person, own_case: str) -> None:
    loop.hear_webhooks()
    issue = ada.watch(key_of(loop, own_case), loop.jira.add_user("Bob", "bob@example.com"))
    body = json.dumps({"webhookEvent": "jira:issue_updated", "issue": {"id": issue.id, "key": issue.key}}).encode()
    assert loop.jira.webhooks.post("https://door", {"X-Hub-Signature": signature(body)}, body) == 202
    arrives(loop)
    assert "bob@example.com" in [each.email for each in loop.service.case(own_case).watchers]


# A bell, and no more


def test_a_thousand_replays_write_nothing(loop: Loop, ada: Person, own_case: str) -> None:
    loop.hear_webhooks()
    ada.comment(key_of(loop, own_case), "Once.")
    arrives(loop)
    told = sent(loop.jira)[-1]
    quiet = loop.quiet()
    for _ in range(1_000):
        assert loop.jira.webhooks.post("https://door", told.headers, told.body) == 202
    loop.gathers = True
    loop.settle()
    assert quiet.writes == []
    assert texts(loop, own_case)[0].count("Once.") == 1


def test_a_webhook_that_lies_about_an_issue_changes_nothing(loop: Loop, ada: Person, own_case: str) -> None:
    loop.hear_webhooks()
    key = key_of(loop, own_case)
    told = json.loads(b'{"webhookEvent": "jira:issue_updated"}')
    told["issue"] = {"id": "1", "key": key, "fields": {"summary": "Forged", "status": {"name": "Done"}}}
    body = json.dumps(told).encode()
    assert loop.jira.webhooks.post("https://door", {"X-Hub-Signature": signature(body)}, body) == 202
    arrives(loop)
    assert (loop.service.case(own_case).title, loop.jira.issue(key).summary) == ("Leaked key", "Leaked key")


def test_issues_of_other_projects_are_asked_for_nothing(loop: Loop, ada: Person, own_case: str) -> None:
    loop.jira.add_project("OPS")
    loop.hear_webhooks()
    registered(loop, jql="")
    quiet = loop.quiet()
    key = ada.create_issue("OPS", "Printer on fire").key
    ada.comment(key, "Hot.")
    arrives(loop)
    assert (quiet.jira_reads, quiet.service_reads, quiet.writes, loop.dead) == ([], [], [], [])
    assert {each.status for each in sent(loop.jira)} == {202}
    assert loop.counts.count("NotificationsIgnored") == len(sent(loop.jira))


def test_a_pair_is_told_of_wherever_its_issue_was_moved(loop: Loop, ada: Person, own_case: str) -> None:
    loop.jira.add_project("OPS")
    loop.hear_webhooks()
    key = ada.move(key_of(loop, own_case), "OPS").key
    ada.comment(key, "Ours, from next door.")
    arrives(loop)
    assert "Ours, from next door." in texts(loop, own_case)[0]


def test_a_hundred_files_elsewhere_on_the_site_are_no_more_than_two_sweeps(
    loop: Loop, ada: Person, own_case: str
) -> None:
    loop.jira.add_project("OPS")
    loop.hear_webhooks()
    key = ada.create_issue("OPS", "Printer on fire").key
    loop.sweep_issues()
    loop.run()
    quiet = loop.quiet()
    for number in range(100):
        ada.attach(key, f"{number}.png", b"png")
        loop.clock.now += 0.01
    loop.advance(60)
    # The read of the ledger that follows a sweep may not know of it yet.
    assert 1 <= len(quiet.jira_reads) <= 2
    assert quiet.writes == []


# Delivery


def sent(jira: JiraServer) -> list[Attempt]:
    return jira.webhooks.attempts


def test_what_the_queue_does_not_take_jira_sends_again_until_it_does(loop: Loop, ada: Person, own_case: str) -> None:
    loop.hear_webhooks()
    loop.queue_is_closed = True
    ada.comment(key_of(loop, own_case), "In the outage.")
    loop.advance(AGAIN_AFTER[1] + 1)
    loop.queue_is_closed = False
    loop.advance(AGAIN_AFTER[1] + SECONDS)
    assert "In the outage." in texts(loop, own_case)[0]
    tries = [each for each in sent(loop.jira) if each.event == "comment_created"]
    assert [each.status for each in tries] == [503] * (len(tries) - 1) + [202]
    assert [each.headers.get("X-Atlassian-Webhook-Retry") for each in tries] == [None, "1", "2"][: len(tries)]
    assert len({each.headers["X-Atlassian-Webhook-Identifier"] for each in tries}) == 1


def test_after_five_tries_more_the_sweep_finds_it(loop: Loop, ada: Person, own_case: str) -> None:
    loop.hear_webhooks()
    loop.queue_is_closed = True
    ada.comment(key_of(loop, own_case), "In a long outage.")
    loop.advance((RETRIES + 1) * AGAIN_AFTER[1])
    assert [each.status for each in sent(loop.jira)] == [503] * (RETRIES + 1)
    assert loop.jira.webhooks.next_due is None
    loop.queue_is_closed = False
    loop.sweep_issues()
    arrives(loop)
    assert "In a long outage." in texts(loop, own_case)[0]


def test_a_secret_that_jira_does_not_know_is_refused_and_one_that_it_learns_is_taken(
    loop: Loop, ada: Person, own_case: str
) -> None:
    loop.hear_webhooks()
    key = key_of(loop, own_case)
    ada.comment(key, "Before.")
    arrives(loop)
    loop.webhook_secret = "another horse"
    registered(loop, secret="another horse")
    loop.advance(ASKED_AGAIN_SECONDS)
    ada.comment(key, "After.")
    arrives(loop)
    assert "After." in texts(loop, own_case)[0]
    registered(loop, secret="forgotten")
    ada.comment(key, "With the wrong one.")
    arrives(loop)
    assert sent(loop.jira)[-1].status == 401
    assert "With the wrong one." not in texts(loop, own_case)[0]
