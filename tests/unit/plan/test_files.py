"""Planning of files, and the names they get."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from security_ir_jira.memory import FileCopy, FileState, file_key
from security_ir_jira.model import Side
from security_ir_jira.plan import files as plan
from security_ir_jira.plan.files import FileWork, case_file_name, perhaps_ours, plan_files, rejected
from tests.unit.things import a_file


def a_copy(
    source: str, *, name: str = "log.txt", state: FileState = "there", copy: str | None = None, size: int = 3
) -> dict[str, FileCopy]:
    return {source: FileCopy(source, name, state, size, "", copy)}


def planned(works: tuple[FileWork, ...]) -> list[str]:
    return [work.file.id for work in works]


# What is to be copied


def test_new_files_are_copied_oldest_first() -> None:
    assert planned(plan_files("jira", [a_file(2), a_file(1)], {})) == ["1", "2"]


@pytest.mark.parametrize("state", ["there", "told", "rejected"])
def test_a_file_that_is_settled_is_left_alone(state: FileState) -> None:
    assert plan_files("jira", [a_file(1)], a_copy("ATTACHMENT#jira#1", state=state)) == ()


def test_a_file_whose_copy_is_reserved_is_gone_on_with() -> None:
    assert planned(plan_files("jira", [a_file(1)], a_copy("ATTACHMENT#jira#1", state="reserved"))) == ["1"]


def test_our_copy_never_comes_back_and_its_namesake_does() -> None:
    known = a_copy("ATTACHMENT#security_ir#9", copy="1")
    assert planned(plan_files("jira", [a_file(1), a_file(2)], known)) == ["2"]


def test_of_namesakes_on_a_case_any_may_be_our_copy_until_the_content_tells() -> None:
    known = a_copy(file_key("jira", "7"))
    files = [a_file(2, size=None), a_file(1, size=None), a_file(3, "other.txt", size=None)]
    assert perhaps_ours("security_ir", files, known) == {"1", "2"}
    assert planned(plan_files("security_ir", files, known)) == ["3"]


def test_on_an_issue_the_size_must_fit_as_well() -> None:
    known = a_copy("ATTACHMENT#security_ir#9", state="reserved")
    assert planned(plan_files("jira", [a_file(1, size=4), a_file(2, size=3)], known)) == ["1"]


def test_a_file_known_as_somebodys_own_is_no_copy_of_ours() -> None:
    known = a_copy("ATTACHMENT#security_ir#9", state="reserved") | a_copy("ATTACHMENT#jira#1", copy="x")
    assert perhaps_ours("jira", [a_file(1)], known) == set()


@pytest.mark.parametrize(("side", "across"), [("jira", "security_ir"), ("security_ir", "jira")])
def test_what_turned_out_to_be_a_copy_itself_holds_back_no_namesake(side: Side, across: Side) -> None:
    ours, theirs = file_key(side, "1"), file_key(across, "9")
    known = a_copy(ours, copy="9") | a_copy(theirs, state="perhaps", size=0)
    assert planned(plan_files(side, [a_file(1), a_file(2)], known)) == ["2"]
    assert planned(plan_files(across, [a_file(9)], known)) == []


def test_pending_waits_and_obstacles_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    files = [
        a_file(1, state="Pending"),
        a_file(2, state="Failed"),
        a_file(3, size=0),
        a_file(4, size=11),
        a_file(5, size=10),
        a_file(6, size=None),
    ]
    monkeypatch.setattr(plan, "FILE_LIMIT", 10)
    works = plan_files("security_ir", files, {})
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
