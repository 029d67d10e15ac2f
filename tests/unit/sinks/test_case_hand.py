"""What a case takes, what it refuses, and how its status is moved."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from security_ir_jira.errors import Conflict, NotPermitted, Refused, Unavailable
from security_ir_jira.memory import Agreed, Base, Facts, Notice, Pair
from security_ir_jira.model import Case
from security_ir_jira.plan.steps import Step
from security_ir_jira.plan.whole import Seen
from security_ir_jira.sinks.case_hand import CaseHand, CommentsOfCase
from tests.unit.things import CASE_ID, CONFIG, TO_DO, a_case, a_comment, a_pair, an_issue

ANALYSIS, CONTAINMENT, POST = (
    "Detection and Analysis",
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
)


@dataclass(slots=True)
class Cases:
    """A service with one case. ``edges`` are the moves it allows (``None``: all); ``failure`` ends every write."""

    held: Case
    edges: set[tuple[str, str]] | None = None
    failure: Exception | None = None
    moves: list[str] = field(default_factory=list)

    def case(self, case_id: str) -> Case:
        assert case_id == CASE_ID
        return self.held

    def set_status(self, _: str, status: str) -> None:
        self._fail()
        if self.edges is not None and (self.held.status, status) not in self.edges:
            raise Refused("no such edge", status=400)
        self._become(status)

    def close(self, _: str) -> None:
        self._fail()
        self._become("Closed")

    def add_comment(self, _: str, body: str, *, token: str) -> str:
        self._fail()
        return "1"

    def edit_comment(self, _: str, comment_id: str, body: str) -> None:
        self._fail()

    def set_fields(self, _: str, *, title: str | None = None, description: str | None = None) -> None:
        self._fail()

    def _become(self, status: str) -> None:
        self.moves.append(status)
        self.held = a_case(status=status, self_managed=self.held.self_managed)

    def _fail(self) -> None:
        if self.failure is not None:
            raise self.failure


@dataclass(slots=True)
class Stage:
    cases: Cases
    left: list[Notice] = field(default_factory=list)
    walking: list[tuple[str, ...]] = field(default_factory=list)
    base: Agreed = field(default_factory=Agreed)
    now: float = 0.0

    def clock(self) -> float:
        return self.now

    @property
    def surroundings(self) -> Stage:
        return self

    @property
    def ledger(self) -> Stage:
        return self

    def advance(self, _: str, agreed: dict[str, Agreed]) -> None:
        assert self.cases.moves == []
        self.base = agreed["status"]
        self.walking.append(self.base.walking)

    def leave(self, _: Pair, notice: Notice) -> None:
        self.left.append(notice)

    @property
    def hand(self) -> CaseHand:
        return CaseHand(self, self.cases, None)  # type: ignore[arg-type]  # what it asks of the three

    def move(self, wanted: str) -> Agreed:
        case, issue = self.cases.held, an_issue()
        step = Step(
            "status", Agreed(wanted, issue.status.id), Agreed(case.status, issue.status.id), "security_ir", wanted
        )
        return self.hand.move(Seen(a_pair(base=Base(status=self.base)), Facts(), True, case, issue), step, None)  # type: ignore[arg-type]  # silent


def staged(status: str = "Submitted", *, self_managed: bool = True, **cases: object) -> Stage:
    return Stage(Cases(a_case(status=status, self_managed=self_managed), **cases))  # type: ignore[arg-type]  # by name


# Conflicts


@pytest.mark.parametrize("act", ["comment", "edit", "texts"])
def test_a_conflict_with_somebody_elses_write_passes(act: str) -> None:
    stage = staged(failure=Conflict("409"))
    with pytest.raises(Conflict):
        write(stage, act)


@pytest.mark.parametrize("act", ["comment", "edit", "texts"])
def test_a_conflict_with_a_closed_case_is_a_refusal(act: str) -> None:
    stage = staged("Closed", failure=Conflict("409"))
    with pytest.raises(Refused) as caught:
        write(stage, act)
    assert caught.value.status == 409


def write(stage: Stage, act: str) -> None:
    comments = CommentsOfCase(stage.cases, CASE_ID, CONFIG.name)  # type: ignore[arg-type]  # what it asks of the cases
    if act == "comment":
        comments.add("hello", token="0")
    elif act == "edit":
        comments.edit("1", "edited")
    else:
        step = Step("title", Agreed(), Agreed(), "security_ir", "New")
        stage.hand.set_texts(a_pair(), [step])


def test_what_a_closed_case_does_not_take_is_said_once_on_the_issue_for_all_comments() -> None:
    closed = staged("Closed").hand
    assert closed.why_not(a_pair()) == Notice("jira", "closed-case")
    assert {closed.why_not(a_pair(), a_comment(number)).key for number in (1, 2)} == {  # type: ignore[union-attr]  # said
        Notice("jira", "comments-refused").key
    }


def test_a_comment_that_an_open_case_does_not_take_is_named_on_the_issue() -> None:
    open_case = staged().hand
    assert open_case.why_not(a_pair()) is None
    notices = [open_case.why_not(a_pair(), a_comment(number)) for number in (1, 2)]
    assert [notice.kind for notice in notices if notice] == ["comment-refused"] * 2
    assert len({notice.key for notice in notices if notice}) == 2


# Status


def test_a_status_that_the_case_takes_is_what_both_sides_agree_on() -> None:
    stage = staged()
    assert stage.move(POST) == Agreed(POST, TO_DO.id)
    assert (stage.cases.moves, stage.left) == ([POST], [])


def test_a_step_that_is_refused_goes_over_detection_and_analysis() -> None:
    stage = staged("Submitted", edges={("Submitted", ANALYSIS), (ANALYSIS, CONTAINMENT)})
    assert stage.move(CONTAINMENT) == Agreed(CONTAINMENT, TO_DO.id)
    assert stage.cases.moves == [ANALYSIS, CONTAINMENT]
    assert stage.walking == [(ANALYSIS,)]


def test_a_case_that_may_not_go_on_goes_back_and_keeps_its_status() -> None:
    stage = staged(CONTAINMENT, edges={(CONTAINMENT, ANALYSIS), (ANALYSIS, CONTAINMENT)})
    assert stage.move(POST) == Agreed(CONTAINMENT, TO_DO.id, refused="security_ir")
    assert stage.cases.held.status == CONTAINMENT
    assert stage.left == [Notice("jira", "status-refused", {"status": POST, "current": CONTAINMENT})]


def test_a_conflict_over_a_certain_step_is_a_refusal_only_once_it_has_lasted() -> None:
    stage = staged(failure=Conflict("409"))
    for now in (0.0, 60.0, 899.0):
        stage.now = now
        with pytest.raises(Conflict):
            stage.move(ANALYSIS)
    assert stage.left == []
    stage.now = 900.0
    assert stage.move(ANALYSIS) == Agreed("Submitted", TO_DO.id, refused="security_ir")
    assert [notice.kind for notice in stage.left] == ["status-refused"]


def test_a_refused_status_leaves_the_base_at_what_both_sides_hold() -> None:
    stage = staged(failure=Refused("no", status=400))
    assert stage.move(ANALYSIS) == Agreed("Submitted", TO_DO.id, refused="security_ir")
    assert [notice.kind for notice in stage.left] == ["status-refused"]


@pytest.mark.parametrize("status", ["Acknowledged", "Ready to Close"])
def test_a_status_that_only_aws_sets_is_refused_without_a_call(status: str) -> None:
    stage = staged()
    assert stage.move(status).refused == "security_ir"
    assert stage.cases.moves == []


def test_a_refusal_of_the_status_the_case_has_by_now_is_none() -> None:
    stage = staged(failure=Conflict("closed a moment ago"))
    seen = a_case()
    stage.cases.held = a_case(status="Closed")
    step = Step("status", Agreed("Closed", TO_DO.id), Agreed("Submitted", TO_DO.id), "security_ir", "Closed")
    agreed = stage.hand.move(Seen(a_pair(), Facts(), True, seen, an_issue()), step, None)  # type: ignore[arg-type]  # silent
    assert (agreed, stage.left) == (step.agreed, [])


def test_done_closes_a_case() -> None:
    stage = staged(ANALYSIS)
    assert stage.move("Closed") == Agreed("Closed", TO_DO.id)


def test_a_conflict_at_a_closure_passes() -> None:
    stage = staged(ANALYSIS, failure=Conflict("409"))
    with pytest.raises(Conflict):
        stage.move("Closed")
    assert stage.left == []


def test_a_case_that_aws_manages_and_does_not_let_be_closed_is_said_so() -> None:
    stage = staged(ANALYSIS, self_managed=False, failure=NotPermitted("close_case: 403 AccessDeniedException"))
    assert stage.move("Closed") == Agreed(ANALYSIS, TO_DO.id, refused="security_ir")
    assert [notice.kind for notice in stage.left] == ["status-refused"]


@pytest.mark.parametrize(
    "failure",
    [
        NotPermitted("close_case: 403 AccessDeniedException", said="User: x is not authorized to perform: y"),
        NotPermitted("close_case: 403 ExpiredTokenException", said="The security token is expired"),
    ],
)
def test_a_role_that_may_not_close_any_case_is_no_refusal(failure: NotPermitted) -> None:
    stage = staged(ANALYSIS, self_managed=False, failure=failure)
    with pytest.raises(NotPermitted):
        stage.move("Closed")
    assert stage.left == []


def test_a_role_that_may_not_close_our_own_cases_is_no_refusal() -> None:
    stage = staged(ANALYSIS, failure=NotPermitted("403"))
    with pytest.raises(NotPermitted):
        stage.move("Closed")
    assert stage.left == []


def test_a_service_that_is_down_refuses_nothing() -> None:
    stage = staged(failure=Unavailable("500"))
    with pytest.raises(Unavailable):
        stage.move(ANALYSIS)
    assert stage.left == []
