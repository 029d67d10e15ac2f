"""Who may ring at the function URL, what becomes of it, and what everybody else is told: nothing."""

from __future__ import annotations

import base64
import gzip
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError

from jira_webhook.bell import Bell
from jira_webhook.counter import Counter
from jira_webhook.door import Door
from jira_webhook.request import MOST_BYTES
from jira_webhook.secret import ASKED_AGAIN_SECONDS, FAILED_SECONDS, KEPT_SECONDS, Secret
from security_ir_jira.events import SWEEP_AFTER_SECONDS, is_told_by_jira
from security_ir_jira.sources.issues import read_notification
from tests.webhooks import SECRET, request, signature, told

MARK = "Evil title that nobody may log"


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": MARK}}, "Operation")


@dataclass(slots=True)
class Aws:
    """The parameter and the queue."""

    value: str = SECRET
    reads: int = 0
    sent: list[dict[str, Any]] = field(default_factory=list)
    delays: list[int] = field(default_factory=list)
    closed: str = ""
    unreadable: str = ""

    def get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:
        self.reads += 1
        if self.unreadable:
            raise refusal(self.unreadable)
        assert (Name, WithDecryption) == ("/secret", True)
        return {"Parameter": {"Value": self.value}}

    def send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:
        if self.closed:
            raise refusal(self.closed)
        assert QueueUrl == "https://queue"
        self.sent.append(json.loads(MessageBody))
        self.delays.append(DelaySeconds)


@dataclass(slots=True)
class Stage:
    aws: Aws = field(default_factory=Aws)
    now: float = 0.0
    lines: list[str] = field(default_factory=list)
    door: Door = field(init=False)

    def __post_init__(self) -> None:
        aws: Any = self.aws
        secret = Secret(aws, "/secret", lambda: self.now)
        counter = Counter("security-ir-jira", "jira_webhook", self.lines.append)
        self.door = Door(secret, Bell(aws, "https://queue"), counter)

    def answer(self, event: dict[str, Any]) -> int:
        return self.door.answer(event)

    @property
    def rung(self) -> list[str]:
        """The issues that the notifications queue is told of."""
        assert all(is_told_by_jira(body) for body in self.aws.sent)
        return [read_notification(body) for body in self.aws.sent]

    @property
    def counted(self) -> list[str]:
        """The metrics that CloudWatch reads from the log."""
        directives = [json.loads(line)["_aws"]["CloudWatchMetrics"][0] for line in self.lines]
        assert {(each["Namespace"], str(each["Dimensions"])) for each in directives} <= {
            ("security-ir-jira", "[['service']]")
        }
        return [each["Metrics"][0]["Name"] for each in directives]


@pytest.fixture
def stage() -> Stage:
    return Stage()


EVENTS = (
    *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted"),
    *("comment_created", "comment_updated", "comment_deleted"),
)


@pytest.mark.parametrize("event", EVENTS)
def test_what_jira_signed_rings_for_its_issue_and_is_taken(stage: Stage, event: str) -> None:
    assert stage.answer(request(told(event=event, comment={"body": MARK}))) == 202
    assert stage.rung == ["10001"]
    assert stage.lines == []


def test_nothing_but_id_and_key_of_the_issue_are_passed_on(stage: Stage) -> None:
    stage.answer(request(told(comment={"body": MARK}, user={"emailAddress": "ada@example.com"})))
    assert stage.aws.delays == [0]
    assert stage.aws.sent == [{"signedBy": "jira", "IssueId": "10001", "IssueKey": "SEC-1"}]


def test_a_body_that_came_as_base64_is_read_as_it_was_signed(stage: Stage) -> None:
    body = told(comment={"body": "Übermäßig – 日本語"})
    assert stage.answer(request(body, packed=True)) == 202
    assert stage.answer(request(json.dumps(json.loads(body), ensure_ascii=False).encode())) == 202
    assert stage.rung == ["10001", "10001"]


@pytest.mark.parametrize("issue", [{"id": "10001"}, {"id": 10001}, {"id": "10001", "key": 7}])
def test_an_issue_that_is_told_by_its_id_alone_is_passed_on_by_it(stage: Stage, issue: dict[str, Any]) -> None:
    assert stage.answer(request(json.dumps({"issue": issue}).encode())) == 202
    assert (stage.rung, stage.aws.sent[0]["IssueKey"]) == (["10001"], None)


def test_an_issue_that_is_told_by_its_key_alone_is_passed_on_by_it(stage: Stage) -> None:
    assert stage.answer(request(b'{"issue": {"key": "SEC-1"}}')) == 202
    assert stage.rung == ["SEC-1"]


def test_a_webhook_of_a_file_names_no_issue_and_orders_a_sweep(stage: Stage) -> None:
    for event in ("attachment_created", "attachment_deleted"):
        body = json.dumps({"webhookEvent": event, "attachment": {"id": "10020", "filename": MARK}}).encode()
        assert stage.answer(request(body)) == 202
    assert (stage.aws.sent, stage.counted) == ([{"sweep": "issues"}] * 2, [])
    assert set(stage.aws.delays) == {SWEEP_AFTER_SECONDS}


@pytest.mark.parametrize(
    ("signed", "counted"),
    [
        ("", "WebhooksUnsigned"),
        ("sha256=", "WebhooksWronglySigned"),
        ("sha256=" + "0" * 64, "WebhooksWronglySigned"),
        (signature(told("SEC-2")), "WebhooksWronglySigned"),
        (signature(told(), "another secret"), "WebhooksWronglySigned"),
        (signature(told(), ""), "WebhooksWronglySigned"),
        (signature(told())[:-1], "WebhooksWronglySigned"),
        (signature(told()) + "0", "WebhooksWronglySigned"),
        (signature(told()).removeprefix("sha256="), "WebhooksWronglySigned"),
        (signature(told()).replace("sha256", "sha1"), "WebhooksWronglySigned"),
        (f"{signature(told())},{signature(told())}", "WebhooksWronglySigned"),
        ("sha256=\ud800über\x00", "WebhooksWronglySigned"),
    ],
    ids=repr,
)
def test_who_has_not_signed_this_very_body_is_refused_and_counted(stage: Stage, signed: str, counted: str) -> None:
    assert stage.answer(request(told(), signed)) == 401
    assert (stage.rung, stage.counted) == ([], [counted])


def test_a_body_of_which_one_byte_is_another_is_refused(stage: Stage) -> None:
    body = told()
    assert stage.answer(request(body + b" ", signature(body))) == 401
    assert stage.answer(request(body.replace(b"SEC-1", b"SEC-2"), signature(body))) == 401
    assert stage.rung == []


def test_without_a_signature_ssm_is_not_asked(stage: Stage) -> None:
    stage.answer(request(told(), ""))
    stage.answer(request(told(), "sha1=0"))
    assert stage.aws.reads == 0


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", ""])
def test_another_method_is_refused(stage: Stage, method: str) -> None:
    assert stage.answer(request(told(), method=method)) == 400
    assert (stage.rung, stage.counted) == ([], ["WebhooksWrongMethod"])


@pytest.mark.parametrize("packed", [False, True])
def test_two_megabytes_are_refused_before_anything_else_is_done_with_them(stage: Stage, packed: bool) -> None:
    assert stage.answer(request(b" " * 2_000_000, packed=packed)) == 413
    assert stage.answer(request(b" " * (MOST_BYTES + 1), packed=packed)) == 413
    assert stage.answer(request("é".encode() * (MOST_BYTES // 2 + 1), packed=packed)) == 413
    assert (stage.aws.reads, stage.rung, stage.counted) == (0, [], ["WebhooksTooLarge"] * 3)


@pytest.mark.parametrize("packed", [False, True])
def test_a_mebibyte_to_the_byte_is_taken(stage: Stage, packed: bool) -> None:
    body = told()
    assert stage.answer(request(body + b" " * (MOST_BYTES - len(body)), packed=packed)) == 202
    assert stage.rung == ["10001"]


def test_a_header_s_name_is_read_in_any_case(stage: Stage) -> None:
    event = request(told(), "")
    event["headers"]["X-Hub-Signature"] = signature(told())
    assert stage.answer(event) == 202


def test_a_body_that_came_in_chunks_is_heard_like_any_other(stage: Stage) -> None:
    assert stage.answer(request(told(), transfer_encoding="chunked")) == 202
    assert stage.rung == ["10001"]


def test_a_gzipped_body_is_never_unpacked(stage: Stage) -> None:
    packed = gzip.compress(told())
    assert stage.answer(request(packed, packed=True, content_encoding="gzip")) == 400
    assert stage.answer(request(packed, signature(told()), packed=True, content_encoding="gzip")) == 401
    bomb = gzip.compress(b" " * 100_000_000)
    assert stage.answer(request(bomb, packed=True, content_encoding="gzip")) == 400
    assert stage.rung == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not JSON",
        b"\xff\xfe\x00",
        b"null",
        b"17",
        b'"SEC-1"',
        b"[]",
        b"{}",
        b'{"issue": null}',
        b'{"issue": "SEC-1"}',
        b'{"issue": ["SEC-1"]}',
        b'{"issue": {}}',
        b'{"issue": {"key": "SEC"}}',
        b'{"issue": {"key": "../SEC-1"}}',
        b'{"issue": {"key": ["SEC-1"], "id": {}}}',
        b'{"issue": {"key": true, "id": -1}}',
        b'{"issue": {"id": 1e400}}',
        b'{"issue": {"id": ' + b"9" * 5_000 + b"}}",
        b'{"webhookEvent": "attachment_created", "issue": {}}',
        b'{"webhookEvent": "sprint_started", "sprint": {"id": 1}}',
        b"[" * 100_000,
        b'{"issue":' * 50_000,
    ],
    ids=lambda body: repr(body[:60]),
)
def test_what_names_no_issue_is_refused_though_it_is_signed(stage: Stage, body: bytes) -> None:
    assert stage.answer(request(body, packed=True)) == 400
    assert (stage.rung, stage.counted) == ([], ["WebhooksMalformed"])


@pytest.mark.parametrize(
    "event",
    [
        {},
        {"requestContext": None},
        {"requestContext": {"http": None}},
        {"requestContext": {"http": {"method": "POST"}}},
        {"requestContext": {"http": {"method": "POST"}}, "headers": None, "body": None},
        {"requestContext": {"http": {"method": "POST"}}, "headers": [], "body": {"issue": {}}},
        {"requestContext": {"http": {"method": "POST"}}, "body": "%%%", "isBase64Encoded": True},
        {"requestContext": {"http": {"method": "POST"}}, "body": "é", "isBase64Encoded": True},
        {"requestContext": {"http": {"method": "POST"}}, "body": "\ud800", "headers": {"x-hub-signature": "sha256="}},
    ],
    ids=repr,
)
def test_whatever_stands_in_an_event_nothing_crashes(stage: Stage, event: dict[str, Any]) -> None:
    assert stage.answer(event) in (400, 401)
    assert stage.rung == []


def test_a_replay_rings_once_more_which_costs_a_look_and_changes_nothing(stage: Stage) -> None:
    event = request(told())
    assert [stage.answer(event), stage.answer(event)] == [202, 202]
    assert stage.rung == ["10001", "10001"]


def test_no_line_of_the_log_holds_anything_of_what_came(stage: Stage) -> None:
    body = told(comment={"body": MARK})
    events = [
        *(request(body, ""), request(body, signature(told())), request(body, method="PUT")),
        *(request(MARK.encode()), request(body * 20_000)),
    ]
    for event in events:
        stage.answer(event)
    stage.aws.closed = "QueueDoesNotExist"
    stage.answer(request(body))
    said = "\n".join(stage.lines)
    assert len(stage.lines) == len(events) + 1
    assert not any(each in said for each in (MARK, "SEC-1", "10001", "sha256", SECRET, base64.b64encode(body).decode()))


# When something of ours does not work


@pytest.mark.parametrize("code", ["QueueDoesNotExist", "AccessDenied", "RequestThrottled", "KmsAccessDenied"])
def test_where_the_queue_refuses_jira_is_to_try_again_and_an_alarm_can_ring(stage: Stage, code: str) -> None:
    stage.aws.closed = code
    assert stage.answer(request(told())) == 503
    assert stage.counted == ["WebhooksFailed"]
    assert json.loads(stage.lines[0])["reason"] == code
    stage.aws.closed = ""
    assert stage.answer(request(told())) == 202
    assert stage.rung == ["10001"]


@pytest.mark.parametrize("trouble", ["ParameterNotFound", "ThrottlingException", "AccessDeniedException"])
def test_where_the_secret_cannot_be_read_jira_is_to_try_again(stage: Stage, trouble: str) -> None:
    stage.aws.unreadable = trouble
    assert stage.answer(request(told())) == 503
    assert (stage.rung, stage.counted) == ([], ["WebhooksFailed"])
    stage.aws.unreadable = ""
    stage.now += FAILED_SECONDS
    assert stage.answer(request(told())) == 202


def test_a_flood_while_the_secret_cannot_be_read_asks_for_it_a_few_times(stage: Stage) -> None:
    stage.aws.unreadable = "AccessDeniedException"
    for _ in range(500):
        assert stage.answer(request(told(), signature(told(), "guess"))) == 503
        stage.now += 0.02
    assert stage.aws.reads <= 1 + 10 / FAILED_SECONDS


def test_a_wrong_signature_is_wrong_though_the_secret_cannot_be_looked_up_anew(stage: Stage) -> None:
    assert stage.answer(request(told())) == 202
    stage.aws.unreadable = "ThrottlingException"
    stage.now += ASKED_AGAIN_SECONDS
    assert stage.answer(request(told(), signature(told(), "guess"))) == 401
    assert stage.answer(request(told())) == 202
    stage.now += KEPT_SECONDS
    assert stage.answer(request(told())) == 503


def test_an_empty_secret_is_nobodys(stage: Stage) -> None:
    stage.aws.value = "\n"
    assert stage.answer(request(told(), signature(told(), ""))) == 503
    assert stage.rung == []


# Rotation, and floods


def test_a_thousand_webhooks_in_a_row_read_the_secret_once(stage: Stage) -> None:
    numbers = range(1, 1_001)
    assert {stage.answer(request(told(f"SEC-{number}"))) for number in numbers} == {202}
    assert stage.aws.reads == 1
    assert [body["IssueKey"] for body in stage.aws.sent] == [f"SEC-{number}" for number in numbers]


def test_a_thousand_wrong_signatures_within_a_minute_ask_ssm_a_few_times(stage: Stage) -> None:
    stage.answer(request(told()))
    for _ in range(1_000):
        stage.now += 0.06
        assert stage.answer(request(told(), signature(told(), "guess"))) == 401
    assert stage.aws.reads <= 1 + 60 / ASKED_AGAIN_SECONDS


def test_a_rotated_secret_is_taken_without_a_restart_and_the_old_one_no_longer(stage: Stage) -> None:
    assert stage.answer(request(told())) == 202
    stage.aws.value = "another horse\n"
    stage.now += ASKED_AGAIN_SECONDS
    assert stage.answer(request(told(), signature(told(), "another horse"))) == 202
    assert stage.answer(request(told())) == 401


def test_a_secret_that_was_taken_back_is_good_for_five_minutes_at_most(stage: Stage) -> None:
    assert stage.answer(request(told())) == 202
    stage.aws.value = "another horse"
    stage.now += KEPT_SECONDS + 1
    assert stage.answer(request(told())) == 401
