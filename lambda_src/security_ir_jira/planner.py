"""What to write where: a pure function of base, case, issue and configuration.

Three-way merge, facet by facet. Only a side that moved away from the base is copied; where both moved, a closure
wins over everything else and otherwise ``conflict_winner`` decides, and the losing value is kept as a comment on
its own side. No clock, no network, no environment.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .config import Config, StatusMapping
from .model import (
    CASE_STATUSES,
    CLOSED,
    SUBMITTED,
    Agreed,
    Base,
    Case,
    Comment,
    Copy,
    Facet,
    Issue,
    Notice,
    Side,
    Status,
    digest,
)
from .text import cut, fold, split, to_adf_within, to_markdown, utf16_length

SUMMARY_LIMIT = 255
TITLE_LIMIT = 300
CASE_DESCRIPTION_LIMIT = 8_000
ISSUE_DESCRIPTION_LIMIT = 32_767
"""Limits in UTF-16 units: Jira's REST API v3 and the model of the security-ir API 2018-05-10."""


@dataclass(frozen=True, slots=True)
class Step:
    """One facet's outcome.

    ``write`` is the side to be written, ``None`` where only the base moves on. ``value`` is what to write: a text, or
    for the facet ``status`` the name or id of a status. ``keep`` is a losing value, to be left as a comment on the
    side that is written, before it is. ``agreed`` is the facet's base once the step is done, ``notices`` what is to
    be said about it.
    """

    facet: Facet
    agreed: Agreed
    write: Side | None = None
    value: str = ""
    keep: str | None = None
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class Workflow:
    """The statuses an issue can ever have, in the order Jira lists them."""

    statuses: tuple[Status, ...] = ()

    def find(self, name_or_id: str) -> Status | None:
        wanted = name_or_id.strip().casefold()
        return next((status for status in self.statuses if is_named(status, (wanted,))), None)


def is_named(status: Status, names_or_ids: Iterable[str]) -> bool:
    """Whether a status is one of those named, by id or by name without regard to case."""
    wanted = {each.strip().casefold() for each in names_or_ids}
    return status.id in wanted or status.name.strip().casefold() in wanted


def plan(
    base: Base, case: Case, issue: Issue, workflow: Workflow, config: Config, *, issue_url: str
) -> tuple[Step, ...]:
    """Every step that brings the pair back into step, for both sides; empty when they are.

    Raises nothing: whatever the two sides hold, there is a plan.
    """
    steps = (
        plan_title(base.title, case, issue, config),
        plan_description(base.description, case, issue, config, issue_url=issue_url),
        plan_status(base.status, case, issue, workflow, config),
    )
    return tuple(step for step in steps if step is not None)


def case_moved(base: Base, case: Case) -> bool:
    """Whether the case holds anything but what it held when both sides last agreed."""
    return (
        base.title.case != digest(case.title)
        or base.description.case != digest(case.description)
        or base.status.case != case.status
    )


def issue_moved(base: Base, issue: Issue) -> bool:
    """Whether the issue holds anything but what it held when both sides last agreed."""
    return (
        base.title.issue != digest(issue.summary)
        or base.description.issue != digest(issue.description)
        or base.status.issue != issue.status.id
    )


def status_moved(base: Base, case: Case, issue: Issue) -> bool:
    """Whether the status is anything but agreed on, so that the plan needs the issue's workflow."""
    return base.status.case != case.status or base.status.issue != issue.status.id


# Title and description


def issue_summary(title: str) -> str:
    """A case's title as Jira can hold it."""
    return cut(fold(title), SUMMARY_LIMIT) or "(no title)"


def case_title(summary: str) -> str:
    """An issue's summary as a case can hold it."""
    return cut(fold(summary), TITLE_LIMIT)


def issue_description(description: str) -> str:
    """A case's description as Jira will give it back, in Markdown."""
    document, _ = to_adf_within(description, ISSUE_DESCRIPTION_LIMIT)
    return to_markdown(document)


def case_description(description: str, issue_url: str) -> tuple[str, bool]:
    """An issue's description as a case can hold it, and whether it had to be cut.

    A cut text ends with a link to the issue, where the whole of it stands.
    """
    whole = description.strip()
    if utf16_length(whole) <= CASE_DESCRIPTION_LIMIT:
        return whole, False
    ending = f"…\n\nThe full description is in Jira: {issue_url}"
    return split(whole, CASE_DESCRIPTION_LIMIT - utf16_length(ending))[0] + ending, True


def plan_title(base: Agreed, case: Case, issue: Issue, config: Config) -> Step | None:
    return _merge_text(
        _Texts(
            facet="title",
            base=base,
            case=case.title,
            issue=issue.summary,
            as_issue=issue_summary,
            as_case=lambda summary: (case_title(summary), False),
        ),
        config.conflict_winner,
    )


def plan_description(base: Agreed, case: Case, issue: Issue, config: Config, *, issue_url: str) -> Step | None:
    return _merge_text(
        _Texts(
            facet="description",
            base=base,
            case=case.description,
            issue=issue.description,
            as_issue=issue_description,
            as_case=lambda description: case_description(description, issue_url),
        ),
        config.conflict_winner,
    )


@dataclass(frozen=True, slots=True)
class _Texts:
    facet: Facet
    base: Agreed
    case: str
    issue: str
    as_issue: Callable[[str], str]
    as_case: Callable[[str], tuple[str, bool]]


def _merge_text(texts: _Texts, winner: Side) -> Step | None:
    base, held = texts.base, Agreed(digest(texts.case), digest(texts.issue), cut=texts.base.cut)
    case_moved, issue_moved = base.case != held.case, base.issue != held.issue
    if not (case_moved or issue_moved):
        return None
    for_issue, (for_case, was_cut) = texts.as_issue(texts.case), texts.as_case(texts.issue)
    if digest(for_issue) == held.issue or digest(for_case) == held.case:
        # Written, and not recorded: what was cut is still less than the issue holds.
        return Step(texts.facet, replace(held, cut=was_cut and digest(for_case) == held.case))
    if not texts.issue.strip() and not case_moved:
        return Step(texts.facet, held)  # an emptied text erases nothing on the case

    both = case_moved and issue_moved
    source = winner if both and texts.issue.strip() else "security_ir" if case_moved else "jira"
    if source == "security_ir":
        # A text that was cut on the case, or that one side refused, stands nowhere else: it is not to be lost.
        loses = both or base.cut or base.refused
        return Step(
            texts.facet,
            Agreed(held.case, digest(for_issue)),
            write="jira",
            value=texts.case if texts.facet == "description" else for_issue,
            keep=texts.issue if loses and texts.issue.strip() else None,
        )
    return Step(
        texts.facet,
        Agreed(digest(for_case), held.issue, cut=was_cut),
        write="security_ir",
        value=for_case,
        keep=texts.case if both or base.refused else None,
    )


# Status


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
    """The case status that stands for an issue status; ``None`` where the mapping has none.

    A done status that the mapping does not name closes the case like any other.
    """
    for name_or_id, case_status in mapping.to_case.items():
        if is_named(status, (name_or_id,)):
            return case_status or None
    return CLOSED if status.category == "done" else None


def mirrors(case_status: str, status: Status, mapping: StatusMapping, workflow: Workflow) -> bool:
    """Whether an issue status stands for a case status already, in either direction of the mapping."""
    target = issue_target(case_status, mapping, workflow)
    return (target is not None and target.id == status.id) or case_target(status, mapping) == case_status


def plan_status(base: Agreed, case: Case, issue: Issue, workflow: Workflow, config: Config) -> Step | None:
    mapping, status = config.status_mapping, issue.status
    held = Agreed(case.status, status.id)
    case_moved, issue_moved = _status_moves(base, case, status)
    if not (case_moved or issue_moved):
        return None
    said = _closure_notices(base, case)
    if mirrors(case.status, status, mapping, workflow):
        return Step("status", held, notices=said)

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
    if base == Agreed():
        begun = status.category != "new"
        return not begun or case.status != SUBMITTED, begun
    return base.case != case.status, status.id not in (base.issue, *base.walking)


def _status_to_issue(
    base: Agreed, case: Case, issue: Issue, workflow: Workflow, config: Config, *, both: bool, said: tuple[Notice, ...]
) -> Step:
    mapping, held = config.status_mapping, Agreed(case.status, issue.status.id)
    target = issue_target(case.status, mapping, workflow)
    if target is None:
        if mapping.to_jira.get(case.status):
            said += (Notice("jira", "status-unknown", {"status": case.status}),)
        return Step("status", held, notices=said)
    if not config.close_case_when_done and case_target(issue.status, mapping) == CLOSED and not case.closed:
        return Step("status", held, notices=said)  # done in Jira is for Jira to undo
    before = issue_target(base.case, mapping, workflow) if base.case else None
    if before == target and not base.refused and not both:
        return Step("status", held, notices=said)  # the same to Jira as before: where people put the issue, it stays
    return Step(
        "status",
        Agreed(case.status, target.id),
        write="jira",
        value=target.id,
        keep=issue.status.name if both and base.issue else None,
        notices=said,
    )


def _status_to_case(case: Case, issue: Issue, config: Config, *, both: bool) -> Step:
    held = Agreed(case.status, issue.status.id)
    target = case_target(issue.status, config.status_mapping)
    if case.closed:
        return Step("status", held, notices=(Notice("jira", "cannot-reopen"),))
    if target is None or (target == CLOSED and not config.close_case_when_done):
        return Step("status", held)
    if target != CLOSED and not case.self_managed:
        moved = Notice("security_ir", "issue-status", {"status": issue.status.name})
        return Step("status", held, notices=(moved,))
    return Step(
        "status",
        Agreed(target, issue.status.id),
        write="security_ir",
        value=target,
        keep=case.status if both else None,
    )


def _closure_notices(base: Agreed, case: Case) -> tuple[Notice, ...]:
    if case.closed and base.case != CLOSED and case.closure_code:
        return (Notice("jira", "closure-code", {"code": case.closure_code}),)
    return ()


def walk(
    status: Status, target: Status, offered: Sequence[Status], been: Iterable[str], mapping: StatusMapping
) -> Status | None:
    """The next status on the way from ``status`` to ``target``, among those a workflow offers; ``None`` = no way on.

    Jira shows only the next hop. The target itself is taken at once; otherwise the way goes through statuses that the
    mapping names, never through a done one and never twice through the same, nearest to the target's place in the
    incident's life first.
    """
    if any(each.id == target.id for each in offered):
        return target
    visited = set(been) | {status.id}
    goal = _place(target, mapping)
    ways = [
        (abs(place - goal), place, each)
        for each in offered
        if each.category != "done"
        and each.id not in visited
        and (place := _place(each, mapping)) is not None
        and goal is not None
    ]
    return min(ways, key=lambda way: way[:2])[2] if ways else None


def _place(status: Status, mapping: StatusMapping) -> int | None:
    """Where in an incident's life an issue status stands, by the first case status whose candidates name it."""
    for place, case_status in enumerate(CASE_STATUSES):
        if is_named(status, mapping.to_jira.get(case_status, ())):
            return place
    if status.category == "done":
        return len(CASE_STATUSES)
    return None


# Comments


WITHDRAWN = "withdrawn"
DELETED = "deleted"
"""What stands for the source of a copy whose comment became restricted, or was deleted."""


@dataclass(frozen=True, slots=True)
class CommentWork:
    """A comment that is new or was edited: ``copy`` is what the other side has of it already, if anything.

    ``withdraw``: it may no longer be read there, so its copy is to give way to a note.
    """

    comment: Comment
    copy: Copy | None = None
    withdraw: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """What the ledger knows of the comments on one side.

    ``copies``: those made from this side's comments, by source id. ``ours``: ids of comments on this side that the
    integration wrote itself. ``sent``: digests of texts it sent to this side whose answers were lost.
    """

    copies: dict[str, Copy] = field(default_factory=dict)
    ours: frozenset[str] = frozenset()
    sent: frozenset[str] = frozenset()


def plan_comments(comments: Sequence[Comment], known: Known, *, restricted: bool = False) -> tuple[CommentWork, ...]:
    """The comments of one side that the other has not got as they stand, in their order of creation.

    Copies the integration wrote are recognised by their recorded ids and never come back. Comments that are not shared
    stay where they are unless ``restricted`` is asked for.
    """
    ordered = sorted(comments, key=lambda comment: (comment.created, len(comment.id), comment.id))
    work = []
    for comment in ordered:
        copy = known.copies.get(comment.id)
        if comment.id in known.ours or (known.sent and digest(comment.body) in known.sent):
            continue
        if not (comment.shared or restricted):
            if copy is not None and (copy.parts or copy.sending) and copy.source != WITHDRAWN:
                work.append(CommentWork(comment, copy, withdraw=True))
        elif copy is None or not copy.complete or copy.source != digest(comment.body):
            work.append(CommentWork(comment, copy))
    return tuple(work)


def plan_deletions(comments: Sequence[Comment], known: Known) -> tuple[Copy, ...]:
    """The copies whose comments are no longer there, or no longer to be seen."""
    present, settled = {comment.id for comment in comments}, (DELETED, WITHDRAWN)
    return tuple(
        copy
        for source, copy in known.copies.items()
        if source not in present and copy.parts and copy.source not in settled
    )


# Fields of the issue that are filled from the case


def custom_fields(case: Case, mapping: Mapping[str, str], console_url: str) -> dict[str, str]:
    """What each field of ``jira_custom_fields`` should hold; empty where the case says nothing."""
    values = {**case.details, "consoleUrl": console_url}
    return {field_id: values.get(attribute, "") for field_id, attribute in mapping.items()}
