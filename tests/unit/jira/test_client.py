"""What is asked of Jira, and answers that come in pages."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from typing import Any

import pytest

from rich_text import to_text
from sandbox.jira import JiraServer, Person
from security_ir_jira.errors import NotFound, Refused, Unavailable
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp


class Repeating:
    """A site whose pages lead back to the first."""

    project_key = "SEC"

    def get(self, path: str, params: object = None) -> dict[str, Any]:
        return {"comments": [{"id": "1", "created": 0}], "total": 3, "startAt": 0}

    def search(self, *_: object, **__: object) -> dict[str, Any]:
        issue = {"id": "10100", "key": "SEC-1", "fields": {"updated": 0}}
        return {"issues": [issue], "nextPageToken": "the same"}


@pytest.fixture
def repeating() -> JiraClient:
    return JiraClient(Repeating())  # type: ignore[arg-type]  # two of its methods


def test_pages_of_a_search_that_repeat_themselves_end_with_an_error(repeating: JiraClient) -> None:
    with pytest.raises(Unavailable, match="repeat"):
        repeating.issues_updated(30, label="aws-security-ir")


def test_pages_of_comments_that_repeat_themselves_end_with_an_error(repeating: JiraClient) -> None:
    with pytest.raises(Unavailable, match="repeat"):
        repeating.all_comments("10100")


@pytest.fixture
def jira() -> Iterator[JiraServer]:
    with JiraServer() as server:
        server.add_project("SEC")
        yield server


@pytest.fixture
def ada(jira: JiraServer) -> Person:
    return jira.person(jira.add_user("Ada Lovelace", "ada@example.com"))


@pytest.fixture
def http(jira: JiraServer) -> JiraHttp:
    credentials = Credentials(jira.url, jira.email, "SEC", jira.token, 1)
    return JiraHttp(lambda _: credentials, sleep=lambda _: None)


@pytest.fixture
def client(http: JiraHttp) -> JiraClient:
    return JiraClient(http)


def test_fault_4_all_pages_of_comments_are_read(jira: JiraServer, ada: Person, client: JiraClient) -> None:
    jira.switches.page_cap = 7
    issue = ada.create_issue("SEC", "Leaked key")
    for number in range(30):
        ada.comment(issue.key, f"comment {number}")
    read = client.comments(client.issue(issue.id))
    assert [comment.body for comment in read] == [f"comment {number}" for number in range(30)]


def test_a_comment_that_is_gone_has_no_document(ada: Person, client: JiraClient) -> None:
    issue = ada.create_issue("SEC", "Leaked key")
    with pytest.raises(NotFound):
        client.comment_document(issue.id, "99999")


def test_a_comment_that_may_only_be_seen_in_the_list_is_found_there(
    jira: JiraServer, ada: Person, client: JiraClient
) -> None:
    issue = ada.create_issue("SEC", "Leaked key")
    comment = ada.comment(issue.key, "Rotated.")
    jira.faults.add("GET .*/comment/.*", status=403, times=None)
    assert client.comment_document(issue.id, comment.id) == comment.body


def test_an_issue_is_made_for_a_case_only_if_its_property_says_so(
    jira: JiraServer, ada: Person, client: JiraClient
) -> None:
    ada.create_issue("SEC", "Labelled by hand", labels=["aws-sir-1000000001"])
    ours = ada.create_issue("SEC", "Ours", labels=["aws-sir-1000000001"])
    client.set_case_property(ours.id, {"caseId": "1000000001", "caseArn": "arn"})
    assert [key for _, key, _ in client.issues_labelled("aws-sir-1000000001")] == [ours.key]


def test_a_field_that_turns_out_to_hold_documents_gets_one(
    jira: JiraServer, ada: Person, client: JiraClient, http: JiraHttp
) -> None:
    jira.add_field("customfield_10050", "Case ARN")
    jira.add_field("customfield_10051", "Regions", "textarea")
    jira.faults.add("GET /rest/api/3/field", status=200, body=[], times=None)
    issue = ada.create_issue("SEC", "Leaked key")
    client.set_custom_fields(issue.id, {"customfield_10050": "arn", "customfield_10051": "eu-central-1"})
    held = http.get(f"/issue/{issue.id}")["fields"]
    assert (held["customfield_10050"], to_text(held["customfield_10051"])) == ("arn", "eu-central-1")


def test_a_field_that_is_refused_for_another_reason_stays_refused(ada: Person, client: JiraClient) -> None:
    issue = ada.create_issue("SEC", "Leaked key")
    with pytest.raises(Refused):
        client.set_custom_fields(issue.id, {"customfield_99999": "x"})


def test_garbage_is_collected_again_once_an_issue_was_read(client: JiraClient) -> None:
    with pytest.raises(NotFound):
        client.issue("SEC-404")
    assert gc.isenabled()
