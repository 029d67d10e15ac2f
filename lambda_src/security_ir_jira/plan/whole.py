"""The one plan of a run: what is for the case, and what for the issue.

Three-way merge, facet by facet. Only a side that moved away from the base is copied; where both moved, a closure
wins over everything else and otherwise ``conflict_winner`` decides, and the losing value is kept as a comment on
its own side.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ..config import Config
from ..memory import Agreed, Base, Copy, Facts, Pair, digest, read_digest
from ..model import Case, Comment, Facet, Issue, Side, Workflow, other
from .comments import CommentWork, plan_comments, plan_deletions, plan_documents
from .files import FileWork, plan_files
from .status import plan_status
from .steps import Step
from .texts import plan_description, plan_title


@dataclass(frozen=True, slots=True)
class Seen:
    """What a run has looked at: ``None`` where it did not. ``deep`` asks to compare everything; ``new`` says that this
    very run made the issue.
    """

    pair: Pair
    facts: Facts
    deep: bool
    case: Case | None = None
    issue: Issue | None = None
    case_comments: tuple[Comment, ...] | None = None
    issue_comments: tuple[Comment, ...] | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done on one side. ``deleted`` are the copies there whose comments were deleted.

    ``files`` are those of the issue: which of a case's are copies of ours is known only once they are bound.
    """

    texts: tuple[Step, ...] = ()
    status: Step | None = None
    comments: tuple[CommentWork, ...] = ()
    deleted: tuple[Copy, ...] = ()
    files: tuple[FileWork, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.texts or self.status or self.comments or self.deleted or self.files)


@dataclass(frozen=True, slots=True)
class Plan:
    """``settled`` is what the base moves on to without anything being written; ``documents`` are copies that are in
    step, with the documents of their comments as they are now.
    """

    for_case: Work = Work()
    for_issue: Work = Work()
    settled: dict[Facet, Agreed] = field(default_factory=dict)
    documents: tuple[Copy, ...] = ()

    def on(self, side: Side) -> Work:
        return self.for_case if side == "security_ir" else self.for_issue


def status_may_have_moved(seen: Seen, config: Config) -> bool:
    """Whether the status is anything but agreed on, so that the plan needs the issue's workflow."""
    case, issue, base = seen.case, seen.issue, seen.pair.base.status
    if case is None or issue is None:
        return False
    return (base.case, base.issue) != (case.status, issue.status.id) or base.is_asked_anew(config.digest)


def plan(seen: Seen, config: Config, workflow: Workflow | None, *, issue_url: str) -> Plan:
    """All that brings the pair into step, as far as it was looked at; without a ``workflow`` the status is left out.

    Raises nothing: whatever the two sides hold, there is a plan.
    """
    steps = _steps(seen, config, workflow, issue_url)
    for_case = _work("security_ir", seen, steps, config)
    return Plan(
        for_case=for_case,
        for_issue=_work("jira", seen, steps, config),
        settled={step.facet: step.agreed for step in steps if step.side is None},
        documents=plan_documents(seen.issue_comments or (), seen.facts.known("jira"), for_case.comments),
    )


def _steps(seen: Seen, config: Config, workflow: Workflow | None, issue_url: str) -> list[Step]:
    case, issue, base = seen.case, seen.issue, seen.pair.base
    if case is None or issue is None:
        return []
    steps = (
        plan_title(base.title, case, issue, config),
        plan_description(base.description, case, issue, config, issue_url=issue_url),
        plan_status(base.status, case, issue, workflow, config) if workflow is not None else None,
    )
    return [step for step in steps if step is not None]


def _work(side: Side, seen: Seen, steps: list[Step], config: Config) -> Work:
    mine = [step for step in steps if step.side == side]
    to_case = side == "security_ir"
    source = other(side)
    comments = seen.issue_comments if to_case else seen.case_comments
    known = seen.facts.known(source)
    restricted = config.sync_restricted_comments
    return Work(
        texts=tuple(step for step in mine if step.facet != "status"),
        status=next((step for step in mine if step.facet == "status"), None),
        comments=plan_comments(source, comments or (), known, restricted=restricted, config_digest=config.digest),
        deleted=plan_deletions(comments, known) if to_case and comments is not None else (),
        files=plan_files("jira", seen.issue.files, seen.facts.files, config_digest=config.digest)
        if to_case and seen.issue is not None and config.sync_attachments
        else (),
    )


def without_descriptions_end(whole: Plan, base: Agreed) -> bool:
    """Whether what the case shows of the issue's description lacks its end, once the plan is carried out."""
    step = next((step for step in whole.for_case.texts if step.facet == "description"), None)
    agreed = step.agreed if step else whole.settled.get("description", base)
    return agreed.cut


def case_may_have_moved(pair: Pair, case: Case, config: Config) -> bool:
    """Whether the case holds anything but what it held when both sides last agreed, or that is not known for sure."""
    base, held = pair.base, (digest(case.title), digest(case.description), case.status)
    return _is_open(base, config) or (base.title.case, base.description.case, base.status.case) != held


def issue_may_have_moved(pair: Pair, issue: Issue, config: Config) -> bool:
    """Whether the issue holds anything but what it held when both sides last agreed, or that is not known for sure."""
    base, held = pair.base, (digest(issue.summary), read_digest(issue.description), issue.status.id)
    return _is_open(base, config) or (base.title.issue, base.description.issue, base.status.issue) != held


def _is_open(base: Base, config: Config) -> bool:
    """Whether something is being written, or to be tried once more."""
    being_written = base.title.writing is not None or base.description.writing is not None
    return being_written or base.is_asked_anew(config.digest)
