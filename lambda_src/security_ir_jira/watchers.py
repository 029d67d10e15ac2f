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
from collections.abc import Callable, Collection, Iterable, Mapping, Set
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from aws_lambda_powertools import Logger

from .errors import NotFound, Refused
from .model import Account, Case, Comment, Issue, IssueWatchers, Pair, digest

if TYPE_CHECKING:
    from .ledger import Facts
    from .sides import Sides

logger = Logger(child=True)

MOST_ON_A_CASE = 30
_EMAIL = re.compile(r"[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-zA-Z0-9-]+(?:\.[a-zA-Z0-9-]+)*")
"""``EmailAddress`` of the security-ir API 2018-05-10, besides its 6 to 254 characters."""
_LOOK_AGAIN_SECONDS = 86_400
_JUST_NOW_SECONDS = 600


@dataclass(frozen=True, slots=True)
class Watched:
    """What the ledger remembers of a pair's watchers; "mark" is the digest of an e-mail address.

    ``case`` holds the marks and ``issue`` the accounts that were seen and dealt with; ``count`` is the issue's number
    of watchers then (``None``: to be read). ``accounts`` says which account a mark was found to be (``""``: nobody
    fits), ``refused`` whose address a case did not take, and ``asked_at`` (epoch) when both were last tried again.
    ``added_to_issue`` (mark → account) and ``added_to_case`` (account → mark) are what the integration added.
    """

    case: frozenset[str] = frozenset()
    issue: frozenset[str] = frozenset()
    count: int | None = None
    accounts: Mapping[str, str] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    asked_at: float = 0.0
    added_to_issue: Mapping[str, str] = field(default_factory=dict)
    added_to_case: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ForIssue:
    """Marks to be watchers of the issue, and marks (→ account) whose account is no longer to be one."""

    wanted: tuple[str, ...] = ()
    gone: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.wanted or self.gone)


@dataclass(frozen=True, slots=True)
class ForCase:
    """Accounts (→ address) to join the case, accounts (→ mark) to leave it, accounts on the case already."""

    add: Mapping[str, str] = field(default_factory=dict)
    remove: Mapping[str, str] = field(default_factory=dict)
    there: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.add or self.remove)


# The planner


def mark(case_id: str, email: str) -> str:
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
    """What the marks listed on the case mean for the issue."""
    ours = set(known.added_to_case.values())
    return ForIssue(
        wanted=tuple(each for each in listed if each not in known.case and each not in ours),
        gone={each: account for each, account in known.added_to_issue.items() if each not in listed},
    )


def for_case(known: Watched, case_id: str, watching: IssueWatchers, listed: Collection[str]) -> ForCase:
    """What the watchers of the issue (without the integration) mean for an open case that lists these marks."""
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
        stands_for = mark(case_id, account.email)
        if stands_for in taken:
            there.add(account.id)
        elif len(add) < room:
            add[account.id] = account.email
            taken.add(stands_for)
    return ForCase(add, remove, frozenset(there))


def by_commenting(known: Watched, count: int, authors: Set[str]) -> Watched | None:
    """What is known once ``authors`` have commented, if that alone explains the issue's new number of watchers."""
    new = authors - known.issue
    if known.count is None or not 0 < count - known.count <= len(new):
        return None
    return replace(known, issue=known.issue | new, count=count)


# The sinks' part


def follow_case(sides: Sides, pair: Pair, facts: Facts, case: Case, *, deep: bool) -> None:
    """Bring the issue's watchers into step with the case's.

    Jira is read only where there is something to write, the first time, and in a deep check. Where people on the issue
    are missing on the case, the other sink's bell is rung.
    """
    if not sides.config.sync_watchers:
        return
    known, deep = facts.watched or Watched(), deep or facts.watched is None
    listed = {mark(case.id, email): email for email in case.watchers}
    if deep and sides.clock() - known.asked_at >= _LOOK_AGAIN_SECONDS:
        known = _to_be_tried_again(known, sides.clock())
    plan = for_issue(known, listed)
    watching = _watching(sides, pair) if deep or plan else None
    if watching is None:
        unread = dict.fromkeys(plan.wanted, "")
        known = replace(_with_case(known, listed), accounts={**known.accounts, **unread})
    else:
        watching, known = _write_issue(sides, pair, known, watching, plan, listed)
        known = _with_case(known, listed)
        theirs = ForCase() if case.closed else for_case(known, case.id, watching, listed)
        known = replace(known, count=None) if theirs else _settled(known, watching, theirs)
        if theirs:
            sides.ring(pair, "IssueUpdated", ("issue",))
    _remember(sides, pair, facts, known)


def follow_issue(
    sides: Sides, pair: Pair, facts: Facts, issue: Issue, case: Case | None, copied: Iterable[Comment], *, deep: bool
) -> None:
    """Bring the case's watchers into step with the issue's.

    ``case`` is read if it is not given and something is to be written. ``copied`` are the comments that this
    run brings to the case.
    """
    if not sides.config.sync_watchers:
        return
    known, authors = facts.watched or Watched(), _authors(issue, copied, sides.clock())
    if facts.watched is not None and not deep:
        if known.count == issue.watch_count:
            return
        explained = by_commenting(known, issue.watch_count, authors)
        if explained is not None:
            _remember(sides, pair, facts, explained)
            return
    watching = _watching(sides, pair)
    if watching is None:
        _remember(sides, pair, facts, replace(known, count=issue.watch_count))
        return
    if facts.watched is not None:
        known = replace(known, issue=known.issue | authors)
    plan = for_case(known, pair.case_id, watching, ())
    if plan:
        try:
            case = case or sides.security_ir.case(pair.case_id)
        except NotFound:
            return
        listed = {mark(case.id, email): email for email in case.watchers}
        plan = ForCase() if case.closed else for_case(known, case.id, watching, listed)
        known = _write_case(sides, pair, known, plan, listed)
    hidden = sum(1 for account in watching.accounts if not acceptable(account.email))
    if hidden:
        logger.info("watchers of the issue show no address", issue_key=pair.issue_key, left_out=hidden)
    _remember(sides, pair, facts, _settled(known, watching, plan))


def _authors(issue: Issue, copied: Iterable[Comment], now: float) -> set[str]:
    """Accounts that have just commented: on what is being copied, or of late on what stays in Jira."""
    kept = (each for each in issue.comments or () if not each.shared)
    recent = (each for each in kept if now - each.created.timestamp() < _JUST_NOW_SECONDS)
    return {comment.author_id for comment in (*copied, *recent)} - {""}


def _with_case(known: Watched, listed: Collection[str]) -> Watched:
    """What is known once the case's list was dealt with; what people took off it is no longer ours to remove."""
    ours = {account: each for account, each in known.added_to_case.items() if each in listed}
    return replace(known, case=frozenset(listed), added_to_case=ours)


def _to_be_tried_again(known: Watched, now: float) -> Watched:
    """Forget that nobody fitted an address, and that an address was refused: either may have changed by now."""
    strangers = {each for each, account in known.accounts.items() if not account}
    return replace(known, case=known.case - strangers, refused=frozenset(), asked_at=now)


def _watching(sides: Sides, pair: Pair) -> IssueWatchers | None:
    """The issue's watchers without the integration; ``None`` where Jira does not tell: watching may be off."""
    try:
        watching, own = sides.jira.watchers(pair.issue_id), sides.jira.myself()
    except (Refused, NotFound) as refusal:
        logger.warning("watchers cannot be read", issue_key=pair.issue_key, reason=str(refusal))
        return None
    return replace(watching, accounts=tuple(each for each in watching.accounts if each.id != own))


def _write_issue(
    sides: Sides, pair: Pair, known: Watched, watching: IssueWatchers, plan: ForIssue, listed: Mapping[str, str]
) -> tuple[IssueWatchers, Watched]:
    """Add and remove watchers of the issue; returns who watches then and what is known then."""
    present = {account.id: account for account in watching.accounts}
    found = _resolved(sides, known, watching, plan.wanted, listed, pair.case_id)
    accounts = {**known.accounts, **found}
    unfit = {"", sides.jira.myself(), *present}
    add = {each: account for each, account in found.items() if account not in unfit}
    ours = {
        each: account
        for each, account in known.added_to_issue.items()
        if each not in plan.gone and (account in present or not watching.shown)
    }
    if add and watching.shown:
        # Written down first: found there after a crash, the watcher is still known to be ours.
        intended = {**known.added_to_issue, **add}
        sides.ledger.watch(pair.case_id, replace(known, accounts=accounts, added_to_issue=intended))
    for each, account in add.items():
        if not _done(partial(sides.jira.add_watcher, pair.issue_id, account)):
            accounts[each] = ""
            continue
        present.setdefault(account, Account(account))
        if watching.shown:
            ours[each] = account
    reasons = {*ours.values(), *(accounts.get(each) for each in listed)}
    for account in set(plan.gone.values()) - reasons:
        if account in present or not watching.shown:
            _done(partial(sides.jira.remove_watcher, pair.issue_id, account))
            present.pop(account, None)
    left_out = sum(1 for each in plan.wanted if not accounts[each])
    if left_out:
        logger.info("watchers of the case have no account in Jira", case_id=pair.case_id, left_out=left_out)
    count = watching.count + len(present) - len(watching.accounts)
    joined = known.issue | set(ours.values())
    known = replace(known, accounts=accounts, added_to_issue=ours, issue=joined)
    return replace(watching, accounts=tuple(present.values()), count=count), known


def _resolved(
    sides: Sides,
    known: Watched,
    watching: IssueWatchers,
    wanted: Iterable[str],
    listed: Mapping[str, str],
    case_id: str,
) -> dict[str, str]:
    """The account of each mark: known from before, seen to watch, or searched for; ``""`` where nobody fits."""
    shown = {mark(case_id, account.email): account.id for account in watching.accounts if account.email}
    found: dict[str, str] = {}
    for each in wanted:
        account = known.accounts.get(each) or shown.get(each)
        found[each] = account or _search(sides, listed[each])
    return found


def _search(sides: Sides, email: str) -> str:
    try:
        account = fitting(email, sides.jira.find_users(email))
    except (Refused, NotFound):
        return ""
    return account.id if account else ""


def _write_case(sides: Sides, pair: Pair, known: Watched, plan: ForCase, listed: Mapping[str, str]) -> Watched:
    """Add and remove watchers of the case; returns what is known then."""
    joined = {account: mark(pair.case_id, email) for account, email in plan.add.items()}
    left = {each: listed[each] for each in plan.remove.values() if each in listed}
    stay = {account: each for account, each in known.added_to_case.items() if account not in plan.remove}
    refused: set[str] = set()
    if joined or left:
        # Written down first: found there after a crash, the watcher is still known to be ours.
        sides.ledger.watch(pair.case_id, replace(known, added_to_case={**known.added_to_case, **joined}))
        refused = _set_watchers(sides, pair, plan.add, tuple(left.values()))
    if refused:
        logger.info("the case did not take some watchers", case_id=pair.case_id, left_out=len(refused))
    joined = {account: each for account, each in joined.items() if account not in refused}
    return replace(
        known,
        case=(known.case | set(joined.values())) - left.keys(),
        added_to_case={**stay, **joined},
        refused=known.refused | refused,
    )


def _set_watchers(sides: Sides, pair: Pair, add: Mapping[str, str], remove: tuple[str, ...]) -> set[str]:
    """All at once, or one by one where one of them spoils the request; returns the accounts that were refused."""
    write = partial(sides.security_ir.set_watchers, pair.case_id)
    if _done(partial(write, tuple(add.values()), remove)):
        return set()
    for email in remove:
        _done(partial(write, (), (email,)))
    return {account for account, email in add.items() if not _done(partial(write, (email,), ()))}


def _done(action: Callable[[], None]) -> bool:
    """Carry out one request; a refusal concerns one watcher and holds up nothing else."""
    try:
        action()
    except Refused as refusal:
        # Not the reason: it may quote the address.
        logger.info("watcher refused", status=refusal.status)
        return False
    except NotFound:
        logger.info("watcher refused", status=404)
        return False
    return True


def _settled(known: Watched, watching: IssueWatchers, plan: ForCase) -> Watched:
    """What is known once nothing is left to be done for the case."""
    if not watching.shown:
        return replace(known, count=watching.count)
    present = {account.id for account in watching.accounts}
    seen = known.issue | plan.there | (plan.add.keys() - known.refused)
    ours = {each: account for each, account in known.added_to_issue.items() if account in present}
    return replace(known, issue=frozenset(seen & present), count=watching.count, added_to_issue=ours)


def _remember(sides: Sides, pair: Pair, facts: Facts, known: Watched) -> None:
    if known != facts.watched:
        sides.ledger.watch(pair.case_id, known)
