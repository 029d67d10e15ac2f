"""Every question of the doctor's, held against what Atlassian published. It only asks."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from sandbox.jira import JiraServer
from security_ir_jira.errors import JiraUnauthorized, NotFound, NotPermitted
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp
from security_ir_jira.jira.survey import IssueType, JiraSurvey
from security_ir_jira.model import LABEL
from security_ir_jira.operate.jira_site import PERMISSIONS


@pytest.fixture
def server(contracts: Path) -> Iterator[JiraServer]:
    with JiraServer(contract=contracts) as server:
        server.add_project("SEC", required_fields=["customfield_10099"])
        server.person(server.add_user("Ada", "ada@example.com")).create_issue(
            "SEC", "One", fields={"customfield_10099": "x"}
        )
        yield server
        assert server.violations == []
        assert [request for request in server.requests if request.is_write] == []


@pytest.fixture
def http(server: JiraServer) -> JiraHttp:
    return JiraHttp(lambda fresh: Credentials(server.url, server.email, "SEC", server.token, 1))


@pytest.fixture
def survey(http: JiraHttp) -> JiraSurvey:
    return JiraSurvey(http)


def task(survey: JiraSurvey) -> IssueType:
    return next(each for each in survey.issue_types() if each.name == "Task")


ASKED: dict[str, Callable[[JiraSurvey], object]] = {
    "signed_in": lambda survey: survey.signed_in(),
    "project": lambda survey: survey.project(),
    "permitted": lambda survey: survey.permitted(tuple(PERMISSIONS)),
    "issue_types": lambda survey: survey.issue_types(),
    "create_screen": lambda survey: survey.create_screen(task(survey)),
    "workflows": lambda survey: survey.workflows(),
    "an_issue_in": lambda survey: survey.an_issue_in("10000", task(survey)),
    "claims": lambda survey: survey.claims(LABEL),
}


def test_every_question_is_asked_here() -> None:
    methods = {name for name, _ in inspect.getmembers(JiraSurvey, inspect.isfunction) if not name.startswith("_")}
    assert methods == set(ASKED)


@pytest.mark.parametrize("question", ASKED)
def test_a_question_keeps_its_contract(survey: JiraSurvey, server: JiraServer, question: str) -> None:
    ASKED[question](survey)
    assert server.requests


def test_what_is_asked_is_what_there_is(survey: JiraSurvey, server: JiraServer) -> None:
    assert survey.signed_in().account_id == server.integration.account_id
    assert [each.name for each in survey.issue_types()] == ["Task", "Bug", "Sub-task"]
    required = {field.id for field in survey.create_screen(task(survey)) if field.required}
    assert required == {"project", "issuetype", "summary", "customfield_10099"}
    assert survey.an_issue_in("10000", task(survey)) == server.issue("SEC-1").id
    assert survey.an_issue_in("10002", task(survey)) is None
    server.withdraw("SEC", "ADD_COMMENTS")
    assert set(PERMISSIONS) - survey.permitted(tuple(PERMISSIONS)) == {"ADD_COMMENTS"}


def test_older_issues_are_those_between_two_moments(http: JiraHttp, server: JiraServer) -> None:
    assert [key for _, key, _ in JiraClient(http).issues_older(0, 5)] == ["SEC-1"]
    assert list(JiraClient(http).issues_older(5, None)) == []


def test_what_cannot_be_seen_is_told_apart(survey: JiraSurvey, server: JiraServer) -> None:
    server.withdraw("SEC")
    with pytest.raises(NotFound):
        survey.project()
    server.grant("SEC")
    server.withdraw("SEC", "CREATE_ISSUES")
    with pytest.raises(NotPermitted):
        survey.issue_types()
    server.valid_tokens.clear()
    with pytest.raises(JiraUnauthorized):
        survey.signed_in()
