"""The events on the bus: a public interface of ids and short facts."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from security_ir_jira.errors import PublishFailed, Undeliverable
from security_ir_jira.events import Event, EventBus, Heard, read_case_event, read_issue_event

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp()
FACTS = {
    "version",
    "caseId",
    "caseArn",
    "issueId",
    "issueKey",
    "issueUrl",
    "title",
    "status",
    "changed",
    "occurredAt",
}


@dataclass(slots=True)
class Client:
    """``put_events`` that refuses the entries at the places given."""

    refuse: set[int] = field(default_factory=set)
    calls: list[list[dict[str, Any]]] = field(default_factory=list)

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.calls.append(Entries)
        refused = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Slow down"}
        answers = [refused if place in self.refuse else {"EventId": str(place)} for place, _ in enumerate(Entries)]
        return {"FailedEntryCount": len(self.refuse & set(range(len(Entries)))), "Entries": answers}


def publish(client: Client, *events: Event) -> None:
    EventBus(client, "security-ir-jira").publish(events)  # type: ignore[arg-type]  # one of its methods


def an_event(**changes: Any) -> Event:
    return Event(**{"type": "CaseUpdated", "changed": ("case",), "case_id": "1000000001", **changes})


def detail_of(client: Client) -> dict[str, Any]:
    ((entry,),) = client.calls
    detail: dict[str, Any] = json.loads(entry["Detail"])
    return detail


@pytest.mark.parametrize(
    ("kind", "source"), [("CaseClosed", "security-ir"), ("CaseDeleted", "security-ir"), ("IssueCreated", "jira")]
)
def test_an_event_names_its_source_and_type(kind: Any, source: str) -> None:
    client = Client()
    publish(client, an_event(type=kind))
    ((entry,),) = client.calls
    assert (entry["EventBusName"], entry["Source"], entry["DetailType"]) == ("security-ir-jira", source, kind)


def test_an_event_without_a_date_of_its_own_is_dated_when_it_is_said() -> None:
    client = Client()
    EventBus(client, "security-ir-jira", lambda: NOON).publish([an_event()])  # type: ignore[arg-type]  # one of its methods
    assert detail_of(client)["occurredAt"] == "2026-01-01T12:00:00Z"


def test_a_detail_holds_ids_and_short_facts_and_never_what_people_wrote() -> None:
    client = Client()
    publish(client, an_event(title="Leaked key", status="Submitted", case_arn="arn", issue_id="1", issue_key="SEC-1"))
    detail = detail_of(client)
    assert set(detail) == FACTS
    assert detail["version"] == "1"
    assert (detail["caseId"], detail["issueKey"], detail["title"]) == ("1000000001", "SEC-1", "Leaked key")


def test_fault_21_the_longest_event_is_far_below_the_limit() -> None:
    client = Client()
    publish(client, an_event(title="🔑" * 300, case_arn="a" * 1_010, issue_url="u" * 500, issue_key="K" * 40))
    assert len(json.dumps(client.calls[0][0])) < 10_000


def test_an_event_says_when_it_happened_or_else_when_it_is_told() -> None:
    client = Client()
    publish(client, an_event(occurred_at="2026-01-01T12:00:00Z"))
    assert detail_of(client)["occurredAt"] == "2026-01-01T12:00:00Z"
    client = Client()
    publish(client, an_event())
    assert detail_of(client)["occurredAt"].endswith("Z")


def test_ten_events_a_call() -> None:
    client = Client()
    publish(client, *(an_event(case_id=str(number)) for number in range(23)))
    assert [len(entries) for entries in client.calls] == [10, 10, 3]


def test_no_events_are_no_call() -> None:
    client = Client()
    publish(client)
    assert client.calls == []


def test_fault_12_an_event_that_was_not_accepted_is_a_failure_with_its_code() -> None:
    with pytest.raises(PublishFailed, match=r"1 events not accepted: ThrottlingException"):
        publish(Client(refuse={1}), an_event(), an_event(), an_event())


def test_a_sink_reads_the_id_and_what_changed() -> None:
    case_id, told = read_case_event({"detail": {"caseId": "1000000001", "changed": ["comments"]}})
    assert case_id == "1000000001"
    assert told.changed == {"comments"}


def test_an_issue_is_taken_by_its_id_rather_than_by_its_key() -> None:
    assert read_issue_event({"detail": {"issueId": "10100", "issueKey": "SEC-1"}})[0] == "10100"
    assert read_issue_event({"detail": {"issueId": None, "issueKey": "SEC-1"}})[0] == "SEC-1"


@pytest.mark.parametrize("changed", [None, [], "comments", ["comments", "from the future"], ["?"]])
def test_a_change_that_is_not_understood_asks_to_look_at_everything(changed: object) -> None:
    assert read_case_event({"detail": {"caseId": "1000000001", "changed": changed}})[1].changed == {"deep"}


@pytest.mark.parametrize(
    "moment", ["2099-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-01-01T11:49:59Z", "soon", 5, None]
)
def test_what_is_dated_in_the_future_or_long_ago_or_not_at_all_is_no_news(moment: object) -> None:
    _, told = read_case_event({"detail": {"caseId": "1000000001", "occurredAt": moment}})
    assert not told.is_news(600, NOON)


@pytest.mark.parametrize("moment", ["2026-01-01T11:50:01Z", "2026-01-01T12:00:00Z", "2026-01-01T13:04:59+01:00"])
def test_what_happened_within_the_last_minutes_is_news_though_another_clock_is_a_little_ahead(moment: str) -> None:
    _, told = read_case_event({"detail": {"caseId": "1000000001", "occurredAt": moment}})
    _, forged = read_case_event({"detail": {"caseId": "1000000001", "occurredAt": "2099-01-01T00:00:00Z"}})
    assert Heard.together([forged, told, forged]).is_news(600, NOON)


@pytest.mark.parametrize("read", [read_case_event, read_issue_event])
@pytest.mark.parametrize("detail", [None, "text", {}, {"caseId": 1, "issueId": 1}])
def test_an_event_that_names_nothing_is_undeliverable(read: Any, detail: object) -> None:
    with pytest.raises(Undeliverable):
        read({"detail": detail})
