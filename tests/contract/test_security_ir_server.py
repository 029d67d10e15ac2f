"""The stand-in for security-ir behaves as the service's model and documents say."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import boto3
import pytest
import requests
from botocore.exceptions import ConnectionClosedError, EndpointConnectionError
from moto.core.utils import get_service_model

from sandbox.security_ir import SecurityIrServer, ThreatActorIp, Watcher
from sandbox.security_ir.rules.shapes import breaches
from tests.clock import Clock
from tests.contract.security_ir_support import (
    ACCOUNT,
    START,
    a_case,
    all_pages,
    client_of,
    code,
    fields,
    reason,
    refusal,
    signed,
    status,
)


@pytest.fixture
def clock() -> Clock:
    return Clock(START.timestamp())


@pytest.fixture
def server(clock: Clock) -> Iterator[SecurityIrServer]:
    with SecurityIrServer(clock=clock, account=ACCOUNT) as running:
        yield running


@pytest.fixture
def client(server: SecurityIrServer) -> Any:
    return client_of(server)


# Cases


def test_a_self_managed_case_starts_at_submitted(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case(tags={"team": "blue"}))["caseId"]

    case = client.get_case(caseId=case_id)
    assert case["caseStatus"] == "Submitted"
    assert case["reportedIncidentStartDate"] == START
    assert case["caseArn"] == f"arn:aws:security-ir:eu-central-1:{ACCOUNT}:case/{case_id}"
    assert "caseId" not in case
    assert "closedDate" not in case
    assert client.list_tags_for_resource(resourceArn=case["caseArn"])["tags"] == {"team": "blue"}
    assert server.violations == []


def test_every_attribute_of_a_case_comes_back(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case(
        "Crypto mining",
        "Unusual instances.",
        watchers=[Watcher("ada@example.com", "Ada", "Analyst"), "bob@example.com"],
        regions=["eu-central-1"],
        services=["Amazon EC2"],
        threat_actor_ips=[ThreatActorIp("198.51.100.7", "curl/8"), "198.51.100.8"],
    )
    server.aws_responder.edit(case_id, actual_start=START, pending_action="Customer", metadata={"severity": "high"})
    server.aws_responder.close(case_id, "False Positive")

    case = client.get_case(caseId=case_id)
    assert case["watchers"] == [
        {"email": "ada@example.com", "name": "Ada", "jobTitle": "Analyst"},
        {"email": "bob@example.com"},
    ]
    assert case["impactedAwsRegions"] == [{"region": "eu-central-1"}]
    assert case["impactedServices"] == ["Amazon EC2"]
    assert case["impactedAccounts"] == [ACCOUNT]
    assert case["threatActorIpAddresses"] == [
        {"ipAddress": "198.51.100.7", "userAgent": "curl/8"},
        {"ipAddress": "198.51.100.8"},
    ]
    assert (case["actualIncidentStartDate"], case["closedDate"]) == (START, START)
    assert (case["closureCode"], case["caseStatus"]) == ("False Positive", "Closed")
    assert case["caseMetadata"] == [{"key": "severity", "value": "high"}]


def test_a_case_that_is_gone_is_not_found(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case("Short-lived")
    server.aws_responder.delete(case_id)

    error = refusal(client.get_case, caseId=case_id)
    assert (code(error), status(error)) == ("ResourceNotFoundException", 404)
    assert code(refusal(client.list_comments, caseId=case_id)) == "ResourceNotFoundException"
    assert client.list_cases()["items"] == []
    assert server.violations == []


def test_the_same_client_token_makes_one_case(server: SecurityIrServer, client: Any) -> None:
    first = client.create_case(**a_case(clientToken="birth-1"))
    again = client.create_case(**a_case(clientToken="birth-1"))

    assert first["caseId"] == again["caseId"]
    assert len(server.cases()) == 1
    assert [record.carried_out for record in server.writes()] == [True, False]


def test_a_client_token_with_other_parameters_is_a_conflict(client: Any) -> None:
    client.create_case(**a_case(clientToken="birth-1"))

    error = refusal(client.create_case, **a_case(clientToken="birth-1", title="Another"))
    assert (code(error), status(error)) == ("ConflictException", 409)


def test_a_client_token_may_be_forgotten(server: SecurityIrServer, client: Any, clock: Clock) -> None:
    server.switches.client_token_seconds = 3600
    client.create_case(**a_case(clientToken="birth-1"))
    clock.pass_seconds(3600)
    client.create_case(**a_case(clientToken="birth-1"))

    assert len(server.cases()) == 2


def test_cases_are_listed_in_pages_of_at_most_25(server: SecurityIrServer, client: Any) -> None:
    ids = [server.aws_responder.open_case(f"Case {number}") for number in range(60)]

    pages = all_pages(client.list_cases)
    listed = [item["caseId"] for page in pages for item in page]
    assert [len(page) for page in pages] == [25, 25, 10]
    assert sorted(listed) == ids
    assert listed != ids, "ListCases promises no order"
    server.switches.list_order = "newest"
    assert [item["caseId"] for page in all_pages(client.list_cases) for item in page] == ids[::-1]


def test_a_page_may_be_shorter_than_asked(server: SecurityIrServer, client: Any) -> None:
    for number in range(5):
        server.aws_responder.open_case(f"Case {number}")
    server.switches.page_size = 2

    assert [len(page) for page in all_pages(client.list_cases, maxResults=4)] == [2, 2, 1]
    assert client.list_cases()["total"] == 5


def test_cases_that_come_and_go_between_pages_do_not_disturb_the_rest(server: SecurityIrServer, client: Any) -> None:
    server.switches.list_order = "created"
    ids = [server.aws_responder.open_case(f"Case {number}") for number in range(4)]
    page = client.list_cases(maxResults=2)
    server.aws_responder.delete(ids[1])
    rest = client.list_cases(nextToken=page["nextToken"])

    assert [item["caseId"] for item in rest["items"]] == ids[2:]


@pytest.mark.parametrize("token", ["not-ours", "MXwy", "☃"])
def test_a_strange_page_token_is_refused(server: SecurityIrServer, client: Any, token: str) -> None:
    error = refusal(client.list_cases, nextToken=token)
    assert (code(error), status(error)) == ("InvalidTokenException", 423)


def test_page_tokens_can_expire_and_are_good_for_their_list_only(server: SecurityIrServer, client: Any) -> None:
    case_ids = [server.aws_responder.open_case(f"Case {number}") for number in range(3)]
    token = client.list_cases(maxResults=1)["nextToken"]

    wrong_list = refusal(client.list_comments, caseId=case_ids[0], nextToken=token)
    assert code(wrong_list) == "InvalidTokenException"
    server.expire_page_tokens()
    assert code(refusal(client.list_cases, nextToken=token)) == "InvalidTokenException"


def test_an_update_changes_only_what_it_names(server: SecurityIrServer, client: Any, clock: Clock) -> None:
    case_id = client.create_case(
        **a_case(
            watchers=[{"email": "ada@example.com"}, {"email": "bob@example.com"}],
            threatActorIpAddresses=[{"ipAddress": "198.51.100.7"}],
        )
    )["caseId"]
    clock.pass_seconds(60)
    client.update_case(
        caseId=case_id,
        title="Exposed root key",
        watchersToAdd=[{"email": "cleo@example.com", "name": "Cleo"}],
        watchersToDelete=[{"email": "BOB@example.com"}, {"email": "nobody@example.com"}],
        threatActorIpAddressesToDelete=[{"ipAddress": "198.51.100.7"}],
        impactedAwsRegionsToAdd=[{"region": "eu-west-1"}],
        impactedServicesToAdd=["Amazon S3"],
    )

    case = server.case(case_id)
    assert (case.title, case.description) == ("Exposed root key", "Found in a public repository.")
    assert case.watchers == (Watcher("ada@example.com"), Watcher("cleo@example.com", "Cleo"))
    assert (case.regions, case.services, case.threat_actor_ips) == (("eu-west-1",), ("Amazon S3",), ())
    assert case.last_updated == START + timedelta(seconds=60)
    assert case.created == START


def test_a_case_has_at_most_thirty_watchers(client: Any) -> None:
    case_id = client.create_case(**a_case(watchers=[{"email": f"w{n}@example.com"} for n in range(30)]))["caseId"]

    error = refusal(client.update_case, caseId=case_id, watchersToAdd=[{"email": "one@more.com"}])
    assert code(error) == "ValidationException"


def test_an_update_of_nothing_is_refused(client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]

    assert code(refusal(client.update_case, caseId=case_id)) == "ValidationException"


DETECTION = "Detection and Analysis"
CONTAINMENT = "Containment, Eradication and Recovery"
POST = "Post-incident Activities"


@pytest.mark.parametrize(
    ("path", "refused"),
    [
        ([DETECTION, CONTAINMENT, DETECTION, POST, DETECTION], "Submitted"),
        ([CONTAINMENT, POST, CONTAINMENT], CONTAINMENT),
        ([POST, CONTAINMENT], "Submitted"),
    ],
)
def test_a_self_managed_case_follows_the_documented_edges(client: Any, path: list[str], refused: str) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    for step in path:
        assert client.update_case_status(caseId=case_id, caseStatus=step)["caseStatus"] == step

    error = refusal(client.update_case_status, caseId=case_id, caseStatus=refused)
    assert code(error) == "ConflictException"
    assert client.get_case(caseId=case_id)["caseStatus"] == path[-1]


def test_submitted_may_lead_to_detection_only(server: SecurityIrServer, client: Any) -> None:
    server.switches.submitted_only_to_detection = True
    case_id = client.create_case(**a_case())["caseId"]

    assert code(refusal(client.update_case_status, caseId=case_id, caseStatus=POST)) == "ConflictException"
    client.update_case_status(caseId=case_id, caseStatus=DETECTION)
    client.update_case_status(caseId=case_id, caseStatus=POST)


def test_the_status_of_an_aws_managed_case_is_not_ours(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case("Managed")
    server.aws_responder.set_status(case_id, "Acknowledged")

    error = refusal(client.update_case_status, caseId=case_id, caseStatus=DETECTION)
    assert (code(error), reason(error)) == ("ValidationException", "OTHER")
    assert client.close_case(caseId=case_id)["caseStatus"] == "Closed"


def test_closed_stays_closed(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    closed = client.close_case(caseId=case_id)

    assert closed["closedDate"] == START
    assert code(refusal(client.close_case, caseId=case_id)) == "ConflictException"
    assert code(refusal(client.update_case, caseId=case_id, title="Again")) == "ConflictException"
    moved = refusal(client.update_case_status, caseId=case_id, caseStatus=DETECTION)
    assert code(moved) == "ConflictException"
    with pytest.raises(ValueError, match="stays closed"):
        server.aws_responder.set_status(case_id, "Submitted")


def test_tags_of_anything_else_are_not_found(client: Any) -> None:
    arn = f"arn:aws:security-ir:eu-west-1:{ACCOUNT}:case/1000000001"

    error = refusal(client.list_tags_for_resource, resourceArn=arn)
    assert code(error) == "ResourceNotFoundException"


# Comments


def test_comments_come_in_order_and_in_pages(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case("Talkative")
    for number in range(60):
        client.create_case_comment(caseId=case_id, body=f"Comment {number}")

    pages = all_pages(client.list_comments, caseId=case_id)
    assert [len(page) for page in pages] == [25, 25, 10]
    assert [item["body"] for page in pages for item in page] == [f"Comment {n}" for n in range(60)]


def test_comment_ids_are_unique_on_their_case_only(server: SecurityIrServer, client: Any) -> None:
    cases = [server.aws_responder.open_case(f"Case {number}") for number in range(2)]
    ids = [client.create_case_comment(caseId=case_id, body="Hello")["commentId"] for case_id in cases]

    assert ids[0] == ids[1]
    assert len(ids[0]) == 6


def test_the_same_client_token_makes_one_comment_a_case(server: SecurityIrServer, client: Any) -> None:
    cases = [server.aws_responder.open_case(f"Case {number}") for number in range(2)]
    for case_id in [*cases, *cases]:
        client.create_case_comment(caseId=case_id, body="Hello", clientToken="t")

    assert [len(server.comments(case_id)) for case_id in cases] == [1, 1]
    other = refusal(client.create_case_comment, caseId=cases[0], body="Other", clientToken="t")
    assert code(other) == "ConflictException"


def test_an_edited_comment_keeps_its_creator(server: SecurityIrServer, client: Any, clock: Clock) -> None:
    case_id = server.aws_responder.open_case("Edited")
    comment_id = server.aws_responder.comment(case_id, "Frist")
    clock.pass_seconds(5)
    answer = client.update_case_comment(caseId=case_id, commentId=comment_id, body="First")

    assert answer["body"] == "First"
    (comment,) = server.comments(case_id)
    assert (comment.body, comment.creator) == ("First", "AWS Responder")
    assert comment.last_updated == START + timedelta(seconds=5)
    assert comment.last_updated_by == f"arn:aws:sts::{ACCOUNT}:assumed-role/integration/AKIASANDBOX"
    unknown = refusal(client.update_case_comment, caseId=case_id, commentId="999999", body="First")
    assert code(unknown) == "ResourceNotFoundException"


@pytest.mark.parametrize("moves", [True, False])
def test_a_comment_may_or_may_not_move_the_date(
    server: SecurityIrServer, client: Any, clock: Clock, moves: bool
) -> None:
    server.switches.comment_moves_date = moves
    case_id = server.aws_responder.open_case("Dated")
    clock.pass_seconds(60)
    client.create_case_comment(caseId=case_id, body="Hello")

    updated = client.list_cases()["items"][0]["lastUpdatedDate"]
    assert (updated > START) is moves


def test_a_closed_case_may_refuse_comments(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case("Over")
    client.create_case_comment(caseId=case_id, body="Before", clientToken="before")
    server.aws_responder.close(case_id)
    client.create_case_comment(caseId=case_id, body="Still open to words")
    server.switches.comments_on_closed = False

    refused = refusal(client.create_case_comment, caseId=case_id, body="Not any more")
    assert code(refused) == "ConflictException"
    known = client.create_case_comment(caseId=case_id, body="Before", clientToken="before")
    assert known["commentId"] == server.comments(case_id)[0].comment_id


# What the model allows


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "\U0001f600" * 151}, "title"),
        ({"title": "half \ud83d"}, "title"),
        ({"title": 7}, "title"),
        ({"description": "x" * 8001}, "description"),
        ({"resolverType": "Nobody"}, "resolverType"),
        ({"impactedAccounts": ["123"]}, "impactedAccounts[0]"),
        ({"watchers": [{"name": "Ada"}]}, "watchers[0].email"),
        ({"watchers": [{"email": "not an address"}]}, "watchers[0].email"),
        ({"watchers": [{"email": f"w{n}@example.com"} for n in range(31)]}, "watchers"),
        ({"threatActorIpAddresses": [{"ipAddress": "2001:db8::1"}]}, "threatActorIpAddresses[0].ipAddress"),
        ({"impactedAwsRegions": [{"region": "eu-nowhere-1"}]}, "impactedAwsRegions[0].region"),
        ({"tags": {"k" * 129: "v"}}, f"tags (key: {'k' * 129})"),
        ({"clientToken": "x" * 256}, "clientToken"),
    ],
)
def test_what_the_model_forbids_is_refused_and_noted(
    server: SecurityIrServer, changes: dict[str, Any], field: str
) -> None:
    client = client_of(server, checked=False)

    error = refusal(client.create_case, **a_case(**changes))
    assert (code(error), status(error)) == ("ValidationException", 400)
    assert reason(error) == "FIELD_VALIDATION_FAILED"
    assert fields(error) == [field]
    assert len(server.violations) == 1
    assert server.cases() == []


def test_a_missing_member_is_named(server: SecurityIrServer) -> None:
    params = a_case()
    del params["watchers"]

    error = refusal(client_of(server, checked=False).create_case, **params)
    assert fields(error) == ["watchers"]


def test_lengths_at_the_limit_are_allowed(client: Any) -> None:
    title, description = "\U0001f600" * 150, "ä" * 8000
    case = client.get_case(caseId=client.create_case(**a_case(title=title, description=description))["caseId"])
    assert (case["title"], case["description"]) == (title, description)


def test_page_sizes_beyond_25_are_refused(server: SecurityIrServer) -> None:
    error = refusal(client_of(server, checked=False).list_cases, maxResults=26)

    assert fields(error) == ["maxResults"]


@pytest.mark.parametrize("body", [b"{", b"[]", b'{"maxResults": "many"}', b'{"colour": "red"}', b'{"nextToken": 1}'])
def test_a_body_that_no_sdk_writes_is_refused_and_noted(server: SecurityIrServer, body: bytes) -> None:
    answer = requests.post(f"{server.url}/v1/list-cases", **signed(body))

    assert answer.status_code == 400
    assert answer.headers["X-Amzn-ErrorType"] == "ValidationException"
    assert len(server.violations) == 1


def test_dates_are_numbers_on_the_wire(server: SecurityIrServer) -> None:
    body = json.dumps(a_case(reportedIncidentStartDate="2026-03-01T09:00:00Z")).encode()
    answer = requests.post(f"{server.url}/v1/create-case", **signed(body))

    assert answer.json()["reason"] == "CANNOT_PARSE"


def test_an_operation_that_is_none_is_noted(server: SecurityIrServer) -> None:
    answer = requests.post(f"{server.url}/v1/open-sesame", **signed(b""))

    assert answer.status_code == 404
    assert len(server.violations) == 1


def test_answers_fit_the_model(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case("Model case", watchers=["ada@example.com"], tags={"a": "b"})
    server.person("ada").comment(case_id, "Hello")
    server.service.comment(case_id, "Automatic")
    server.aws_responder.attach(case_id, "evidence.txt", b"bytes")
    client.create_case_comment(caseId=case_id, body="Ours")
    calls = {
        "GetCase": client.get_case(caseId=case_id),
        "ListCases": client.list_cases(),
        "ListComments": client.list_comments(caseId=case_id),
        "ListTagsForResource": client.list_tags_for_resource(resourceArn=server.case(case_id).arn),
        "CloseCase": client.close_case(caseId=case_id),
    }

    for operation, answer in calls.items():
        shape = get_service_model("security-ir").operation_model(operation).output_shape
        assert shape is not None
        assert breaches({k: v for k, v in answer.items() if k != "ResponseMetadata"}, shape) == []


# Who asks


def test_a_request_without_a_signature_is_refused(server: SecurityIrServer) -> None:
    answer = requests.post(f"{server.url}/v1/list-cases", json={}, timeout=5)

    assert answer.status_code == 403
    assert answer.headers["X-Amzn-ErrorType"] == "MissingAuthenticationTokenException"
    assert len(server.violations) == 1


def test_a_signature_for_another_region_is_refused(server: SecurityIrServer) -> None:
    stranger = boto3.client(
        "security-ir",
        endpoint_url=server.url,
        region_name="us-east-1",
        aws_access_key_id="A",
        aws_secret_access_key="secret",
    )

    assert code(refusal(stranger.list_cases)) == "InvalidSignatureException"


def test_requests_name_their_access_key_and_creators_their_principal(server: SecurityIrServer) -> None:
    role = f"arn:aws:sts::{ACCOUNT}:assumed-role/security-ir-client/session"
    server.principals["AKIASINK"] = role
    case_id = client_of(server, key="AKIASINK").create_case(**a_case())["caseId"]

    assert server.case(case_id).creator == role
    assert [(r.operation, r.caller, r.status) for r in server.requests] == [("CreateCase", "AKIASINK", 201)]


@pytest.mark.parametrize(
    ("access", "expected"),
    [("denied", "AccessDeniedException"), ("not_active", "SecurityIncidentResponseNotActiveException")],
)
def test_a_lost_permission_does_not_look_like_a_deletion(
    server: SecurityIrServer, client: Any, access: Any, expected: str
) -> None:
    case_id = server.aws_responder.open_case("Hidden")
    server.switches.access = access

    assert code(refusal(client.get_case, caseId=case_id)) == expected
    assert code(refusal(client.list_cases)) == expected


def test_a_role_can_be_held_to_its_permissions(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case("Guarded")
    asked = []

    def authorise(key: str, action: str, resource: str) -> bool:
        asked.append((key, action, resource))
        return action == "security-ir:ListCases"

    server.authorise = authorise
    client.list_cases()

    assert code(refusal(client.get_case, caseId=case_id)) == "AccessDeniedException"
    assert asked == [
        ("AKIASANDBOX", "security-ir:ListCases", "*"),
        ("AKIASANDBOX", "security-ir:GetCase", server.case(case_id).arn),
    ]


# Native events


def events_of(server: SecurityIrServer) -> list[tuple[str, dict[str, str]]]:
    """A list that the events to come go to."""
    heard: list[tuple[str, dict[str, str]]] = []
    server.on_change.append(lambda detail_type, detail: heard.append((detail_type, detail)))
    return heard


def test_people_and_the_integration_ring_the_same_bells(server: SecurityIrServer, client: Any) -> None:
    heard = events_of(server)
    case_id = server.aws_responder.open_case("Loud")
    comment_id = client.create_case_comment(caseId=case_id, body="Hello")["commentId"]
    server.person("ada").edit_comment(case_id, comment_id, "Hallo")
    client.update_case(caseId=case_id, title="Louder")
    client.close_case(caseId=case_id)

    assert heard == [
        ("Case Created", {"caseId": case_id, "createdBy": "AWS Responder"}),
        ("Case Comment Added", {"caseId": case_id, "createdBy": ACCOUNT}),
        ("Case Comment Updated", {"caseId": case_id, "updatedBy": ACCOUNT}),
        ("Case Updated", {"caseId": case_id, "updatedBy": ACCOUNT}),
        ("Case Closed", {"caseId": case_id}),
    ]


def test_a_listener_may_look_at_the_server(server: SecurityIrServer, client: Any) -> None:
    titles: list[str] = []
    server.on_change.append(lambda _, detail: titles.append(server.case(detail["caseId"]).title))
    client.create_case(**a_case())

    assert titles == ["Exposed access key"]


def test_what_is_refused_or_known_already_rings_no_bell(server: SecurityIrServer, client: Any) -> None:
    client.create_case(**a_case(clientToken="one"))
    heard = events_of(server)
    client.create_case(**a_case(clientToken="one"))
    refusal(client.close_case, caseId="1999999999")
    server.aws_responder.attach(server.cases()[0].case_id, "quiet.txt", b"bytes")

    assert heard == []


# Trouble on demand


def test_throttling_says_when_to_come_back(server: SecurityIrServer, client: Any) -> None:
    server.faults.add("CreateCase", error="ThrottlingException", retry_after=7, times=2)

    for _ in range(2):
        error = refusal(client.create_case, **a_case())
        assert (code(error), status(error)) == ("ThrottlingException", 429)
        assert error.response["ResponseMetadata"]["HTTPHeaders"]["retry-after"] == "7"
    client.create_case(**a_case())
    assert [record.status for record in server.requests] == [429, 429, 201]


def test_an_answer_can_be_lost_after_the_deed(server: SecurityIrServer, client: Any) -> None:
    server.faults.add("CreateCase", after=True)
    server.faults.add("CreateCase", error="InternalServerException", after=True)

    with pytest.raises(ConnectionClosedError):
        client.create_case(**a_case(clientToken="one"))
    assert len(server.cases()) == 1
    assert status(refusal(client.create_case, **a_case(clientToken="two"))) == 500
    assert len(server.cases()) == 2
    client.create_case(**a_case(clientToken="one"))
    assert len(server.cases()) == 2
    assert [record.status for record in server.requests] == [None, 500, 201]


def test_a_fault_can_be_for_one_case(server: SecurityIrServer, client: Any) -> None:
    ill, well = (server.aws_responder.open_case(title) for title in ("Ill", "Well"))
    server.faults.add(about=ill, error="InternalServerException", times=None)

    assert client.get_case(caseId=well)["title"] == "Well"
    assert len(client.list_cases()["items"]) == 2
    assert [status(refusal(client.get_case, caseId=ill)) for _ in range(3)] == [500] * 3
    server.faults.clear()
    assert client.get_case(caseId=ill)["title"] == "Ill"


def test_a_hook_can_come_between(server: SecurityIrServer, client: Any) -> None:
    case_id = server.aws_responder.open_case("Before")
    server.faults.add("GetCase", hook=lambda: server.aws_responder.edit(case_id, title="In between"))

    assert client.get_case(caseId=case_id)["title"] == "In between"


def test_down_means_no_answer_at_all(server: SecurityIrServer, client: Any) -> None:
    server.down = True
    with pytest.raises(ConnectionClosedError):
        client.list_cases()
    server.down = False

    assert client.list_cases()["items"] == []


def test_a_stopped_server_answers_nobody(clock: Clock) -> None:
    server = SecurityIrServer(clock=clock).start()
    client = client_of(server)
    client.list_cases()
    server.stop()

    with pytest.raises((ConnectionClosedError, EndpointConnectionError)):
        client.list_cases()


def test_a_failing_listener_is_seen(server: SecurityIrServer, client: Any) -> None:
    def fail(_: str, detail: dict[str, str]) -> None:
        raise RuntimeError(f"no bus for {detail['caseId']}")

    server.on_change.append(fail)

    assert status(refusal(client.create_case, **a_case())) == 500
    assert "no bus for" in server.violations[0]


def test_the_log_can_be_reset(server: SecurityIrServer, client: Any) -> None:
    client.create_case(**a_case())
    client.list_cases()
    assert [record.operation for record in server.writes()] == ["CreateCase"]
    server.reset_log()

    assert server.requests == []


def test_many_threads_get_what_they_asked_for(server: SecurityIrServer) -> None:
    case_id = server.aws_responder.open_case("Crowded")

    def talk(name: str) -> None:
        client = client_of(server, key=name)
        for number in range(10):
            client.create_case_comment(caseId=case_id, body=f"{name} {number}")

    threads = [threading.Thread(target=talk, args=(f"AKIA{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    comments = server.comments(case_id)
    assert len({comment.comment_id for comment in comments}) == 40
    for name in ("AKIA0", "AKIA3"):
        spoken = [comment.body for comment in comments if comment.body.startswith(name)]
        assert spoken == [f"{name} {number}" for number in range(10)]


# People


@pytest.mark.parametrize(
    ("deed", "complaint"),
    [
        (lambda server: server.aws_responder.open_case("x" * 301), "title"),
        (lambda server: server.aws_responder.open_case("t", threat_actor_ips=["nowhere"]), "ipAddress"),
        (lambda server: server.aws_responder.open_case("t", resolver_type="Both"), "resolverType"),
        (lambda server: server.aws_responder.open_case("t", status="Closed"), "close"),
    ],
)
def test_people_cannot_write_what_the_service_could_not_hold(
    server: SecurityIrServer, deed: Callable[[SecurityIrServer], object], complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        deed(server)
    assert server.cases() == []


def test_people_change_watchers(server: SecurityIrServer) -> None:
    case_id = server.aws_responder.open_case("Watched", watchers=["ada@example.com"])
    server.person("bob").add_watcher(case_id, Watcher("bob@example.com", "Bob"))
    server.person("bob").remove_watcher(case_id, "ADA@example.com")

    assert server.case(case_id).watchers == (Watcher("bob@example.com", "Bob"),)


def test_people_cannot_close_twice(server: SecurityIrServer) -> None:
    case_id = server.person("ada").open_case("Mine", resolver_type="Self")
    server.person("ada").close(case_id, "Duplicate")

    assert server.case(case_id).creator == f"arn:aws:iam::{ACCOUNT}:user/ada"
    with pytest.raises(ValueError, match="already"):
        server.person("ada").close(case_id)
