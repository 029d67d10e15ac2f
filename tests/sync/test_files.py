"""Files go to the other side once, by what the ledger knows of them and never by their names."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from sandbox.jira import Person
from security_ir_jira.config import Config
from security_ir_jira.plan import files as plan_files

from .loop import Loop, a_day_of_sweeps, files_on_case, files_on_issue, key_of, texts


def grace_attaches(loop: Loop, case_id: str, name: str, content: bytes, status: str = "Verified") -> str:
    attachment_id = loop.service.aws_responder.attach(case_id, name, content, status)
    loop.sweep_cases()
    loop.settle()
    return attachment_id


def test_a_file_of_the_case_reaches_the_issue(loop: Loop, case_id: str) -> None:
    content = bytes(range(256)) * 4_000
    grace_attaches(loop, case_id, "trail.json.gz", content)
    assert files_on_issue(loop, case_id) == [("trail.json.gz", content)]


def test_a_file_of_the_issue_reaches_the_case(loop: Loop, case_id: str, ada: Person) -> None:
    content = b"\r\n--boundary" * 1_000
    ada.attach(key_of(loop, case_id), "memory.dmp", content)
    loop.settle()
    assert files_on_case(loop, case_id) == [("memory.dmp", content)]


def test_files_there_at_birth_go_along(loop: Loop, ada: Person) -> None:
    loop.automation = False
    issue = ada.create_issue("SEC", "Phishing", "Somebody clicked.")
    ada.attach(issue.key, "mail.eml", b"From: mallory")
    loop.notify(issue.key)
    loop.settle()
    (case,) = loop.service.cases()
    assert files_on_case(loop, case.case_id) == [("mail.eml", b"From: mallory")]


def test_files_of_both_sides_leave_silence_behind(loop: Loop, case_id: str, ada: Person) -> None:
    ada.attach(key_of(loop, case_id), "from-jira.txt", b"jira")
    grace_attaches(loop, case_id, "from-case.txt", b"case")
    a_day_of_sweeps(loop)
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    assert quiet.writes == []
    expected = {("from-jira.txt", b"jira"), ("from-case.txt", b"case")}
    assert set(files_on_case(loop, case_id)) == set(files_on_issue(loop, case_id)) == expected
    assert len(files_on_case(loop, case_id)) == len(files_on_issue(loop, case_id)) == 2


@pytest.mark.parametrize("moves", [True, False])
def test_a_file_is_found_whether_or_not_it_moves_the_date(loop: Loop, case_id: str, moves: bool) -> None:
    loop.service.switches.attachment_moves_date = moves
    a_day_of_sweeps(loop)
    loop.service.aws_responder.attach(case_id, "late.txt", b"late")
    a_day_of_sweeps(loop)
    assert files_on_issue(loop, case_id) == [("late.txt", b"late")]


def test_fault_19_equal_names_are_different_files(loop: Loop, case_id: str, ada: Person) -> None:
    key = key_of(loop, case_id)
    ada.attach(key, "log.txt", b"one")
    ada.attach(key, "log.txt", b"two")
    grace_attaches(loop, case_id, "log.txt", b"three")
    grace_attaches(loop, case_id, "log.txt", b"four")
    a_day_of_sweeps(loop)
    contents = [b"four", b"one", b"three", b"two"]
    assert sorted(content for _, content in files_on_case(loop, case_id)) == contents
    assert sorted(content for _, content in files_on_issue(loop, case_id)) == contents
    assert {("log-2.txt", b"one"), ("log-3.txt", b"two")} <= set(files_on_case(loop, case_id))


def test_a_copy_is_not_mistaken_for_a_later_file_of_its_name(loop: Loop, case_id: str, ada: Person) -> None:
    ada.attach(key_of(loop, case_id), "log.txt", b"ours")
    loop.settle()
    loop.advance(60)
    grace_attaches(loop, case_id, "log.txt", b"theirs")
    assert sorted(files_on_issue(loop, case_id)) == [("log.txt", b"ours"), ("log.txt", b"theirs")]


def test_names_are_made_to_fit_the_case(loop: Loop, case_id: str, ada: Person) -> None:
    for name in ("zażółć gęślą.txt", "日誌.log", "a;b=c.txt", "x" * 300 + ".tar.gz"):
        ada.attach(key_of(loop, case_id), name, name.encode())
    loop.settle()
    names = [name for name, _ in files_on_case(loop, case_id)]
    assert names == ["zazo_c_gesla.txt", "file.log", "a_b_c.txt", "x" * 252 + ".gz"]


def test_a_pending_file_waits_until_it_is_verified(loop: Loop, case_id: str) -> None:
    attachment_id = grace_attaches(loop, case_id, "sample.bin", b"sample", "Pending")
    a_day_of_sweeps(loop)
    assert files_on_issue(loop, case_id) == []
    loop.service.aws_responder.set_attachment_status(case_id, attachment_id, "Verified")
    a_day_of_sweeps(loop)
    assert files_on_issue(loop, case_id) == [("sample.bin", b"sample")]


def test_a_file_that_was_pending_when_its_case_closed_still_arrives(loop: Loop, case_id: str) -> None:
    attachment_id = loop.service.aws_responder.attach(case_id, "sample.bin", b"sample", "Pending")
    loop.service.aws_responder.close(case_id)
    loop.sweep_cases()
    loop.run()
    assert loop.jira.issue(key_of(loop, case_id)).status.name == "Done"
    loop.service.aws_responder.set_attachment_status(case_id, attachment_id, "Verified")
    loop.advance(600)
    loop.sweep_cases()
    loop.settle()
    assert files_on_issue(loop, case_id) == [("sample.bin", b"sample")]


def test_a_failed_file_is_named_once_and_never_fetched(loop: Loop, case_id: str) -> None:
    loop.quiet()
    grace_attaches(loop, case_id, "malware.exe", b"MZ", "Failed")
    a_day_of_sweeps(loop)
    assert files_on_issue(loop, case_id) == []
    assert texts(loop, case_id)[1].count("malware.exe") == 1
    assert "GetCaseAttachmentDownloadUrl" not in [each.operation for each in loop.service.requests]


def test_a_copy_that_fails_the_check_is_named_once_on_the_issue(loop: Loop, case_id: str, ada: Person) -> None:
    loop.service.switches.scan_verdict = "Failed"
    ada.attach(key_of(loop, case_id), "malware.exe", b"MZ")
    a_day_of_sweeps(loop)
    a_day_of_sweeps(loop)
    assert texts(loop, case_id)[1].count("malware.exe") == 1
    assert len(files_on_issue(loop, case_id)) == 1


def test_what_cannot_go_to_the_case_is_named_there_once_with_a_link(
    loop: Loop, case_id: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(plan_files, "FILE_LIMIT", 10)
    key = key_of(loop, case_id)
    ada.attach(key, "fits.txt", b"x" * 10)
    ada.attach(key, "huge.bin", b"x" * 11)
    ada.attach(key, "huge.bin", b"y" * 12)
    ada.attach(key, "empty.txt", b"")
    loop.settle()
    a_day_of_sweeps(loop)
    said = texts(loop, case_id)[0]
    assert files_on_case(loop, case_id) == [("fits.txt", b"x" * 10)]
    assert (said.count('"huge.bin" is too large'), said.count('"empty.txt" is empty')) == (2, 1)
    assert said.count(f"/browse/{key}") == 4


def test_what_jira_does_not_take_is_named_there_once_with_a_link(loop: Loop, case_id: str) -> None:
    loop.jira.switches.attachment_limit = 4
    grace_attaches(loop, case_id, "huge.bin", b"12345")
    grace_attaches(loop, case_id, "fits.bin", b"1234")
    a_day_of_sweeps(loop)
    assert files_on_issue(loop, case_id) == [("fits.bin", b"1234")]
    said = texts(loop, case_id)[1]
    assert said.count("huge.bin") == 1
    assert case_id in said


def test_a_case_has_at_most_fifty_files(loop: Loop, case_id: str, ada: Person) -> None:
    loop.automation = False
    for number in range(48):
        loop.service.aws_responder.attach(case_id, f"{number}.txt", b"x")
    loop.sweep_cases()
    loop.settle()
    for number in range(4):
        ada.attach(key_of(loop, case_id), f"jira-{number}.txt", b"x")
    loop.notify(key_of(loop, case_id))
    loop.settle()
    a_day_of_sweeps(loop)
    assert [name for name, _ in files_on_case(loop, case_id)[48:]] == ["jira-0.txt", "jira-1.txt"]
    assert texts(loop, case_id)[0].count("at most 50") == 2


def test_a_closed_case_that_takes_no_file_leaves_a_note_on_the_issue(loop: Loop, own_case: str, ada: Person) -> None:
    loop.service.switches.attachments_on_closed = loop.service.switches.comments_on_closed = False
    ada.transition(key_of(loop, own_case), "Done")
    loop.settle()
    ada.attach(key_of(loop, own_case), "report.pdf", b"%PDF")
    loop.settle()
    a_day_of_sweeps(loop)
    assert files_on_case(loop, own_case) == []
    assert texts(loop, own_case)[1].count("report.pdf") == 1


def test_a_file_attached_while_the_issue_is_done_goes_before_the_case_closes(
    loop: Loop, own_case: str, ada: Person
) -> None:
    loop.service.switches.attachments_on_closed = False
    loop.automation = False
    ada.attach(key_of(loop, own_case), "report.pdf", b"%PDF")
    ada.transition(key_of(loop, own_case), "Done")
    loop.notify(key_of(loop, own_case))
    loop.settle()
    assert files_on_case(loop, own_case) == [("report.pdf", b"%PDF")]
    assert loop.service.case(own_case).status == "Closed"


def test_a_deletion_is_not_copied(loop: Loop, case_id: str, ada: Person) -> None:
    attachment = ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.settle()
    ada.delete_attachment(attachment.id)
    loop.settle()
    a_day_of_sweeps(loop)
    assert files_on_case(loop, case_id) == [("log.txt", b"log")]
    assert files_on_issue(loop, case_id) == []


# Trouble on the way


@pytest.mark.parametrize("after", [True, False])
def test_a_lost_answer_of_jira_makes_no_second_file(loop: Loop, case_id: str, after: bool) -> None:
    loop.jira.faults.add("POST .*/attachments", after=after, drop=not after)
    grace_attaches(loop, case_id, "log.txt", b"log")
    a_day_of_sweeps(loop)
    assert files_on_issue(loop, case_id) == [("log.txt", b"log")]
    assert files_on_case(loop, case_id) == [("log.txt", b"log")]


def test_a_lost_upload_is_not_taken_for_somebodys_file_of_equal_name_and_size(
    loop: Loop, case_id: str, ada: Person
) -> None:
    loop.jira.faults.add("POST .*/attachments", drop=True)
    loop.service.aws_responder.attach(case_id, "log.txt", b"ours")
    loop.sweep_cases()
    loop.run()
    ada.attach(key_of(loop, case_id), "log.txt", b"hers")
    loop.settle()
    a_day_of_sweeps(loop)
    assert sorted(content for _, content in files_on_issue(loop, case_id)) == [b"hers", b"ours"]
    assert sorted(content for _, content in files_on_case(loop, case_id)) == [b"hers", b"ours"]


@pytest.mark.parametrize("after", [True, False])
def test_a_lost_answer_of_the_upload_makes_no_second_file(loop: Loop, case_id: str, ada: Person, after: bool) -> None:
    loop.service.faults.add("AttachmentUpload", after=after, drop=not after)
    ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.settle()
    a_day_of_sweeps(loop)
    assert files_on_case(loop, case_id) == [("log.txt", b"log")]
    assert files_on_issue(loop, case_id) == [("log.txt", b"log")]


@pytest.mark.parametrize("operation", ["AttachmentUpload", "GetCaseAttachmentUploadUrl"])
def test_an_upload_that_fails_for_a_while_is_made_up_for(loop: Loop, case_id: str, ada: Person, operation: str) -> None:
    error = "SlowDown" if operation == "AttachmentUpload" else "InternalServerException"
    loop.service.faults.add(operation, error=error, status=500, times=6)
    ada.attach(key_of(loop, case_id), "log.txt", b"log")
    loop.settle()
    assert files_on_case(loop, case_id) == [("log.txt", b"log")]


@pytest.mark.parametrize("repeats", [True, False])
def test_an_upload_url_that_expired_is_replaced(loop: Loop, case_id: str, ada: Person, repeats: bool) -> None:
    loop.service.switches.repeats_upload_url = repeats
    upload_url, late = loop.cases.upload_url, [400.0]

    def slowly(case_id: str, name: str, size: int, *, token: str) -> str:
        url = upload_url(case_id, name, size, token=token)
        loop.clock.pass_seconds(late.pop() if late else 0.0)
        return url

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loop.cases, "upload_url", slowly)
        ada.attach(key_of(loop, case_id), "log.txt", b"log")
        loop.settle()
    assert late == []
    assert files_on_case(loop, case_id) == [("log.txt", b"log")]


def test_a_torn_download_is_begun_anew(loop: Loop, case_id: str) -> None:
    content = b"0123456789" * 100_000
    loop.service.faults.add("AttachmentDownload", after=True, times=3)
    grace_attaches(loop, case_id, "trail.json", content)
    assert files_on_issue(loop, case_id) == [("trail.json", content)]


def test_one_file_that_fails_does_not_hold_up_the_others(loop: Loop, case_id: str) -> None:
    loop.service.faults.add("AttachmentDownload", error="SlowDown", status=503, times=2)
    loop.service.aws_responder.attach(case_id, "first.txt", b"1")
    loop.service.aws_responder.attach(case_id, "second.txt", b"2")
    loop.sweep_cases()
    loop.run()
    assert len(files_on_issue(loop, case_id)) == 1
    loop.settle()
    assert sorted(files_on_issue(loop, case_id)) == [("first.txt", b"1"), ("second.txt", b"2")]


def test_notifications_told_twice_bring_a_file_once(loop: Loop, case_id: str, ada: Person) -> None:
    loop.copies = 3
    ada.attach(key_of(loop, case_id), "a.txt", b"a")
    grace_attaches(loop, case_id, "b.txt", b"b")
    a_day_of_sweeps(loop)
    assert len(files_on_case(loop, case_id)) == len(files_on_issue(loop, case_id)) == 2


# A description that was cut


def test_a_description_that_is_cut_is_attached_in_full_once(loop: Loop, ada: Person) -> None:
    long = "\n\n".join(f"Paragraph {number} tells what was seen." for number in range(400))
    issue = ada.create_issue("SEC", "Long story", long)
    loop.settle()
    (case,) = loop.service.cases()
    ada.edit(issue.key, description=f"Edited. {long}")
    loop.settle()
    a_day_of_sweeps(loop)
    ((name, content),) = files_on_case(loop, case.case_id)
    assert name == f"{issue.key}-description.md"
    assert "Paragraph 399" in content.decode()
    assert files_on_issue(loop, case.case_id) == []


def test_a_description_cut_later_is_attached_then(loop: Loop, case_id: str, ada: Person) -> None:
    ada.edit(key_of(loop, case_id), description="word " * 3_000)
    loop.settle()
    ((_, content),) = files_on_case(loop, case_id)
    assert content.decode().count("word") == 3_000


# Cost and the switch


def test_files_stay_where_they_are_if_so_configured(loop: Loop, config: Config, case_id: str, ada: Person) -> None:
    loop.start(replace(config, sync_attachments=False))
    ada.attach(key_of(loop, case_id), "a.txt", b"a")
    grace_attaches(loop, case_id, "b.txt", b"b")
    a_day_of_sweeps(loop)
    assert (files_on_case(loop, case_id), files_on_issue(loop, case_id)) == ([("b.txt", b"b")], [("a.txt", b"a")])


def test_the_echo_of_a_copy_costs_one_read(loop: Loop, case_id: str) -> None:
    grace_attaches(loop, case_id, "log.txt", b"log")
    quiet = loop.quiet()
    loop.notify(key_of(loop, case_id))
    loop.settle()
    assert len(quiet.jira_reads) == 1
    assert quiet.service_reads == quiet.writes == []


def test_a_file_is_the_same_on_both_sides(loop: Loop, case_id: str) -> None:
    content = hashlib.sha256(b"seed").digest() * 40_000
    grace_attaches(loop, case_id, "image.raw", content)
    ((_, arrived),) = files_on_issue(loop, case_id)
    assert hashlib.sha256(arrived).digest() == hashlib.sha256(content).digest()
