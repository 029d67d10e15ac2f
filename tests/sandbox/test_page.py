"""The sandbox's page: who may ask, what it shows of a stage, and what can be done by it. No browser, no Terraform."""

from __future__ import annotations

import base64
import http.client
import json
import socket
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

import sandbox.page
from sandbox.cloud.looks import MessageSeen, QueueSeen
from sandbox.cloud.runs import Run
from sandbox.jira import Issue, JiraServer, User
from sandbox.page import Page, agreement, flow, sides
from sandbox.page.admission import TOKEN_HEADER
from sandbox.page.agreement import Rules, comment_arrived
from sandbox.page.flow import Waiting
from sandbox.page.pairs import couples
from sandbox.page.snapshot import Snapshot
from sandbox.page.troubles import Troubles
from sandbox.security_ir import Case, SecurityIrServer, Watcher
from sandbox.stage import Settings, Stage
from security_ir_jira import notices

from .chromium import programs

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>"
READS = ("/", "/state", "/app.js", "/style.css")


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: str

    @property
    def told(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Browser:
    """Sends what a browser would, or what a hostile page would have it send."""

    page: Page
    stage: Stage

    @property
    def address(self) -> str:
        return urlsplit(self.page.url).netloc

    def ask(self, method: str, path: str, body: str | None = None, **headers: str | None) -> Answer:
        connection = http.client.HTTPConnection(self.address, timeout=30)
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given: dict[str, str | None] = {"Host": self.address}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None:
            given.setdefault("Content-Length", str(len(body.encode())))
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body.encode() if body is not None else None)
        response = connection.getresponse()
        return Answer(response.status, dict(response.getheaders()), response.read().decode())

    def get(self, path: str, **headers: str | None) -> Answer:
        return self.ask("GET", path, **headers)

    def post(self, verb: str, values: object = None, **headers: str | None) -> Answer:
        """As the page itself sends it, but for the headers that are given."""
        ours: dict[str, str | None] = {
            "Origin": f"http://{self.address}",
            "Content-Type": "application/json",
            TOKEN_HEADER: self.page.token,
        }
        ours |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("POST", f"/do/{verb}", json.dumps({} if values is None else values), **ours)

    def do(self, verb: str, **values: object) -> dict[str, Any]:
        answer = self.post(verb, values)
        assert answer.status == 200, answer.body
        told: dict[str, Any] = answer.told
        return told

    def state(self, pair: str = "") -> dict[str, Any]:
        told: dict[str, Any] = self.get(f"/state?pair={pair}").told
        return told

    def shown(self, pair: str) -> dict[str, Any]:
        shown: dict[str, Any] = self.state(pair)["pair"]["pair"]
        return shown


@contextmanager
def browsing() -> Iterator[Browser]:
    with Stage(Settings(packages=Path("dist"), runtime_python=Path("python"))) as stage:
        stage.jira.add_project("SEC")
        stage.jira.on_change.append(lambda kind, key: stage.bells.ring("Jira", kind, key, lambda: None))
        with Page(stage) as page:
            yield Browser(page, stage)


@pytest.fixture
def browser() -> Iterator[Browser]:
    with browsing() as running:
        yield running


# Who may ask


@pytest.mark.parametrize("path", READS)
def test_the_page_comes_with_a_policy_that_lets_nothing_in_from_elsewhere(browser: Browser, path: str) -> None:
    answer = browser.get(path)
    assert answer.status == 200
    policy = {each.split()[0]: each.split()[1:] for each in answer.headers["Content-Security-Policy"].split("; ")}
    assert policy["default-src"] == ["'none'"]
    assert {source for name, sources in policy.items() if name.endswith("-src") for source in sources} == {
        "'none'",
        "'self'",
    }
    assert policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == ["'none'"]
    assert policy["require-trusted-types-for"] == ["'script'"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "Access-Control-Allow-Origin" not in answer.headers


@pytest.mark.parametrize("path", [*READS, "/news"])
@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "127.0.0.1:1", "", None])
def test_nobody_reads_by_another_name_of_ours(browser: Browser, path: str, host: str | None) -> None:
    answer = browser.get(path, Host=host)
    assert answer.status in (400, 403)
    assert browser.page.token not in answer.body


@pytest.mark.parametrize("path", ["/state", "/app.js", "/news"])
def test_another_site_s_page_cannot_have_us_as_its_picture_or_script(browser: Browser, path: str) -> None:
    assert browser.get(path, Sec_Fetch_Site="cross-site").status == 403
    assert browser.get(path, Sec_Fetch_Site="same-site").status == 403


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": None},
        {"Host": "evil.example"},
        {"Sec_Fetch_Site": "cross-site"},
        {"X_Sandbox_Token": None},
        {"X_Sandbox_Token": "guessed"},
        {"Content_Type": "text/plain"},
        {"Content_Type": "application/x-www-form-urlencoded"},
        {"Content_Length": None},
    ],
    ids=lambda headers: " ".join(f"{name}={value}" for name, value in headers.items()),
)
def test_nobody_but_the_page_changes_anything(browser: Browser, headers: dict[str, str | None]) -> None:
    answer = browser.post("open-case", {"title": "Forged", "description": "."}, **headers)
    assert answer.status in (403, 413, 415)
    assert browser.stage.security_ir.cases() == []


def test_no_get_changes_anything(browser: Browser) -> None:
    verbs = ("open-case?title=x&description=x", "mend", "revoke-token", "down?system=jira&on=true")
    assert {browser.get(f"/do/{verb}").status for verb in verbs} == {404}
    assert browser.stage.security_ir.cases() == []
    assert browser.stage.jira.valid_tokens
    assert not browser.stage.jira.down


@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS", "PATCH"])
def test_other_methods_are_refused(browser: Browser, method: str) -> None:
    assert browser.ask(method, "/state", Origin="https://evil.example").status == 405


@pytest.mark.parametrize("path", ["/../server.py", "/%2e%2e/server.py", "/static/app.js", "/index.html", "/etc/passwd"])
def test_no_path_leads_out_of_the_page_s_folder(browser: Browser, path: str) -> None:
    assert browser.get(path).status == 404


def test_what_is_no_order_is_refused_with_words(browser: Browser) -> None:
    assert browser.post("no-such-thing").status == 404
    assert browser.post("open-case", []).status == 400
    assert browser.post("open-case", {"title": 7, "description": "."}).told["error"] == "title is missing."
    assert browser.post("open-case", {"title": "", "description": "."}).status == 400
    assert browser.post("comment-issue", {"issue": "SEC-404", "text": "x"}).status == 404
    assert "error" in browser.post("move-case", {"case": "1", "status": "Gone"}).told
    assert browser.post("pass", {"seconds": 1e9}).status == 400
    ours = {"Origin": f"http://{browser.address}", "Content_Type": "application/json"}
    deep = browser.ask("POST", "/do/open-case", "[" * 200_000, X_Sandbox_Token=browser.page.token, **ours)
    assert (deep.status, deep.told["error"]) == (400, "An order is a JSON object.")


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
def test_no_web_site_gets_at_the_servers_behind_the_page(browser: Browser, headers: dict[str, str]) -> None:
    stage = browser.stage
    stage.cloud.boto3("sqs").create_queue(QueueName="precious")
    reset = f"{stage.cloud.url}/moto-api/reset"
    for url in (reset, f"{stage.jira.url}/rest/api/3/myself", f"{stage.security_ir.url}/v1/list-cases"):
        assert requests.post(url, data="", headers={"Content-Type": "text/plain", **headers}).status_code == 403
    assert [queue.name for queue in stage.cloud.queues()] == ["precious"]


# What it shows


def test_texts_come_as_they_are_and_the_page_itself_holds_none(browser: Browser) -> None:
    case_id = browser.stage.security_ir.aws_responder.open_case(HOSTILE, HOSTILE)
    browser.stage.security_ir.aws_responder.comment(case_id, HOSTILE)
    shown = browser.shown(f"case-{case_id}")
    assert (shown["case"]["title"], shown["case"]["description"]) == (HOSTILE, HOSTILE)
    assert shown["comments"][0]["case"][0]["text"] == HOSTILE
    assert browser.get("/state").headers["Content-Type"] == "application/json"
    assert "alert" not in browser.get("/").body


def test_no_script_of_the_page_takes_a_text_for_html() -> None:
    folder = Path(sandbox.page.__file__).with_name("static")
    scripts = "".join(file.read_text() for file in folder.glob("*.js"))
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "DOMParser", "eval(", "srcdoc"):
        assert way not in scripts


def test_a_case_alone_and_an_issue_alone_stand_in_the_list(browser: Browser) -> None:
    case = browser.do("open-case", title="A case", description="Text", responder=True)["pair"]
    issue = browser.do("create-issue", summary="An issue", description="Text")["pair"]
    listed = {each["name"]: each["state"]["word"] for each in browser.state()["pairs"]["pairs"]}
    assert listed == {case: "alone", issue: "alone"}
    assert browser.shown(case)["state"]["why"] == ["no issue yet"]
    assert browser.shown(issue)["issue"]["transitions"][0]["to"] == "In Progress"
    assert browser.state("nothing")["pair"]["pair"] is None


def test_a_snapshot_changes_nothing_and_is_the_same_until_something_happens(browser: Browser) -> None:
    pair = browser.do("open-case", title="Still", description="Text")["pair"]
    before = browser.state(pair)
    assert browser.state(pair) == before
    browser.do("comment-case", case=pair.removeprefix("case-"), text="Moves.")
    assert browser.state(pair)["pair"] != before["pair"]


def test_everybody_who_looks_is_shown_the_same_look_until_something_happens(browser: Browser) -> None:
    snapshot = Snapshot(browser.stage, Troubles(browser.stage))
    browser.do("open-case", title="Still", description="Text")
    pair = browser.do("create-issue", summary="Moves", description="Text")["pair"]
    first = snapshot.look()
    assert snapshot.look() is first
    texts = first.texts(pair)
    assert all(text is texts[name] for name, text in first.texts(pair).items())
    browser.do("edit-issue", issue="SEC-1", summary="Moved")
    second = snapshot.look()
    assert second is not first
    assert {name for name, text in second.texts(pair).items() if text != texts[name]} == {"pair", "pairs", "flow"}
    browser.do("down", system="jira", on=True)
    assert snapshot.look(not_older_than=60) is second
    assert snapshot.look() is not second


def test_news_come_when_there_are_any(browser: Browser) -> None:
    connection = http.client.HTTPConnection(browser.address, timeout=30)
    connection.request("GET", "/news")
    stream = connection.getresponse()
    assert stream.headers["Content-Type"].startswith("text/event-stream")
    first = [stream.readline().decode() for _ in range(18)]
    assert {line.split()[1] for line in first if line.startswith("event:")} == {
        "clock", "pairs", "pair", "flow", "runs", "troubles",
    }  # fmt: skip
    browser.do("open-case", title="News\n\nevent: forged", description="Text")
    told = [stream.readline().decode() for _ in range(3)]
    assert told[0] == "event: pairs\n"
    assert json.loads(told[1].removeprefix("data: "))["pairs"][0]["title"] == "News\n\nevent: forged"
    connection.close()


def test_who_comes_is_told_of_what_was_done_just_now(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox.page.server, "_LOOK_EVERY", 20.0)
    before, after = (http.client.HTTPConnection(browser.address, timeout=30) for _ in range(2))
    before.request("GET", "/news")
    assert before.getresponse().readline()
    pair = browser.do("open-case", title="Just now", description="Text")["pair"]
    after.request("GET", f"/news?pair={pair}")
    stream = after.getresponse()
    lines = [stream.readline().decode() for _ in range(18)]
    told = {lines[at].split()[1]: lines[at + 1] for at in range(0, 18, 3)}
    assert "Just now" in told["pairs"]
    assert "Just now" in told["pair"]
    before.close()
    after.close()


def test_who_goes_away_while_news_come_leaves_no_trace_in_the_terminal(
    browser: Browser, capfd: pytest.CaptureFixture[str]
) -> None:
    def handlers() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if "process_request_thread" in thread.name]

    before = len(handlers())
    host, _, port = browser.address.partition(":")
    with socket.create_connection((host, int(port))) as gone:
        gone.sendall(f"GET /news HTTP/1.1\r\nHost: {browser.address}\r\n\r\n".encode())
        assert gone.recv(15).startswith(b"HTTP/1.1 200")
        assert len(handlers()) > before
        # At once and without a farewell, as a browser that is closed.
        gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Also where there is nothing to tell them.
    end = time.monotonic() + 60
    while len(handlers()) > before and time.monotonic() < end:
        time.sleep(0.05)
    assert len(handlers()) <= before
    assert time.monotonic() < end - 50
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("original", "copies", "arrived"),
    [
        ("two words", ["Ada in Jira, now:\n\ntwo **words**"], True),
        ("two words", ["Ada in Jira, now:\n\ntwo"], False),
        ("two words", ["Ada in Jira, now:\n\ntwo words and more"], False),
        ("Block the sender", ["Ada in Jira, now:\n\nBlock the sender and reset both passwords"], False),
        ("", ["Ada in Jira, now: (empty comment)"], True),
        ("long", ["Ada (1/2):\n\nlo", "Ada (2/2):\n\nng"], True),
        ("longer", ["Ada (1/2):\n\nlo", "Ada (2/2):\n\nng"], False),
        ("short", ["Ada:\n\nshort", agreement.NO_LONGER_NEEDED], True),
        ("```python\none\ntwo\n```", ["(1/2):\n\n```python\none\n```", "(2/2):\n\n```python\ntwo\n```"], True),
    ],
)
def test_a_copy_has_arrived_once_it_says_what_the_original_says(
    original: str, copies: list[str], arrived: bool
) -> None:
    assert comment_arrived(original, copies) is arrived


def test_what_became_of_a_copy_is_told_by_the_product_s_own_words() -> None:
    assert agreement.WITHDRAWN_TEXT == notices.WITHDRAWN_TEXT
    assert agreement.DELETED_NOTE == notices.DELETED_NOTE
    assert agreement.NO_LONGER_NEEDED == notices.NO_LONGER_NEEDED


HEAD = "Ada Lovelace in Jira, 2026-11-27 23:07 UTC:\n\n"
SECRET = "the password is hunter2"


@pytest.mark.parametrize(
    ("became", "on_case", "source", "facet"),
    [
        ("restricted", [HEAD + SECRET], "x", ("differs", "restricted: the case still shows it")),
        ("restricted", [agreement.WITHDRAWN_TEXT], "withdrawn", ("apart", "restricted: it stays in Jira")),
        ("restricted", [], "x", ("apart", "restricted: it stays in Jira")),
        (
            "restricted",
            [HEAD + SECRET],
            "withdrawn",
            ("apart", "restricted: the case still shows it, and took no note of that"),
        ),
        ("deleted", [HEAD + SECRET], "x", ("differs", "its original was deleted: the case still shows it")),
        (
            "deleted",
            [f"{agreement.DELETED_NOTE}\n\n{HEAD}{SECRET}"],
            "deleted",
            ("apart", "its original was deleted"),
        ),
        ("shortened", [HEAD + SECRET], "x", ("differs", "edited")),
        ("nothing", [HEAD + SECRET], "x", ("same", "")),
        ("nothing", [], "x", ("differs", "on its way")),
    ],
)
def test_a_comment_is_judged_by_what_the_case_shows_of_it_when_nobody_told(
    browser: Browser, became: str, on_case: list[str], source: str, facet: tuple[str, str]
) -> None:
    stage = browser.stage
    browser.do("notifications", way="dropped")
    case_id = stage.security_ir.person("grace").open_case("Title", "Text", watchers=["ada@example.com"])
    issue = stage.jira.person_named("Ada Lovelace", "ada@example.com").create_issue("SEC", "Title", "Text")
    browser.do("comment-issue", issue=issue.key, text=SECRET)
    (comment,) = stage.jira.comments(issue.key)
    for text in on_case:
        stage.security_ir.aws_responder.comment(case_id, text)
    match became:
        case "restricted":
            browser.do("restrict-issue-comment", issue=issue.key, comment=comment.id, restricted=True)
        case "deleted":
            browser.do("delete-issue-comment", issue=issue.key, comment=comment.id)
        case "shortened":
            browser.do("edit-issue-comment", issue=issue.key, comment=comment.id, text="the password")
    key = f"COMMENT#jira#{comment.id}"
    parts = [each.comment_id for each in stage.security_ir.comments(case_id)]
    items: list[dict[str, Any]] = [
        {"PK": f"CASE#{case_id}", "SK": "PAIR", "issue_id": issue.id},
        {"PK": f"CASE#{case_id}", "SK": key, "parts": parts, "source": source},
    ]
    (couple,) = couples(stage.security_ir.cases_with_comments(), stage.jira.issues(), items)
    judged = sides.judged(stage, couple, RULES)
    (row,) = judged.comments
    assert (row.facet.verdict, row.facet.why) == facet
    assert (judged.state(Waiting((), 0, 0))["word"] == "in step") is (facet[0] != "differs")


def test_a_pair_that_is_gone_keeps_its_place_and_a_name() -> None:
    with SecurityIrServer() as service:
        gone_id = service.person("grace").open_case("First", "Text")
        service.person("grace").delete(gone_id)
        service.person("grace").open_case("Second", "Text")
        items: list[dict[str, Any]] = [
            {"PK": f"CASE#{gone_id}", "SK": "PAIR", "issue_id": "10001", "issue_key": "SEC-1"},
            {"PK": "CURSOR#security_ir", "SK": f"CASE#{gone_id}", "known_since": 2_000_000_000},
        ]
        gone, there = couples(service.cases_with_comments(), [], items)
    assert (gone.title, there.title) == ("SEC-1 (deleted)", "Second")


def test_a_message_that_is_worked_on_has_no_next_try() -> None:
    message = MessageSeen("m-1", '{"caseId": "1"}', 1.0, 1800.0, 1)
    payload = json.dumps({"Records": [{"messageId": "m-1", "body": message.body}]}).encode()
    queues = {"security_ir_client": QueueSeen("queue", (message,), ())}
    flowing = flow.Flowing(queues, {}, [Run("r-1", "fn", 1.0, payload)], ())
    judged = sides.Judged({}, [], [], "")
    state = judged.state(flowing.about(["1"]))
    assert (state["word"], state["runs"], state["due"]) == ("under way", 1, None)
    (shown,) = flow.between([], [], flowing, {}, None)["queues"]
    assert shown["messages"][0]["at_work"]
    rested = flow.Flowing(queues, {}, [], ())
    assert judged.state(rested.about(["1"]))["due"] == 1800.0


# What can be done


def test_hands_on_a_case(browser: Browser) -> None:
    name = browser.do("open-case", title="Mine", description="Text")["pair"]
    case = name.removeprefix("case-")
    browser.do("edit-case", case=case, title="Renamed")
    browser.do("comment-case", case=case, text="Said", responder=True)
    browser.do("edit-case-comment", case=case, comment="100001", text="Said better")
    browser.do("attach-case", case=case, name="log.txt", content=base64.b64encode(b"lines").decode())
    browser.do("watch-case", case=case, email="bob@example.com")
    browser.do("move-case", case=case, status="Detection and Analysis")
    browser.do("close-case", case=case, code="Duplicate")
    found = browser.stage.security_ir.case(case)
    assert (found.title, found.status, found.closure_code) == ("Renamed", "Closed", "Duplicate")
    shown = browser.shown(name)
    assert shown["comments"][0]["case"][0] | {"at": 0} == {
        "id": "100001", "who": "AWS Responder", "ours": False, "at": 0, "edited": True, "text": "Said better",
    }  # fmt: skip
    assert shown["files"][0]["case"] == [{"name": "log.txt", "size": 5, "state": "Verified"}]
    assert shown["case"]["statuses"] == []
    browser.do("delete-case", case=case)
    assert browser.state()["pairs"]["pairs"] == []


def test_hands_on_an_issue(browser: Browser) -> None:
    name = browser.do("create-issue", summary="Mine", description="", rich=True)["pair"]
    assert {block["type"] for block in browser.shown(name)["issue"]["description"]["content"]} >= {"panel", "table"}
    browser.do("edit-issue", issue="SEC-1", summary="Renamed")
    browser.do("comment-issue", issue="SEC-1", text="Said", restricted=True)
    comment = browser.shown(name)["comments"][0]["issue"][0]
    assert (comment["who"], comment["restricted"]) == ("Ada Lovelace", "Administrators")
    browser.do("restrict-issue-comment", issue="SEC-1", comment=comment["id"], restricted=False)
    browser.do("edit-issue-comment", issue="SEC-1", comment=comment["id"], text="Said better")
    assert browser.shown(name)["comments"][0]["issue"][0]["plain"] == "Said better"
    assert browser.shown(name)["comments"][0]["issue"][0]["restricted"] == ""
    browser.do("delete-issue-comment", issue="SEC-1", comment=comment["id"])
    browser.do("attach-issue", issue="SEC-1", name="log.txt", content=base64.b64encode(b"lines").decode())
    browser.do("watch-issue", issue="SEC-1", email="bob@example.com")
    browser.do("transition-issue", issue="SEC-1", to="In Progress")
    browser.do("move-issue", issue="SEC-1")
    issue = browser.stage.jira.issue("OPS-1")
    assert (issue.summary, issue.status.name, issue.comments) == ("Renamed", "In Progress", ())
    assert [user.name for user in issue.watchers] == ["Ada Lovelace", "Bob"]
    browser.do("move-issue", issue="OPS-1")
    assert browser.shown(name)["issue_key"] == "SEC-2"
    browser.do("delete-issue", issue="SEC-2")
    assert browser.stage.jira.issues() == []


def test_troubles_begin_show_and_are_mended(browser: Browser) -> None:
    stage = browser.stage
    browser.do("down", system="jira", on=True)
    browser.do("down", system="security-ir", on=True)
    browser.do("slow", on=True)
    browser.do("throttle")
    browser.do("lose-creation", system="jira")
    browser.do("notifications", way="dropped")
    browser.do("kill", function="fn", match="jira:POST .*", after=True)
    assert browser.state()["troubles"] == {
        "down": {"jira": True, "security-ir": True},
        "slow": True,
        "throttled": 5,
        "lost": ["jira"],
        "revoked": False,
        "notifications": "dropped",
        "traps": [{"function": "fn", "match": "jira:POST .*", "after": True}],
        "passing_until": None,
        "mishap": "",
    }
    browser.do("revoke-token")
    assert browser.state()["troubles"]["revoked"]
    browser.do("mend")
    mended = browser.state()["troubles"]
    assert mended["down"] == {"jira": False, "security-ir": False}
    assert (mended["slow"], mended["throttled"], mended["lost"], mended["traps"]) == (False, 0, [], [])
    assert stage.bells.way == "once"
    assert stage.jira.valid_tokens


def test_a_slow_jira_throttles_and_loses_answers_all_the_same(
    browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sandbox.page.troubles, "_SLOW_SECONDS", 0.01)
    jira = browser.stage.jira

    def ask(method: str, path: str, body: object = None) -> int:
        return requests.request(
            method, f"{jira.url}/rest/api/3{path}", json=body, auth=(jira.email, jira.token)
        ).status_code

    browser.do("slow", on=True)
    browser.do("throttle")
    assert [ask("GET", "/myself") for _ in range(6)] == [429] * 5 + [200]
    assert browser.state()["troubles"]["throttled"] == 0
    browser.do("lose-creation", system="jira")
    project, kind = {"key": "SEC"}, {"name": "Task"}
    with pytest.raises(requests.ConnectionError):
        ask("POST", "/issue", {"fields": {"project": project, "issuetype": kind, "summary": "Created all the same"}})
    assert [issue.summary for issue in jira.issues()] == ["Created all the same"]
    assert browser.state()["troubles"]["slow"]


def test_time_is_hurried_on_a_virtual_clock_only(browser: Browser) -> None:
    assert "C compiler" in browser.post("pass", {"seconds": 900}).told["error"]


@pytest.mark.parametrize(
    ("way", "arrived", "fates"),
    [
        ("once", ["one", "two", "three"], ["carried"] * 3),
        ("doubled", ["one", "one", "two", "two", "three", "three"], ["carried", "carried again"] * 3),
        ("dropped", [], ["dropped"] * 3),
        (
            "reordered",
            ["two", "one"],
            ["held back until the next one", "carried, overtaking", "carried late", "held back until the next one"],
        ),
    ],
)
def test_notifications_arrive_in_the_way_that_was_chosen(
    browser: Browser, way: str, arrived: list[str], fates: list[str]
) -> None:
    bells, heard = browser.stage.bells, []
    browser.do("notifications", way=way)
    for about in ("one", "two", "three"):
        bells.ring("Jira", "updated", about, lambda about=about: heard.append(about))  # type: ignore[misc]  # bound now
    assert heard == arrived
    assert [each["fate"] for each in reversed(browser.state()["flow"]["notifications"])] == fates
    browser.do("mend")
    assert heard == [*arrived, *(["three"] if way == "reordered" else [])]


# Whether both sides say the same


def both_sides(**of_case: Any) -> tuple[Case, Issue]:
    """A case and an issue that say the same, but for what is given of the case."""
    with SecurityIrServer() as service, JiraServer() as jira:
        jira.add_project("SEC")
        case_id = service.person("grace").open_case("Title", "**Text**", watchers=["ada@example.com"])
        ada = jira.person_named("Ada Lovelace", "ada@example.com")
        key = ada.create_issue("SEC", "Title", "Text").key
        return replace(service.case(case_id), **of_case), jira.issue(key)


RULES = Rules({"Submitted": ["To Do"], "Acknowledged": ["In Progress"]}, {"To Do": "", "Done": "Closed"})


@pytest.mark.parametrize(
    ("of_case", "agreed", "verdicts"),
    [
        ({}, {}, ("same", "same", "same", "same")),
        ({"title": "Other"}, {}, ("differs", "same", "same", "same")),
        ({"title": "Other"}, {"refused": "jira"}, ("apart", "same", "same", "same")),
        ({"title": "Title\nfolded"}, {}, ("differs", "same", "same", "same")),
        ({"description": "Text, and more"}, {}, ("same", "differs", "same", "same")),
        ({"description": ""}, {}, ("same", "apart", "same", "same")),
        ({"description": "Te"}, {"cut": True}, ("same", "apart", "same", "same")),
        ({"status": "Closed"}, {}, ("same", "same", "differs", "same")),
        ({"status": "Closed"}, {"refused": "security_ir"}, ("same", "same", "apart", "same")),
        ({"status": "Ready to Close"}, {}, ("same", "same", "same", "same")),
        ({"watchers": ()}, {}, ("same", "same", "same", "differs")),
        (
            {"watchers": (Watcher("ada@example.com"), Watcher("bob@example.com"))},
            {},
            ("same", "same", "same", "differs"),
        ),
        ({"watchers": (Watcher("Ada@example.com"), Watcher("stranger@x.org"))}, {}, ("same", "same", "same", "same")),
    ],
    ids=str,
)
def test_each_facet_is_judged_by_what_both_sides_say(
    of_case: dict[str, Any], agreed: dict[str, Any], verdicts: tuple[str, ...]
) -> None:
    case, issue = both_sides(**of_case)
    ours = User("ours", "Integration", "ours@example.com")
    found = (
        agreement.title(case, issue, agreed),
        agreement.description(case, issue, agreed),
        agreement.status(case, issue, agreed, RULES),
        agreement.watchers(case, issue, [*issue.watchers, User("bob", "Bob", "bob@example.com")], ours, []),
    )
    assert tuple(each.verdict for each in found) == verdicts


def test_who_comments_in_jira_watches_the_issue_alone_and_that_is_no_difference() -> None:
    case, issue = both_sides(watchers=())
    (ada,) = issue.watchers
    ours = User("ours", "Integration", "ours@example.com")
    assert agreement.watchers(case, issue, [ada], ours, [ada.account_id]).verdict == "apart"


def test_without_a_browser_its_checks_are_left_out_and_say_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(pytest.skip.Exception, match=r"browser check left out: .*chromium-driver"):
        programs()
