"""What Jira's side announces: notifications that anybody could have sent, and sweeps."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from sandbox.jira import JiraServer, Person
from security_ir_jira.errors import PublishFailed, Unavailable, Undeliverable
from security_ir_jira.events import Event
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp
from security_ir_jira.memory import IssueEntry
from security_ir_jira.shell.worker import Worker
from security_ir_jira.sources.issues import IssueSource, Told, read_notification

NOON = 1_767_268_800.0


@dataclass(slots=True)
class Stage:
    """A source between a Jira site, a bus and a ledger that knows ``entries``; ``accept`` publications succeed."""

    jira: JiraServer
    ada: Person
    entries: dict[str, IssueEntry] = field(default_factory=dict)
    announced: dict[str, str] = field(default_factory=dict)
    last: float | None = None
    told: list[Event] = field(default_factory=list)
    accept: int = 1_000
    now: float = NOON
    counted: list[str] = field(default_factory=list)

    @property
    def source(self) -> IssueSource:
        http = JiraHttp(
            lambda _: Credentials(self.jira.url, self.jira.email, "SEC", self.jira.token, 1), sleep=lambda _: None
        )
        return IssueSource(
            _Ledger(self),  # type: ignore[arg-type]  # what the source asks of it
            _Cursors(self),  # type: ignore[arg-type]  # likewise
            JiraClient(http),
            _Bus(self),  # type: ignore[arg-type]  # a list
            lambda: self.now,
            count=self.counted.append,
        )

    def sweep(self) -> set[str | None]:
        """The keys announced by one sweep."""
        self.told.clear()
        self.source.sweep()
        return {event.issue_key for event in self.told}


@dataclass(slots=True)
class _Ledger:
    stage: Stage

    def entry_of_issue(self, id_or_key: str) -> IssueEntry | None:
        return self.stage.entries.get(id_or_key)


@dataclass(slots=True)
class _Cursors:
    stage: Stage

    def all(self) -> tuple[float | None, dict[str, str]]:
        return self.stage.last, dict(self.stage.announced)

    def advance(self, issue_id: str, updated: str, *, keep_for: float) -> None:
        assert keep_for > 0
        self.stage.announced[issue_id] = updated

    def swept(self, began_at: float) -> None:
        self.stage.last = began_at


@dataclass(slots=True)
class _Bus:
    stage: Stage

    def publish(self, events: Iterable[Event]) -> None:
        if not self.stage.accept:
            raise PublishFailed("1 events not accepted: InternalFailure")
        self.stage.accept -= 1
        self.stage.told += events


@contextmanager
def staged() -> Iterator[Stage]:
    clock: list[Stage] = []
    with JiraServer(clock=lambda: clock[0].now if clock else NOON) as jira:
        jira.add_project("SEC")
        jira.add_project("OPS")
        stage = Stage(jira, jira.person(jira.add_user("Ada Lovelace", "ada@example.com")))
        clock.append(stage)
        yield stage


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


def envelope(message: object) -> dict[str, Any]:
    """What SNS puts into the queue."""
    return {"Type": "Notification", "Message": message if isinstance(message, str) else json.dumps(message)}


# Notifications


@pytest.mark.parametrize(
    "body",
    [
        envelope({"automationData": {"IssueId": "SEC-1"}}),
        envelope({"IssueId": "SEC-1"}),
        envelope({"IssueId": " sec-1 ", "other": [1], "automationData": {"Url": "x"}}),
        {"automationData": {"IssueId": "SEC-1"}},
        {"IssueId": "SEC-1"},
    ],
)
def test_an_issue_is_named_in_any_of_the_forms_seen(body: dict[str, Any]) -> None:
    assert read_notification(body) == "SEC-1"


@pytest.mark.parametrize("named", ["10100", 10100])
def test_an_issue_may_be_named_by_its_id(named: object) -> None:
    assert read_notification(envelope({"automationData": {"IssueId": named}})) == "10100"


@pytest.mark.parametrize(
    "body",
    [
        envelope("no json"),
        envelope([1, 2]),
        envelope("null"),
        envelope({}),
        envelope({"automationData": "SEC-1"}),
        envelope({"automationData": {"IssueId": None}}),
        envelope({"IssueId": "SEC-1/../../rest"}),
        envelope({"IssueId": "SEC-1?expand=x"}),
        envelope({"IssueId": "SEC-0"}),
        envelope({"IssueId": {"key": "SEC-1"}}),
        envelope({"IssueId": "9" * 200}),
        {},
    ],
)
def test_a_malformed_notification_is_undeliverable(body: dict[str, Any]) -> None:
    with pytest.raises(Undeliverable):
        read_notification(body)


def test_an_undeliverable_notification_does_not_repeat_what_a_stranger_wrote() -> None:
    with pytest.raises(Undeliverable) as caught:
        read_notification(envelope({"IssueId": "<script>"}))
    assert "script" not in str(caught.value)


def test_an_issue_of_the_project_is_announced_without_a_read(stage: Stage) -> None:
    stage.source.announce("SEC-1")
    (event,) = stage.told
    assert (event.type, event.issue_key, event.issue_id) == ("IssueCreated", "SEC-1", None)
    assert event.issue_url == f"{stage.jira.url}/browse/SEC-1"
    assert stage.jira.requests == []


def test_a_paired_issue_is_announced_with_its_case(stage: Stage) -> None:
    stage.entries["SEC-1"] = IssueEntry("10100", case_id="1000000001")
    stage.source.announce("SEC-1")
    (event,) = stage.told
    assert (event.type, event.issue_id, event.case_id) == ("IssueUpdated", "10100", "1000000001")


def test_fault_27_an_issue_of_another_project_is_undeliverable(stage: Stage) -> None:
    foreign = stage.ada.create_issue("OPS", "Not ours")
    for name in (foreign.key, foreign.id, "ELSE-1", "99999"):
        with pytest.raises(Undeliverable):
            stage.source.announce(name)
    assert stage.told == []


def test_fault_27_a_key_that_only_begins_like_the_projects_is_of_another(stage: Stage) -> None:
    stage.jira.add_project("SECRET")
    foreign = stage.ada.create_issue("SECRET", "Not ours")
    with pytest.raises(Undeliverable):
        stage.source.announce(foreign.key)


def test_a_paired_issue_that_was_moved_is_known_by_its_id(stage: Stage) -> None:
    issue = stage.ada.create_issue("SEC", "Ours")
    stage.entries[issue.id] = IssueEntry(issue.id, case_id="1000000001")
    moved = stage.ada.move(issue.key, "OPS")
    stage.source.announce(moved.key)
    assert [event.issue_key for event in stage.told] == [moved.key]


def test_an_issue_named_by_its_id_is_announced_by_its_id(stage: Stage) -> None:
    issue = stage.ada.create_issue("SEC", "Ours")
    stage.source.announce(issue.id)
    assert [(event.issue_id, event.issue_key) for event in stage.told] == [(issue.id, None)]


@pytest.mark.parametrize("keys", [("OPS-1", "SEC-1"), ("SEC-1", "OPS-1"), ("OPS-1", None)])
def test_webhooks_of_an_issue_that_came_from_another_project_are_of_where_it_is(
    stage: Stage, keys: tuple[str | None, ...]
) -> None:
    issue = stage.ada.create_issue("SEC", "Moved here a moment ago")
    stage.source.receive(issue.id, [Told(by_jira=True, key=key) for key in keys], 360.0, stage.now)
    assert [event.issue_id for event in stage.told] == [issue.id]


def test_a_webhook_of_another_project_is_counted_and_no_dead_letter(stage: Stage) -> None:
    stage.source.receive("99999", [Told(by_jira=True, key="OPS-1")], 360.0, stage.now)
    assert (stage.told, stage.counted, stage.jira.requests) == ([], ["NotificationsIgnored"], [])


def test_fault_12_a_notification_the_bus_did_not_accept_fails(stage: Stage) -> None:
    stage.accept = 0
    with pytest.raises(PublishFailed):
        stage.source.announce("SEC-1")


def test_fault_17_every_record_of_a_batch_is_announced(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QUEUE_URL", "https://sqs/queue")
    records = [
        {
            "messageId": f"message-{number}",
            "receiptHandle": f"receipt-{number}",
            "body": json.dumps(envelope({"automationData": {"IssueId": f"SEC-{number}"}})),
            "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1767268800000"},
            "eventSource": "aws:sqs",
        }
        for number in range(1, 11)
    ]
    worker = Worker(stage.source, queue=_Queue())  # type: ignore[arg-type]  # nothing of the queue matters here
    answer = worker({"Records": records}, _Context())  # type: ignore[arg-type]  # only the time left is asked
    assert answer == {"batchItemFailures": []}
    assert [event.issue_key for event in stage.told] == [f"SEC-{number}" for number in range(1, 11)]


class _Queue:
    def change_message_visibility_batch(self, **_: object) -> None:
        """Visibility is another test's."""


class _Context:
    def get_remaining_time_in_millis(self) -> int:
        return 300_000


# Sweeps


def test_a_sweep_announces_what_was_updated_once(stage: Stage) -> None:
    one, two = (stage.ada.create_issue("SEC", summary).key for summary in ("One", "Two"))
    assert stage.sweep() == {one, two}
    stage.now += 900
    assert stage.sweep() == set()
    stage.ada.edit(one, summary="Edited")
    assert stage.sweep() == {one}


def test_a_sweep_leaves_other_projects_alone_but_finds_pairs_wherever_they_were_moved(stage: Stage) -> None:
    stage.ada.create_issue("OPS", "Not ours")
    moved = stage.ada.create_issue("OPS", "Ours", labels=["aws-security-ir"])
    assert stage.sweep() == {moved.key}


def test_a_sweep_finds_what_the_index_showed_late(stage: Stage) -> None:
    stage.sweep()
    stage.jira.switches.search_lag = 600
    late = stage.ada.create_issue("SEC", "Late")
    stage.now += 300
    assert stage.sweep() == set()
    stage.now += 900
    assert stage.sweep() == {late.key}


def test_a_sweep_that_was_down_for_days_misses_nothing(stage: Stage) -> None:
    stage.sweep()
    missed = stage.ada.create_issue("SEC", "During the outage")
    stage.now += 5 * 86_400
    assert stage.sweep() == {missed.key}


def test_the_first_sweep_looks_back_a_day(stage: Stage) -> None:
    stage.ada.create_issue("SEC", "Older")
    stage.now += 2 * 86_400
    recent = stage.ada.create_issue("SEC", "Recent")
    assert stage.sweep() == {recent.key}


def test_all_pages_of_a_sweep_are_read(stage: Stage) -> None:
    stage.jira.switches.search_page_cap = 7
    keys = {stage.ada.create_issue("SEC", f"Issue {number}").key for number in range(30)}
    assert stage.sweep() == keys


def test_fault_12_what_the_bus_did_not_accept_is_announced_by_the_next_sweep(stage: Stage) -> None:
    keys = {stage.ada.create_issue("SEC", f"Issue {number}").key for number in range(15)}
    stage.accept = 1
    with pytest.raises(PublishFailed):
        stage.sweep()
    first = {event.issue_key for event in stage.told}
    assert len(first) == 10
    stage.accept = 1_000
    assert stage.sweep() == keys - first


def test_fault_15_a_sweep_that_jira_did_not_answer_is_repeated_from_where_it_began(stage: Stage) -> None:
    stage.sweep()
    issue = stage.ada.create_issue("SEC", "During the outage")
    stage.jira.down = True
    stage.now += 86_400
    with pytest.raises(Unavailable):
        stage.sweep()
    stage.jira.down = False
    assert stage.sweep() == {issue.key}
