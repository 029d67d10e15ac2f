"""Whether a case and its issue say the same, facet by facet, as somebody would judge who reads both.

Texts are read as the module's own `rich_text` reads them, which knows nothing of pairs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from rich_text import same_words, to_text
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
class Rules:
    """What the functions are told: which status means which, and whether they share restricted comments."""

    to_jira: Mapping[str, Sequence[str]]
    to_case: Mapping[str, str]
    shares_restricted: bool = False


def title(case: security_ir.Case, issue: jira.Issue, agreed: Mapping[str, Any]) -> Facet:
    told = " ".join(case.title.split())
    cut = issue.summary.endswith("…") and told.startswith(issue.summary.removesuffix("…").rstrip())
    return SAME if cut or told == " ".join(issue.summary.split()) else _moved(agreed)


def description(case: security_ir.Case, issue: jira.Issue, agreed: Mapping[str, Any]) -> Facet:
    there = to_text(issue.description) if issue.description else ""
    if same_words(there, case.description):
        return SAME
    if not (there.strip() and case.description.strip()):
        return Facet("apart", "an empty text never erases one")
    if agreed.get("cut"):
        return Facet("apart", "longer than a case may hold: the whole text is attached to it")
    return _moved(agreed)


def status(case: security_ir.Case, issue: jira.Issue, agreed: Mapping[str, Any], known: Rules) -> Facet:
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


# Comments: the words by which the product itself tells what became of a copy.
WITHDRAWN_TEXT = "(The visibility of this comment was restricted in Jira. Its text is no longer shown here.)"
DELETED_NOTE = "(This comment was deleted in Jira, or can no longer be seen there. Its text as it was:)"
NO_LONGER_NEEDED = "(The comment was shortened; nothing of it is left in this part.)"
_FENCE = re.compile(r"^ *(?:```|~~~).*$", re.MULTILINE)


def comment_arrived(original: str, copies: Sequence[str]) -> bool:
    """Whether the copy, all of its parts together, says what the original says: no word less and none more.

    A block of code that is cut through is opened again in the next part, so that in parts its fences do not count.
    """
    told, copied = original, "\n".join(map(_below_its_head, copies))
    if len(copies) > 1:
        told, copied = _FENCE.sub("", told), _FENCE.sub("", copied)
    return same_words(told, copied)


def is_withdrawn(copies: Sequence[str]) -> bool:
    """Whether nothing is left of what was copied but a note that it is shown no longer."""
    return all(copy.strip() in (WITHDRAWN_TEXT, NO_LONGER_NEEDED) for copy in copies)


def is_noted_as_deleted(copies: Sequence[str]) -> bool:
    """Whether a copy says that its original was deleted."""
    return any(copy.startswith(DELETED_NOTE) for copy in copies)


def _below_its_head(copy: str) -> str:
    """A part of a copy without the line that says whose it is; nothing of one that says it is needed no longer."""
    return "" if copy.strip() == NO_LONGER_NEEDED else copy.partition("\n")[2]


def comment_text(comment: jira.Comment) -> str:
    """A comment in Jira as it reads on a case."""
    return to_text(comment.body)


def _moved(agreed: Mapping[str, Any]) -> Facet:
    refused = agreed.get("refused")
    if refused:
        side = "Jira" if refused in ("jira", True) else "security-ir"
        return Facet("apart", f"{side} did not accept the other side's")
    return Facet("differs")
