"""Bringing the watchers of one side into step with the other's, as `plan.watchers` says."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import partial

from aws_lambda_powertools import Logger

from ..cases.client import CaseClient
from ..errors import NotFound, Refused, RetryLater, SideDown
from ..jira.client import JiraClient
from ..memory import OURSELVES, Pair, Watched
from ..model import Account, Case, Comment, Issue, IssueWatchers
from ..plan.watchers import (
    ForCase,
    ForIssue,
    acceptable,
    by_commenting,
    fingerprint,
    fitting,
    for_case,
    for_issue,
    just_commented,
    settled,
    to_be_tried_again,
    we_just_commented,
    with_case,
)
from ..plan.whole import Seen
from .hand import IssueReader
from .surroundings import Surroundings

logger = Logger(child=True)

_LOOK_AGAIN_SECONDS = 86_400


@dataclass(eq=False, repr=False, slots=True)
class WatchersOfIssue:
    """The case's watchers on their way to the issue."""

    surroundings: Surroundings
    jira: JiraClient

    def follow(self, seen: Seen, case: Case) -> None:
        """Bring the issue's watchers into step with the case's.

        Jira is read only where there is something to write, the first time, and in a deep check. Where people on the
        issue are missing on the case, the other sink's bell is rung.
        """
        clock = self.surroundings.clock
        known, deep = seen.facts.watched or Watched(), seen.deep or seen.facts.watched is None
        listed = {fingerprint(case.id, email): email for email in case.watchers}
        if deep and clock() - known.asked_at >= _LOOK_AGAIN_SECONDS:
            known = to_be_tried_again(known, clock())
        plan = for_issue(known, listed)
        if seen.new and seen.issue is not None and seen.issue.watch_count <= 1 and not plan:
            # Whoever creates an issue watches it, and that was us.
            alone = IssueWatchers((), seen.issue.watch_count, ourselves=seen.issue.watch_count > 0)
            _remember(self.surroundings, seen, settled(with_case(known, listed), alone, ForCase()))
            return
        watching = _watching(self.jira, seen.pair) if deep or plan else None
        if watching is None:
            unread = dict.fromkeys(plan.wanted, "")
            known = replace(with_case(known, listed), accounts={**known.accounts, **unread})
        else:
            watching, known = self._write(seen.pair, known, watching, plan, listed)
            known = with_case(known, listed)
            theirs = ForCase() if case.closed else for_case(known, case.id, watching, listed)
            known = replace(known, count=None) if theirs else settled(known, watching, theirs)
            if theirs:
                self.surroundings.ring(seen.pair, "security_ir", ("issue",))
        _remember(self.surroundings, seen, known)

    def _write(
        self, pair: Pair, known: Watched, watching: IssueWatchers, plan: ForIssue, listed: Mapping[str, str]
    ) -> tuple[IssueWatchers, Watched]:
        """Add and remove watchers of the issue; returns who watches then and what is known then."""
        present = {account.id: account for account in watching.accounts}
        found = self._resolved(known, watching, plan.wanted, listed, pair)
        accounts = {**known.accounts, **found}
        unfit = {"", self.jira.myself(), *present}
        add = {each: account for each, account in found.items() if account not in unfit}
        ours = {
            each: account
            for each, account in known.added_to_issue.items()
            if each not in plan.gone and (account in present or not watching.shown)
        }
        if add and watching.shown:
            # Written down first: found there after a crash, the watcher is still known to be ours.
            intended = {**known.added_to_issue, **add}
            self.surroundings.ledger.watch(pair.case_id, replace(known, accounts=accounts, added_to_issue=intended))
        for each, account in add.items():
            if not self._permitted(pair, partial(self.jira.add_watcher, pair.issue_id, account)):
                accounts[each] = ""
                continue
            present.setdefault(account, Account(account))
            if watching.shown:
                ours[each] = account
        reasons = {*ours.values(), *(accounts.get(each) for each in listed)}
        for account in set(plan.gone.values()) - reasons:
            if account in present or not watching.shown:
                self._permitted(pair, partial(self.jira.remove_watcher, pair.issue_id, account))
                present.pop(account, None)
        left_out = sum(1 for each in plan.wanted if not accounts[each])
        if left_out:
            logger.info("watchers of the case have no account in Jira", case_id=pair.case_id, left_out=left_out)
        count = watching.count + len(present) - len(watching.accounts)
        joined = known.issue | set(ours.values())
        known = replace(known, accounts=accounts, added_to_issue=ours, issue=joined)
        return replace(watching, accounts=tuple(present.values()), count=count), known

    def _permitted(self, pair: Pair, action: Callable[[], None]) -> bool:
        """Whether Jira took a request, which is not made again soon. Raises ``NotPermitted`` where we may not."""
        if _done(action):
            return True
        self.jira.make_sure_permitted(pair.issue_key, "MANAGE_WATCHERS")
        return False

    def _resolved(
        self,
        known: Watched,
        watching: IssueWatchers,
        wanted: Iterable[str],
        listed: Mapping[str, str],
        pair: Pair,
    ) -> dict[str, str]:
        """The account of each fingerprint: known, seen to watch, or searched for; ``""`` where nobody fits."""
        shown = {fingerprint(pair.case_id, account.email): account.id for account in watching.accounts if account.email}
        found: dict[str, str] = {}
        for each in wanted:
            account = known.accounts.get(each) or shown.get(each)
            found[each] = account or self._search(pair, listed[each])
        return found

    def _search(self, pair: Pair, email: str) -> str:
        try:
            found = self.jira.find_users(email)
        except (Refused, NotFound):
            return ""
        if not found:
            # Jira finds nobody for whom may not look for people.
            self.jira.make_sure_permitted(pair.issue_key, "USER_PICKER")
        account = fitting(email, found)
        return account.id if account else ""


@dataclass(eq=False, repr=False, slots=True)
class WatchersOfCase:
    """The issue's watchers on their way to the case."""

    surroundings: Surroundings
    cases: CaseClient
    issues: IssueReader

    def follow(self, seen: Seen, issue: Issue, copied: Iterable[Comment]) -> None:
        """Bring the case's watchers into step with the issue's.

        The case is read if it was not and something is to be written. ``copied`` are the comments that this run brings
        to the case.
        """
        known, pair = seen.facts.watched or Watched(), seen.pair
        clock = self.surroundings.clock
        authors = just_commented(issue, copied, clock())
        if seen.facts.watched is not None and not seen.deep:
            if known.count == issue.watch_count:
                return
            if OURSELVES not in known.issue and we_just_commented(issue, self.issues.myself(), clock()):
                authors.add(OURSELVES)
            explained = by_commenting(known, issue.watch_count, authors)
            if explained is not None:
                _remember(self.surroundings, seen, explained)
                return
        watching = _watching(self.issues, pair)
        if watching is None:
            _remember(self.surroundings, seen, replace(known, count=issue.watch_count))
            return
        if seen.facts.watched is not None:
            known = replace(known, issue=known.issue | authors)
        plan = for_case(known, pair.case_id, watching, ())
        if plan:
            case = seen.case or self.cases.case(pair.case_id)
            listed = {fingerprint(case.id, email): email for email in case.watchers}
            plan = ForCase() if case.closed else for_case(known, case.id, watching, listed)
            known = self._write(pair, known, plan, listed)
        _tell_of_hidden(pair.issue_key, watching)
        _remember(self.surroundings, seen, settled(known, watching, plan))

    def _write(self, pair: Pair, known: Watched, plan: ForCase, listed: Mapping[str, str]) -> Watched:
        """Add and remove watchers of the case; returns what is known then."""
        joined = {account: fingerprint(pair.case_id, email) for account, email in plan.add.items()}
        left = {each: listed[each] for each in plan.remove.values() if each in listed}
        stay = {account: each for account, each in known.added_to_case.items() if account not in plan.remove}
        refused: set[str] = set()
        if joined or left:
            # Written down first: found there after a crash, the watcher is still known to be ours.
            self.surroundings.ledger.watch(
                pair.case_id, replace(known, added_to_case={**known.added_to_case, **joined})
            )
            refused = self._set_watchers(pair, plan.add, tuple(left.values()))
        if refused:
            logger.info("the case did not take some watchers", case_id=pair.case_id, left_out=len(refused))
        joined = {account: each for account, each in joined.items() if account not in refused}
        return replace(
            known,
            case=(known.case | set(joined.values())) - left.keys(),
            added_to_case={**stay, **joined},
            refused=known.refused | refused,
        )

    def _set_watchers(self, pair: Pair, add: Mapping[str, str], remove: tuple[str, ...]) -> set[str]:
        """All at once, or one by one where one of them spoils the request; returns the accounts that were refused."""
        write = partial(self.cases.set_watchers, pair.case_id)
        if _done(partial(write, tuple(add.values()), remove)):
            return set()
        for email in remove:
            _done(partial(write, (), (email,)))
        return {account for account, email in add.items() if not _done(partial(write, (email,), ()))}


def watching_at_birth(surroundings: Surroundings, jira: IssueReader, issue: Issue) -> IssueWatchers | None:
    """The watchers of an issue that becomes a case, without the integration.

    ``None`` where they are not wanted or not to be had, which holds up no birth.
    """
    if not surroundings.config.sync_watchers:
        return None
    if not issue.watch_count:
        return IssueWatchers((), 0)
    try:
        watching = _watchers_of(jira, issue.id, issue.key)
    except SideDown:
        raise
    except RetryLater as trouble:
        logger.warning("watchers cannot be read", issue_key=issue.key, reason=str(trouble))
        return None
    if watching is not None:
        _tell_of_hidden(issue.key, watching)
    return watching


def _watching(jira: IssueReader, pair: Pair) -> IssueWatchers | None:
    return _watchers_of(jira, pair.issue_id, pair.issue_key)


def _tell_of_hidden(issue_key: str, watching: IssueWatchers) -> None:
    hidden = sum(1 for account in watching.accounts if not acceptable(account.email))
    if hidden:
        logger.info("watchers of the issue show no address", issue_key=issue_key, left_out=hidden)


def _watchers_of(jira: IssueReader, issue_id: str, issue_key: str) -> IssueWatchers | None:
    """The issue's watchers without the integration; ``None`` where Jira does not tell: watching may be off."""
    try:
        watching, own = jira.watchers(issue_id), jira.myself()
    except (Refused, NotFound) as refusal:
        logger.warning("watchers cannot be read", issue_key=issue_key, reason=str(refusal))
        return None
    people = tuple(each for each in watching.accounts if each.id != own)
    return replace(watching, accounts=people, ourselves=len(people) < len(watching.accounts))


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


def _remember(surroundings: Surroundings, seen: Seen, known: Watched) -> None:
    if known != seen.facts.watched:
        surroundings.ledger.watch(seen.pair.case_id, known)
