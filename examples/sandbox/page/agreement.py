"""Whether a case and its issue say the same, facet by facet, as somebody would judge who reads both.

Texts are read as the module's own `rich_text` reads them, which knows nothing of pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich_text import same_words, to_text
from rich_text.words import words
from sandbox import jira, security_ir

Verdict = Literal["same", "differs", "apart"]
"""``apart``: it differs, and is meant to stay so."""


@dataclass(frozen=True, slots=True)
class Facet:
    """What became of one facet, and why, where it does not simply agree."""

    verdict: Verdict
    why: str = ""

    def shown(self) -> dict[str, str]:
        return asdict(self)


SAME = Facet("same")


@dataclass(frozen=True, slots=True)
class Statuses:
    """Which status means which: the lists of `to_jira`, and `to_case`, as the functions are told."""

    to_jira: Mapping[str, Sequence[str]]
    to_case: Mapping[str, str]


def title(case: security_ir.Case, issue: jira.Issue, agreed: Mapping[str, Any]) -> Facet:
    told = " ".join(case.title.split())
    cut = issue.summary.endswith("…") and told.startswith(issue.summary.removesuffix("…").rstrip())
    return SAME if cut or told == " ".join(issue.summary.split()) else _moved(agreed)


def description(case: security_ir.Case, issue: jira.Issue, agreed: Mapping[str, Any]) -> Facet:
    if issue.description is None or same_words(to_text(issue.description), case.description):
        return SAME
    if agreed.get("cut"):
        return Facet("apart", "longer than a case may hold: the whole text is attached to it")
    return _moved(agreed)


def status(case: security_ir.Case, issue: jira.Issue, agreed: Mapping[str, Any], known: Statuses) -> Facet:
    if case.status == "Closed":
        if issue.status.done:
            return SAME
        return Facet("apart", "a closed case cannot be reopened") if agreed.get("refused") else _moved(agreed)
    there = {issue.status.id, issue.status.name}
    back = next((known.to_case[name] for name in there if name in known.to_case), None)
    if there.intersection(known.to_jira.get(case.status, ())) or back in ("", case.status):
        return SAME
    if case.resolver_type != "Self" and not issue.status.done:
        return Facet("apart", "AWS sets the status of its own cases")
    return _moved(agreed)


def watchers(
    case: security_ir.Case, issue: jira.Issue, accounts: Sequence[jira.User], ours: jira.User, dealt_with: Sequence[str]
) -> Facet:
    """Those are compared who are known on both sides.

    ``dealt_with`` are the accounts that the ledger has as watchers of the issue: who comments in Jira watches the issue
    from then on, and is not made a watcher of the case for that.
    """
    on_case = {watcher.email.lower() for watcher in case.watchers}
    known = {user.email.lower() for user in accounts if user.active and user is not ours}
    watching = [user for user in issue.watchers if user is not ours and user.email_visible]
    alone = [user for user in watching if user.email.lower() not in on_case]
    missing = {user.email.lower() for user in alone if user.account_id not in dealt_with}
    missing |= (on_case & known) - {user.email.lower() for user in issue.watchers}
    if missing:
        return Facet("differs", f"not on both sides: {', '.join(sorted(missing))}")
    return Facet("apart", "who comments in Jira watches the issue alone") if alone else SAME


def comment_arrived(original: str, copies: Sequence[str]) -> bool:
    """Whether a copy holds every word of the original. One in parts is taken for whole."""
    return len(copies) > 1 or words(original) in words("\n".join(copies))


def comment_text(comment: jira.Comment) -> str:
    """A comment in Jira as it reads on a case."""
    return to_text(comment.body)


def _moved(agreed: Mapping[str, Any]) -> Facet:
    refused = agreed.get("refused")
    if refused:
        side = "Jira" if refused in ("jira", True) else "security-ir"
        return Facet("apart", f"{side} did not accept the other side's")
    return Facet("differs")
