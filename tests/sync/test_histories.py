"""What once went wrong in systems of this kind, played to the end on both sides alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any, Literal

import pytest

from sandbox.jira import Person
from sandbox.jira.state.workflow import ScreenField, Status, Transition, Workflow
from security_ir_jira.cases.calls import CaseCalls, ListedCase
from security_ir_jira.cases.client import CaseClient
from security_ir_jira.config import Config
from security_ir_jira.errors import Refused, Unavailable
from security_ir_jira.jira.client import JiraClient

from .loop import (
    EVIDENCE,
    Loop,
    a_day_of_sweeps,
    files_on_case,
    files_on_issue,
    key_of,
    open_case,
    said_on_issue,
    set_up,
    status_of,
    texts,
)

Side = Literal["case", "issue"]
both_sides = pytest.mark.parametrize("side", ["case", "issue"])


def refuses_texts(monkeypatch: pytest.MonkeyPatch, side: Side, field: str) -> None:
    """A side refuses one of title and description; anything else it takes."""
    client = CaseClient if side == "case" else JiraClient
    write, name = client.set_fields, "summary" if (side, field) == ("issue", "title") else field

    def write_unless_named(self: Any, key: str, **values: Any) -> None:
        if values.get(name) is not None:
            raise Refused(f"{name} is not on the screen", status=400)
        write(self, key, **values)

    monkeypatch.setattr(client, "set_fields", write_unless_named)


def with_another_way(workflow: Workflow, *, status: Status, screen: tuple[ScreenField, ...] = ()) -> Workflow:
    """The workflow with one transition more, which Jira lists first."""
    statuses = workflow.statuses if status in workflow.statuses else (*workflow.statuses, status)
    return replace(
        workflow,
        statuses=statuses,
        transitions=(Transition("901", "Another way", status, screen=screen), *workflow.transitions),
    )


def edit(loop: Loop, case_id: str, ada: Person, side: Side, **values: Any) -> None:
    """A person edits one side."""
    if side == "case":
        loop.service.person("grace").edit(case_id, **values)
    else:
        renamed = {("summary" if name == "title" else name): value for name, value in values.items()}
        ada.edit(key_of(loop, case_id), **renamed)


def held(loop: Loop, case_id: str, side: Side, field: str) -> str:
    """What a side shows."""
    if side == "case":
        case = loop.service.case(case_id)
        return case.title if field == "title" else case.description
    issue = loop.jira.issue(key_of(loop, case_id))
    return issue.summary if field == "title" else issue.description_text


def other(side: Side) -> Side:
    return "issue" if side == "case" else "case"


def said(loop: Loop, case_id: str, side: Side) -> str:
    return texts(loop, case_id)[0 if side == "case" else 1]


def test_history_1_a_paragraph_added_in_jira_leaves_the_cases_own_byte_for_byte(loop: Loop, ada: Person) -> None:
    case_id = open_case(loop, "Evidence", EVIDENCE)
    loop.settle()
    key = key_of(loop, case_id)
    document = loop.jira.issue(key).description
    assert document is not None
    seen = {"type": "paragraph", "content": [{"type": "text", "text": "Seen by Ada."}]}
    ada.edit(key, description={**document, "content": [*document["content"], seen]})
    loop.settle()
    assert loop.service.case(case_id).description == f"{EVIDENCE}\n\nSeen by Ada."
    quiet = loop.quiet()
    a_day_of_sweeps(loop)
    assert quiet.writes == []


def test_history_2_a_paragraph_added_on_the_case_leaves_jiras_own_nodes_alone(loop: Loop, ada: Person) -> None:
    rich: list[dict[str, Any]] = [
        {
            "type": "panel",
            "attrs": {"panelType": "warning"},
            "content": [{"type": "paragraph", "content": [{"type": "text", "text": "Do not reboot"}]}],
        },
        {
            "type": "table",
            "attrs": {"isNumberColumnEnabled": True, "layout": "wide"},
            "content": [
                {
                    "type": "tableRow",
                    "content": [
                        {
                            "type": "tableCell",
                            "attrs": {"background": "#ffebe6"},
                            "content": [{"type": "paragraph", "content": [{"type": "text", "text": each}]}],
                        }
                        for each in ("host", "web-1")
                    ],
                }
            ],
        },
        {
            "type": "paragraph",
            "content": [
                {"type": "text", "text": "Ask "},
                {"type": "mention", "attrs": {"id": "5b10a2844c20165700ede21g", "text": "@Ada"}},
                {"type": "text", "text": " first", "marks": [{"type": "em"}]},
            ],
        },
        {
            "type": "mediaSingle",
            "attrs": {"layout": "center"},
            "content": [
                {
                    "type": "media",
                    "attrs": {"type": "file", "id": "6e7c7f2c-dd7a-499c-bceb-6f32bfbf30b5", "collection": ""},
                }
            ],
        },
    ]
    issue = ada.create_issue("SEC", "Rich", {"version": 1, "type": "doc", "content": rich})
    loop.settle()
    (case,) = loop.service.cases()
    before = loop.jira.issue(issue.key).description
    assert before is not None
    loop.service.person("grace").edit(case.case_id, description=f"{case.description}\n\nHost is isolated.")
    loop.settle()
    after = loop.jira.issue(issue.key).description
    assert after is not None
    assert after["content"][: len(before["content"])] == before["content"]
    added = after["content"][len(before["content"]) :]
    assert [node["type"] for node in added] == ["paragraph"]
    assert "Host is isolated." in str(added)


def test_history_3_a_page_that_answers_for_a_file_is_no_evidence(loop: Loop, own_case: str, ada: Person) -> None:
    content = b"evidence" * 1_000
    loop.jira.faults.add("GET .*/attachment/content/.*", status=200, body="<html>Sign in</html>", times=1)
    ada.attach(key_of(loop, own_case), "memory.dmp", content)
    loop.settle()
    assert files_on_case(loop, own_case) == [("memory.dmp", content)]


def test_history_4_somebody_elses_file_of_the_same_name_is_another_file(loop: Loop, own_case: str, ada: Person) -> None:
    loop.service.faults.add("AttachmentUpload", error="SlowDown", status=503, times=None)
    ada.attach(key_of(loop, own_case), "log.txt", b"from Jira")
    loop.advance(600)
    loop.service.person("grace").attach(own_case, "log.txt", b"from the console")
    loop.sweep_cases()
    loop.advance(3_000)
    loop.service.faults.clear()
    a_day_of_sweeps(loop)
    contents = [b"from Jira", b"from the console"]
    assert sorted(content for _, content in files_on_case(loop, own_case)) == contents
    assert sorted(content for _, content in files_on_issue(loop, own_case)) == contents


@both_sides
@pytest.mark.parametrize("field", ["title", "description"])
def test_history_5_a_refused_text_is_said_once_and_stays_where_it_was_typed(
    loop: Loop, own_case: str, ada: Person, side: Side, field: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = other(side)
    before = held(loop, own_case, side, field)
    refuses_texts(monkeypatch, side, field)
    edit(loop, own_case, ada, source, **{field: "Typed at night"})
    loop.settle()
    ada.comment(key_of(loop, own_case), "a remark")
    loop.service.person("grace").comment(own_case, "another")
    a_day_of_sweeps(loop)
    assert held(loop, own_case, source, field) == "Typed at night"
    assert held(loop, own_case, side, field) == before
    assert said(loop, own_case, side).count("Typed at night") == 1
    assert "both sides" not in "".join(texts(loop, own_case))
    assert loop.waiting == []


@both_sides
def test_history_6_one_refused_text_does_not_take_the_other_along(
    loop: Loop, own_case: str, ada: Person, side: Side, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuses_texts(monkeypatch, side, "description")
    edit(loop, own_case, ada, other(side), title="A better title", description="A longer text")
    loop.settle()
    assert held(loop, own_case, side, "title") == "A better title"
    assert said(loop, own_case, side).count("A longer text") == 1
    a_day_of_sweeps(loop)
    assert held(loop, own_case, other(side), "description") == "A longer text"


@pytest.mark.parametrize(
    ("operation", "times"), [("UpdateCase", 4), ("CreateCaseComment", 4), ("UpdateCaseComment", 4)]
)
def test_history_7_a_passing_conflict_is_no_refusal(
    loop: Loop, own_case: str, ada: Person, operation: str, times: int
) -> None:
    key = key_of(loop, own_case)
    first = ada.comment(key, "first")
    loop.settle()
    loop.service.faults.add(operation, error="ConflictException", status=409, times=times)
    ada.edit(key, summary="Renamed")
    ada.edit_comment(key, first.id, "first, edited")
    ada.comment(key, "second")
    loop.settle()
    case, issue = texts(loop, own_case)
    assert loop.service.case(own_case).title == "Renamed"
    assert ("first, edited" in case, case.count("second")) == (True, 1)
    assert "not accept" not in issue


@pytest.mark.parametrize(
    ("error", "status"),
    [("AccessDeniedException", 403), ("ExpiredTokenException", 403), ("UnrecognizedClientException", 400)],
)
def test_history_8_what_is_about_us_is_not_about_the_comment(
    loop: Loop, own_case: str, ada: Person, error: str, status: int
) -> None:
    loop.service.faults.add("CreateCaseComment", error=error, status=status, times=4)
    ada.comment(key_of(loop, own_case), "must arrive")
    loop.settle()
    case, issue = texts(loop, own_case)
    assert case.count("must arrive") == 1
    assert "could not be copied" not in issue


def test_history_10_a_refused_comment_is_told_though_it_cannot_be_told_at_once(
    loop: Loop, own_case: str, ada: Person
) -> None:
    loop.service.faults.add("CreateCaseComment", error="ValidationException", status=400, times=1)
    loop.service.faults.add("GetCase", error="ThrottlingException", status=429, times=8)
    ada.comment(key_of(loop, own_case), "refused at first")
    loop.settle()
    case, issue = texts(loop, own_case)
    assert case.count("refused at first") == 1 or "could not be copied" in issue


def test_history_11_a_refused_status_leaves_the_case_where_it_was(loop: Loop, config: Config, ada: Person) -> None:
    mapping = config.status_mapping
    strange = {**mapping.to_case, "In Review": "Acknowledged"}
    set_up(loop, config, status_mapping=type(mapping)(mapping.to_jira, strange))
    case_id = loop.service.person("grace").open_case("Leaked key", "Found.", resolver_type="Self")
    loop.settle()
    loop.service.person("grace").set_status(case_id, "Containment, Eradication and Recovery")
    loop.settle()
    ada.transition(key_of(loop, case_id), "In Review")
    a_day_of_sweeps(loop)
    assert loop.service.case(case_id).status == "Containment, Eradication and Recovery"
    assert texts(loop, case_id)[1].count('did not accept the status "Acknowledged"') == 1


def test_a_case_that_may_not_go_on_from_analysis_goes_back(
    loop: Loop, own_case: str, ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    containment = "Containment, Eradication and Recovery"
    loop.service.person("grace").set_status(own_case, containment)
    loop.settle()
    set_status = CaseClient.set_status

    def set_unless_post_incident(self: CaseClient, case_id: str, status: str) -> None:
        if status == "Post-incident Activities":
            raise Refused("not from here", status=400)
        set_status(self, case_id, status)

    monkeypatch.setattr(CaseClient, "set_status", set_unless_post_incident)
    ada.transition(key_of(loop, own_case), "In Review")
    a_day_of_sweeps(loop)
    assert loop.service.case(own_case).status == containment
    assert texts(loop, own_case)[1].count("did not accept the status") == 1


def test_history_12_of_two_transitions_the_possible_one_is_taken(loop: Loop, own_case: str) -> None:
    project = loop.jira.site.projects["SEC"]
    done = project.workflow.status("Done")
    demanding = (ScreenField("resolution", required=True),)
    project.workflow = with_another_way(project.workflow, status=done, screen=demanding)
    loop.service.person("grace").close(own_case)
    loop.settle()
    assert status_of(loop, own_case) == ("Closed", "Done")
    assert "did not accept the move" not in texts(loop, own_case)[1]


def test_history_13_an_issue_status_nobody_mapped_is_said_once_on_the_case(
    loop: Loop, own_case: str, ada: Person
) -> None:
    project = loop.jira.site.projects["SEC"]
    waiting = Status("10090", "Waiting for vendor", "indeterminate")
    project.workflow = with_another_way(project.workflow, status=waiting)
    ada.transition(key_of(loop, own_case), "Waiting for vendor")
    a_day_of_sweeps(loop)
    assert texts(loop, own_case)[0].count('"Waiting for vendor"') == 1


@pytest.mark.parametrize(
    "trouble",
    [{"status": 500}, {"drop": True}, {"status": 503, "times": 3}, {"status": 429, "headers": {"Retry-After": "30"}}],
    ids=["500", "reset", "503 three times", "429"],
)
def test_history_14_a_walk_whose_first_hop_fails_is_walked_to_its_end(
    loop: Loop, config: Config, trouble: dict[str, Any]
) -> None:
    loop.jira.site.projects["SEC"].workflow = Workflow.strict()
    set_up(loop, config, transition_fields={"Done": {"resolution": {"name": "Done"}}})
    case_id = loop.service.person("grace").open_case("Leaked key", "Found.", resolver_type="Self")
    loop.settle()
    loop.jira.faults.add("POST .*/transitions", **trouble)
    loop.service.person("grace").close(case_id)
    loop.settle(7_200)
    assert status_of(loop, case_id) == ("Closed", "Done")
    assert "no way" not in texts(loop, case_id)[1]


@both_sides
def test_history_15_a_file_that_cannot_be_fetched_holds_up_no_closure(
    loop: Loop, own_case: str, ada: Person, side: Side
) -> None:
    key = key_of(loop, own_case)
    if side == "case":
        loop.jira.faults.add("GET .*/attachment/content/.*", status=503, times=None)
        ada.attach(key, "memory.dmp", b"evidence")
        ada.transition(key, "Done")
    else:
        loop.service.faults.add("AttachmentDownload", error="SlowDown", status=503, times=None)
        loop.service.person("grace").attach(own_case, "memory.dmp", b"evidence")
        loop.service.person("grace").close(own_case)
    loop.settle(60)
    assert status_of(loop, own_case) == ("Closed", "Done")
    loop.advance(86_400)
    loop.jira.faults.clear()
    loop.service.faults.clear()
    loop.settle()
    copies = files_on_case(loop, own_case) if side == "case" else files_on_issue(loop, own_case)
    assert copies == [("memory.dmp", b"evidence")]


@both_sides
def test_history_16_a_comment_that_cannot_be_written_holds_up_no_closure(
    loop: Loop, own_case: str, ada: Person, side: Side
) -> None:
    key = key_of(loop, own_case)
    if side == "case":
        loop.service.faults.add("CreateCaseComment", error="InternalServerException", status=500, times=None)
        ada.comment(key, "must wait")
        ada.transition(key, "Done")
    else:
        loop.jira.faults.add("POST .*/comment", status=500, times=None)
        loop.service.person("grace").comment(own_case, "must wait")
        loop.service.person("grace").close(own_case)
    loop.settle(60)
    assert status_of(loop, own_case) == ("Closed", "Done")
    loop.advance(7_200)
    loop.jira.faults.clear()
    loop.service.faults.clear()
    loop.settle()
    assert said(loop, own_case, side).count("must wait") == 1


def test_history_17_what_was_listed_before_the_list_broke_off_is_announced(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.native = False
    cases = [open_case(loop, f"Case {number}") for number in range(3)]
    listed = CaseCalls.listed

    def break_off(self: CaseCalls) -> Iterator[ListedCase]:
        yield from islice(listed(self), 2)
        raise Unavailable("throttled", delay=60)

    monkeypatch.setattr(CaseCalls, "listed", break_off)
    loop.sweep_cases()
    loop.run()
    assert len(loop.pairs()) == 2
    monkeypatch.undo()
    loop.settle()
    assert set(loop.pairs()) == set(cases)


@both_sides
@pytest.mark.parametrize("field", ["title", "description"])
@pytest.mark.parametrize("back", [False, True], ids=["on", "back"])
def test_history_33_what_was_written_before_a_crash_does_not_undo_the_next_edit(
    loop: Loop, own_case: str, ada: Person, side: Side, field: str, back: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    client: Any = CaseClient if side == "case" else JiraClient
    write, first = client.set_fields, held(loop, own_case, side, field)

    def write_and_die(self: Any, key: str, **values: Any) -> None:
        write(self, key, **values)
        raise RuntimeError("killed after the write")

    monkeypatch.setattr(client, "set_fields", write_and_die)
    # Nobody tells of what was written: it would be taken up before the next edit.
    loop.native, loop.automation = side == "issue", side == "case"
    edit(loop, own_case, ada, other(side), **{field: "first wording"})
    loop.run()
    wording = first if back else "second wording"
    edit(loop, own_case, ada, other(side), **{field: wording})
    monkeypatch.undo()
    loop.settle()
    assert held(loop, own_case, side, field) == held(loop, own_case, other(side), field) == wording
    assert "both sides" not in "".join(texts(loop, own_case))


@pytest.mark.parametrize("table", ["| a | b |\n|---|---|\n" + "|a|b|\n" * 1_200, "a\n" * 4_000, "`a` " * 2_000])
def test_whatever_was_pasted_the_reservation_fits_and_the_issue_is_born(loop: Loop, table: str) -> None:
    case_id = open_case(loop, "Pasted", table[:8_000])
    loop.settle()
    assert list(loop.pairs()) == [case_id]
    assert said_on_issue(loop, key_of(loop, case_id)) == []
