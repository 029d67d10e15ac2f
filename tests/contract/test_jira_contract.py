"""With the published contract the simulated site takes nothing that the contract does not allow."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sandbox.jira import JiraServer, document
from tests.clock import Clock
from tests.contract.jira_support import NOON, Rest


@pytest.fixture
def jira(contracts: Path) -> Iterator[JiraServer]:
    with JiraServer(clock=Clock(NOON), contract=contracts) as server:
        server.add_project("SEC")
        server.person(server.integration).create_issue("SEC", "Odd login")
        yield server


@pytest.fixture
def rest(jira: JiraServer) -> Rest:
    return Rest(jira)


@pytest.mark.parametrize(
    ("method", "path", "body", "breach"),
    [
        ("POST", "/issue", {"fields": {}, "labels": ["x"]}, "'labels' was unexpected"),
        ("POST", "/issue", {"fields": {}, "properties": {"key": "x"}}, "is not of type 'array'"),
        ("POST", "/issue/SEC-1/comment", {"body": document("x"), "jsdPublic": False}, "'jsdPublic' was unexpected"),
        ("POST", "/issue/SEC-1/comment", {"body": document("x"), "visibility": {"type": "all"}}, "is not one of"),
        ("POST", "/issue/SEC-1/transitions", {"transition": {"id": 11}}, "is not of type 'string'"),
        ("POST", "/issue/SEC-1/transitions", {"transition": {"name": "Done"}}, "'name' was unexpected"),
        ("POST", "/issue/SEC-1/remotelink", {"globalId": "x"}, "'object' is a required property"),
        ("POST", "/issue/SEC-1/remotelink", {"object": {"title": "x"}}, "'url' is a required property"),
        ("POST", "/search/jql", {"jql": "project = SEC", "startAt": 0}, "'startAt' was unexpected"),
        ("GET", "/issue/SEC-1?field=summary", None, "query parameter 'field' is unknown"),
        ("GET", "/issue/SEC-1/comment?maxResults=many", None, "'maxResults' cannot be 'many'"),
        ("GET", "/issue/SEC-1/comment?orderBy=updated", None, "'orderBy' cannot be 'updated'"),
        ("DELETE", "/issue/SEC-1/remotelink", None, "'globalId' is required"),
        ("GET", "/issues/SEC-1", None, "is not in the contract"),
        ("GET", "/search?jql=project=SEC", None, "is not simulated"),
        ("GET", "/issue/SEC-1/worklog", None, "is not simulated"),
        ("GET", "/issue/SEC-1?expand=changelog", None, "is not simulated"),
    ],
)
def test_a_breach_is_refused_and_kept(
    jira: JiraServer, rest: Rest, method: str, path: str, body: Any, breach: str
) -> None:
    answer = rest.call(method, path, json=body)

    assert answer.status_code in (400, 501)
    assert breach in jira.violations[0]
    assert jira.writes() == []


def test_a_body_that_is_not_json_is_a_breach(jira: JiraServer, rest: Rest) -> None:
    assert rest.post("/issue", data="{", headers={"Content-Type": "application/json"}).status_code == 400
    assert rest.post("/issue", data=json.dumps({"fields": {}})).status_code == 415
    assert rest.post("/issue", data={"fields": "{}"}).status_code == 415
    assert len(jira.violations) == 3


@pytest.mark.parametrize(
    ("node", "breach"),
    [
        ({"type": "paragraph", "content": [{"type": "text", "text": ""}]}, "'' should be non-empty"),
        ({"type": "paragraph", "content": [{"type": "text", "text": "x", "bold": True}]}, "'bold' was unexpected"),
        ({"type": "bulletList", "content": [{"type": "text", "text": "x"}]}, "is not one of ['listItem']"),
        ({"type": "heading", "attrs": {"level": 7}, "content": []}, "7 is greater than the maximum of 6"),
        ({"type": "text", "text": "x"}, "a node of type 'text' has no place here"),
        ({"type": "cloud"}, "a node of type 'cloud' has no place here"),
    ],
)
def test_a_document_is_held_against_its_schema(jira: JiraServer, rest: Rest, node: Any, breach: str) -> None:
    body = {"type": "doc", "version": 1, "content": [node]}

    assert rest.put("/issue/SEC-1", json={"fields": {"description": body}}).status_code == 400
    assert rest.post("/issue/SEC-1/comment", json={"body": body}).status_code == 400
    assert breach in jira.violations[0]
    assert len(jira.violations) == 2


def test_documents_stay_valid_when_they_are_rewritten(jira: JiraServer, rest: Rest) -> None:
    cell = {"type": "tableCell", "attrs": {}, "content": [{"type": "paragraph", "content": []}]}
    item = {"type": "listItem", "content": [{"type": "paragraph", "content": [{"type": "text", "text": "x"}]}]}
    mention = {"type": "mention", "attrs": {"id": jira.integration.account_id}}
    blocks: list[Any] = [
        {"type": "heading", "attrs": {"level": 1}, "content": [{"type": "text", "text": "Title"}]},
        {"type": "paragraph", "content": [mention, {"type": "hardBreak"}]},
        {"type": "orderedList", "content": [item]},
        {"type": "bulletList", "content": [item]},
        {"type": "blockquote", "content": [{"type": "paragraph", "content": []}]},
        {"type": "codeBlock", "attrs": {"language": "python"}, "content": [{"type": "text", "text": "x"}]},
        {"type": "panel", "attrs": {"panelType": "note"}, "content": [{"type": "paragraph", "content": []}]},
        {"type": "table", "content": [{"type": "tableRow", "content": [cell, cell]}]},
        {"type": "expand", "attrs": {"title": "More"}, "content": [{"type": "paragraph", "content": []}]},
        {"type": "rule"},
    ]
    first = {"type": "doc", "version": 1, "content": blocks}
    assert rest.put("/issue/SEC-1", json={"fields": {"description": first}}).status_code == 204
    stored = rest.fields("SEC-1")["description"]

    assert stored != first
    assert rest.put("/issue/SEC-1", json={"fields": {"description": stored}}).status_code == 204
    assert rest.fields("SEC-1")["description"] == stored
    assert jira.violations == []


def test_every_answer_keeps_the_contract(jira: JiraServer, rest: Rest) -> None:
    jira.person(jira.integration).attach("SEC-1", "log.txt", b"text")
    jira.person(jira.integration).transition("SEC-1", "Done")
    rest.comment("SEC-1")
    rest.put("/issue/SEC-1/properties/case", json={"id": 1})
    rest.post("/issue/SEC-1/remotelink", json={"globalId": "g", "object": {"url": "https://x.example", "title": "C"}})
    rest.post("/search/jql", json={"jql": "project=SEC", "fields": ["*all"]})
    paths = [
        "/issue/SEC-1?properties=*all",
        "/issue/SEC-1/comment?expand=properties",
        "/issue/SEC-1/transitions?expand=transitions.fields",
        "/issue/SEC-1/watchers",
        "/myself",
        "/user/search?query=sec",
        "/project/SEC",
        "/project/SEC/statuses",
        "/field",
        "/attachment/meta",
    ]
    assert {path: rest.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)
    assert jira.violations == []
