"""Who watches: e-mail addresses on a case, accounts on an issue, kept in step by what was seen last on each side.

People who joined one side since it was last seen there join the other; what the integration added itself is taken
back once its reason is gone, and never counts as somebody's wish. Nobody is removed whom a person added.

Jira makes whoever comments a watcher. An account that turns up together with its own comment has not asked to be told
of the case, so it is taken for seen and stays in Jira. The integration's own account is never a watcher to copy.

Addresses are personal data: the ledger holds account ids, which mean nothing outside Jira, and a digest of each address
with the case's id, so that one person's entries cannot be joined over several cases. The log holds counts only.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace

from ..memory import OURSELVES, Watched, digest
from ..model import Account, Comment, Issue, IssueWatchers

MOST_ON_A_CASE = 30
_JUST_NOW_SECONDS = 600
_EMAIL = re.compile(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*")
"""``EmailAddress`` of the security-ir API 2018-05-10, besides its 6 to 254 characters."""


@dataclass(frozen=True, slots=True)
class ForIssue:
    """Fingerprints to be watchers of the issue, and fingerprints (→ account) whose account is no longer to be one."""

    wanted: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.wanted or self.gone)


@dataclass(frozen=True, slots=True)
class ForCase:
    """Accounts (→ address) to join the case, accounts (→ fingerprint) to leave it, accounts on the case already."""

    add: Mapping[str, str] = field(default_factory=dict)
    remove: Mapping[str, str] = field(default_factory=dict)
    there: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


def fingerprint(case_id: str, email: str) -> str:
    """What stands for an address in the ledger of one case; capitals do not count."""
    return digest(f"{case_id}\n{email.strip().casefold()}")


def acceptable(email: str | None) -> bool:
    """Whether security-ir takes this as a watcher's address."""
    return email is not None and 6 <= len(email) <= 254 and _EMAIL.fullmatch(email) is not None


def fitting(email: str, hits: Collection[Account]) -> Account | None:
    """The account that an address belongs to, among the hits of a search for it: active, and either shows that address
    or hides its own and is the only hit.
    """
    wanted = email.strip().casefold()
    for account in hits:
        if account.active and (account.email or "").casefold() == wanted:
            return account
    (only,) = hits if len(hits) == 1 else (None,)
    return only if only is not None and only.active and not only.email else None


def for_issue(known: Watched, listed: Collection[str]) -> ForIssue:
    """What the fingerprints listed on the case mean for the issue."""
    ours = set(known.added_to_case.values())
    return ForIssue(
        wanted=tuple(each for each in listed if each not in known.case and each not in ours),
        gone={each: account for each, account in known.added_to_issue.items() if each not in listed},
    )


def for_case(known: Watched, case_id: str, watching: IssueWatchers, listed: Collection[str]) -> ForCase:
    """What the watchers of the issue (without the integration) mean for an open case that lists these fingerprints."""
    if not watching.shown:
        return ForCase()
    present = {account.id for account in watching.accounts}
    remove = {account: each for account, each in known.added_to_case.items() if account not in present}
    room = MOST_ON_A_CASE - len(set(listed) - set(remove.values()))
    passed_over = known.issue | known.refused | set(known.added_to_issue.values())
    add: dict[str, str] = {}
    there, taken = set(), set(listed)
    for account in watching.accounts:
        if account.id in passed_over or not account.active or account.email is None or not acceptable(account.email):
            continue
        stands_for = fingerprint(case_id, account.email)
        if stands_for in taken:
            there.add(account.id)
        elif len(add) < room:
            add[account.id] = account.email
            taken.add(stands_for)
    return ForCase(add, remove, frozenset(there))


def joining(watching: IssueWatchers) -> Mapping[str, str]:
    """The accounts (→ address) among the issue's watchers that join a case which is to be made."""
    return for_case(Watched(), "", watching, ()).add


def born_with(case_id: str, emails: Iterable[str], watching: IssueWatchers) -> Watched:
    """What is known of a case that was made just now with the issue's watchers, of which it took these ``emails``."""
    listed = frozenset(fingerprint(case_id, email) for email in emails)
    wanted = for_case(Watched(), case_id, watching, ()).add
    taken = {account: email for account, email in wanted.items() if fingerprint(case_id, email) in listed}
    ours = {account: fingerprint(case_id, email) for account, email in taken.items()}
    known = settled(Watched(case=listed, added_to_case=ours), watching, ForCase(taken))
    return known if len(taken) == len(wanted) else replace(known, count=None)


def by_commenting(known: Watched, count: int, authors: Set[str]) -> Watched | None:
    """What is known once ``authors`` have commented, if that alone explains the issue's new number of watchers."""
    new = authors - known.issue
    if known.count is None or not 0 < count - known.count <= len(new):
        return None
    return replace(known, issue=known.issue | new, count=count)


def just_commented(issue: Issue, copied: Iterable[Comment], now: float) -> set[str]:
    """Accounts that have just commented: on what is being copied, or of late on what stays in Jira."""
    kept = (each for each in issue.comments or () if not each.shared)
    recent = (each for each in kept if now - each.created.timestamp() < _JUST_NOW_SECONDS)
    return {comment.author_id for comment in (*copied, *recent)} - {""}


def we_just_commented(issue: Issue, own: str, now: float) -> bool:
    """Whether the integration itself has just commented, which makes it a watcher like everybody."""
    own_comments = (each for each in issue.comments or () if each.author_id == own)
    return any(now - each.created.timestamp() < _JUST_NOW_SECONDS for each in own_comments)


def with_case(known: Watched, listed: Collection[str]) -> Watched:
    """What is known once the case's list was dealt with; what people took off it is no longer ours to remove."""
    ours = {account: each for account, each in known.added_to_case.items() if each in listed}
    return replace(known, case=frozenset(listed), added_to_case=ours)


def to_be_tried_again(known: Watched, now: float) -> Watched:
    """Forget that nobody fitted an address, and that an address was refused: either may have changed by now."""
    strangers = {each for each, account in known.accounts.items() if not account}
    return replace(known, case=known.case - strangers, refused=frozenset(), asked_at=now)


def settled(known: Watched, watching: IssueWatchers, plan: ForCase) -> Watched:
    """What is known once nothing is left to be done for the case."""
    if not watching.shown:
        return replace(known, count=watching.count)
    present = {account.id for account in watching.accounts}
    seen = known.issue | plan.there | (plan.add.keys() - known.refused)
    ours = {each: account for each, account in known.added_to_issue.items() if account in present}
    own = {OURSELVES} if watching.ourselves else set()
    return replace(known, issue=frozenset((seen & present) | own), count=watching.count, added_to_issue=ours)
