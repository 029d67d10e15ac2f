"""One pair as it is seen on both sides, and whether they are in step or what is still under way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sandbox import jira, security_ir
from sandbox.page import agreement
from sandbox.page.agreement import SAME, Facet, Rules
from sandbox.page.flow import Waiting
from sandbox.page.hands import ELSEWHERE
from sandbox.page.pairs import OURS, Beside, Couple, comments, files
from sandbox.stage import Stage

Part = dict[str, Any]
STATUSES = (
    "Submitted",
    "Acknowledged",
    "Detection and Analysis",
    "Containment, Eradication and Recovery",
    "Post-incident Activities",
    "Ready to Close",
)
CLOSURE_CODES = ("Investigation Completed", "Not Resolved", "False Positive", "Duplicate")
_ADA = "Ada Lovelace"


@dataclass(frozen=True, slots=True)
class Row:
    """Comments or files beside each other; ``facet`` says whether the copy is what it should be."""

    beside: Beside
    facet: Facet


@dataclass(frozen=True, slots=True)
class Judged:
    """What was found out about a pair."""

    facets: dict[str, Facet]
    comments: Sequence[Row]
    files: Sequence[Row]
    alone: str

    def state(self, waiting: Waiting) -> Part:
        """``word``: "in step", "under way", "out of step" or "alone"; ``why``: what is not the same on both sides."""
        why = [f"{name}: {facet.why or 'differs'}" for name, facet in self.facets.items() if facet.verdict == "differs"]
        for name, rows in (("comment", self.comments), ("file", self.files)):
            late = sum(row.facet.verdict == "differs" for row in rows)
            why += [f"{late} {name}{'' if late == 1 else 's'} on the way"] if late else []
        if self.alone:
            why = [self.alone]
        messages = waiting.messages
        moves = bool(messages or waiting.runs)
        word = "alone" if self.alone else "out of step" if why else "in step"
        return {
            "word": "under way" if moves else word,
            "why": why,
            "waiting": len(messages),
            # Of a message that is worked on, it is when that would have taken too long.
            "due": None if waiting.runs else min((each.due for each in messages), default=None),
            "tries": max((each.receives for each in messages), default=0),
            "runs": waiting.runs,
            "dead": waiting.dead,
        }


def judged(stage: Stage, couple: Couple, rules: Rules | None) -> Judged:
    """Compare both sides of a pair, by them and by the accounts in Jira alone."""
    case, issue = couple.case, couple.issue
    if case is None or issue is None:
        rows = [Row(each, SAME) for each in comments(couple)]
        return Judged({}, rows, [Row(each, SAME) for each in files(couple)], _alone(couple))
    agreed = couple.known.get("agreed", {})
    facets = {
        "title": agreement.title(case, issue, agreed.get("title", {})),
        "status": agreement.status(case, issue, agreed.get("status", {}), rules) if rules else SAME,
        "description": agreement.description(case, issue, agreed.get("description", {})),
        "watchers": _watchers(stage, couple, case, issue),
    }
    on_case = {each.comment_id: each for each in couple.on_case}
    on_issue = {each.id: each for each in issue.comments}
    ours, shared = stage.jira.integration, bool(rules and rules.shares_restricted)
    told = [Row(each, _comment(each, on_case, on_issue, ours, shared)) for each in comments(couple)]
    return Judged(facets, told, [Row(each, _file(each)) for each in files(couple)], "")


def _watchers(stage: Stage, couple: Couple, case: security_ir.Case, issue: jira.Issue) -> Facet:
    site, known = stage.jira.site, couple.item("WATCHERS") or {}
    return agreement.watchers(case, issue, tuple(site.users), site.integration, known.get("issue", ()))


def _alone(couple: Couple) -> str:
    if couple.case_id and couple.issue_id:
        return "the issue was deleted" if couple.issue is None else "the case was deleted"
    return "no issue yet" if couple.case_id else "no case yet"


def _comment(
    row: Beside,
    on_case: dict[str, security_ir.Comment],
    on_issue: dict[str, jira.Comment],
    integration: jira.User,
    shares_restricted: bool,
) -> Facet:
    if row.origin == "integration":
        return Facet("apart", "said by the integration")
    if row.refused:
        return Facet("apart", "the other side did not accept it")
    texts = [on_case[each].body for each in row.case], [agreement.comment_text(on_issue[each]) for each in row.issue]
    originals, copies = texts if row.origin == "case" else texts[::-1]
    hidden = row.origin == "issue" and any(_is_hidden(on_issue[each]) for each in row.issue)
    if not originals or (hidden and not shares_restricted):
        return _ended("restricted" if originals else "its original was deleted", row, copies)
    if copies:
        return SAME if agreement.comment_arrived(originals[0], copies) else Facet("differs", "edited")
    if row.gone:
        return Facet("apart", "its copy was deleted")
    by_us = [on_case[each].creator for each in row.case if OURS in on_case[each].creator]
    by_us += [each for each in row.issue if on_issue[each].author is integration]
    return Facet("apart", "said by the integration") if by_us else Facet("differs", "on its way")


def _ended(why: str, row: Beside, copies: Sequence[str]) -> Facet:
    """Of a comment that the other side is to show no longer, or only as one that was deleted: whether it is so."""
    if agreement.is_withdrawn(copies) or (why != "restricted" and agreement.is_noted_as_deleted(copies)):
        return Facet("apart", "restricted: it stays in Jira" if why == "restricted" else why)
    if row.settled:
        return Facet("apart", f"{why}: the case still shows it, and took no note of that")
    return Facet("differs", f"{why}: the case still shows it")


def _is_hidden(comment: jira.Comment) -> bool:
    return comment.visibility is not None or comment.internal


def _file(row: Beside) -> Facet:
    if row.refused:
        return Facet("apart", "the other side did not accept it")
    return SAME if row.case and row.issue else Facet("differs", "on its way")


# As values


def shown(stage: Stage, couple: Couple, found: Judged, waiting: Waiting) -> Part:
    """The pair with all that its page shows."""
    return {
        "name": couple.name,
        "also": couple.also,
        "title": couple.title,
        "state": found.state(waiting),
        "facets": {name: facet.shown() for name, facet in found.facets.items()},
        "case": _case(couple.case) if couple.case else None,
        "issue": _issue(stage, couple.issue) if couple.issue else None,
        "case_id": couple.case_id,
        "issue_key": couple.issue.key if couple.issue else couple.known.get("issue_key"),
        "comments": [_comment_row(stage, couple, row) for row in found.comments],
        "files": [_file_row(couple, row) for row in found.files],
        "ledger": [dict(item) for item in sorted(couple.items, key=lambda item: (item["PK"], item["SK"]))],
    }


def _case(case: security_ir.Case) -> Part:
    times = {
        name: _moment(value) for name, value in asdict(case).items() if name in ("created", "last_updated", "closed")
    }
    return {
        "id": case.case_id,
        "arn": case.arn,
        "title": case.title,
        "description": case.description,
        "status": case.status,
        "resolver": "AWS" if case.resolver_type == "AWS" else "self-managed",
        "facts": _facts(case),
        "watchers": [watcher.email for watcher in case.watchers],
        "statuses": [] if case.status == "Closed" else [each for each in STATUSES if each != case.status],
        "codes": [] if case.status == "Closed" else list(CLOSURE_CODES),
        **times,
    }


def _facts(case: security_ir.Case) -> list[list[str]]:
    facts = (
        ("Engagement", case.engagement_type),
        ("Resolver", case.resolver_type),
        ("Closure code", case.closure_code or ""),
        ("Pending action", case.pending_action),
        ("Accounts", ", ".join(case.impacted_accounts)),
        ("Regions", ", ".join(case.regions)),
        ("Services", ", ".join(case.services)),
        ("Threat actor IPs", ", ".join(each.ip_address for each in case.threat_actor_ips)),
    )
    return [[name, value] for name, value in facts if value and value != "None"]


def _issue(stage: Stage, issue: jira.Issue) -> Part:
    project = stage.jira.store.project_of(issue)
    return {
        "id": issue.id,
        "key": issue.key,
        "title": issue.summary,
        "description": issue.description,
        "plain": issue.description_text,
        "status": issue.status.name,
        "category": issue.status.category,
        "type": issue.issue_type.name,
        "facts": _issue_facts(issue),
        "watchers": [user.name for user in issue.watchers if user is not stage.jira.integration],
        "transitions": _transitions(stage, issue),
        "resolutions": list(stage.jira.site.resolutions),
        "elsewhere": stage.settings.project if project.key == ELSEWHERE else ELSEWHERE,
        "created": issue.created,
        "last_updated": issue.updated,
    }


def _transitions(stage: Stage, issue: jira.Issue) -> list[Part]:
    """What the workflow offers, and whether its screen demands a resolution."""
    steps = stage.jira.store.project_of(issue).workflow.from_status(issue.status)
    return [
        {"name": step.name, "to": step.to.name, "resolution": any(each.id == "resolution" for each in step.screen)}
        for step in steps
        if step.to != issue.status
    ]


def _issue_facts(issue: jira.Issue) -> list[list[str]]:
    facts = (
        ("Reporter", issue.reporter.name),
        ("Resolution", issue.resolution or ""),
        ("Labels", ", ".join(issue.labels)),
        ("Former keys", ", ".join(issue.old_keys)),
    )
    links = (("Link", f"{link.title} ({link.url})") for link in issue.remote_links)
    return [[name, value] for name, value in (*facts, *links) if value]


def _comment_row(stage: Stage, couple: Couple, row: Row) -> Part:
    on_case = {each.comment_id: each for each in couple.on_case}
    on_issue = {each.id: each for each in couple.issue.comments} if couple.issue else {}
    return {
        "id": row.beside.key or f"{row.beside.origin}-{'-'.join((*row.beside.case, *row.beside.issue))}",
        "origin": row.beside.origin,
        "facet": row.facet.shown(),
        "case": [_case_comment(on_case[each]) for each in row.beside.case if each in on_case],
        "issue": [_issue_comment(stage, on_issue[each]) for each in row.beside.issue if each in on_issue],
    }


def _case_comment(comment: security_ir.Comment) -> Part:
    ours = OURS in comment.creator
    return {
        "id": comment.comment_id,
        "who": "the integration" if ours else comment.creator.rpartition("/")[2],
        "ours": ours,
        "at": comment.created.timestamp(),
        "edited": comment.last_updated > comment.created,
        "text": comment.body,
    }


def _issue_comment(stage: Stage, comment: jira.Comment) -> Part:
    hidden = comment.visibility.value if comment.visibility else "internal" if comment.internal else ""
    return {
        "id": comment.id,
        "who": comment.author.name,
        "ours": comment.author is stage.jira.integration,
        "at": comment.created,
        "edited": comment.updated > comment.created,
        "body": comment.body,
        "plain": comment.text,
        "restricted": hidden,
    }


def _file_row(couple: Couple, row: Row) -> Part:
    on_case = {each.attachment_id: each for each in couple.case.attachments} if couple.case else {}
    on_issue = {each.id: each for each in couple.issue.attachments} if couple.issue else {}
    case = [on_case[each] for each in row.beside.case if each in on_case]
    issue = [on_issue[each] for each in row.beside.issue if each in on_issue]
    return {
        "id": row.beside.key or f"{row.beside.origin}-{'-'.join((*row.beside.case, *row.beside.issue))}",
        "origin": row.beside.origin,
        "facet": row.facet.shown(),
        "case": [{"name": each.file_name, "size": each.size, "state": each.status} for each in case],
        "issue": [{"name": each.filename, "size": each.size, "state": ""} for each in issue],
    }


def _moment(value: Any) -> float | None:
    return value.timestamp() if value else None
