"""What a birth may take for known without a question, and what it may not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import boto3
import pytest

from sandbox.jira import Person
from sandbox.jira.rules import issues as rules
from security_ir_jira.model import CASE_PROPERTY

from .loop import REGION, Loop, key_of, open_case, said_on_issue


@pytest.fixture
def swept(loop: Loop) -> Loop:
    """A loop whose ledger has seen a sweep half a minute ago."""
    loop.sweep_cases()
    loop.settle()
    loop.advance(30)
    return loop


def searches(loop: Loop) -> int:
    return sum(request.path.endswith("/search/jql") for request in loop.jira.requests)


# The search for an issue that a lost ledger made


def test_a_case_that_came_after_the_last_sweep_is_not_searched_for(swept: Loop) -> None:
    swept.quiet()
    open_case(swept)
    swept.settle()
    assert searches(swept) == 0
    assert len(swept.jira.issues()) == 1


def test_a_case_is_searched_for_where_no_sweep_proves_the_ledger_older(loop: Loop) -> None:
    open_case(loop)
    loop.settle()
    assert searches(loop) == 1


@pytest.mark.parametrize("sweep_before", [True, False])
@pytest.mark.parametrize("kind", ["Case Created", "Case Updated"])
def test_a_table_lost_right_after_a_birth_makes_no_second_issue(swept: Loop, kind: str, sweep_before: bool) -> None:
    case_id = open_case(swept)
    swept.settle()
    swept.lose_the_table()
    if sweep_before:
        swept.sweep_cases()
    swept.service.on_change[0](kind, {"caseId": case_id})
    swept.settle()
    assert list(swept.pairs()) == [case_id]
    assert len(swept.jira.issues()) == 1


def test_a_table_restored_as_it_was_some_minutes_ago_makes_no_second_issue(swept: Loop) -> None:
    case_id = open_case(swept)
    client = boto3.client("dynamodb", region_name=REGION)
    backup = client.scan(TableName=swept.table_name)["Items"]
    swept.settle()
    swept.advance(600)
    swept.lose_the_table()
    for item in backup:
        client.put_item(TableName=swept.table_name, Item=item)
    swept.service.on_change[0]("Case Updated", {"caseId": case_id})
    swept.settle()
    assert list(swept.pairs()) == [case_id]
    assert len(swept.jira.issues()) == 1


def test_a_creation_whose_answer_was_lost_is_searched_for_all_the_same(swept: Loop) -> None:
    swept.automation = False
    swept.jira.faults.add("POST .*/rest/api/3/issue", after=True, drop=True, times=1)
    case_id = open_case(swept)
    swept.settle()
    assert list(swept.pairs()) == [case_id]
    assert len(swept.jira.issues()) == 1


def test_a_case_of_our_own_is_known_by_its_tag_though_aws_resolves_it_by_now(swept: Loop, ada: Person) -> None:
    swept.native = False
    swept.wire.kill_where = "after security-ir create_case"
    ada.create_issue("SEC", "Half-born")
    swept.run()
    assert swept.kills
    swept.advance(5)
    (case,) = swept.service.cases()
    swept.native = True
    swept.service.person("grace").edit(case.case_id, resolver_type="AWS")
    swept.settle()
    assert len(swept.jira.issues()) == len(swept.service.cases()) == 1
    assert list(swept.pairs()) == [case.case_id]


# Comments made meanwhile


@pytest.mark.parametrize("gathers", [True, False])
def test_a_comment_made_before_its_case_has_an_issue_arrives(swept: Loop, gathers: bool) -> None:
    swept.gathers = gathers
    case_id = open_case(swept)
    swept.service.aws_responder.comment(case_id, "At once.")
    swept.settle()
    assert len(said_on_issue(swept, key_of(swept, case_id))) == 1


def test_a_comment_whose_native_event_is_lost_arrives_with_the_next_look(swept: Loop) -> None:
    case_id = open_case(swept)
    swept.native = False
    swept.service.aws_responder.comment(case_id, "Told to nobody.")
    swept.settle()
    for _ in range(4):
        swept.advance(300)
        swept.sweep_cases()
        swept.settle()
    assert len(said_on_issue(swept, key_of(swept, case_id))) == 1


# Labels and property in one request


@pytest.fixture
def deaf_to_properties() -> Iterator[None]:
    """A Jira that takes an edit and leaves its properties out."""
    edit: Callable[..., Any] = rules.edit

    def without(store: Any, actor: Any, issue: Any, body: Any) -> Any:
        return edit(store, actor, issue, {name: value for name, value in body.items() if name != "properties"})

    with patch.object(rules, "edit", without):
        yield


def test_an_issue_is_given_labels_and_property_in_one_request(loop: Loop, ada: Person) -> None:
    issue = ada.create_issue("SEC", "Reported")
    quiet = loop.quiet()
    loop.settle()
    assert sum(write.startswith("PUT") for write in quiet.writes) == 1
    assert CASE_PROPERTY in loop.jira.issue(issue.key).properties


@pytest.mark.usefixtures("deaf_to_properties")
def test_a_jira_that_leaves_the_property_out_is_given_it_alone(loop: Loop, ada: Person) -> None:
    issue = ada.create_issue("SEC", "Reported")
    loop.settle()
    loop.sweep_issues()
    loop.settle()
    (case,) = loop.service.cases()
    assert loop.jira.issue(issue.key).properties[CASE_PROPERTY]["caseId"] == case.case_id
    quiet = loop.quiet()
    ada.comment(issue.key, "Later.")
    loop.settle()
    assert not [write for write in quiet.writes if write.startswith("PUT")]


# Watchers in the request that creates a case


def watchers_of(loop: Loop) -> list[str]:
    (case,) = loop.service.cases()
    return [watcher.email for watcher in case.watchers]


def test_a_case_is_made_with_its_issues_watchers_and_loses_who_leaves(loop: Loop, ada: Person) -> None:
    issue = ada.create_issue("SEC", "Reported")
    quiet = loop.quiet()
    loop.settle()
    assert watchers_of(loop) == [ada.user.email]
    assert "UpdateCase" not in quiet.writes
    ada.unwatch(issue.key)
    loop.notify(issue.key)
    loop.settle()
    assert watchers_of(loop) == []


def test_a_case_is_made_though_a_watcher_is_refused(loop: Loop, ada: Person) -> None:
    loop.service.faults.add("CreateCase", status=400, times=1)
    ada.create_issue("SEC", "Reported")
    loop.settle()
    assert watchers_of(loop) == [ada.user.email]
    assert loop.failures == []


def test_a_case_is_made_though_watchers_cannot_be_read(loop: Loop, ada: Person) -> None:
    loop.jira.faults.add("GET .*/watchers", status=500, times=8)
    ada.create_issue("SEC", "Reported")
    loop.run()
    assert len(loop.service.cases()) == 1
    loop.settle()
    assert watchers_of(loop) == [ada.user.email]


def test_a_repeated_request_has_the_same_watchers(loop: Loop, ada: Person) -> None:
    loop.service.faults.add("CreateCase", after=True, times=5)
    issue = ada.create_issue("SEC", "Answer lost")
    loop.settle()
    assert watchers_of(loop) == [ada.user.email]
    ada.unwatch(issue.key)
    loop.notify(issue.key)
    loop.settle()
    assert watchers_of(loop) == []
