"""A status_mapping for a workflow that the default does not fit: a proposal, for people to look at."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence

from security_ir_jira.config import StatusMapping
from security_ir_jira.model import CASE_STATUSES, CLOSED, SUBMITTED, Status, Workflow

ACKNOWLEDGED, DETECTION, CONTAINMENT, POST_INCIDENT, READY = CASE_STATUSES[1:6]
_HINTS: Mapping[str, str] = {
    SUBMITTED: r"\b(new|open|to.?do|backlog|submitted|reported|created)\b|zu erledigen|offen|neu",
    ACKNOWLEDGED: r"acknowledg|triag|assigned|accepted|confirmed|angenommen",
    DETECTION: r"detect|analy|investigat|untersuch",
    CONTAINMENT: r"contain|eradicat|recover|mitigat|remediat|eindämm|beheb",
    POST_INCIDENT: r"post.?|review|lessons|verif|follow.?up|prüfung",
    READY: r"ready|approv|resolved|to close|freigabe",
    CLOSED: r"\b(done|closed|resolved|complete|completed)\b|erledigt|geschlossen",
}
_PAUSED = re.compile(r"hold|wait|pending|block|paus|warte", re.IGNORECASE)


def suggest(mapping: StatusMapping, workflow: Workflow) -> StatusMapping:
    """What to add to the mapping in force, so that each status of either side stands for one of the other.

    What the workflow knows by a name or id of the mapping stays, and so does what the mapping wants left alone
    (``[]``, ``""``).
    """
    to_jira = {}
    for case_status in CASE_STATUSES:
        candidates = mapping.to_jira.get(case_status, ())
        if candidates and not any(workflow.find(each) for each in candidates):
            found = _issue_status(case_status, workflow.statuses)
            to_jira[case_status] = (found.name,) if found else ()
    whole = StatusMapping({**mapping.to_jira, **to_jira}, mapping.to_case)
    to_case = {
        status.name: _case_status(status, whole, workflow)
        for status in workflow.statuses
        if not any(status.is_named((known,)) for known in mapping.to_case)
    }
    return StatusMapping(to_jira, to_case)


def merged(mapping: StatusMapping, added: StatusMapping) -> StatusMapping:
    """As the module merges them: key by key."""
    return StatusMapping({**mapping.to_jira, **added.to_jira}, {**mapping.to_case, **added.to_case})


def _issue_status(case_status: str, statuses: Sequence[Status]) -> Status | None:
    """The status that an issue of such a case belongs into: by its name, else by its place."""
    first, middle, last = (_of(statuses, category) for category in ("new", "indeterminate", "done"))
    if case_status == SUBMITTED:
        return _named(SUBMITTED, first) or next(iter(first), None)
    if case_status == CLOSED:
        return _named(CLOSED, last) or next(iter(last), None)
    at_work = [status for status in middle if not _PAUSED.search(status.name)] or middle
    begun = at_work + first[1:] if case_status == ACKNOWLEDGED else at_work
    late = case_status in (POST_INCIDENT, READY)
    return _named(case_status, begun) or next(iter(reversed(at_work) if late else at_work), None)


def _case_status(status: Status, mapping: StatusMapping, workflow: Workflow) -> str:
    """The case status that an issue status stands for; ``""`` where it had better leave the case alone."""
    if status.category == "done":
        return CLOSED
    if status.category == "new" or _PAUSED.search(status.name):
        return ""
    for case_status in (CONTAINMENT, DETECTION, ACKNOWLEDGED, POST_INCIDENT, READY):
        if _named(case_status, [status]):
            return case_status
    leading = [name for name, candidates in mapping.to_jira.items() if _first(candidates, workflow) == status]
    return next((name for name in (DETECTION, CONTAINMENT, POST_INCIDENT, READY, ACKNOWLEDGED) if name in leading), "")


def _first(candidates: Iterable[str], workflow: Workflow) -> Status | None:
    return next(filter(None, map(workflow.find, candidates)), None)


def _of(statuses: Sequence[Status], category: str) -> list[Status]:
    return [status for status in statuses if status.category == category]


def _named(case_status: str, statuses: Iterable[Status]) -> Status | None:
    """The one that is called like the case status, or like what people do then."""
    known = list(statuses)
    same = next((each for each in known if each.name.strip().casefold() == case_status.casefold()), None)
    return same or next((each for each in known if re.search(_HINTS[case_status], each.name, re.IGNORECASE)), None)
