"""How an issue is taken to another status: the way, the transition chosen, and what is said where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import pytest

from security_ir_jira.config import Config
from security_ir_jira.errors import NotPermitted, OutcomeUnknown, Refused
from security_ir_jira.memory import Agreed, Facts, Notice
from security_ir_jira.model import Facet, Issue, Status, Transition, Workflow
from security_ir_jira.plan.steps import Step
from security_ir_jira.plan.whole import Seen
from security_ir_jira.sinks.issue_hand import IssueHand
from tests.unit.things import CONFIG, DONE, IN_PROGRESS, IN_REVIEW, TO_DO, WORKFLOW, a_case, a_pair, an_issue

RESOLUTION = frozenset({"resolution"})


def way(
    number: int, to: Status, *, has: frozenset[str] | None = frozenset(), demands: frozenset[str] = frozenset()
) -> Transition:
    return Transition(str(number), to, None if has is None else has | demands, demands)


@dataclass(slots=True)
class Jira:
    """One issue in a workflow of ``ways``; a transition that is not given what it demands, or is ``shut``, refuses."""

    ways: dict[str, list[Transition]]
    status: Status = TO_DO
    shut: set[str] = field(default_factory=set)
    lose: bool = False
    lacks_permission: bool = False
    tried: list[str] = field(default_factory=list)
    taken: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def workflow(self, _: Issue) -> Workflow:
        return WORKFLOW

    def make_sure_permitted(self, _: str, permission: str) -> None:
        assert permission == "TRANSITION_ISSUES"
        if self.lacks_permission:
            raise NotPermitted("the account lacks it")

    def transitions(self, _: str) -> tuple[Transition, ...]:
        return tuple(self.ways.get(self.status.id, ()))

    def transition(self, _: str, transition_id: str, fields: Mapping[str, object]) -> None:
        self.tried.append(transition_id)
        chosen = next(each for each in self.transitions("") if each.id == transition_id)
        if chosen.id in self.shut or not chosen.required <= fields.keys():
            raise Refused("400", status=400, said=f"transition {chosen.id}")
        self.taken.append((chosen.id, dict(fields)))
        self.status = chosen.to
        if self.lose:
            raise OutcomeUnknown("answer lost")


@dataclass(slots=True)
class Stage:
    jira: Jira
    config: Config = CONFIG
    walked: list[tuple[str, ...]] = field(default_factory=list)
    said: list[Notice] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)

    @property
    def surroundings(self) -> Stage:
        return self

    @property
    def ledger(self) -> Stage:
        return self

    def advance(self, _: str, agreed: Mapping[Facet, Agreed]) -> None:
        self.walked.append(agreed["status"].walking)

    def say(self, notice: Notice) -> None:
        self.said.append(notice)

    def count(self, name: str) -> None:
        self.counted.append(name)

    def move(self, target: Status, *, walking: tuple[str, ...] = (), closure_code: str | None = None) -> Agreed:
        """Take the issue there, as far as that goes; the base of the pair that both sides have then."""
        issue = an_issue(status=self.jira.status)
        pair = a_pair()
        pair = replace(pair, base=replace(pair.base, status=Agreed("Submitted", TO_DO.id, walking=walking)))
        case = a_case(status="Closed" if target == DONE else "Detection and Analysis", closure_code=closure_code)
        step = Step("status", Agreed(case.status, target.id), Agreed(case.status, issue.status.id), "jira", target.id)
        hand = IssueHand(self, self.jira, None)  # type: ignore[arg-type]  # what it asks of the three
        return hand.move(Seen(pair, Facts(), True, case, issue), step, self)  # type: ignore[arg-type]  # it only says


def staged(*ways: tuple[Status, Transition], config: Config = CONFIG) -> Stage:
    offered: dict[str, list[Transition]] = {}
    for status, transition in ways:
        offered.setdefault(status.id, []).append(transition)
    return Stage(Jira(offered), config)


def with_resolution(**codes: str) -> Config:
    return replace(CONFIG, closure_resolutions=codes)


def test_an_issue_is_moved_by_the_status_a_transition_leads_to() -> None:
    stage = staged((TO_DO, way(1, IN_REVIEW)), (TO_DO, way(2, IN_PROGRESS)))
    assert stage.move(IN_PROGRESS) == Agreed("Detection and Analysis", IN_PROGRESS.id)
    assert (stage.jira.status, stage.said) == (IN_PROGRESS, [])


def test_of_several_ways_to_one_status_the_one_whose_demands_can_be_met_is_taken_first() -> None:
    stage = staged((TO_DO, way(1, DONE, demands=RESOLUTION)), (TO_DO, way(2, DONE)))
    assert stage.move(DONE).refused is None
    assert (stage.jira.tried, stage.jira.taken) == (["2"], [("2", {})])


def test_a_way_whose_demands_are_configured_is_as_good_as_any() -> None:
    config = with_resolution(Duplicate="Duplicate")
    stage = staged((TO_DO, way(1, DONE, demands=RESOLUTION)), (TO_DO, way(2, DONE)), config=config)
    stage.move(DONE, closure_code="Duplicate")
    assert stage.jira.taken == [("1", {"resolution": {"name": "Duplicate"}})]


def test_where_one_way_is_refused_the_next_is_tried() -> None:
    stage = staged((TO_DO, way(1, DONE)), (TO_DO, way(2, DONE)), (TO_DO, way(3, DONE)))
    stage.jira.shut = {"1", "2"}
    assert stage.move(DONE) == Agreed("Closed", DONE.id)
    assert (stage.jira.taken, stage.said) == ([("3", {})], [])


def test_where_all_ways_are_refused_the_first_reason_is_said_once() -> None:
    stage = staged((TO_DO, way(1, DONE)), (TO_DO, way(2, DONE)))
    stage.jira.shut = {"1", "2"}
    assert stage.move(DONE) == Agreed("Closed", TO_DO.id, refused="jira")
    (notice,) = stage.said
    assert notice.kind == "status-not-taken"
    assert notice.values["reason"] == "transition 1"
    assert stage.counted == ["StatusUnreachable"]


@pytest.mark.parametrize(("has", "sent"), [(RESOLUTION, True), (frozenset[str](), False), (None, True)])
def test_a_field_is_sent_where_the_screen_has_it_or_is_not_told(has: frozenset[str] | None, sent: bool) -> None:
    stage = staged((TO_DO, way(1, DONE, has=has)), config=with_resolution(Duplicate="Duplicate"))
    stage.move(DONE, closure_code="Duplicate")
    assert ("resolution" in stage.jira.taken[0][1]) is sent


def test_fields_of_a_transition_are_those_of_the_status_it_leads_to() -> None:
    team, impact = {"value": "Blue"}, {"value": "High"}
    config = replace(CONFIG, transition_fields={"in progress": {"team": team}, DONE.id: {"impact": impact}})
    screen = frozenset({"team", "impact"})
    stage = staged((TO_DO, way(1, IN_PROGRESS, has=screen)), (IN_PROGRESS, way(2, DONE, has=screen)), config=config)
    stage.move(DONE)
    assert stage.jira.taken == [("1", {"team": team}), ("2", {"impact": impact})]


def test_a_resolution_is_given_at_the_end_of_the_way_only() -> None:
    config = with_resolution(Duplicate="Duplicate")
    stage = staged((TO_DO, way(1, IN_PROGRESS, has=None)), (IN_PROGRESS, way(2, DONE, has=None)), config=config)
    stage.move(DONE, closure_code="Duplicate")
    assert [fields for _, fields in stage.jira.taken] == [{}, {"resolution": {"name": "Duplicate"}}]


def test_a_way_of_several_hops_is_written_down_before_each() -> None:
    stage = staged((TO_DO, way(1, IN_PROGRESS)), (IN_PROGRESS, way(2, IN_REVIEW)), (IN_REVIEW, way(3, DONE)))
    assert stage.move(DONE) == Agreed("Closed", DONE.id)
    hops = (IN_PROGRESS.id, IN_REVIEW.id, DONE.id)
    assert stage.walked == [hops[:1], hops[:2], hops]


def test_a_walk_that_broke_off_goes_on_and_not_back() -> None:
    stage = staged((IN_PROGRESS, way(1, TO_DO)), (IN_PROGRESS, way(2, IN_REVIEW)), (IN_REVIEW, way(3, DONE)))
    stage.jira.status = IN_PROGRESS
    assert stage.move(DONE, walking=(IN_PROGRESS.id,)) == Agreed("Closed", DONE.id)
    assert [number for number, _ in stage.jira.taken] == ["2", "3"]


def test_a_hop_that_was_meant_and_not_taken_is_still_open() -> None:
    stage = staged((TO_DO, way(1, IN_PROGRESS)), (IN_PROGRESS, way(2, DONE)))
    assert stage.move(DONE, walking=(IN_PROGRESS.id,)) == Agreed("Closed", DONE.id)


def test_a_hop_whose_answer_was_lost_is_not_taken_twice() -> None:
    stage = staged((TO_DO, way(1, IN_PROGRESS)), (IN_PROGRESS, way(2, DONE)))
    stage.jira.lose = True
    with pytest.raises(OutcomeUnknown):
        stage.move(DONE)
    stage.jira.lose = False
    stage.move(DONE, walking=stage.walked[-1])
    assert [number for number, _ in stage.jira.taken] == ["1", "2"]


def test_a_status_without_a_way_to_it_is_said_and_the_base_holds_what_both_sides_hold() -> None:
    stage = staged((TO_DO, way(1, IN_PROGRESS)))
    assert stage.move(DONE) == Agreed("Closed", IN_PROGRESS.id, refused="jira")
    (notice,) = stage.said
    assert notice.kind == "status-unreachable"
    assert notice.values == {"status": "Closed", "target": "Done", "current": "In Progress"}


@pytest.mark.parametrize("ways", [(), ((TO_DO, way(1, DONE, demands=RESOLUTION)),)])
def test_history_9_an_account_that_may_not_move_issues_is_no_refusal(
    ways: tuple[tuple[Status, Transition], ...],
) -> None:
    stage = staged(*ways)
    stage.jira.lacks_permission = True
    with pytest.raises(NotPermitted):
        stage.move(DONE)
    assert (stage.said, stage.counted) == ([], [])
