"""The simulated Jira Cloud site treats issues, accounts and faults as the real one does."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from sandbox.jira import (
    RINGING,
    JiraServer,
    Person,
    ScreenField,
    Status,
    Transition,
    Workflow,
    document,
    plain_text,
)
from sandbox.serving import Refused
from tests.clock import Clock
from tests.conftest import published
from tests.contract.jira_support import NOON, Rest, errors


@pytest.fixture
def clock() -> Clock:
    return Clock(NOON)


@pytest.fixture
def jira(clock: Clock) -> Iterator[JiraServer]:
    with JiraServer(clock=clock, contract=published()) as server:
        server.add_project("SEC", Workflow.strict())
        yield server
        assert not [each for each in server.violations if "simulated" in each]


@pytest.fixture
def rest(jira: JiraServer) -> Rest:
    return Rest(jira)


@pytest.fixture
def alice(jira: JiraServer) -> Person:
    return jira.person(jira.add_user("Alice Meyer", "alice@example.com"))


# Birth


def test_an_issue_is_created_with_labels_and_properties_at_once(jira: JiraServer, rest: Rest) -> None:
    fields = {"project": {"key": "SEC"}, "issuetype": {"name": "Task"}, "summary": "Exposed key", "labels": ["b", "a"]}
    body = {
        "fields": {**fields, "description": document("First.\n\nSecond.")},
        "properties": [{"key": "case", "value": {"arn": "arn:1"}}],
    }
    answer = rest.post("/issue", json=body)

    assert answer.status_code == 201
    assert set(answer.json()) == {"id", "key", "self"}
    issue = jira.issue(answer.json()["id"])
    assert (issue.key, issue.labels, issue.status.name) == ("SEC-1", ("a", "b"), "To Do")
    assert issue.description_text == "First.\n\nSecond."
    assert issue.properties == {"case": {"arn": "arn:1"}}
    assert issue.watchers == (jira.integration,)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"summary": "two\nlines"}, "summary"),
        ({"summary": " "}, "summary"),
        ({"summary": "x" * 256}, "summary"),
        ({"summary": "🙂" * 128}, "summary"),
        ({"description": "plain text"}, "description"),
        ({"description": document("x" * 32_768)}, "description"),
        ({"labels": ["two words"]}, "labels"),
        ({"issuetype": {"name": "Story"}}, "issuetype"),
        ({"issuetype": {"name": "Sub-task"}}, "parent"),
        ({"project": {"key": "NOPE"}}, "project"),
        ({"priority": {"name": "Urgent"}}, "priority"),
        ({"customfield_1": "x"}, "customfield_1"),
        ({"status": {"name": "Done"}}, "status"),
    ],
)
def test_a_wrong_field_is_named(rest: Rest, fields: dict[str, Any], field: str) -> None:
    assert set(errors(rest.create(**{"summary": "Exposed key", **fields}))) == {field}


def test_the_longest_summary_and_description_are_taken(rest: Rest) -> None:
    assert rest.create("🙂" * 127 + "x", description=document("x" * 32_767)).status_code == 201


def test_json_may_be_what_counts_against_the_limit(jira: JiraServer, rest: Rest) -> None:
    jira.switches.adf_measure = "json"

    assert "description" in errors(rest.create(description=document("x" * 32_767)))


def test_an_empty_description_is_none(jira: JiraServer, rest: Rest) -> None:
    key = rest.create(description=document("")).json()["key"]

    assert rest.fields(key, fields="description") == {"description": None}


def test_a_project_may_demand_fields_at_creation(jira: JiraServer, rest: Rest) -> None:
    jira.add_field("customfield_10", "Severity", "select", ["High", "Low"])
    jira.add_project("REQ", required_fields=["customfield_10"])

    assert errors(rest.create(project="REQ")) == {"customfield_10": "Severity is required."}
    assert "customfield_10" in errors(rest.create(project="REQ", customfield_10={"value": "Medium"}))
    assert rest.create(project="REQ", customfield_10={"value": "High"}).status_code == 201


def test_labels_may_be_missing_from_the_create_screen_and_be_added_by_an_edit(jira: JiraServer, rest: Rest) -> None:
    jira.add_project("BARE", hidden_on_create=["labels"])

    assert "not on the appropriate screen" in errors(rest.create(project="BARE", labels=["x"]))["labels"]
    key = rest.create(project="BARE").json()["key"]
    assert rest.put(f"/issue/{key}", json={"update": {"labels": [{"add": "x"}]}}).status_code == 204
    assert jira.issue(key).labels == ("x",)


def test_sub_tasks_hang_on_their_parent(jira: JiraServer, rest: Rest) -> None:
    rest.create()
    sub = rest.create(issuetype={"name": "Sub-task"}, parent={"key": "SEC-1"}).json()["key"]

    assert rest.fields(sub, fields="parent,issuetype")["parent"]["key"] == "SEC-1"
    assert rest.fields(sub)["issuetype"]["subtask"] is True
    assert rest.delete("/issue/SEC-1").status_code == 400
    assert rest.delete("/issue/SEC-1", params={"deleteSubtasks": "true"}).status_code == 204
    assert jira.issues() == []


# Reading


def test_an_issue_shows_what_is_asked_for(rest: Rest, alice: Person) -> None:
    alice.create_issue("SEC", "Odd login", properties={"one": 1, "two": 2})

    assert set(rest.fields("SEC-1", fields="summary,status")) == {"summary", "status"}
    everything = rest.fields("SEC-1", fields="*all,-comment")
    assert {"project", "updated", "watches", "attachment"} <= set(everything)
    assert "comment" not in everything
    assert "summary" not in rest.fields("SEC-1", fields="-summary")
    assert "comment" not in rest.fields("SEC-1", fields="*navigable")
    assert "properties" not in rest.get("/issue/SEC-1").json()
    assert rest.get("/issue/SEC-1?properties=one").json()["properties"] == {"one": 1}


def test_the_comment_field_may_be_complete_cut_or_absent(jira: JiraServer, rest: Rest, alice: Person) -> None:
    alice.create_issue("SEC", "Odd login")
    for number in range(3):
        alice.comment("SEC-1", f"Note {number}")

    assert len(rest.fields("SEC-1")["comment"]["comments"]) == 3
    jira.switches.comment_field = 2
    cut = rest.fields("SEC-1")["comment"]
    assert ([plain_text(each["body"]) for each in cut["comments"]], cut["total"]) == (["Note 0", "Note 1"], 3)
    jira.switches.comment_field = "absent"
    assert "comment" not in rest.fields("SEC-1")


def test_times_are_written_in_the_readers_time_zone(clock: Clock) -> None:
    with JiraServer(clock=clock, time_zone="Asia/Kolkata") as jira:
        jira.add_project("SEC")
        jira.person(jira.integration).create_issue("SEC", "Odd login")

        assert Rest(jira).fields("SEC-1")["created"] == "2026-01-01T17:30:00.000+0530"
        assert Rest(jira).get("/myself").json()["timeZone"] == "Asia/Kolkata"


def test_documents_come_back_as_jira_rewrites_them(jira: JiraServer, rest: Rest) -> None:
    runs = [{"type": "text", "text": "Key "}, {"type": "text", "text": "revoked"}]
    body = {"type": "doc", "version": 1, "content": [{"type": "paragraph", "content": runs}]}
    paragraph = rest.fields(rest.create(description=body).json()["key"])["description"]["content"][0]

    assert paragraph["content"] == [{"type": "text", "text": "Key revoked"}]
    assert paragraph["attrs"]["localId"]
    jira.switches.normalise_adf = False
    assert rest.fields(rest.create(description=body).json()["key"])["description"] == body


# Edits


def test_an_edit_sets_fields_and_moves_updated(jira: JiraServer, rest: Rest, clock: Clock) -> None:
    rest.create()
    clock.pass_seconds(60)
    answer = rest.put("/issue/SEC-1?returnIssue=true", json={"fields": {"summary": "New", "description": None}})

    assert answer.json()["fields"]["summary"] == "New"
    assert jira.issue("SEC-1").updated == clock.now


def test_an_edit_to_the_same_values_moves_nothing(jira: JiraServer, rest: Rest) -> None:
    rest.create("Same", labels=["x"])
    before = jira.issue("SEC-1").updated
    kinds: list[str] = []
    jira.on_change.append(lambda kind, key: kinds.append(kind))

    rest.put("/issue/SEC-1", json={"fields": {"summary": "Same"}, "update": {"labels": [{"add": "x"}]}})
    assert (jira.issue("SEC-1").updated, kinds) == (before, [])


def test_updated_moves_even_while_the_clock_stands(jira: JiraServer, rest: Rest) -> None:
    rest.create()
    seen = [jira.issue("SEC-1").updated]
    for summary in ("One", "Two"):
        rest.put("/issue/SEC-1", json={"fields": {"summary": summary}})
        seen.append(jira.issue("SEC-1").updated)

    assert seen == sorted(set(seen))


def test_properties_watchers_and_remote_links_do_not_move_updated(jira: JiraServer, rest: Rest, alice: Person) -> None:
    rest.create()
    before = jira.issue("SEC-1").updated
    assert rest.put("/issue/SEC-1/properties/case", json={"id": 1}).status_code == 201
    assert rest.put("/issue/SEC-1/properties/case", json={"id": 2}).status_code == 200
    assert rest.post("/issue/SEC-1/watchers", json=alice.user.account_id).status_code == 204
    link = {"globalId": "arn:1", "object": {"url": "https://console.example/1", "title": "Case 1"}}
    assert rest.post("/issue/SEC-1/remotelink", json=link).status_code == 201

    assert jira.issue("SEC-1").updated == before


def test_a_remote_link_is_replaced_by_its_global_id(jira: JiraServer, rest: Rest) -> None:
    rest.create()
    link = {"globalId": "arn:1", "relationship": "mirrors", "object": {"url": "https://old.example", "title": "Case"}}
    first = rest.post("/issue/SEC-1/remotelink", json=link)
    again = {"globalId": "arn:1", "object": {"url": "https://new.example", "title": "Case"}}
    second = rest.post("/issue/SEC-1/remotelink", json=again)

    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["id"] == second.json()["id"]
    assert [link.url for link in jira.issue("SEC-1").remote_links] == ["https://new.example"]
    assert "relationship" not in jira.issue("SEC-1").remote_links[0].data


# Watchers and users


def test_watchers_are_added_and_removed(jira: JiraServer, rest: Rest, alice: Person) -> None:
    rest.create()
    rest.post("/issue/SEC-1/watchers", json=alice.user.account_id)
    watchers = rest.get("/issue/SEC-1/watchers").json()
    assert [each["displayName"] for each in watchers["watchers"]] == ["Security integration", "Alice Meyer"]

    answer = rest.delete("/issue/SEC-1/watchers", params={"accountId": alice.user.account_id})
    assert answer.status_code == 204
    assert jira.issue("SEC-1").watchers == (jira.integration,)
    assert rest.post("/issue/SEC-1/watchers", json="nobody").status_code == 404


def test_a_hidden_address_is_found_only_as_a_whole_and_never_shown(jira: JiraServer, rest: Rest) -> None:
    jira.add_user("Bob Stone", "bob@example.com", email_visible=False)

    assert rest.get("/user/search?query=bob@ex").json() == []
    (found,) = rest.get("/user/search?query=bob@example.com").json()
    assert "emailAddress" not in found
    assert [each["displayName"] for each in rest.get("/user/search?query=sto").json()] == ["Bob Stone"]


# Workflows


def test_only_the_transitions_of_the_current_status_are_shown(rest: Rest) -> None:
    rest.create()
    (only,) = rest.get("/issue/SEC-1/transitions").json()["transitions"]

    assert (only["name"], only["to"]["name"]) == ("Start work", "In Progress")
    assert rest.move_to("SEC-1", "151").status_code == 400
    assert rest.move_to("SEC-1", only["id"]).status_code == 204
    assert rest.fields("SEC-1")["status"]["statusCategory"]["key"] == "indeterminate"


def test_a_required_screen_field_has_to_be_given(jira: JiraServer, rest: Rest) -> None:
    rest.create()
    rest.move_to("SEC-1", "111")
    rest.move_to("SEC-1", "131")
    shown = rest.get("/issue/SEC-1/transitions?expand=transitions.fields").json()["transitions"]
    (approve,) = [each for each in shown if each["to"]["name"] == "Done"]
    assert approve["fields"]["resolution"]["required"] is True

    assert errors(rest.move_to("SEC-1", "151")) == {"resolution": "Resolution is required."}
    assert "resolution" in errors(rest.move_to("SEC-1", "151", fields={"resolution": {"name": "Fixed"}}))
    assert "summary" in errors(rest.move_to("SEC-1", "151", fields={"summary": "x", "resolution": {"name": "Done"}}))
    assert rest.move_to("SEC-1", "151", fields={"resolution": {"name": "Duplicate"}}).status_code == 204
    assert jira.issue("SEC-1").resolution == "Duplicate"
    rest.move_to("SEC-1", "161")
    assert jira.issue("SEC-1").resolution is None


def test_a_transition_may_comment_from_its_screen(jira: JiraServer, rest: Rest, alice: Person) -> None:
    alice.create_issue("SEC", "Odd login")
    for status in ("In Progress", "In Review"):
        alice.transition("SEC-1", status)
    said = {"comment": [{"add": {"body": document("False alarm")}}]}
    rest.move_to("SEC-1", "151", fields={"resolution": {"name": "Done"}}, update=said)

    assert [each.text for each in jira.comments("SEC-1")] == ["False alarm"]


def test_a_condition_hides_a_transition_from_some(jira: JiraServer, rest: Rest, alice: Person) -> None:
    start, end = Status("1", "Open", "new"), Status("2", "Closed", "done")
    close = Transition("5", "Close", end, (start,), condition=lambda issue, user: user is alice.user)
    jira.add_project("CND", Workflow("conditional", (start, end), (close,)))
    alice.create_issue("CND", "Odd login")

    assert rest.get("/issue/CND-1/transitions").json()["transitions"] == []
    shown = rest.get("/issue/CND-1/transitions?includeUnavailableTransitions=true").json()["transitions"]
    assert [each["isAvailable"] for each in shown] == [False]
    assert alice.transition("CND-1", "Closed").status == end


def test_a_screen_may_demand_a_custom_field(jira: JiraServer, rest: Rest) -> None:
    jira.add_field("customfield_7", "Root cause")
    start, end = Status("1", "Open", "new"), Status("2", "Closed", "done")
    close = Transition("5", "Close", end, (start,), screen=(ScreenField("customfield_7", required=True),))
    jira.add_project("SCR", Workflow("screened", (start, end), (close,)))
    rest.create(project="SCR")

    assert errors(rest.move_to("SCR-1", "5")) == {"customfield_7": "Root cause is required."}
    assert rest.move_to("SCR-1", "5", fields={"customfield_7": "Phishing"}).status_code == 204
    assert rest.fields("SCR-1")["customfield_7"] == "Phishing"


def test_the_localised_workflow_has_no_english_names(jira: JiraServer, rest: Rest) -> None:
    jira.add_project("DE", Workflow.localised())
    (task, *_) = rest.get("/project/DE/statuses").json()

    assert [each["name"] for each in task["statuses"]] == ["Zu erledigen", "In Arbeit", "In Prüfung", "Erledigt"]
    assert [each["statusCategory"]["key"] for each in task["statuses"]][-1] == "done"


# Moves, clones, deletions


def test_a_moved_issue_answers_to_its_old_key_and_keeps_its_id(jira: JiraServer, rest: Rest, alice: Person) -> None:
    jira.add_project("OPS", Workflow.localised())
    issue = alice.create_issue("SEC", "Odd login")
    alice.move("SEC-1", "OPS", status="In Arbeit")

    for name in ("SEC-1", "sec-1", "OPS-1", issue.id):
        assert (rest.get(f"/issue/{name}").json()["key"], rest.get(f"/issue/{name}").json()["id"]) == (
            "OPS-1",
            issue.id,
        )
    assert alice.create_issue("SEC", "Next").key == "SEC-2"
    assert rest.fields("OPS-1")["project"]["key"] == "OPS"


def test_a_clone_copies_what_marks_an_issue_and_says_so(jira: JiraServer, rest: Rest, alice: Person) -> None:
    original = alice.create_issue("SEC", "Odd login", "Text", labels=["aws-sir-1"], properties={"case": 1})
    link = {"globalId": "arn:1", "object": {"url": "https://console.example/1", "title": "Case 1"}}
    rest.post("/issue/SEC-1/remotelink", json=link)
    alice.comment("SEC-1", "Stays behind")
    clone = alice.clone("SEC-1")

    assert (clone.labels, clone.properties, clone.description_text) == (("aws-sir-1",), {"case": 1}, "Text")
    assert ([each.global_id for each in clone.remote_links], clone.comments) == (["arn:1"], ())
    assert clone.id != original.id
    (named,) = rest.fields(clone.key)["issuelinks"]
    assert (named["type"]["name"], named["outwardIssue"]["key"]) == ("Cloners", "SEC-1")


def test_a_deleted_issue_is_not_found_and_its_key_never_used_again(jira: JiraServer, rest: Rest, alice: Person) -> None:
    alice.create_issue("SEC", "Odd login")
    alice.delete("SEC-1")
    gone = rest.get("/issue/SEC-1")

    assert gone.status_code == 404
    assert gone.json()["errorMessages"] == ["Issue does not exist or you do not have permission to see it."]
    assert alice.create_issue("SEC", "Next").key == "SEC-2"
    with pytest.raises(KeyError):
        jira.issue("SEC-1")


# Accounts and permissions


def test_only_valid_credentials_are_let_in(jira: JiraServer) -> None:
    url = f"{jira.url}/rest/api/3/myself"
    assert requests.get(url, auth=(jira.email, jira.token), timeout=5).status_code == 200
    assert requests.get(url, headers={"Authorization": f"Bearer {jira.token}"}, timeout=5).status_code == 200
    assert requests.get(url, timeout=5).status_code == 401
    assert requests.get(url, auth=("other@example.com", jira.token), timeout=5).status_code == 401
    assert requests.get(url, headers={"Authorization": "Basic ???"}, timeout=5).status_code == 401


def test_a_token_is_rotated_while_the_site_runs(jira: JiraServer, rest: Rest) -> None:
    jira.valid_tokens.clear()
    jira.valid_tokens.add("new")
    assert rest.get("/myself").status_code == 401

    rest.session.auth = (jira.email, "new")
    assert rest.get("/myself").json()["accountId"] == jira.integration.account_id


def test_the_site_is_reached_through_the_gateway_as_well(jira: JiraServer, rest: Rest) -> None:
    answer = requests.get(f"{jira.gateway_url}/rest/api/3/myself", auth=(jira.email, jira.token), timeout=5)

    assert answer.json()["emailAddress"] == jira.email
    assert jira.requests[-1].path == "/rest/api/3/myself"


def test_a_withdrawn_project_looks_as_if_everything_were_deleted(jira: JiraServer, rest: Rest) -> None:
    rest.create()
    jira.withdraw("SEC")

    assert rest.get("/issue/SEC-1").status_code == 404
    assert rest.get("/project/SEC").status_code == 404
    assert rest.get("/project/SEC/statuses").status_code == 404
    assert rest.post("/search/jql", json={"jql": "project = SEC"}).status_code == 400
    assert "project" in errors(rest.create())
    assert rest.get("/myself").status_code == 200
    jira.grant("SEC")
    assert rest.get("/issue/SEC-1").status_code == 200


def test_single_permissions_can_be_taken_away(jira: JiraServer, rest: Rest, alice: Person) -> None:
    rest.create()
    jira.withdraw("SEC", "DELETE_ISSUES", "TRANSITION_ISSUES", "MANAGE_WATCHERS", "ADD_COMMENTS")

    assert rest.delete("/issue/SEC-1").status_code == 403
    assert rest.get("/issue/SEC-1/transitions").json()["transitions"] == []
    assert rest.post("/issue/SEC-1/watchers", json=alice.user.account_id).status_code == 403
    assert rest.comment("SEC-1").status_code == 400
    assert rest.put("/issue/SEC-1", json={"fields": {"summary": "Still ours to edit"}}).status_code == 204


# Limits and faults


def test_twenty_writes_in_two_seconds_are_enough_for_one_issue(jira: JiraServer, rest: Rest, clock: Clock) -> None:
    rest.create()
    answers = [rest.comment("SEC-1", f"Note {number}") for number in range(21)]

    assert [each.status_code for each in answers] == [201] * 20 + [429]
    assert answers[-1].headers["Retry-After"] == "2"
    assert rest.get("/issue/SEC-1").status_code == 200
    clock.pass_seconds(2)
    assert rest.comment("SEC-1").status_code == 201


def test_a_hundred_writes_in_thirty_seconds_are_enough_too(jira: JiraServer, rest: Rest, clock: Clock) -> None:
    rest.create()
    for number in range(100):
        clock.pass_seconds(0.2)
        rest.put("/issue/SEC-1/properties/n", json=number)

    clock.pass_seconds(2)
    assert rest.put("/issue/SEC-1/properties/n", json=0).headers["Retry-After"] == "9"
    jira.switches.rate_limits = False
    assert rest.put("/issue/SEC-1/properties/n", json=0).status_code == 200


def test_a_hundred_questions_a_second_are_enough_for_one_endpoint(jira: JiraServer, rest: Rest, clock: Clock) -> None:
    keys = [rest.create().json()["key"] for _ in range(2)]
    answers = [rest.get(f"/issue/{key}") for key in keys * 51]

    assert [each.status_code for each in answers] == [200] * 100 + [429] * 2
    assert answers[-1].headers["RateLimit-Reason"] == "jira-burst-based"
    assert answers[-1].headers["Retry-After"] == "1"
    assert rest.get("/issue/SEC-1/transitions").status_code == 200
    clock.pass_seconds(1)
    assert rest.get("/issue/SEC-1").status_code == 200


WRITES: list[tuple[Callable[[Rest], requests.Response], int]] = [
    (lambda rest: rest.comment("SEC-1"), 100),
    (lambda rest: rest.put("/issue/SEC-1/properties/n", json=0), 50),
    (lambda rest: rest.delete("/issue/SEC-1/watchers", params={"accountId": rest.jira.integration.account_id}), 50),
]


@pytest.mark.parametrize(("write", "most"), WRITES, ids=["POST", "PUT", "DELETE"])
def test_fewer_writes_a_second_are_enough(
    jira: JiraServer, rest: Rest, write: Callable[[Rest], requests.Response], most: int
) -> None:
    rest.create()
    jira.switches.rate_limits = False
    codes = [write(rest).status_code for _ in range(most + 1)]
    assert codes[-2] < 300
    assert codes.index(429) == most


def test_a_fault_strikes_as_often_as_told(jira: JiraServer, rest: Rest) -> None:
    fault = jira.faults.add("POST .*/issue", status=429, retry_after=7, times=2)

    assert rest.create().headers["Retry-After"] == "7"
    assert rest.create().status_code == 429
    assert rest.create().status_code == 201
    assert (fault.hits, len(jira.issues("SEC"))) == (2, 1)


def test_an_answer_is_lost_after_the_request_was_carried_out(jira: JiraServer, rest: Rest) -> None:
    jira.faults.add("POST .*/issue", after=True)
    with pytest.raises(requests.ConnectionError):
        rest.create()

    assert [issue.key for issue in jira.issues()] == ["SEC-1"]
    (request,) = jira.writes()
    assert (request.status, request.carried_out) == (None, True)


def test_an_answer_turns_into_an_error_after_the_request_was_carried_out(jira: JiraServer, rest: Rest) -> None:
    jira.faults.add("POST .*", status=502, after=True)

    assert rest.create().status_code == 502
    assert len(jira.issues()) == 1


def test_a_dropped_request_is_never_carried_out(jira: JiraServer, rest: Rest) -> None:
    jira.faults.add(drop=True)
    with pytest.raises(requests.ConnectionError):
        rest.create()

    assert (jira.issues(), jira.writes()) == ([], [])


def test_a_slow_site_outlasts_an_impatient_client(jira: JiraServer) -> None:
    jira.faults.add(delay=0.3)
    with pytest.raises(requests.Timeout):
        requests.get(f"{jira.url}/rest/api/3/myself", auth=(jira.email, jira.token), timeout=0.05)
    jira.faults.add(delay=0.05, times=None)
    started = time.monotonic()
    assert Rest(jira).get("/myself").status_code == 200
    assert time.monotonic() - started >= 0.05


def test_the_whole_site_can_be_down(jira: JiraServer, rest: Rest) -> None:
    jira.down = True
    assert rest.get("/myself").status_code == 503
    jira.down = False
    assert rest.get("/myself").status_code == 200


# What a test observes


def test_the_log_tells_what_was_asked_and_what_was_written(jira: JiraServer, rest: Rest, clock: Clock) -> None:
    rest.create()
    rest.post("/search/jql", json={"jql": "project = SEC"})
    rest.get("/issue/SEC-1?fields=summary&fields=status")
    rest.put("/issue/SEC-1", json={"fields": {"summary": ""}})

    assert [str(each) for each in jira.requests] == [
        "POST /rest/api/3/issue -> 201",
        "POST /rest/api/3/search/jql -> 200",
        "GET /rest/api/3/issue/SEC-1?fields=summary,status -> 200",
        "PUT /rest/api/3/issue/SEC-1 -> 400",
    ]
    (write,) = jira.writes()
    assert (write.at, write.caller, write.body["fields"]["summary"]) == (
        clock.now,
        jira.integration.account_id,
        "Exposed access key",
    )
    jira.reset_log()
    assert jira.requests == []


def test_every_change_rings_once_while_no_lock_is_held(jira: JiraServer, rest: Rest, alice: Person) -> None:
    rung: list[tuple[str, str]] = []

    def automation(kind: str, key: str) -> None:
        rung.append((kind, key))
        if kind == "created":
            alice.comment(key, "Thank you for the report.")

    jira.on_change.append(automation)
    rest.create()
    rest.put("/issue/SEC-1/properties/case", json=1)
    alice.transition("SEC-1", "In Progress")
    alice.delete("SEC-1")

    assert [kind for kind, _ in rung] == ["created", "commented", "property_set", "transitioned", "deleted"]
    assert {key for _, key in rung} == {"SEC-1"}
    assert {kind for kind, _ in rung} - RINGING == {"property_set"}


def test_what_jira_refuses_a_person_is_told_as_well(alice: Person) -> None:
    issue = alice.create_issue("SEC", "Odd login")

    with pytest.raises(Refused, match="No transition leads from 'To Do' to 'Done'"):
        alice.transition(issue.key, "Done")


def test_a_person_sees_the_issue_in_a_browser(jira: JiraServer, alice: Person) -> None:
    alice.create_issue("SEC", "Odd <login>")
    alice.comment("SEC-1", "Seen")
    page = requests.get(f"{jira.url}/browse/SEC-1", timeout=5)

    assert "Odd &lt;login&gt;" in page.text
    assert "Seen" in page.text
