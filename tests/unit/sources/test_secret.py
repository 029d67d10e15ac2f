"""The secret of notifications: compared in constant time, rotated without a loss, and no way to make SSM sweat."""

from __future__ import annotations

import hmac
import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from security_ir_jira.errors import RetryLater, Undeliverable
from security_ir_jira.events import SWEEP, told_by_jira
from security_ir_jira.jira.credentials import CredentialStore
from security_ir_jira.sources.issues import BY_A_RULE, NOTHING, IssueSource
from security_ir_jira.sources.secret import SharedSecret

SECRET = "correct horse battery staple"
ARN = "arn:aws:ssm:eu-central-1:123456789012:parameter/shared/notifications"
FOUR = {
    "url": "/sir/jiraUrl",
    "email": "/sir/jiraEmail",
    "project_key": "/sir/jiraProjectKey",
    "token": "/sir/jiraToken",
}


@dataclass(slots=True)
class Ssm:
    """``get_parameters`` of an SSM client: four parameters that are always there, and the secret's."""

    secret: str | None = SECRET
    broken: Exception | None = None
    calls: list[list[str]] = field(default_factory=list)

    def get_parameters(self, *, Names: list[str], WithDecryption: bool) -> dict[str, Any]:
        assert WithDecryption
        self.calls.append(Names)
        if self.broken:
            raise self.broken
        values = {**dict.fromkeys(FOUR.values(), "text"), **({ARN: self.secret} if self.secret is not None else {})}
        return {
            "Parameters": [
                {"Name": name.rpartition(":parameter")[2], "ARN": name, "Value": values[name], "Version": 1}
                for name in Names
                if name in values
            ]
            + [
                {"Name": name, "ARN": f"arn:{name}", "Value": values[name], "Version": 1}
                for name in Names
                if name in FOUR.values()
            ],
            "InvalidParameters": [name for name in Names if name not in values],
        }


@dataclass(slots=True)
class Stage:
    """A source that demands the secret; nobody else is asked anything."""

    ssm: Ssm = field(default_factory=Ssm)
    now: float = 0.0
    counted: list[str] = field(default_factory=list)
    store: CredentialStore = field(init=False)
    source: IssueSource = field(init=False)

    def __post_init__(self) -> None:
        names = {**FOUR, "notifications_secret": ARN}
        self.store = CredentialStore(lambda: self.ssm, names, lambda: self.now)  # type: ignore[arg-type,return-value]  # one of its methods
        nobody: Any = None
        secret = SharedSecret(self.store, lambda: self.now)
        self.source = IssueSource(nobody, nobody, nobody, nobody, secret=secret, count=self.counted.append)

    def hear(self, message: object) -> str:
        """What is to be done about what was published."""
        return self.source.read({"Message": message if isinstance(message, str) else json.dumps(message)})[0]


@pytest.fixture
def stage() -> Stage:
    return Stage()


@pytest.mark.parametrize(
    "message",
    [
        {"automationData": {"IssueId": "SEC-1", "Secret": SECRET}},
        {"IssueId": "SEC-1", "Secret": SECRET},
        {"automationData": {"IssueId": "SEC-1"}, "Secret": SECRET},
        {"automationData": {"IssueId": "SEC-1", "Secret": f"{SECRET}\n"}},
        {"automationData": {"IssueId": "SEC-1", "Secret": "wrong"}, "Secret": SECRET},
    ],
)
def test_the_secret_may_stand_beside_the_issue_or_at_top_level(stage: Stage, message: object) -> None:
    assert stage.hear(message) == "SEC-1"
    assert stage.counted == []


@pytest.mark.parametrize(
    "secret",
    [
        None,
        "",
        " ",
        "wrong",
        SECRET.upper(),
        SECRET[:-1],
        SECRET + "!",
        SECRET + "\x00",
        [SECRET],
        {"Secret": SECRET},
        True,
        0,
        "\ud800",
        "\u00fcber",
        "x" * 200_000,
    ],
    ids=repr,
)
def test_a_wrong_secret_is_counted_and_nothing_else(stage: Stage, secret: object) -> None:
    assert stage.hear({"IssueId": "SEC-1", "Secret": secret}) == NOTHING
    assert sorted(stage.counted) == ["NotificationsIgnored", "NotificationsWrongSecret"]
    stage.source.receive(NOTHING, [BY_A_RULE], 360.0, 0.0)


@pytest.mark.parametrize(
    "message", ["no JSON", "[]", "{}", {"IssueId": "SEC-1"}, {"secret": SECRET}, {"sweep": "issues"}]
)
def test_what_carries_none_is_ignored_however_malformed_without_asking_for_it(stage: Stage, message: object) -> None:
    assert stage.hear(message) == NOTHING
    assert stage.ssm.calls == []


def test_who_has_the_secret_and_names_no_issue_is_told_so(stage: Stage) -> None:
    with pytest.raises(Undeliverable, match="IssueId"):
        stage.hear({"Secret": SECRET})
    assert stage.counted == ["NotificationsIgnored"]


def test_what_jira_signed_needs_no_secret_beside_its_signature_and_nobody_else_can_say_so(stage: Stage) -> None:
    assert stage.source.read(told_by_jira("10001", "SEC-1"))[0] == "10001"
    assert stage.counted == []
    assert stage.hear(told_by_jira("10001", "SEC-1")) == NOTHING
    assert (
        stage.source.read({**told_by_jira("10001", "SEC-1"), "Message": json.dumps({"IssueId": "SEC-1"})})[0] == NOTHING
    )
    assert stage.source.read({**told_by_jira("10001", "SEC-1"), "signedBy": ["jira"]})[0] == NOTHING


def test_a_bare_message_needs_the_secret_too_and_an_order_to_sweep_does_not(stage: Stage) -> None:
    assert stage.source.read({"IssueId": "SEC-1"})[0] == NOTHING
    assert stage.source.read({"IssueId": "SEC-1", "Secret": SECRET})[0] == "SEC-1"
    assert stage.source.read({"sweep": "issues"})[0] == SWEEP


def test_where_none_is_configured_a_secret_is_one_more_key_that_is_ignored() -> None:
    nobody: Any = None
    source = IssueSource(nobody, nobody, nobody, nobody, count=lambda _: None)
    assert source.read({"IssueId": "SEC-1", "Secret": "whatever"})[0] == "SEC-1"


def test_the_comparison_takes_as_long_whatever_is_guessed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[bytes, bytes]] = []
    digest = hmac.compare_digest

    def compare(given: bytes, expected: bytes) -> bool:
        compared.append((given, expected))
        return digest(given, expected)

    monkeypatch.setattr(hmac, "compare_digest", compare)
    stage.hear({"IssueId": "SEC-1", "Secret": "guess"})
    assert compared
    assert set(compared) == {(b"guess", SECRET.encode())}


# SSM


def test_the_secret_comes_with_the_credentials_in_one_call_and_is_kept_for_five_minutes(stage: Stage) -> None:
    for stage.now in (0, 100, 200, 300):
        stage.store()
        assert stage.hear({"IssueId": "SEC-1", "Secret": SECRET}) == "SEC-1"
    assert [set(names) for names in stage.ssm.calls] == [{*FOUR.values(), ARN}]
    stage.now = 301
    stage.hear({"IssueId": "SEC-1", "Secret": SECRET})
    assert len(stage.ssm.calls) == 2


def test_a_rotated_secret_is_known_at_once(stage: Stage) -> None:
    stage.hear({"IssueId": "SEC-1", "Secret": SECRET})
    stage.ssm.secret = "another horse"
    assert stage.hear({"IssueId": "SEC-1", "Secret": "another horse"}) == "SEC-1"
    assert stage.hear({"IssueId": "SEC-1", "Secret": SECRET}) == NOTHING


def test_a_flood_of_wrong_secrets_asks_ssm_once_a_minute(stage: Stage) -> None:
    for stage.now in range(600):
        assert stage.hear({"IssueId": "SEC-1", "Secret": f"guess {stage.now}"}) == NOTHING
    # The first read, and one a minute.
    assert len(stage.ssm.calls) <= 11


@pytest.mark.parametrize("held", [None, "", " \n"])
def test_while_the_secret_is_not_there_notifications_wait_and_nothing_else_does(stage: Stage, held: str | None) -> None:
    stage.ssm.secret = held
    for _ in range(20):
        with pytest.raises(RetryLater, match="not there, or empty"):
            stage.hear({"IssueId": "SEC-1", "Secret": ""})
    assert len(stage.ssm.calls) == 2
    assert stage.source.read({"sweep": "issues"})[0] == SWEEP
    assert stage.store().project_key == "text"
    stage.ssm.secret, stage.now = SECRET, 61
    assert stage.hear({"IssueId": "SEC-1", "Secret": SECRET}) == "SEC-1"


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "AccessDeniedException"}}, "GetParameters"),
        EndpointConnectionError(endpoint_url="https://ssm"),
    ],
)
def test_a_notification_waits_while_ssm_does_not_answer(stage: Stage, failure: Exception) -> None:
    stage.ssm.broken = failure
    with pytest.raises(RetryLater, match="cannot be read"):
        stage.hear({"IssueId": "SEC-1", "Secret": SECRET})
    assert stage.counted == []


def test_fault_23_the_secret_is_in_no_printed_form_and_no_part_of_what_jira_refuses(stage: Stage) -> None:
    before = stage.store()
    assert SECRET not in repr(before)
    stage.ssm.secret = "another horse"
    assert stage.store(fresh=True) == before
