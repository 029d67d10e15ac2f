"""What strangers say can cost a look, never a write: no message is tried for ever, and no pair is made of one."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.jira import Person
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.sources.secret import SharedSecret
from tests.poison import DEAD, OWN, RAW, enveloped, forged, native, of_case

from .loop import Loop, key_of, open_case

NOBODY_S_CASE, NOBODY_S_ISSUE = "9999999999", "99999999"
LOOKS_AT_A_NEW_CASE = 16
"""Ten minutes of looks that are 45 seconds apart, and a few that are sooner."""
FORGED = forged(NOBODY_S_CASE, NOBODY_S_ISSUE)


def send_text(loop: Loop, queue: str, body: str) -> bool:
    """Put a body into a queue if it is an object, which the worker takes care of; whether it was."""
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return False
    if isinstance(read, dict):
        loop.send(queue, read)
    return isinstance(read, dict)


def test_whatever_can_never_succeed_is_a_dead_letter_at_its_first_try(loop: Loop, case_id: str) -> None:
    quiet, sent, before = loop.quiet(), 0, len(loop.events)
    for queue, kinds in DEAD.items():
        for message in kinds.values():
            sent += send_text(loop, queue, json.dumps(message))
        for body in RAW.values():
            sent += send_text(loop, queue, body)
        for other, messages in OWN.items():
            if other != queue:
                sent += sum(send_text(loop, queue, json.dumps(message)) for message in messages.values())
    loop.run()
    assert (loop.waiting, loop.failures) == ([], [])
    assert len(loop.dead) == sent > 200
    assert all(message.received == 1 for message, _ in loop.dead)
    assert (quiet.writes, quiet.jira_reads, quiet.service_reads, loop.events[before:]) == ([], [], [], [])


@pytest.mark.parametrize("kind", FORGED)
def test_history_31_what_nobody_knows_is_looked_at_once_and_then_there_is_rest(loop: Loop, kind: str) -> None:
    queue, event = FORGED[kind]
    quiet = loop.quiet()
    loop.send(queue, event)
    loop.run()
    assert (loop.waiting, loop.dead, loop.failures, quiet.writes) == ([], [], [], [])
    # Where a project that cannot be seen and an issue that is not there look alike, the project is asked for as well.
    asked = [read for read in quiet.jira_reads if read != "GET /rest/api/3/project/SEC"]
    assert len(asked) + len(quiet.service_reads) <= 1
    assert len(quiet.jira_reads) <= 2 * len(asked)


@pytest.mark.parametrize("sent", [timedelta(), timedelta(minutes=4), timedelta(minutes=-9)])
def test_a_case_nobody_knows_that_is_announced_just_now_is_looked_at_for_ten_minutes(
    loop: Loop, sent: timedelta
) -> None:
    """Also where the clock of whoever announces it is a little ahead."""
    moment = datetime.fromtimestamp(loop.clock.now, UTC) + sent
    quiet = loop.quiet()
    loop.send("jira_client", of_case({"caseId": NOBODY_S_CASE, "occurredAt": moment.isoformat()}))
    loop.settle(20 * 60)
    assert (loop.waiting, loop.dead, quiet.writes) == ([], [], [])
    assert 1 < len(quiet.service_reads) <= LOOKS_AT_A_NEW_CASE + 8
    assert loop.clock.now <= moment.timestamp() + 600 + 60


def test_a_date_in_the_future_does_not_spoil_an_honest_one_in_the_same_batch(loop: Loop) -> None:
    now = datetime.fromtimestamp(loop.clock.now, UTC).isoformat()
    function = loop.functions["jira_client"]
    heard = [
        function.read(of_case({"caseId": NOBODY_S_CASE, "occurredAt": moment}))[1]
        for moment in (now, "2099-01-01T00:00:00Z")
    ]
    with pytest.raises(Exception, match="just announced"):
        function.receive(NOBODY_S_CASE, heard, 360.0, loop.clock.now)


def test_a_native_event_of_a_case_nobody_knows_comes_to_rest(loop: Loop) -> None:
    quiet = loop.quiet()
    loop.send("security_ir_poller", native({"caseId": NOBODY_S_CASE}, time="2099-01-01T00:00:00Z"))
    loop.settle()
    assert (loop.waiting, loop.dead, quiet.writes) == ([], [], [])
    assert len(quiet.service_reads) <= LOOKS_AT_A_NEW_CASE


def test_forged_events_about_a_pair_at_rest_cost_reads_and_nothing_else(loop: Loop, case_id: str, ada: Person) -> None:
    other = open_case(loop, "Another")
    loop.settle()
    ids = {each: loop.jira.issue(key_of(loop, each)).id for each in (case_id, other)}
    loop.advance(86_400)
    quiet, pairs = loop.quiet(), loop.pairs()
    # Each event names the case of one pair and the issue of the other.
    for queue, event in forged(case_id, ids[other]).values():
        loop.send(queue, event)
    loop.run()
    assert (loop.waiting, loop.dead, loop.failures, quiet.writes) == ([], [], [], [])
    assert loop.pairs() == pairs
    loop.advance(86_400)
    assert (quiet.writes, loop.pairs()) == ([], pairs)


def test_a_case_and_an_issue_that_an_event_names_together_are_no_pair(loop: Loop, ada: Person) -> None:
    loop.native = loop.automation = False
    case_id, issue = open_case(loop, "A case"), ada.create_issue("SEC", "An issue")
    for queue, event in forged(case_id, issue.id).values():
        loop.send(queue, event)
    loop.settle()
    assert (loop.waiting, loop.dead) == ([], [])
    assert loop.jira.issue(key_of(loop, case_id)).summary == "A case"
    assert [case.title for case in loop.service.cases()].count("An issue") == 1
    assert len(loop.pairs()) == 2


# Notifications


def strangers(loop: Loop, ada: Person) -> dict[str, str]:
    """Names of issues that are not the project's, by their kind."""
    for project in ("OPS", "SECURITY"):
        loop.jira.add_project(project)
    neighbour, alike = ada.create_issue("OPS", "Not ours"), ada.create_issue("SECURITY", "Nor this")
    return {
        "a neighbour's key": neighbour.key,
        "a neighbour's id": neighbour.id,
        "a key of a project whose name begins with ours": alike.key,
        "its id": alike.id,
        "its key in lower case": alike.key.lower(),
        "a key of another site": "ELSEWHERE-1",
        "an id nobody has": NOBODY_S_ISSUE,
        "the longest id": "9" * 18,
        "the longest key": f"{'S' * 100}-{'9' * 18}",
    }


def test_fault_27_a_stranger_s_notification_is_a_dead_letter_after_one_small_look(loop: Loop, ada: Person) -> None:
    names = strangers(loop, ada)
    loop.settle()
    for name in names.values():
        quiet, before = loop.quiet(), len(loop.dead)
        loop.notify(name)
        loop.settle()
        read, *asked = loop.jira.requests
        assert (read.method, read.query) == ("GET", {"fields": "project"})
        # What is not there is told apart from a project that cannot be seen.
        assert [each.operation for each in asked] == ["GET /rest/api/3/project/SEC"][: read.status == 404]
        ((message, reason),) = loop.dead[before:]
        assert message.received == 1
        assert "outside the project" in reason
        assert name not in reason
        assert (quiet.writes, loop.waiting) == ([], [])
    assert loop.counts.count("NotificationsIgnored") >= len(names)
    assert loop.service.cases() == []
    assert loop.jira.issue(names["a neighbour's key"]).labels == ()


def test_fault_27_nothing_is_ever_written_outside_the_project(loop: Loop, ada: Person, case_id: str) -> None:
    loop.jira.add_project("OPS")
    foreign = ada.create_issue("OPS", "Not ours", properties={"aws-security-ir": {"caseId": case_id}})
    quiet = loop.quiet()
    for kind, (queue, event) in forged(case_id, foreign.id).items():
        if "security_ir_client" in kind:
            loop.send(queue, event)
    loop.notify(foreign.key)
    loop.settle()
    assert quiet.writes == []
    assert loop.waiting == []
    assert key_of(loop, case_id) != foreign.key


def test_an_issue_of_the_project_that_is_not_there_costs_one_look_at_it_and_one_at_the_project(loop: Loop) -> None:
    quiet = loop.quiet()
    loop.notify("SEC-999999999999999999")
    loop.settle()
    assert (loop.waiting, loop.dead, quiet.writes) == ([], [], [])
    assert quiet.jira_reads == ["GET /rest/api/3/issue/SEC-999999999999999999", "GET /rest/api/3/project/SEC"]


@pytest.mark.parametrize(
    "named", ["", "not-a-case", "1000000001/../../x", "9" * 2_000, "\u0661" * 10, 1_000_000_001, ["1000000001"], None]
)
def test_history_29_a_marker_that_names_no_case_is_not_asked_about(loop: Loop, ada: Person, named: object) -> None:
    """Whoever may edit an issue can write its property: here the issue is a new one like any other."""
    ada.create_issue("SEC", "Marked", labels=["aws-security-ir"], properties={"aws-security-ir": {"caseId": named}})
    loop.settle()
    assert (loop.waiting, loop.dead, loop.failures) == ([], [], [])
    assert [case.title for case in loop.service.cases()] == ["Marked"]


@pytest.mark.parametrize("tag", ["../../serverInfo", "0", "x" * 256, "OPS-1"])
def test_a_tag_that_names_no_issue_is_not_asked_about(loop: Loop, tag: str) -> None:
    """Whoever may tag a case can write its tag: here the case is a new one like any other."""
    case_id = loop.service.person("grace").open_case(
        "Tagged", "Text.", resolver_type="Self", tags={"jira-issue-id": tag}
    )
    loop.settle()
    assert (loop.waiting, loop.failures) == ([], [])
    assert [read.path for read in loop.jira.requests if read.path.endswith(tag.rpartition("..")[2])] == []
    assert loop.jira.issue(key_of(loop, case_id)).summary == "Tagged"


# The shared secret


@pytest.fixture
def secret(loop: Loop) -> Callable[[str], None]:
    """The module applied with a shared secret; to be called with another one where it is rotated."""
    held = ["correct horse"]

    def credentials(_: bool) -> Credentials:
        return Credentials(loop.jira.url, loop.jira.email, "SEC", loop.jira.token, 1, held[0])

    source: Any = loop.functions["jira_notifications_handler"]
    loop.functions["jira_notifications_handler"] = type(source)(
        source.ledger,
        source.cursors,
        source.jira,
        source.bus,
        source.clock,
        source.browse_url,
        SharedSecret(credentials, loop.clock),
        count=loop.counts.append,
    )
    loop.automation = False

    def rotate(value: str) -> None:
        held[0] = value

    return rotate


@pytest.mark.usefixtures("secret")
def test_a_notification_that_carries_the_secret_is_heard(loop: Loop, ada: Person) -> None:
    key = ada.create_issue("SEC", "Told").key
    loop.send("jira_notifications_handler", enveloped({"automationData": {"IssueId": key, "Secret": "correct horse"}}))
    loop.settle()
    assert [case.title for case in loop.service.cases()] == ["Told"]
    assert loop.counts.count("NotificationsIgnored") == 0


@pytest.mark.usefixtures("secret")
def test_a_notification_without_the_secret_is_counted_and_nothing_else(loop: Loop, ada: Person) -> None:
    key = ada.create_issue("SEC", "Not told").key
    quiet = loop.quiet()
    poison = [message for message in DEAD["jira_notifications_handler"].values() if "sweep" not in message]
    for message in [enveloped({"IssueId": key}), enveloped({"IssueId": key, "Secret": "wrong horse"}), *poison]:
        loop.send("jira_notifications_handler", message)
    loop.settle()
    assert (loop.waiting, loop.dead, loop.failures, loop.events) == ([], [], [], [])
    assert (quiet.writes, quiet.jira_reads, quiet.service_reads) == ([], [], [])
    assert loop.counts.count("NotificationsIgnored") == loop.counts.count("NotificationsWrongSecret") == len(poison) + 2


@pytest.mark.usefixtures("secret")
def test_an_order_to_sweep_needs_no_secret_and_cannot_come_from_the_topic(loop: Loop, ada: Person) -> None:
    key = ada.create_issue("SEC", "Swept").key
    loop.send("jira_notifications_handler", enveloped({"sweep": "issues"}))
    loop.send("jira_notifications_handler", enveloped({"sweep": "issues", "Secret": "correct horse"}))
    loop.settle()
    assert loop.service.cases() == []
    loop.sweep_issues()
    loop.settle()
    assert key in loop.pairs().values()


@pytest.mark.parametrize(("error", "status"), [("AccessDeniedException", 403), ("ValidationException", 400)])
def test_a_case_that_is_refused_and_not_listed_is_somebody_elses(loop: Loop, error: str, status: int) -> None:
    loop.service.faults.add("GetCase", about=NOBODY_S_CASE, error=error, status=status, times=None)
    loop.send("jira_client", of_case({"caseId": NOBODY_S_CASE, "occurredAt": "2026-01-01T00:00:00Z"}))
    loop.settle()
    assert (loop.waiting, loop.dead) == ([], [])


def test_a_case_of_ours_that_is_refused_for_a_while_waits(loop: Loop) -> None:
    loop.native = False
    case_id = open_case(loop, "Ours")
    loop.service.faults.add("GetCase", error="AccessDeniedException", status=403, times=None)
    loop.send("jira_client", of_case({"caseId": case_id, "occurredAt": "2026-01-01T00:00:00Z"}))
    loop.settle()
    loop.service.faults.clear()
    loop.settle()
    assert list(loop.pairs()) == [case_id]
