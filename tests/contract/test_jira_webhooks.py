"""The simulated Jira's webhooks: who may register them, what they tell, and what they do not."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import requests

from sandbox.jira import JiraServer, Person
from sandbox.jira.webhooks import RETRIES
from tests.clock import Clock

PATH = "/rest/webhooks/1.0/webhook"
EVERYTHING = [
    *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted"),
    *("comment_created", "comment_updated", "comment_deleted", "attachment_created", "attachment_deleted"),
]


@dataclass(slots=True)
class Receiver:
    """Who is told; answers what ``answers`` says, in this order, and 202 afterwards."""

    heard: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    answers: list[int | None] = field(default_factory=list)

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int | None:
        self.heard.append((headers, body))
        return self.answers.pop(0) if self.answers else 202

    @property
    def events(self) -> list[str]:
        return [json.loads(body)["webhookEvent"] for _, body in self.heard]


@pytest.fixture
def clock() -> Clock:
    return Clock(1_000_000.0)


@pytest.fixture
def jira(clock: Clock) -> Iterator[JiraServer]:
    with JiraServer(clock=clock) as server:
        server.add_project("SEC")
        server.add_project("OPS")
        server.add_administrator("Root", "root@example.com", "root-token")
        yield server


@pytest.fixture
def receiver(jira: JiraServer) -> Receiver:
    told = Receiver()
    jira.webhooks.post = told.post
    return told


@pytest.fixture
def ada(jira: JiraServer) -> Person:
    return jira.person(jira.add_user("Ada", "ada@example.com"))


def ask(jira: JiraServer, method: str, path: str = "", *, token: str = "root-token", **body: Any) -> requests.Response:
    address = f"{jira.url}{PATH}{path}"
    email = "root@example.com" if token == "root-token" else jira.email
    return requests.request(method, address, json=body or None, auth=(email, token), timeout=10)


def register(jira: JiraServer, **more: Any) -> int:
    filters = {"issue-related-events-section": "project = SEC"}
    given = {"name": "bell", "url": "https://door", "events": EVERYTHING, "filters": filters, "secret": "horse"}
    made = ask(jira, "POST", **given | more)
    assert made.status_code == 201
    return int(made.json()["self"].rpartition("/")[2])


def test_only_an_administrator_may_list_or_register(jira: JiraServer) -> None:
    assert ask(jira, "GET", token=jira.token).status_code == 403
    assert ask(jira, "POST", token=jira.token, name="x", url="https://x", events=EVERYTHING).status_code == 403
    assert ask(jira, "GET", token="root-token").json() == []


def test_a_webhook_is_registered_changed_and_removed_and_never_shows_its_secret(jira: JiraServer) -> None:
    number = register(jira)
    (shown,) = ask(jira, "GET").json()
    assert (shown["name"], shown["isSigned"], shown["enabled"]) == ("bell", True, True)
    assert "horse" not in json.dumps(shown)
    assert ask(jira, "PUT", f"/{number}", name="another").json()["name"] == "another"
    assert jira.site.webhooks[number].secret == "horse"
    assert ask(jira, "DELETE", f"/{number}").status_code == 204
    assert ask(jira, "GET", f"/{number}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"url": "http://example.com"}, {"events": ["jira:watcher_added"]}, {"events": []}, {"name": ""}],
    ids=repr,
)
def test_what_jira_would_refuse_is_refused(jira: JiraServer, wrong: Mapping[str, Any]) -> None:
    given = {"name": "bell", "url": "https://door", "events": EVERYTHING}
    assert ask(jira, "POST", **{**given, **wrong}).status_code == 400


def test_it_tells_of_issues_comments_and_files_and_of_no_watcher(
    jira: JiraServer, receiver: Receiver, ada: Person
) -> None:
    register(jira)
    key = ada.create_issue("SEC", "Phishing").key
    remark = ada.comment(key, "first")
    ada.edit_comment(key, remark.id, "second")
    ada.delete_comment(key, remark.id)
    file = ada.attach(key, "a.txt", b"a")
    ada.delete_attachment(file.id)
    ada.edit(key, summary="Phishing mail")
    ada.transition(key, "In Progress")
    ada.watch(key, jira.add_user("Bob", "bob@example.com"))
    ada.delete(key)
    assert receiver.events == [
        *("jira:issue_created", "comment_created", "comment_updated", "comment_deleted"),
        *("attachment_created", "jira:issue_updated", "attachment_deleted", "jira:issue_updated"),
        *("jira:issue_updated", "jira:issue_updated", "jira:issue_deleted"),
    ]
    bodies = [json.loads(body) for _, body in receiver.heard]
    assert {each["issue"]["key"] for each in bodies if not each["webhookEvent"].startswith("attachment")} == {key}
    assert not any("issue" in each for each in bodies if each["webhookEvent"].startswith("attachment"))


def test_the_body_is_signed_to_the_byte(jira: JiraServer, receiver: Receiver, ada: Person) -> None:
    register(jira)
    ada.create_issue("SEC", "Übermäßig")
    ((headers, body),) = receiver.heard
    assert headers["X-Hub-Signature"] == f"sha256={hmac.new(b'horse', body, hashlib.sha256).hexdigest()}"


def test_issues_that_the_query_does_not_fit_are_not_told_of_but_their_files_are(
    jira: JiraServer, receiver: Receiver, ada: Person
) -> None:
    register(jira)
    key = ada.create_issue("OPS", "Printer").key
    ada.attach(key, "a.txt", b"a")
    assert receiver.events == ["attachment_created"]


@pytest.mark.parametrize("status", [500, 503, 408, 409, 425, 429, None])
def test_what_may_pass_is_sent_again_by_the_same_identifier(
    jira: JiraServer, receiver: Receiver, ada: Person, clock: Clock, status: int | None
) -> None:
    register(jira)
    receiver.answers = [status, status]
    ada.create_issue("SEC", "Phishing")
    for _ in range(2):
        due = jira.webhooks.next_due
        assert due is not None
        assert 300 <= due - clock.now <= 900
        clock.now = due
        jira.webhooks.send_due()
    assert jira.webhooks.next_due is None
    headers = [each for each, _ in receiver.heard]
    assert [each.get("X-Atlassian-Webhook-Retry") for each in headers] == [None, "1", "2"]
    assert len({each["X-Atlassian-Webhook-Identifier"] for each in headers}) == 1


def test_it_is_sent_again_five_times_at_most(jira: JiraServer, receiver: Receiver, ada: Person, clock: Clock) -> None:
    register(jira)
    receiver.answers = [500] * 20
    ada.create_issue("SEC", "Phishing")
    while (due := jira.webhooks.next_due) is not None:
        clock.now = due
        jira.webhooks.send_due()
    assert len(receiver.heard) == 1 + RETRIES


@pytest.mark.parametrize("status", [200, 202, 400, 401, 403, 404, 413])
def test_anything_else_is_not_sent_again(jira: JiraServer, receiver: Receiver, ada: Person, status: int) -> None:
    register(jira)
    receiver.answers = [status]
    ada.create_issue("SEC", "Phishing")
    assert jira.webhooks.next_due is None


def test_a_body_that_is_left_out_is_signed_as_nothing(jira: JiraServer, receiver: Receiver, ada: Person) -> None:
    register(jira, excludeBody=True)
    ada.create_issue("SEC", "Phishing")
    assert [body for _, body in receiver.heard] == [b""]
