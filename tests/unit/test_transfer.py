"""Bytes on their way."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
import urllib3

from sandbox.jira import JiraServer
from sandbox.security_ir import SecurityIrServer
from security_ir_jira.errors import NotFound, OutcomeUnknown, Unavailable
from security_ir_jira.transfer import FormFile, Spool, TooLarge, UrlRefused, download, put, spool
from tests.contract.security_ir_support import a_case, client_of
from tests.unit.things import a_file

MIB = 1 << 20


def spooled(content: bytes) -> Spool:
    return Spool(io.BytesIO(content), len(content), hashlib.sha256(content).hexdigest())


@pytest.mark.parametrize("name", ["log.txt", 'quo"te.txt', "zażółć 🙂.txt"])
def test_a_form_has_the_length_it_says_and_can_be_read_twice(name: str) -> None:
    form = FormFile(name, spooled(b"\r\n--content" * 9))
    whole = b"".join(form)
    assert len(whole) == len(form)
    assert b"".join(form) == whole
    header = f"Content-Type: {form.content_type}\r\n\r\n".encode()
    message = email.message_from_bytes(header + whole, policy=email.policy.HTTP)
    (part,) = message.iter_parts()
    assert part.get_param("name", header="Content-Disposition") == "file"
    assert part.get_payload(decode=True) == b"\r\n--content" * 9


def test_a_spool_ends_at_its_limit() -> None:
    def chunks() -> Iterator[bytes]:
        for _ in range(1_000):
            yield b"x" * 1_000

    with spool(chunks(), 1_000_000) as kept:
        assert kept.size == 1_000_000
    with pytest.raises(TooLarge):
        spool(chunks(), 999_999)


MEMORY_USED = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.jira.http import JiraHttp
from security_ir_jira.model import File
from security_ir_jira.transfer import download, fetch, put

jira_url, email, token, attachment, put_url, get_url = sys.argv[1:]
jira = JiraClient(JiraHttp(lambda fresh: Credentials(jira_url, email, "SEC", token, 1)))
limit = 104_857_600
with jira.download_attachment(File(attachment, "big.bin", datetime.now(UTC), limit), limit) as file:
    put(put_url, file)
with download(lambda: fetch(get_url), File("1", "theirs.bin", datetime.now(UTC)), limit) as file:
    jira.upload_attachment("SEC-1", "back.bin", file)
print(Path("/proc/self/status").read_text().partition("VmHWM:")[2].split()[0])
"""


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak of a process's memory is read from /proc")
def test_a_hundred_mebibytes_pass_both_ways_within_the_functions_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    big = tmp_path / "big.bin"
    block = hashlib.sha256(b"seed").digest() * (MIB // 32)
    with big.open("wb") as file:
        for _ in range(100):
            file.write(block)
    with JiraServer() as jira, SecurityIrServer() as service:
        jira.add_project("SEC")
        ada = jira.person(jira.add_user("Ada", "ada@example.com"))
        ada.create_issue("SEC", "Big")
        attachment = ada.attach("SEC-1", "big.bin", big)
        client = client_of(service)
        case_id = client.create_case(**a_case())["caseId"]
        theirs = service.aws_responder.attach(case_id, "theirs.bin", big.read_bytes())
        put_url = client.get_case_attachment_upload_url(caseId=case_id, fileName="big.bin", contentLength=100 * MIB)[
            "attachmentPresignedUrl"
        ]
        get_url = client.get_case_attachment_download_url(caseId=case_id, attachmentId=theirs)["attachmentPresignedUrl"]
        monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parents[2] / "lambda_src"))
        child = subprocess.run(
            [sys.executable, "-c", MEMORY_USED, jira.url, jira.email, jira.token, attachment.id, put_url, get_url],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert child.returncode == 0, child.stderr
        assert [each.size for each in service.case(case_id).attachments] == [100 * MIB, 100 * MIB]
        back = jira.issue("SEC-1").attachments[1]
        with back.path.open("rb") as file, big.open("rb") as sent:
            assert hashlib.file_digest(file, "sha256").digest() == hashlib.file_digest(sent, "sha256").digest()
        assert (jira.violations, service.violations) == ([], [])
    assert int(child.stdout) < 110 * 1024, "KiB at the peak"


# What is that file, and what is not


def answer(body: bytes, status: int = 200, content_type: str = "application/octet-stream") -> requests.Response:
    """An answer as it comes from the line."""
    response = requests.Response()
    response.status_code = status
    response.headers["Content-Type"] = content_type
    response.raw = urllib3.HTTPResponse(io.BytesIO(body), preload_content=False)
    return response


def one_after_another(*answers: requests.Response) -> Callable[[], requests.Response]:
    waiting = iter(answers)
    return lambda: next(waiting)


PAGE = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    "instead", [answer(b"<html>Sign in</html>", content_type=PAGE), answer(b"ab"), answer(b"", 503)]
)
def test_what_is_not_that_file_is_asked_for_anew(instead: requests.Response) -> None:
    with download(one_after_another(instead, answer(b"abc")), a_file(1, size=3), 100) as file:
        assert file.content == hashlib.sha256(b"abc").hexdigest()


def test_what_stays_another_length_is_not_copied() -> None:
    with pytest.raises(Unavailable, match="2 bytes were sent instead of 3"):
        download(lambda: answer(b"ab"), a_file(1, size=3), 100)


def test_a_page_in_place_of_a_file_of_unknown_length_is_not_copied() -> None:
    with pytest.raises(Unavailable, match="a page was sent instead"):
        download(lambda: answer(b"<html>", content_type=PAGE), a_file(1, "memory.zip", size=None), 100)


@pytest.mark.parametrize("name", ["report.html", "mail.htm", "evidence", "login.php.txt.unknown"])
def test_a_page_that_is_the_file_is_copied(name: str) -> None:
    with download(lambda: answer(b"<html>", content_type=PAGE), a_file(1, name, size=None), 100) as file:
        assert file.size == 6


def test_a_file_that_is_gone_is_not_asked_for_again() -> None:
    with pytest.raises(NotFound):
        download(one_after_another(answer(b"", 404)), a_file(1), 100)


def test_a_body_that_tore_on_the_way_is_asked_for_anew() -> None:
    torn = answer(b"ab")
    torn.headers["Content-Length"] = "3"
    with download(one_after_another(torn, answer(b"abc")), a_file(1, size=None), 100) as file:
        assert file.size == 3


def test_a_url_that_has_expired_is_asked_for_anew() -> None:
    with download(one_after_another(answer(b"<Error/>", 403), answer(b"abc")), a_file(1), 100) as file:
        assert file.size == 3


def test_a_file_beyond_the_limit_is_not_fetched_to_its_end() -> None:
    with pytest.raises(TooLarge):
        download(lambda: answer(b"x" * 101), a_file(1, size=None), 100)


# Where an upload may have arrived


def uploaded(monkeypatch: pytest.MonkeyPatch, outcome: int | Exception) -> bytes:
    """What was sent by one upload that ends with a status, or without an answer."""
    sent: list[bytes] = []

    def send(_: requests.Session, __: str, *, data: io.BytesIO, **___: object) -> requests.Response:
        sent.append(data.read())
        if isinstance(outcome, Exception):
            raise outcome
        return answer(b"", outcome)

    monkeypatch.setattr(requests.Session, "put", send)
    put("https://bucket.example/key", spooled(b"abc"))
    return sent[0]


def test_an_upload_sends_the_whole_file(monkeypatch: pytest.MonkeyPatch) -> None:
    assert uploaded(monkeypatch, 200) == b"abc"


@pytest.mark.parametrize(
    ("outcome", "failure"),
    [
        (400, UrlRefused),
        (403, UrlRefused),
        (500, Unavailable),
        (503, Unavailable),
        (requests.exceptions.ConnectTimeout(), Unavailable),
        (requests.exceptions.ReadTimeout(), OutcomeUnknown),
        (requests.exceptions.ConnectionError(), OutcomeUnknown),
    ],
)
def test_only_an_upload_whose_answer_was_lost_may_have_arrived(
    monkeypatch: pytest.MonkeyPatch, outcome: int | Exception, failure: type[Exception]
) -> None:
    with pytest.raises(failure):
        uploaded(monkeypatch, outcome)


def test_an_upload_url_is_in_no_message(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UrlRefused) as caught:
        uploaded(monkeypatch, 403)
    assert "bucket.example" not in str(caught.value)
