"""One conversation with Jira: what is repeated, what is waited for, and what a refused token costs."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
import requests

from sandbox.jira import JiraServer
from security_ir_jira.errors import (
    JiraUnauthorized,
    NotFound,
    NotPermitted,
    OutcomeUnknown,
    Refused,
    SideDown,
    Throttled,
    Unavailable,
)
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
ISSUE = {"fields": {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": "Leaked key"}}


@dataclass(slots=True)
class Stage:
    """A client of a Jira server; ``stored`` is what the parameter store holds, ``reads`` how often it was asked."""

    jira: JiraServer
    stored: Credentials
    reads: int = 0
    waits: list[float] = field(default_factory=list)
    kept: Credentials | None = None
    bearer: bool = False

    def client(self) -> JiraHttp:
        return JiraHttp(self.credentials, bearer=self.bearer, sleep=self.waits.append, clock=lambda: NOW)

    def credentials(self, fresh: bool) -> Credentials:
        if fresh or self.kept is None:
            self.reads += 1
            self.kept = self.stored
        return self.kept

    @property
    def statuses(self) -> list[int | None]:
        """Of the answers to what was sent, in order; ``None`` for one that was lost."""
        return [request.status for request in self.jira.requests]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with JiraServer(clock=lambda: NOW) as jira:
        jira.add_project("SEC")
        yield Stage(jira, Credentials(jira.url, jira.email, "SEC", jira.token, 1))


def look(http: JiraHttp) -> object:
    return http.get("/myself")


def create(http: JiraHttp) -> object:
    return http.call("POST", "/issue", body=ISSUE, repeatable=False)


def rotate(stage: Stage, token: str) -> None:
    """Somebody writes a new token into the parameter."""
    stage.stored = replace(stage.stored, token=token, token_version=stage.stored.token_version + 1)


# What is repeated


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_read_is_tried_again_after_a_server_error(stage: Stage, status: int) -> None:
    stage.jira.faults.add(status=status, times=2)
    look(stage.client())
    assert stage.statuses == [status, status, 200]


def test_a_read_is_tried_again_after_a_lost_answer(stage: Stage) -> None:
    stage.jira.faults.add(drop=True, times=2)
    look(stage.client())
    assert stage.statuses == [None, None, 200]


def test_three_tries_are_all(stage: Stage) -> None:
    stage.jira.faults.add(status=500, times=None)
    with pytest.raises(Unavailable):
        look(stage.client())
    assert stage.statuses == [500, 500, 500]


def test_waits_between_tries_grow(stage: Stage) -> None:
    stage.jira.faults.add(status=500, times=None)
    with pytest.raises(Unavailable):
        look(stage.client())
    first, second = stage.waits
    assert 0.4 <= first <= 1.0
    assert 0.8 <= second <= 2.0


@pytest.mark.parametrize("trouble", [{"status": 500}, {"status": 504}, {"drop": True}])
def test_fault_6_a_creation_that_may_have_been_carried_out_is_not_sent_again(
    stage: Stage, trouble: dict[str, object]
) -> None:
    stage.jira.faults.add("POST .*", after=True, **trouble)  # type: ignore[arg-type]  # each of its own type
    with pytest.raises(OutcomeUnknown):
        create(stage.client())
    assert len(stage.jira.issues()) == 1


@pytest.mark.parametrize(("status", "headers"), [(429, {}), (429, {"Retry-After": "2"}), (503, {"Retry-After": "2"})])
def test_a_creation_that_jira_did_not_take_in_is_sent_again(stage: Stage, status: int, headers: dict[str, str]) -> None:
    stage.jira.faults.add("POST .*", status=status, headers=headers)
    create(stage.client())
    assert len(stage.jira.issues()) == 1


@pytest.mark.parametrize("status", [409, 423])
def test_an_issue_that_somebody_else_is_changing_is_tried_again(stage: Stage, status: int) -> None:
    stage.jira.faults.add("POST .*", status=status)
    create(stage.client())
    assert stage.statuses == [status, 201]


def test_a_creation_that_was_never_sent_is_unavailable_not_unknown() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        http = JiraHttp(lambda _: Credentials(address, "", "SEC", "token", 1), sleep=lambda _: None)
        with pytest.raises(Unavailable):
            create(http)


def test_a_name_that_cannot_be_resolved_is_unavailable_not_unknown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    stage.stored = replace(stage.stored, url="https://no-such-company.atlassian.net")
    with pytest.raises(Unavailable):
        create(stage.client())


def test_a_connection_that_is_not_made_in_time_is_unavailable_not_unknown(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise requests.exceptions.ConnectTimeout

    monkeypatch.setattr(requests.Session, "request", fail)
    with pytest.raises(Unavailable):
        create(stage.client())


def test_a_creation_without_an_answer_in_time_is_unknown(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise requests.exceptions.ReadTimeout

    monkeypatch.setattr(requests.Session, "request", fail)
    with pytest.raises(OutcomeUnknown):
        create(stage.client())


def test_fault_31_every_request_has_timeouts(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[object] = []
    send = requests.Session.request

    def listen(session: requests.Session, *args: object, **options: object) -> requests.Response:
        given.append(options.get("timeout"))
        return send(session, *args, **options)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(requests.Session, "request", listen)
    look(stage.client())
    assert given == [(5.0, 30.0)]


# What is waited for


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "4"}, 4.0),
        ({"Retry-After": "1.5"}, 1.5),
        ({"Retry-After": "-1"}, 0.0),
        ({"Retry-After": "Thu, 01 Jan 2026 12:00:07 GMT"}, 7.0),
        ({"X-RateLimit-Reset": "2026-01-01T12:00:05Z"}, 5.0),
        ({"X-RateLimit-Reset": f"{NOW + 5:.0f}"}, 5.0),
        ({"X-RateLimit-Reset": "2026-01-01T12:00Z"}, 0.0),
        ({"Retry-After": "3", "X-RateLimit-Reset": "2026-01-01T13:00:00Z"}, 3.0),
    ],
)
def test_a_short_wait_that_jira_asks_for_is_sat_out(stage: Stage, headers: dict[str, str], seconds: float) -> None:
    stage.jira.faults.add(status=429, headers=headers)
    look(stage.client())
    assert stage.waits == [seconds]


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "120"}, 120.0),
        ({"Retry-After": "Thu, 01 Jan 2026 12:05:00 GMT"}, 300.0),
        ({"X-RateLimit-Reset": "2026-01-01T12:10:00Z"}, 600.0),
        ({"X-RateLimit-Reset": f"{NOW + 600:.0f}"}, 600.0),
    ],
)
def test_a_long_wait_goes_back_to_the_queue(stage: Stage, headers: dict[str, str], seconds: float) -> None:
    stage.jira.faults.add(status=429, headers=headers)
    with pytest.raises(Unavailable) as caught:
        look(stage.client())
    assert caught.value.delay == seconds
    assert stage.waits == []
    assert stage.statuses == [429]


@pytest.mark.parametrize("asked", ["soon", "", "inf", "nan", "1e9", "9" * 400])
@pytest.mark.parametrize("header", ["Retry-After", "X-RateLimit-Reset"])
def test_a_wait_that_cannot_be_read_is_ours_to_choose(stage: Stage, header: str, asked: str) -> None:
    stage.jira.faults.add(status=429, headers={header: asked})
    look(stage.client())
    (wait,) = stage.waits
    assert 0 < wait < 10


def test_jira_is_asked_no_more_often_than_three_times_under_its_rate_limit(stage: Stage) -> None:
    stage.jira.faults.add(status=429, headers={"Retry-After": "1"}, times=None)
    with pytest.raises(Unavailable) as caught:
        look(stage.client())
    assert stage.statuses == [429, 429, 429]
    assert caught.value.delay == 1.0


# Tokens


def test_a_token_that_was_rotated_is_read_anew_at_once(stage: Stage) -> None:
    http = stage.client()
    look(http)
    stage.jira.valid_tokens.clear()
    stage.jira.valid_tokens.add("new-token")
    rotate(stage, "new-token")
    look(http)
    assert stage.statuses == [200, 401, 200]


def test_a_missing_scope_refuses_only_its_own_request_and_is_about_us(stage: Stage) -> None:
    told = {"code": 401, "message": "Unauthorized; scope does not match"}
    stage.jira.faults.add(status=401, body=told, times=1)
    http = stage.client()
    with pytest.raises(NotPermitted) as caught:
        look(http)
    assert not isinstance(caught.value, JiraUnauthorized)
    look(http)
    assert stage.statuses == [401, 200]


def test_history_21_a_token_that_was_refused_once_is_taken_again(stage: Stage) -> None:
    stage.jira.faults.add(status=401, times=2)
    http = stage.client()
    for _ in range(2):
        with pytest.raises(JiraUnauthorized):
            look(http)
    look(http)
    assert stage.statuses == [401, 401, 200]


@pytest.mark.parametrize(
    "reason", ["AUTHENTICATED_FAILED", "AUTHENTICATION_DENIED", "OUT", "OUT, AUTHENTICATED_FAILED"]
)
@pytest.mark.parametrize(("status", "body"), [(200, {"issues": []}), (404, {"errorMessages": []}), (403, None)])
def test_history_20_an_answer_to_nobody_is_no_answer(
    stage: Stage, reason: str, status: int, body: dict[str, list[str]] | None
) -> None:
    stage.jira.faults.add(status=status, body=body, headers={"X-Seraph-LoginReason": reason}, times=None)
    with pytest.raises(JiraUnauthorized):
        look(stage.client())


def test_an_answer_to_somebody_says_so_too(stage: Stage) -> None:
    stage.jira.faults.add(status=200, body={"accountId": "1"}, headers={"X-Seraph-LoginReason": "OK"})
    assert look(stage.client()) == {"accountId": "1"}


def test_a_new_token_that_is_refused_too_is_tried_once(stage: Stage) -> None:
    stage.jira.valid_tokens.clear()
    http = stage.client()
    with pytest.raises(JiraUnauthorized):
        look(http)
    rotate(stage, "wrong again")
    with pytest.raises(JiraUnauthorized):
        look(http)
    assert stage.statuses == [401, 401, 401]


def test_a_message_about_a_refused_token_names_its_version_and_never_the_token(stage: Stage) -> None:
    stage.jira.valid_tokens.clear()
    with pytest.raises(JiraUnauthorized, match="version 1") as caught:
        look(stage.client())
    assert stage.jira.token not in str(caught.value)


@pytest.mark.parametrize("bearer", [False, True])
def test_both_ways_to_sign_in(stage: Stage, bearer: bool) -> None:
    stage.bearer = bearer
    look(stage.client())
    assert stage.statuses == [200]


def test_a_token_never_follows_a_redirect_to_another_host(stage: Stage) -> None:
    with JiraServer() as elsewhere:
        stage.jira.faults.add(status=303, headers={"Location": f"{elsewhere.url}/rest/api/3/myself"})
        with pytest.raises(NotPermitted, match="is jira_url right"):
            look(stage.client())
        assert elsewhere.requests == []


# What is refused


def test_404_is_not_found(stage: Stage) -> None:
    with pytest.raises(NotFound):
        stage.client().get("/issue/SEC-404")


@pytest.mark.parametrize("status", [400, 413, 422])
def test_what_jira_understood_and_refused_is_not_repeated(stage: Stage, status: int) -> None:
    stage.jira.faults.add(status=status, body={"errorMessages": ["No."], "errors": {}}, times=None)
    with pytest.raises(Refused) as caught:
        create(stage.client())
    assert (caught.value.status, caught.value.said) == (status, "No.")
    assert len(stage.statuses) == 1


@pytest.mark.parametrize("status", [402, 403, 405, 410, 415, 451])
def test_what_is_about_us_is_no_refusal_of_what_was_written(stage: Stage, status: int) -> None:
    stage.jira.faults.add(status=status, body={"errorMessages": ["No."], "errors": {}}, times=None)
    with pytest.raises(NotPermitted) as caught:
        create(stage.client())
    assert caught.value.delay == 300.0
    assert len(stage.statuses) == 1


@pytest.mark.parametrize(
    "said", ["admin, you do not have the permission to comment on this issue.", "You don't have permission."]
)
def test_a_permission_that_we_lack_is_about_us_by_any_status(stage: Stage, said: str) -> None:
    stage.jira.faults.add(status=400, body={"errorMessages": [said], "errors": {}})
    with pytest.raises(NotPermitted):
        create(stage.client())


def test_a_permission_that_somebody_else_lacks_is_a_refusal(stage: Stage) -> None:
    said = "The user Bob does not have permission to view this issue."
    stage.jira.faults.add(status=400, body={"errorMessages": [said], "errors": {}})
    with pytest.raises(Refused):
        create(stage.client())


def test_a_question_is_never_refused_for_its_value(stage: Stage) -> None:
    stage.jira.faults.add(
        status=400, body={"errorMessages": ["The value 'SEC' does not exist."], "errors": {}}, times=None
    )
    with pytest.raises(NotPermitted):
        look(stage.client())
    with pytest.raises(NotPermitted):
        stage.client().call("POST", "/search/jql", body={"jql": "x"}, repeatable=True, reads=True)


def test_a_refusal_names_the_fields_it_complains_of_and_quotes_nobody(stage: Stage) -> None:
    body = {"errorMessages": ["'My secret' is too long."], "errors": {"labels": "'My secret' cannot be set."}}
    stage.jira.faults.add(status=400, body=body)
    with pytest.raises(Refused) as caught:
        create(stage.client())
    assert caught.value.fields == {"labels": "'My secret' cannot be set."}
    assert str(caught.value) == "POST /issue: 400 (labels)"


@pytest.mark.parametrize("body", ["<html>Bad gateway</html>", "[]", '{"errors": [1], "errorMessages": "No."}', None])
def test_a_refusal_in_any_other_form_is_a_refusal(stage: Stage, body: str | None) -> None:
    stage.jira.faults.add(status=400, body=body)
    with pytest.raises(Refused):
        create(stage.client())


@pytest.mark.parametrize("act", [look, create])
def test_an_answer_that_is_no_json_is_no_crash(stage: Stage, act: Callable[[JiraHttp], object]) -> None:
    stage.jira.faults.add(status=200, body="<html>Log in</html>", times=None)
    with pytest.raises((Unavailable, OutcomeUnknown)):
        act(stage.client())


# The line


@dataclass(slots=True)
class Line:
    """Hears of tries that came to nothing; ``down`` is what it makes of them."""

    down: bool = False
    heard: list[str] = field(default_factory=list)

    def unanswered(self) -> bool:
        self.heard.append("unanswered")
        return self.down

    def refused(self) -> None:
        self.heard.append("refused")
        if self.down:
            raise SideDown("refused", delay=60.0)

    def throttled(self) -> None:
        self.heard.append("throttled")
        if self.down:
            raise SideDown("throttled", delay=60.0)


def listened(stage: Stage, line: Line) -> JiraHttp:
    http = stage.client()
    http.line = line
    return http


def test_the_line_hears_of_every_try_without_an_answer(stage: Stage) -> None:
    stage.jira.faults.add(status=503, times=1)
    stage.jira.faults.add(drop=True, times=1)
    line = Line()
    look(listened(stage, line))
    assert line.heard == ["unanswered", "unanswered"]


def test_the_line_hears_of_a_request_that_was_held_back_in_the_end(stage: Stage) -> None:
    stage.jira.faults.add(status=429, headers={"Retry-After": "1"}, times=2)
    line = Line(down=True)
    look(listened(stage, line))
    assert line.heard == [], "it went through"
    stage.jira.faults.add(status=429, headers={"Retry-After": "1"}, times=3)
    with pytest.raises(SideDown):
        look(listened(stage, line))
    assert line.heard == ["throttled"]


@pytest.mark.parametrize("status", [409, 423])
def test_the_line_hears_nothing_of_what_was_answered(stage: Stage, status: int) -> None:
    stage.jira.faults.add(status=status, times=None)
    line = Line(down=True)
    with pytest.raises(Unavailable):
        look(listened(stage, line))
    assert line.heard == []


def test_a_side_that_is_down_is_not_tried_again(stage: Stage) -> None:
    stage.jira.faults.add(status=503, times=None)
    with pytest.raises(SideDown):
        look(listened(stage, Line(down=True)))
    assert stage.statuses == [503]


def test_a_creation_whose_answer_was_lost_is_unknown_though_the_side_is_down(stage: Stage) -> None:
    stage.jira.faults.add("POST .*", after=True, drop=True)
    with pytest.raises(OutcomeUnknown):
        create(listened(stage, Line(down=True)))


def test_the_line_hears_of_what_is_about_us(stage: Stage) -> None:
    stage.jira.faults.add(status=403, times=None)
    line = Line()
    with pytest.raises(NotPermitted):
        look(listened(stage, line))
    with pytest.raises(SideDown):
        look(listened(stage, Line(down=True)))
    assert line.heard == ["refused"]


def test_asking_is_one_request_and_never_told_to_the_line(stage: Stage) -> None:
    line = Line(down=True)
    http = listened(stage, line)
    http.ask()
    for trouble, error in (
        ({"status": 503}, Unavailable),
        ({"drop": True}, Unavailable),
        ({"status": 403}, NotPermitted),
        ({"status": 404}, NotPermitted),
        ({"status": 401}, JiraUnauthorized),
        ({"status": 429}, Throttled),
    ):
        stage.jira.faults.add(**trouble)
        with pytest.raises(error):
            http.ask()
    assert stage.statuses == [200, 503, None, 403, 404, 401, 429]
    assert line.heard == []
