"""Files go to and come from the stand-in for security-ir as they do with S3's presigned URLs."""

from __future__ import annotations

import http.client
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from sandbox.security_ir import SecurityIrServer
from tests.clock import Clock
from tests.contract.security_ir_support import (
    ACCOUNT,
    START,
    a_case,
    client_of,
    code,
    fields,
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


def upload_url(client: Any, case_id: str, size: int = 5, **params: Any) -> str:
    named = {"fileName": "evidence.txt", **params}
    answer = client.get_case_attachment_upload_url(caseId=case_id, contentLength=size, **named)
    return str(answer["attachmentPresignedUrl"])


def download_url(client: Any, case_id: str, attachment_id: str) -> str:
    answer = client.get_case_attachment_download_url(caseId=case_id, attachmentId=attachment_id)
    return str(answer["attachmentPresignedUrl"])


@pytest.mark.parametrize("verdict", ["Verified", "Failed"])
def test_an_uploaded_file_is_pending_until_it_is_scanned(
    server: SecurityIrServer, client: Any, clock: Clock, verdict: Any
) -> None:
    server.switches.scan_verdict = verdict
    case_id = client.create_case(**a_case())["caseId"]
    url = upload_url(client, case_id)
    assert client.get_case(caseId=case_id)["caseAttachments"] == []

    assert requests.put(url, data=b"bytes", timeout=5).status_code == 200
    (pending,) = client.get_case(caseId=case_id)["caseAttachments"]
    assert (pending["fileName"], pending["attachmentStatus"]) == ("evidence.txt", "Pending")
    clock.pass_seconds(5)
    (scanned,) = client.get_case(caseId=case_id)["caseAttachments"]
    assert scanned == {**pending, "attachmentStatus": verdict}
    assert server.content(case_id, pending["attachmentId"]) == b"bytes"
    assert [record.operation for record in server.writes()] == [
        "CreateCase",
        "GetCaseAttachmentUploadUrl",
        "AttachmentUpload",
    ]


def test_a_file_can_stay_pending_until_somebody_settles_it(server: SecurityIrServer, client: Any, clock: Clock) -> None:
    server.switches.scan_seconds = None
    case_id = client.create_case(**a_case())["caseId"]
    requests.put(upload_url(client, case_id), data=b"bytes", timeout=5)
    clock.pass_seconds(86_400)
    (attachment,) = server.case(case_id).attachments
    assert attachment.status == "Pending"
    server.aws_responder.set_attachment_status(case_id, attachment.attachment_id, "Failed")

    assert server.case(case_id).attachments[0].status == "Failed"


@pytest.mark.parametrize("moves", [True, False])
def test_a_file_may_or_may_not_move_the_date(server: SecurityIrServer, client: Any, clock: Clock, moves: bool) -> None:
    server.switches.attachment_moves_date = moves
    case_id = client.create_case(**a_case())["caseId"]
    url = upload_url(client, case_id)
    clock.pass_seconds(60)
    requests.put(url, data=b"bytes", timeout=5)
    clock.pass_seconds(60)

    expected = START + timedelta(seconds=65) if moves else START
    assert server.case(case_id).last_updated == expected


def test_a_file_may_be_shown_as_pending_from_its_url_on_and_the_same_token_gives_the_same_file(
    server: SecurityIrServer, client: Any, clock: Clock
) -> None:
    server.switches.pending_from_url = True
    case_id = client.create_case(**a_case())["caseId"]
    upload_url(client, case_id, clientToken="t" * 32)
    clock.pass_seconds(86_400)
    (empty,) = client.get_case(caseId=case_id)["caseAttachments"]
    assert (empty["fileName"], empty["attachmentStatus"]) == ("evidence.txt", "Pending")

    again = upload_url(client, case_id, clientToken="t" * 32)
    assert requests.put(again, data=b"bytes", timeout=5).status_code == 200
    clock.pass_seconds(5)
    (attachment,) = client.get_case(caseId=case_id)["caseAttachments"]
    assert (attachment["attachmentId"], attachment["attachmentStatus"]) == (empty["attachmentId"], "Verified")
    assert server.content(case_id, attachment["attachmentId"]) == b"bytes"


def test_the_size_of_an_upload_is_signed(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]

    assert requests.put(upload_url(client, case_id), data=b"more bytes", timeout=5).status_code == 403
    assert server.case(case_id).attachments == ()
    assert len(server.violations) == 1


def test_an_upload_needs_a_content_length(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    answer = requests.put(upload_url(client, case_id), data=iter([b"bytes"]), timeout=5)

    assert answer.status_code == 411


def test_a_presigned_url_takes_no_other_credentials(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    url = upload_url(client, case_id)

    assert requests.put(url, **signed(b"bytes")).status_code == 400
    unsigned = {"x-amz-meta-origin": "jira"}
    assert requests.put(url, data=b"bytes", headers=unsigned, timeout=5).status_code == 403
    assert len(server.violations) == 2


def test_a_presigned_url_is_for_one_method_and_not_to_be_altered(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    url = upload_url(client, case_id)

    assert requests.get(url, timeout=5).status_code == 403
    assert requests.put(url.replace("Expires=300", "Expires=900"), data=b"bytes", timeout=5).status_code == 403
    assert requests.put(url.replace("evidence", "nothing"), data=b"bytes", timeout=5).status_code == 403


def test_a_presigned_url_expires_by_the_servers_clock(server: SecurityIrServer, client: Any, clock: Clock) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    put = upload_url(client, case_id)
    get = download_url(client, case_id, server.aws_responder.attach(case_id, "a.txt", b"bytes"))
    assert requests.get(get, timeout=5).content == b"bytes"
    clock.pass_seconds(300)

    for answer in (requests.put(put, data=b"bytes", timeout=5), requests.get(get, timeout=5)):
        assert answer.status_code == 403
        assert "expired" in answer.text


def test_the_same_client_token_makes_one_upload(server: SecurityIrServer, client: Any, clock: Clock) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    first = upload_url(client, case_id, clientToken="file-1")
    clock.pass_seconds(600)
    second = upload_url(client, case_id, clientToken="file-1")
    assert requests.put(second, data=b"bytes", timeout=5).status_code == 200
    assert requests.put(second, data=b"bytes", timeout=5).status_code == 200

    assert first != second
    assert len(server.case(case_id).attachments) == 1
    server.switches.repeats_upload_url = True
    clock.pass_seconds(600)
    assert upload_url(client, case_id, clientToken="file-1") == second


def test_equal_names_are_two_files(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    for content in (b"first", b"other"):
        requests.put(upload_url(client, case_id), data=content, timeout=5)

    attachments = server.case(case_id).attachments
    assert [item.file_name for item in attachments] == ["evidence.txt", "evidence.txt"]
    assert [server.content(case_id, item.attachment_id) for item in attachments] == [b"first", b"other"]


def test_a_case_has_at_most_fifty_files(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    for number in range(49):
        server.aws_responder.attach(case_id, f"{number}.txt", b"x")
    upload_url(client, case_id, clientToken="fiftieth")
    upload_url(client, case_id, clientToken="fiftieth")

    error = refusal(client.get_case_attachment_upload_url, caseId=case_id, fileName="more.txt", contentLength=1)
    assert (code(error), status(error)) == ("ServiceQuotaExceededException", 402)


@pytest.mark.parametrize(
    ("name", "size", "field"),
    [
        ("two words.txt", 1, "fileName"),
        ("x" * 256, 1, "fileName"),
        ("empty.txt", 0, "contentLength"),
        ("huge.bin", 104_857_601, "contentLength"),
    ],
)
def test_files_that_do_not_fit_are_refused(server: SecurityIrServer, name: str, size: int, field: str) -> None:
    client = client_of(server, checked=False)
    case_id = client.create_case(**a_case())["caseId"]

    error = refusal(client.get_case_attachment_upload_url, caseId=case_id, fileName=name, contentLength=size)
    assert fields(error) == [field]


@pytest.mark.parametrize("unsettled", ["Pending", "Failed"])
def test_only_verified_files_are_given_out(server: SecurityIrServer, client: Any, unsettled: str) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    attachment_id = server.aws_responder.attach(case_id, "a.txt", b"bytes", status=unsettled)
    get = client.get_case_attachment_download_url

    assert code(refusal(get, caseId=case_id, attachmentId=attachment_id)) == "ConflictException"


def test_a_range_of_a_file_can_be_fetched(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    url = download_url(client, case_id, server.aws_responder.attach(case_id, "a.txt", b"0123456789"))

    part = requests.get(url, headers={"Range": "bytes=7-"}, timeout=5)
    assert (part.status_code, part.content) == (206, b"789")
    assert part.headers["Content-Range"] == "bytes 7-9/10"
    assert requests.get(url, headers={"Range": "bytes=2-3"}, timeout=5).content == b"23"
    assert requests.get(url, headers={"Range": "bytes=10-"}, timeout=5).status_code == 416


def test_a_download_can_be_torn(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    url = download_url(client, case_id, server.aws_responder.attach(case_id, "a.txt", b"0123456789"))
    server.faults.add("AttachmentDownload", after=True)

    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        _ = requests.get(url, timeout=5).content
    assert requests.get(url, timeout=5).content == b"0123456789"


def test_an_upload_can_fail_before_and_after_the_deed(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    url = upload_url(client, case_id)
    server.faults.add("AttachmentUpload", error="SlowDown", status=503, retry_after=1)
    server.faults.add("AttachmentUpload", after=True)

    assert requests.put(url, data=b"bytes", timeout=5).status_code == 503
    assert server.case(case_id).attachments == ()
    with pytest.raises(requests.exceptions.ConnectionError):
        requests.put(url, data=b"bytes", timeout=5)
    assert len(server.case(case_id).attachments) == 1


def test_half_an_upload_is_none(server: SecurityIrServer, client: Any) -> None:
    case_id = client.create_case(**a_case())["caseId"]
    url = urlsplit(upload_url(client, case_id))
    connection = http.client.HTTPConnection(url.netloc, timeout=5)
    connection.putrequest("PUT", f"{url.path}?{url.query}")
    connection.putheader("Content-Length", "5")
    connection.endheaders(b"by")
    connection.close()
    requests.put(url.geturl(), data=b"bytes", timeout=5)

    assert len(server.case(case_id).attachments) == 1


def test_files_pass_through_the_disk(server: SecurityIrServer, client: Any, clock: Clock) -> None:
    size = 8 * 1024 * 1024
    content = bytes(range(256)) * (size // 256)
    case_id = client.create_case(**a_case())["caseId"]
    requests.put(upload_url(client, case_id, size), data=content, timeout=30)
    clock.pass_seconds(5)
    (attachment,) = server.case(case_id).attachments

    assert requests.get(download_url(client, case_id, attachment.attachment_id), timeout=30).content == content
