"""Status and closure: which side moved, what that means on the other, and the way through a workflow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ..config import Config, StatusMapping
from ..memory import Agreed, Notice
from ..model import CASE_STATUSES, CLOSED, SUBMITTED, Case, Issue, Side, Status, Workflow
from .steps import Step

MOST_HOPS = 5
"""How many transitions an issue is taken through on one way."""


def issue_target(case_status: str, mapping: StatusMapping, workflow: Workflow) -> Status | None:
    """The issue status that stands for a case status: the first candidate that the issue's workflow knows.

    A closed case falls back to the first done status of the workflow, whatever its name, unless ``[]`` was given.
    """
    candidates = mapping.to_jira.get(case_status, ())
    for candidate in candidates:
        status = workflow.find(candidate)
        if status is not None:
            return status
    if case_status == CLOSED and candidates:
        return next((status for status in workflow.statuses if status.category == "done"), None)
    return None


def case_target(status: Status, mapping: StatusMapping) -> str | None:
    """The case status that stands for an issue status: ``""`` where the mapping wants none, ``None`` where it does not
    name the status.

    A done status that the mapping does not name closes the case like any other.
    """
    for name_or_id, case_status in mapping.to_case.items():
        if status.is_named((name_or_id,)):
            return case_status
    return CLOSED if status.category == "done" else None


def mirrors(case_status: str, status: Status, mapping: StatusMapping, workflow: Workflow) -> bool:
    """Whether an issue status stands for a case status already, in either direction of the mapping."""
    target = issue_target(case_status, mapping, workflow)
    return (target is not None and target.id == status.id) or case_target(status, mapping) == case_status


def plan_status(base: Agreed, case: Case, issue: Issue, workflow: Workflow, config: Config) -> Step | None:
    mapping, status = config.status_mapping, issue.status
    base = base.asked_anew(config.digest)
    held = Agreed(case.status, status.id)
    case_moved, issue_moved = _status_moves(base, case, status)
    if not (case_moved or issue_moved):
        return None
    said = _closure_notices(base, case)
    if mirrors(case.status, status, mapping, workflow):
        return Step("status", held, held, notices=said)

    closes = case_target(status, mapping) == CLOSED and config.close_case_when_done
    if case_moved and issue_moved:
        source: Side = "security_ir" if case.closed else "jira" if closes else config.conflict_winner
    else:
        source = "security_ir" if case_moved else "jira"
    if source == "security_ir":
        return _status_to_issue(base, case, issue, workflow, config, both=issue_moved, said=said)
    return _status_to_case(case, issue, config, both=case_moved)


def _status_moves(base: Agreed, case: Case, status: Status) -> tuple[bool, bool]:
    """Which side moved. A status that the integration is walking through is nobody's move.

    At birth nothing was agreed yet: the case decides, unless somebody has begun with the issue already.
    """
    if base.case is None and base.issue is None:
        begun = status.category != "new" and status.id not in base.walking
        return not begun or case.status != SUBMITTED, begun
    # An issue that was left on its way is to go on, or back.
    left_on_its_way = status.id in base.walking and status.id != base.issue
    case_moved = case.status not in (base.case, *base.walking)
    return case_moved or left_on_its_way, status.id not in (base.issue, *base.walking)


def _status_to_issue(
    base: Agreed, case: Case, issue: Issue, workflow: Workflow, config: Config, *, both: bool, said: tuple[Notice, ...]
) -> Step:
    mapping, held = config.status_mapping, Agreed(case.status, issue.status.id)
    target = issue_target(case.status, mapping, workflow)
    if target is None:
        if mapping.to_jira.get(case.status):
            said += (Notice("jira", "status-unknown", {"status": case.status}),)
        return Step("status", held, held, notices=said)
    if not config.close_case_when_done and case_target(issue.status, mapping) == CLOSED and not case.closed:
        return Step("status", held, held, notices=said)  # done in Jira is for Jira to undo
    before = issue_target(base.case, mapping, workflow) if base.case else None
    if before == target and base.refused is None and not both and issue.status.id not in base.walking:
        return Step(
            "status", held, held, notices=said
        )  # the same to Jira as before: where people put the issue, it stays
    return Step(
        "status",
        Agreed(case.status, target.id),
        held,
        write="jira",
        value=target.id,
        keep=issue.status.name if both and base.issue else None,
        notices=said,
    )


def _status_to_case(case: Case, issue: Issue, config: Config, *, both: bool) -> Step:
    held = Agreed(case.status, issue.status.id)
    target = case_target(issue.status, config.status_mapping)
    if case.closed:
        return Step("status", held, held, notices=(Notice("jira", "cannot-reopen"),))
    if target is None:
        unknown = Notice("security_ir", "issue-status-unknown", {"status": issue.status.name})
        return Step("status", held, held, notices=(unknown,))
    if not target or (target == CLOSED and not config.close_case_when_done):
        return Step("status", held, held)
    if target != CLOSED and not case.self_managed:
        moved = Notice("security_ir", "issue-status", {"status": issue.status.name})
        return Step("status", held, held, notices=(moved,))
    return Step(
        "status",
        Agreed(target, issue.status.id),
        held,
        write="security_ir",
        value=target,
        keep=case.status if both else None,
    )


def _closure_notices(base: Agreed, case: Case) -> tuple[Notice, ...]:
    if case.closed and base.case != CLOSED and case.closure_code:
        return (Notice("jira", "closure-code", {"code": case.closure_code}),)
    return ()


def been_through(status: Status, walking: Sequence[str]) -> tuple[str, ...]:
    """The statuses of a walk that were reached, ``status`` being where the issue is: the rest was only meant."""
    return tuple(walking[: walking.index(status.id) + 1]) if status.id in walking else ()


def walk(
    status: Status, target: Status, offered: Iterable[Status], been: Iterable[str], mapping: StatusMapping
) -> Status | None:
    """The next status on the way from ``status`` to ``target``, among those a workflow offers; ``None`` = no way on.

    Jira shows only the next hop. The target itself is taken at once; otherwise the way goes through statuses that the
    mapping names, never through a done one and never twice through the same, nearest to the target's place in the
    incident's life first.
    """
    offered = tuple(offered)
    if any(each.id == target.id for each in offered):
        return target
    visited = set(been) | {status.id}
    goal = place_in_life(target, mapping)
    ways = [
        (abs(place - goal), place, each)
        for each in offered
        if each.category != "done"
        and each.id not in visited
        and (place := place_in_life(each, mapping)) is not None
        and goal is not None
    ]
    return min(ways, key=lambda way: way[:2])[2] if ways else None


def fields_on_the_way(status: Status, config: Config) -> dict[str, object]:
    """What ``transition_fields`` names for a status that a transition leads to."""
    named = (fields for name_or_id, fields in config.transition_fields.items() if status.is_named((name_or_id,)))
    return dict(next(named, {}))


def place_in_life(status: Status, mapping: StatusMapping) -> int | None:
    """Where in an incident's life an issue status stands, by the first case status whose candidates name it."""
    for place, case_status in enumerate(CASE_STATUSES):
        if status.is_named(mapping.to_jira.get(case_status, ())):
            return place
    if status.category == "done":
        return len(CASE_STATUSES)
    return None
