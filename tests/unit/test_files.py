"""Planning of files, the names they get, and bytes on their way."""

from __future__ import annotations

import email
import email.policy
import hashlib
import io
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sandbox.jira import JiraServer
from sandbox.security_ir import SecurityIrServer
from security_ir_jira.files import FileCopy, FileWork, State, arrived, case_file_name, key_of, plan_files, rejected
from security_ir_jira.model import File
from security_ir_jira.transfer import FormFile, Spool, TooLarge, spool
from tests.contract.security_ir_support import a_case, client_of

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
MIB = 1 << 20


def a_file(number: int, name: str = "log.txt", *, size: int | None = 3, state: str = "Verified") -> File:
    return File(str(number), name, "Ada", START + timedelta(minutes=number), size, state)


def a_copy(
    source: str, *, name: str = "log.txt", state: State = "there", copy: str | None = None, size: int = 3
) -> dict[str, FileCopy]:
    return {source: FileCopy(source, name, state, size, "", copy)}


def planned(works: tuple[FileWork, ...]) -> list[str]:
    return [work.file.id for work in works]


# What is to be copied


def test_new_files_are_copied_oldest_first() -> None:
    assert planned(plan_files("jira", [a_file(2), a_file(1)], {})) == ["1", "2"]


@pytest.mark.parametrize("state", ["there", "told", "rejected"])
def test_a_file_that_is_settled_is_left_alone(state: State) -> None:
    assert plan_files("jira", [a_file(1)], a_copy("ATTACHMENT#jira#1", state=state)) == ()


def test_a_file_whose_copy_is_reserved_is_gone_on_with() -> None:
    assert planned(plan_files("jira", [a_file(1)], a_copy("ATTACHMENT#jira#1", state="reserved"))) == ["1"]


def test_our_copy_never_comes_back_and_its_namesake_does() -> None:
    known = a_copy("ATTACHMENT#security_ir#9", copy="1")
    assert planned(plan_files("jira", [a_file(1), a_file(2)], known)) == ["2"]


def test_of_namesakes_on_a_case_the_oldest_is_our_copy() -> None:
    known = a_copy(key_of("jira", "7"))
    files = [a_file(2, size=None), a_file(1, size=None)]
    assert {key: copy.key for key, copy in arrived("security_ir", files, known).items()} == {"1": "ATTACHMENT#jira#7"}
    assert planned(plan_files("security_ir", files, known)) == ["2"]


def test_on_an_issue_the_size_must_fit_as_well() -> None:
    known = a_copy("ATTACHMENT#security_ir#9", state="reserved")
    assert planned(plan_files("jira", [a_file(1, size=4), a_file(2, size=3)], known)) == ["1"]


def test_a_file_known_as_somebodys_own_is_no_copy_of_ours() -> None:
    known = a_copy("ATTACHMENT#security_ir#9", state="reserved") | a_copy("ATTACHMENT#jira#1", copy="x")
    assert arrived("jira", [a_file(1)], known) == {}


def test_pending_waits_and_obstacles_are_named() -> None:
    files = [
        a_file(1, state="Pending"),
        a_file(2, state="Failed"),
        a_file(3, size=0),
        a_file(4, size=11),
        a_file(5, size=10),
        a_file(6, size=None),
    ]
    works = plan_files("security_ir", files, {}, limit=10)
    assert [(work.file.id, work.obstacle) for work in works] == [
        ("2", "failed"),
        ("3", "empty"),
        ("4", "too-large"),
        ("5", None),
        ("6", None),
    ]


def test_a_rejected_copy_is_named_until_people_were_told() -> None:
    failed = [a_file(1, state="Failed")]
    assert len(rejected(failed, a_copy("ATTACHMENT#jira#7", copy="1"))) == 1
    assert rejected(failed, a_copy("ATTACHMENT#jira#7", copy="1", state="rejected")) == ()


# Names


@pytest.mark.parametrize(
    ("name", "fitted"),
    [
        ("log.txt", "log.txt"),
        ("_private.tar.gz", "_private.tar.gz"),
        ("Żółw log.txt", "Zo_w_log.txt"),
        ("日誌.txt", "file.txt"),
        ("日誌", "file"),
        ("../../etc/passwd", ".._.._etc_passwd"),
        (".bashrc", ".bashrc"),
        ("..", "file"),
        ("", "file"),
        ("a.verylongextensionthatisnone", "a.verylongextensionthatisnone"),
        ("🙂 report (1).pdf", "report_1.pdf"),
    ],
)
def test_names_fit_and_stay_readable(name: str, fitted: str) -> None:
    assert case_file_name(name, []) == fitted


@given(st.lists(st.text(max_size=300), max_size=6))
def test_names_always_fit_and_never_collide(names: list[str]) -> None:
    taken: list[str] = []
    for name in names:
        fitted = case_file_name(name, taken)
        assert re.fullmatch(r"[a-zA-Z0-9._-]{1,255}", fitted)
        assert fitted.casefold() not in {each.casefold() for each in taken}
        taken.append(fitted)


def test_a_long_name_keeps_its_extension_and_its_number() -> None:
    first = case_file_name("x" * 300 + ".pcap", [])
    assert (len(first), first[-5:]) == (255, ".pcap")
    assert case_file_name("x" * 300 + ".pcap", [first]).endswith("x-2.pcap")


# Bytes


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
from pathlib import Path
from security_ir_jira.credentials import Credentials
from security_ir_jira.jira import JiraClient, JiraHttp
from security_ir_jira.transfer import download, fetch, put

jira_url, email, token, attachment, put_url, get_url = sys.argv[1:]
jira = JiraClient(JiraHttp(lambda fresh: Credentials(jira_url, email, "SEC", token, 1)))
limit = 104_857_600
with jira.download_attachment(attachment, limit) as file:
    put(put_url, file)
with download(lambda: fetch(get_url), limit) as file:
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
