"""Comments and attachments of the simulated Jira Cloud site."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from sandbox.jira import JiraServer, Person, Visibility, document, plain_text
from tests.clock import Clock
from tests.conftest import published
from tests.contract.jira_support import NOON, Rest, errors

NO_CHECK = {"X-Atlassian-Token": "no-check"}
INTERNAL = [{"key": "sd.public.comment", "value": {"internal": True}}]


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def jira(clock: Clock) -> Iterator[JiraServer]:
    with JiraServer(clock=clock, contract=published()) as server:
        server.switches.rate_limits = False
        server.add_project("SEC")
        server.add_project("HELP", kind="service_desk")
        yield server
        assert not [each for each in server.violations if "simulated" in each]


@pytest.fixture
def rest(jira: JiraServer) -> Rest:
    return Rest(jira)


@pytest.fixture
def alice(jira: JiraServer) -> Person:
    person = jira.person(jira.add_user("Alice Meyer", "alice@example.com"))
    person.create_issue("SEC", "Odd login")
    person.create_issue("HELP", "Odd login")
    return person


def upload(rest: Rest, *files: tuple[str, bytes], field: str = "file") -> requests.Response:
    forms = [(field, (name, content, "text/plain")) for name, content in files]
    return rest.post("/issue/SEC-1/attachments", headers=NO_CHECK, files=forms)


# Comments


def test_comments_come_in_pages_of_at_most_a_hundred(rest: Rest, alice: Person) -> None:
    for number in range(105):
        alice.comment("SEC-1", f"Note {number}")
    first = rest.get("/issue/SEC-1/comment?maxResults=5000").json()
    rest_of_it = rest.get("/issue/SEC-1/comment?startAt=100").json()

    assert (len(first["comments"]), first["maxResults"], first["total"]) == (100, 100, 105)
    texts = [plain_text(each["body"]) for each in first["comments"] + rest_of_it["comments"]]
    assert texts == [f"Note {number}" for number in range(105)]


def test_the_cap_of_a_page_can_be_lowered_and_the_order_turned(jira: JiraServer, rest: Rest, alice: Person) -> None:
    for number in range(3):
        alice.comment("SEC-1", f"Note {number}")
    jira.switches.page_cap = 2
    page = rest.get("/issue/SEC-1/comment?orderBy=-created").json()

    assert [plain_text(each["body"]) for each in page["comments"]] == ["Note 2", "Note 1"]
    assert rest.get("/issue/SEC-1/comment?orderBy=author").status_code == 400


def test_an_edited_comment_names_who_edited_it_and_when(
    jira: JiraServer, rest: Rest, alice: Person, clock: Clock
) -> None:
    comment_id = rest.comment("SEC-1", "Old").json()["id"]
    clock.pass_seconds(60)
    alice.edit_comment("SEC-1", comment_id, "New")
    (shown,) = rest.get("/issue/SEC-1/comment").json()["comments"]

    assert plain_text(shown["body"]) == "New"
    assert (shown["author"]["displayName"], shown["updateAuthor"]["displayName"]) == (
        "Security integration",
        "Alice Meyer",
    )
    assert shown["created"] < shown["updated"]
    assert jira.issue("SEC-1").updated == clock.now


@pytest.mark.parametrize(
    "body",
    [None, "plain text", document(""), document("x" * 32_768)],
)
def test_a_comment_needs_a_document_that_is_not_too_long(rest: Rest, alice: Person, body: Any) -> None:
    assert "comment" in errors(rest.post("/issue/SEC-1/comment", json={"body": body}))


def test_a_comment_is_deleted(jira: JiraServer, rest: Rest, alice: Person) -> None:
    comment = alice.comment("SEC-1", "Mine")
    alice.delete_comment("SEC-1", comment.id)

    assert rest.put(f"/issue/SEC-1/comment/{comment.id}", json={"body": document("Gone")}).status_code == 404
    assert jira.comments("SEC-1") == ()


def test_the_integration_may_not_touch_what_others_said(jira: JiraServer, rest: Rest, alice: Person) -> None:
    comment = alice.comment("SEC-1", "Mine")

    assert rest.put(f"/issue/SEC-1/comment/{comment.id}", json={"body": document("Yours")}).status_code == 400
    jira.grant(None, "EDIT_ALL_COMMENTS")
    assert rest.put(f"/issue/SEC-1/comment/{comment.id}", json={"body": document("Yours")}).status_code == 200


def test_a_restricted_comment_is_shown_to_members_only(jira: JiraServer, rest: Rest, alice: Person) -> None:
    alice.comment("SEC-1", "Open")
    alice.comment("SEC-1", "Closed", visibility=Visibility("role", "Administrators"))
    shown = rest.get("/issue/SEC-1/comment").json()["comments"]
    assert shown[1]["visibility"] == {"type": "role", "value": "Administrators", "identifier": "Administrators"}

    jira.site.hidden_visibility.add("Administrators")
    assert rest.get("/issue/SEC-1/comment").json()["total"] == 1
    assert rest.fields("SEC-1")["comment"]["total"] == 1


def test_a_comment_may_become_restricted_and_open_again(jira: JiraServer, alice: Person) -> None:
    comment = alice.comment("SEC-1", "Open")
    alice.edit_comment("SEC-1", comment.id, visibility=Visibility("group", "jira-admins"))
    assert jira.comments("SEC-1")[0].visibility == Visibility("group", "jira-admins")
    alice.edit_comment("SEC-1", comment.id, "Still closed")
    assert jira.comments("SEC-1")[0].visibility is not None
    alice.edit_comment("SEC-1", comment.id, unrestricted=True)
    assert jira.comments("SEC-1")[0].visibility is None


def test_a_comment_in_a_service_project_is_public_unless_it_says_internal(rest: Rest, alice: Person) -> None:
    public = rest.comment("HELP-1").json()
    internal = rest.comment("HELP-1", properties=INTERNAL).json()
    elsewhere = rest.comment("SEC-1", properties=INTERNAL).json()

    assert [each["jsdPublic"] for each in (public, internal, elsewhere)] == [True, False, True]
    shown = rest.get("/issue/HELP-1/comment?expand=properties").json()["comments"]
    assert [each["properties"] for each in shown] == [[], INTERNAL]


def test_a_person_makes_internal_notes_and_publishes_them(jira: JiraServer, alice: Person) -> None:
    comment = alice.comment("HELP-1", "Between us", internal=True)
    assert comment.internal

    alice.edit_comment("HELP-1", comment.id, internal=False)
    assert not jira.comments("HELP-1")[0].internal


def test_who_comments_becomes_a_watcher(jira: JiraServer, rest: Rest, alice: Person) -> None:
    rest.comment("SEC-1")

    assert jira.issue("SEC-1").watchers == (alice.user, jira.integration)
    jira.switches.autowatch = False
    rest.comment("HELP-1")
    assert jira.issue("HELP-1").watchers == (alice.user,)


def test_an_issue_takes_only_so_many_comments(jira: JiraServer, rest: Rest, alice: Person) -> None:
    jira.switches.item_limit = 1
    rest.comment("SEC-1")

    assert rest.comment("SEC-1").status_code == 413


# Attachments


def test_equal_names_are_kept_side_by_side(jira: JiraServer, rest: Rest, alice: Person) -> None:
    answer = upload(rest, ("log.txt", b"first"), ("log.txt", b"second"))

    assert [(each["filename"], each["size"]) for each in answer.json()] == [("log.txt", 5), ("log.txt", 6)]
    assert [each.content for each in jira.issue("SEC-1").attachments] == [b"first", b"second"]
    assert [each["filename"] for each in rest.fields("SEC-1")["attachment"]] == ["log.txt", "log.txt"]
    assert jira.requests[0].body == {"files": [{"filename": "log.txt", "size": 5}, {"filename": "log.txt", "size": 6}]}


@pytest.mark.parametrize("name", ["zażółć.txt", 'quo"te.txt', "日誌 🙂.txt", "a;b=c.txt"])
def test_file_names_survive(rest: Rest, alice: Person, name: str) -> None:
    assert upload(rest, (name, b"x")).json()[0]["filename"] == name


@pytest.mark.parametrize("content", [b"", b"\r\n", b"\r\n--", bytes(range(256)) * 1000])
def test_bytes_survive(jira: JiraServer, rest: Rest, alice: Person, content: bytes) -> None:
    upload(rest, ("any.bin", content))

    assert jira.issue("SEC-1").attachments[0].content == content


def test_an_upload_may_be_streamed_without_a_length(jira: JiraServer, rest: Rest, alice: Person) -> None:
    content = b"x" * 300_000
    prepared = requests.Request(
        "POST", "http://unused", files={"file": ("big.bin", content, "application/octet-stream")}
    ).prepare()
    body = prepared.body
    assert isinstance(body, bytes)
    chunks = (body[at : at + 70_000] for at in range(0, len(body), 70_000))
    headers = {**NO_CHECK, "Content-Type": prepared.headers["Content-Type"]}
    answer = rest.post("/issue/SEC-1/attachments", headers=headers, data=chunks)

    assert answer.status_code == 200
    found = jira.issue("SEC-1").attachments[0].content
    assert hashlib.sha256(found).digest() == hashlib.sha256(content).digest()


def test_an_upload_needs_its_header_and_field_name_and_size(jira: JiraServer, rest: Rest, alice: Person) -> None:
    jira.switches.attachment_limit = 4
    forms = {"file": ("log.txt", b"1234")}

    assert rest.post("/issue/SEC-1/attachments", files=forms).status_code == 403
    assert upload(rest, ("log.txt", b"1234"), field="attachment").status_code == 400
    assert upload(rest, ("log.txt", b"12345")).status_code == 413
    assert upload(rest, ("log.txt", b"1234")).status_code == 200
    assert rest.get("/attachment/meta").json() == {"enabled": True, "uploadLimit": 4}


def test_a_download_leads_to_another_host_that_wants_no_token(jira: JiraServer, rest: Rest, alice: Person) -> None:
    attachment = alice.attach("SEC-1", "log.txt", b"0123456789")
    answer = rest.get(f"/attachment/content/{attachment.id}", allow_redirects=False)
    location = answer.headers["Location"]

    assert answer.status_code == 303
    assert not location.startswith(jira.url)
    assert requests.get(location, timeout=5).content == b"0123456789"
    part = requests.get(location, headers={"Range": "bytes=3-5"}, timeout=5)
    assert (part.status_code, part.content, part.headers["Content-Range"]) == (206, b"345", "bytes 3-5/10")
    assert jira.violations == []


def test_a_token_sent_to_the_media_host_is_a_breach(jira: JiraServer, rest: Rest, alice: Person) -> None:
    attachment = alice.attach("SEC-1", "log.txt", b"text")
    location = rest.get(f"/attachment/content/{attachment.id}", allow_redirects=False).headers["Location"]

    assert requests.get(location, auth=(jira.email, jira.token), timeout=5).status_code == 400
    assert "credentials were sent to the media host" in jira.violations[0]


def test_a_download_link_expires(jira: JiraServer, rest: Rest, alice: Person, clock: Clock) -> None:
    attachment = alice.attach("SEC-1", "log.txt", b"text")
    location = rest.get(f"/attachment/content/{attachment.id}", allow_redirects=False).headers["Location"]
    clock.pass_seconds(jira.switches.media_seconds + 1)

    assert requests.get(location, timeout=5).status_code == 403


@pytest.mark.parametrize(
    ("wanted", "status", "content"),
    [
        (None, 200, b"0123456789"),
        ("bytes=7-", 206, b"789"),
        ("bytes=-2", 206, b"89"),
        ("bytes=8-99", 206, b"89"),
        ("bytes=10-", 416, None),
        ("lines=1-2", 400, None),
    ],
)
def test_a_download_without_redirect_takes_ranges(
    rest: Rest, alice: Person, wanted: str | None, status: int, content: bytes | None
) -> None:
    attachment = alice.attach("SEC-1", "log.txt", b"0123456789")
    headers = {"Range": wanted} if wanted else {}
    answer = rest.get(f"/attachment/content/{attachment.id}?redirect=false", headers=headers)

    assert answer.status_code == status
    assert content in (None, answer.content)


def test_a_person_deletes_an_attachment(jira: JiraServer, rest: Rest, alice: Person, tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("notes")
    alice.attach("SEC-1", "notes.md", tmp_path / "notes.md")
    ours = upload(rest, ("log.txt", b"text")).json()[0]["id"]
    alice.delete_attachment(ours)

    assert rest.get(f"/attachment/content/{ours}").status_code == 404
    assert [each.filename for each in jira.issue("SEC-1").attachments] == ["notes.md"]


def test_a_file_moves_updated(jira: JiraServer, alice: Person, clock: Clock) -> None:
    clock.pass_seconds(60)
    alice.attach("SEC-1", "log.txt", b"text")

    assert jira.issue("SEC-1").updated == clock.now
