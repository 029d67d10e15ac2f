"""What the tests of the simulated Jira share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import requests

from sandbox.jira import JiraServer, document

NOON = 1_767_268_800.0  # 2026-01-01T12:00:00Z


@dataclass(slots=True)
class Rest:
    """The integration's HTTP client: answers come back as they are, good or bad."""

    jira: JiraServer
    session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.session.auth = (self.jira.email, self.jira.token)

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        return self.session.request(method, f"{self.jira.url}/rest/api/3{path}", timeout=10, **options)

    def get(self, path: str, **options: Any) -> requests.Response:
        return self.call("GET", path, **options)

    def post(self, path: str, **options: Any) -> requests.Response:
        return self.call("POST", path, **options)

    def put(self, path: str, **options: Any) -> requests.Response:
        return self.call("PUT", path, **options)

    def delete(self, path: str, **options: Any) -> requests.Response:
        return self.call("DELETE", path, **options)

    def create(self, summary: str = "Exposed access key", *, project: str = "SEC", **fields: Any) -> requests.Response:
        given = {"project": {"key": project}, "issuetype": {"name": "Task"}, "summary": summary, **fields}
        return self.post("/issue", json={"fields": given})

    def comment(self, key: str, text: str = "Key revoked.", **more: Any) -> requests.Response:
        return self.post(f"/issue/{key}/comment", json={"body": document(text), **more})

    def move_to(self, key: str, transition: str, **more: Any) -> requests.Response:
        return self.post(f"/issue/{key}/transitions", json={"transition": {"id": transition}, **more})

    def fields(self, key: str, **query: str) -> dict[str, Any]:
        answer: dict[str, Any] = self.get(f"/issue/{key}", params=query).json()["fields"]
        return answer

    def found(self, jql: str, **more: Any) -> list[str]:
        """The keys that a search answers, all pages of it."""
        keys: list[str] = []
        token: dict[str, str] = {}
        while True:
            page = self.post("/search/jql", json={"jql": jql, "fields": ["key"], **more, **token}).json()
            keys += [issue["key"] for issue in page["issues"]]
            if page["isLast"]:
                return keys
            token = {"nextPageToken": page["nextPageToken"]}


def errors(answer: requests.Response) -> dict[str, str]:
    """The error of each field in a refusal."""
    assert answer.status_code == 400, answer.text
    found: dict[str, str] = answer.json()["errors"]
    return found
