"""Searching the simulated Jira Cloud site: the JQL it takes, its pages, and an index that lags."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.jira import JiraServer, Person, Workflow
from tests.clock import Clock
from tests.conftest import published
from tests.contract.jira_support import NOON, Rest


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def jira(clock: Clock) -> Iterator[JiraServer]:
    with JiraServer(clock=clock, contract=published()) as server:
        server.add_project("SEC")
        server.add_project("OPS", Workflow.localised())
        yield server
        assert not [each for each in server.violations if "simulated" in each]


@pytest.fixture
def rest(jira: JiraServer) -> Rest:
    return Rest(jira)


@pytest.fixture
def alice(jira: JiraServer, clock: Clock) -> Person:
    """Somebody who has made an issue an hour for four hours, the last one now."""
    person = jira.person(jira.add_user("Alice Meyer", "alice@example.com"))
    clock.now = NOON - 3 * 3600
    person.create_issue("SEC", "First", labels=["aws-sir-1", "red"])
    clock.pass_seconds(3600)
    person.create_issue("SEC", "Second", labels=["red"], issue_type="Bug")
    clock.pass_seconds(3600)
    person.create_issue("OPS", "Third")
    clock.pass_seconds(3600)
    person.create_issue("SEC", "Fourth and last")
    return person


@pytest.mark.parametrize(
    ("jql", "keys"),
    [
        ("project = SEC ORDER BY key", "SEC-1 SEC-2 SEC-3"),
        ("project in (SEC, OPS) order by created desc", "SEC-3 OPS-1 SEC-2 SEC-1"),
        ("project != SEC ORDER BY key", "OPS-1"),
        ('labels = "aws-sir-1"', "SEC-1"),
        ("labels = nowhere", ""),
        ("project = SEC AND labels is EMPTY", "SEC-3"),
        ("project = SEC AND labels != red", ""),
        ("updated >= -90m ORDER BY updated ASC", "OPS-1 SEC-3"),
        ('created < "2026-01-01 10:30" ORDER BY key ASC', "SEC-1 SEC-2"),
        ('created >= "2026/01/01" AND NOT project = SEC', "OPS-1"),
        ("key = SEC-2 OR key in (SEC-1) ORDER BY key DESC", "SEC-2 SEC-1"),
        ('project = SEC AND (labels = red OR summary ~ "last") ORDER BY key', "SEC-1 SEC-2 SEC-3"),
        ("issuetype = Bug", "SEC-2"),
        ("issuetype not in (Bug, Sub-task) AND project = SEC ORDER BY key", "SEC-1 SEC-3"),
        ("statusCategory != Done AND status = 'Zu erledigen'", "OPS-1"),
    ],
)
def test_a_query_finds(rest: Rest, alice: Person, jql: str, keys: str) -> None:
    assert rest.found(jql) == keys.split()


@pytest.mark.parametrize(
    ("jql", "message"),
    [
        ("", "Unbounded JQL"),
        ("ORDER BY key", "Unbounded JQL"),
        ("project = NOPE", "does not exist for the field 'project'"),
        ("key = SEC-99", "does not exist"),
        ("colour = red", "Field 'colour' does not exist"),
        ("labels = a.b", "reserved JQL character"),
        ("project = ORDER", "reserved JQL word"),
        ("labels ~ red", "not supported"),
        ("project = SEC updated >= -5m", "Expecting operator"),
        ("(project = SEC", "Expecting ')'"),
        ("updated >= yesterday", "Valid formats"),
        ("updated >= startOfDay()", "not simulated"),
        ("project = SEC ORDER BY colour", "Not able to sort"),
        ("project = 'SEC", "not expected"),
    ],
)
def test_a_query_that_jira_would_not_take_is_refused(rest: Rest, alice: Person, jql: str, message: str) -> None:
    answer = rest.post("/search/jql", json={"jql": jql})

    assert answer.status_code == 400
    assert message in answer.json()["errorMessages"][0]


def test_dates_are_those_of_the_account(clock: Clock) -> None:
    with JiraServer(clock=clock, time_zone="Asia/Tokyo") as jira:
        jira.add_project("SEC")
        jira.person(jira.integration).create_issue("SEC", "At nine in the evening")

        assert Rest(jira).found('created >= "2026-01-01 21:00"') == ["SEC-1"]
        assert Rest(jira).found('created >= "2026-01-01 21:01"') == []


def test_only_ids_come_back_unless_more_is_asked_for(rest: Rest, alice: Person) -> None:
    plain = rest.post("/search/jql", json={"jql": "key = SEC-1"}).json()
    assert [set(each) for each in plain["issues"]] == [{"id"}]
    assert plain["isLast"] is True

    asked = {"jql": "key = SEC-1", "fields": ["summary", "labels"], "properties": ["case"]}
    (found,) = rest.post("/search/jql", json=asked).json()["issues"]
    assert found["key"] == "SEC-1"
    assert found["fields"] == {"summary": "First", "labels": ["aws-sir-1", "red"]}
    assert found["properties"] == {}


def test_pages_follow_each_other_by_token(jira: JiraServer, rest: Rest, alice: Person) -> None:
    query = {"jql": "project = SEC ORDER BY created ASC", "fields": ["key"], "maxResults": 2}
    first = rest.post("/search/jql", json=query).json()
    assert ([each["key"] for each in first["issues"]], first["isLast"]) == (["SEC-1", "SEC-2"], False)
    alice.delete("SEC-1")
    second = rest.post("/search/jql", json=query | {"nextPageToken": first["nextPageToken"]}).json()
    assert ([each["key"] for each in second["issues"]], second["isLast"]) == (["SEC-3"], True)

    other = query | {"jql": "project = OPS", "nextPageToken": first["nextPageToken"]}
    assert rest.post("/search/jql", json=other).status_code == 400
    jira.switches.search_page_cap = 1
    capped = query | {"fields": ["summary"], "maxResults": 50}
    assert len(rest.post("/search/jql", json=capped).json()["issues"]) == 1


def test_the_index_shows_the_past(jira: JiraServer, rest: Rest, alice: Person, clock: Clock) -> None:
    jira.switches.search_lag = 120
    alice.create_issue("SEC", "Not yet known", labels=["new"])
    alice.transition("SEC-1", "Done")
    alice.delete("SEC-2")
    clock.pass_seconds(119)
    assert rest.found("labels = new") == []
    assert rest.found("project = SEC AND statusCategory = Done") == []
    assert "SEC-2" in rest.found("project = SEC")
    assert rest.fields("SEC-1")["status"]["name"] == "Done"

    clock.pass_seconds(1)
    assert rest.found("labels = new") == ["SEC-4"]
    assert rest.found("project = SEC AND statusCategory = Done") == ["SEC-1"]
    assert "SEC-2" not in rest.found("project = SEC")


def test_an_issue_may_be_reconciled_with_the_index(jira: JiraServer, rest: Rest, alice: Person) -> None:
    jira.switches.search_lag = 120
    issue = alice.create_issue("SEC", "Not yet known", labels=["new"])

    assert rest.found("labels = new", reconcileIssues=[int(issue.id)]) == ["SEC-4"]


def test_a_project_that_may_not_be_browsed_is_not_found(jira: JiraServer, rest: Rest, alice: Person) -> None:
    jira.withdraw("OPS")

    assert rest.found("created >= -1d ORDER BY key") == ["SEC-1", "SEC-2", "SEC-3"]
