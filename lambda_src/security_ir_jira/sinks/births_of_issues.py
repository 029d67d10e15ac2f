"""How a case gets its issue: exactly once, also where the answer to the creation was lost.

Reserve, create, bind. A creation of ours is recognised by what it carries: an issue by its label and property, a case
by its tag.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache, partial

from aws_lambda_powertools import Logger

from ..errors import NotFound, NotPermitted, Refused, RetryLater, SideDown, Unavailable
from ..events import Change, Heard
from ..ids import is_issue_key
from ..jira.client import JiraClient
from ..memory import Base, Facts, IssueEntry, Pair
from ..model import Case, CaseTags, Comment, MadeFor, case_label
from ..plan.births import (
    base_of_found_case,
    base_of_new_issue,
    is_by_aws,
    is_ours,
    issue_request,
    left_out,
    left_out_by_tags,
    tags_matter,
    was_made_for,
    without_labels,
)
from ..plan.watchers import born_with
from ..recognition import notice_in
from .hand import Born, CaseReader
from .relearn import relearn
from .surroundings import Surroundings
from .watchers import watching_at_birth

logger = Logger(child=True)

INDEX_LAG_SECONDS = 600
"""How long a created issue may stay out of Jira's search index."""
JUST_ANNOUNCED_SECONDS = 600
"""How long a case that cannot be read is taken for one that cannot be read yet."""
_LOOK_AGAIN_SECONDS = 45.0
_NEWBORN_SECONDS = 120.0
"""How old a case may be at most that nothing but this ledger can know of."""
_RECENT_SWEEP_SECONDS = 600.0
"""A backup that is restored is older than that when it comes into use: it is five minutes old when it is taken up, and
restoring it takes longer than that.
"""
_CLOCKS_APART = 15.0
"""How many seconds the clocks of the two services and our own may be apart."""
_NO_COMMENTS: frozenset[Change] = frozenset({"case"})
"""What native events tell of a new case on which nobody has commented; of each comment, one tells."""
_UNKNOWN = Base()


@dataclass(eq=False, repr=False, slots=True)
class BirthsOfIssues:
    """Issues made for cases, and pairs found again."""

    surroundings: Surroundings
    jira: JiraClient
    cases: CaseReader

    def case_of(self, subject: str, lease_seconds: float) -> str:
        """What is heard by the sink that writes issues names a case."""
        return subject

    def pair_of(self, case_id: str, facts: Facts, heard: Heard) -> Pair | Born | None:
        """The pair of a case that has none yet, found or made; ``None`` where the case is not to have one."""
        clock = self.surroundings.clock
        try:
            case = self.cases.case(case_id)
        except NotFound as missing:
            if heard.is_news(JUST_ANNOUNCED_SECONDS, clock()):
                raise RetryLater(
                    "a case that was just announced cannot be read yet", delay=_LOOK_AGAIN_SECONDS
                ) from missing
            logger.info("case is gone before it was paired", case_id=case_id)
            return None
        except (NotPermitted, Refused) as refusal:
            # Whoever is told of a case of another account is refused it; of one of ours it is our role that is.
            known = facts.reservation is not None or heard.is_news(JUST_ANNOUNCED_SECONDS, clock())
            if known or case_id in self.cases.ids():
                raise
            logger.info("no case of this membership", case_id=case_id, reason=str(refusal))
            return None
        tags = cache(partial(self.cases.tags, case.arn))
        if facts.reservation is None and self._stays_left_out(case, tags):
            return None
        newborn = facts.reservation is None and self._is_newborn(case)
        surely_new = newborn and self._has_lost_nothing(case)
        found = self._found(case, facts, tags, newborn=newborn, surely_new=surely_new)
        comments = None
        if found is None and facts.reservation is None and not surely_new:
            comments = self.cases.comments(case_id)
            found = self._named_on(case, comments)
        if found is not None:
            return found
        if facts.reservation is not None:
            waited = clock() - facts.reservation.attempted_at
            if waited < INDEX_LAG_SECONDS:
                raise RetryLater(
                    "an issue may have been created; Jira's index has not shown it yet", delay=_LOOK_AGAIN_SECONDS
                )
            # Nothing is found where nothing can be seen.
            self.jira.make_sure_readable(self.jira.project_key)
            self.surroundings.ledger.drop_issue_reservation(case_id)
        elif case.closed and not (self._closed_ones_are_wanted() or self._was_seen_open(case)):
            return None
        if not self._wanted(case, tags):
            return None
        # Each comment has a native event of its own: nothing but the case was told of before anybody commented.
        deep = not (newborn and heard.changed <= _NO_COMMENTS)
        return Born(self._create(case), case, deep=deep, comments=comments)

    def _wanted(self, case: Case, tags: Callable[[], CaseTags]) -> bool:
        """Whether a case without an issue is to have one. What is left out is remembered: the sweeps watch it."""
        reason = self._left_out(case, tags)
        if reason is None:
            return True
        logger.info("no issue for this case", case_id=case.id, reason=f"case_filter: {reason}")
        self.surroundings.cursors.leave_out(case.id, reason, self.surroundings.config.case_filter.digest)
        return False

    def _left_out(self, case: Case, tags: Callable[[], CaseTags]) -> str | None:
        """What leaves a case out; its tags are asked for only where nothing else does."""
        config = self.surroundings.config
        reason = left_out(case, config)
        if reason is None and tags_matter(case, config):
            return left_out_by_tags(tags(), config)
        return reason

    def _stays_left_out(self, case: Case, tags: Callable[[], CaseTags]) -> bool:
        """Whether a case was left out before, by the same filter, and still is: that it has no issue here is known."""
        wanted, cursors = self.surroundings.config.case_filter, self.surroundings.cursors
        if not wanted.digest or cursors.left_out_under(case.id) != wanted.digest:
            return False
        reason = self._left_out(case, tags)
        if reason is not None:
            cursors.leave_out(case.id, reason, wanted.digest)
        return reason is not None

    def _is_newborn(self, case: Case) -> bool:
        """Whether a case came to be a moment ago."""
        age = math.inf if case.created is None else self.surroundings.clock() - case.created.timestamp()
        return -_CLOCKS_APART <= age < _NEWBORN_SECONDS

    def _has_lost_nothing(self, case: Case) -> bool:
        """Whether this ledger, surely, was there before the case came to be, so that it would know of its issue.

        It holds a sweep that began earlier, and not long ago: a table made anew has none, one restored from a backup an
        old one. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
        """
        sweep = self.surroundings.cursors.last_sweep()
        if sweep is None or case.created is None:
            return False
        recent = self.surroundings.clock() - sweep.began_at < _RECENT_SWEEP_SECONDS
        return recent and case.created.timestamp() - sweep.began_at > _CLOCKS_APART

    def _was_seen_open(self, case: Case) -> bool:
        """Whether a case that is closed by now was told of before: Jira may have been down all its life.

        What another filter left out, and was closed since, is no news: it waits for a backfill, as all closed ones do.
        """
        cursor = self.surroundings.cursors.of(case.id)
        return cursor.seen_open and cursor.left_out_under in ("", self.surroundings.config.case_filter.digest)

    def _closed_ones_are_wanted(self) -> bool:
        surroundings = self.surroundings
        return surroundings.config.backfill_closed_cases or surroundings.ledger.backfill_asked_for("security_ir")

    def _found(
        self, case: Case, facts: Facts, tags: Callable[[], CaseTags], *, newborn: bool, surely_new: bool
    ) -> Pair | None:
        """A pair whose other half exists: the case was made for an issue, or an issue was made and not bound."""
        reservation = facts.reservation
        if reservation is None and not (newborn and is_by_aws(case)):
            found = self._named_by_tags(case, tags())
            if found is not None:
                return found
        if surely_new:
            return None
        labelled = self.jira.issues_labelled(case_label(case.id))
        if reservation is not None:
            # The lost creation may carry no label: some create screens have none.
            minutes = math.ceil((self.surroundings.clock() - reservation.attempted_at) / 60) + 1
            labelled = (*labelled, *self.jira.issues_created(minutes))
        for issue_id, key, made_for in labelled:
            if not self._is_of(case, made_for, key):
                continue
            if reservation is not None:
                return self._bind(case, issue_id, key, reservation.base)
            return self._found_again(case, issue_id, key)
        return None

    def _named_by_tags(self, case: Case, tags: CaseTags) -> Pair | None:
        """The pair of a case whose tags say that this instance made it; those that name no instance may mean it."""
        if tags.issue_id is None or tags.instance not in ("", self.surroundings.config.name):
            return None
        entry = self.surroundings.ledger.entry_of_issue(tags.issue_id)
        if entry is not None and entry.case_id is not None:
            return None
        return self._bind_own_case(case, tags.issue_id, entry, named=bool(tags.instance))

    def _named_on(self, case: Case, comments: Iterable[Comment]) -> Pair | None:
        """The pair whose issue a comment of ours on the case names: Jira's index may not show yet what a lost ledger
        knew. Anybody may write such a comment; what the issue carries is ours.
        """
        for comment in comments:
            notice = notice_in("security_ir", comment.body)
            key = notice.values["key"] if notice is not None and notice.kind == "link" else None
            if not is_issue_key(key):
                continue
            try:
                issue = self.jira.issue(key, with_property=True)
            except NotFound:
                continue
            if issue.made_for is not None and self._is_of(case, issue.made_for, issue.key):
                return self._found_again(case, issue.id, issue.key)
        return None

    def _bind_own_case(self, case: Case, issue_id: str, entry: IssueEntry | None, *, named: bool) -> Pair | None:
        """The case says it was created for an issue, and the answer is not recorded (yet): this is that case.

        One that does not say by which instance (``named``) has to be dated from the issue's creation: another site has
        an issue of that id as well.
        """
        try:
            issue = self.jira.issue(issue_id, with_property=True)
        except NotFound:
            return None
        if issue.made_for is not None and not self._is_of(case, issue.made_for, issue.key):
            return None
        if entry is not None and entry.reservation is not None and (named or was_made_for(case, issue)):
            watching = watching_at_birth(self.surroundings, self.jira, issue) if case.watchers else None
            if watching is not None:
                self.surroundings.ledger.watch_first(case.id, born_with(case.id, case.watchers, watching))
            return self._bind(case, issue.id, issue.key, entry.reservation.base)
        if issue.made_for is not None:
            return self._found_again(case, issue.id, issue.key)
        if issue.project_key != self.jira.project_key or not was_made_for(case, issue):
            return None
        # The ledger was lost before the two were bound, or before the issue was made to name its case.
        url = self.surroundings.issue_url(issue.key)
        base = base_of_found_case(case, issue, self.surroundings.config, url)
        return self._found_again(case, issue.id, issue.key, base, case_by_us=True)

    def _is_of(self, case: Case, made_for: MadeFor, key: str) -> bool:
        """Whether an issue is this instance's mirror of a case."""
        named = made_for.case_id == case.id and made_for.case_arn in ("", case.arn)
        return named and is_ours(made_for, key, self.surroundings.config, self.jira.project_key)

    def _found_again(
        self, case: Case, issue_id: str, key: str, base: Base = _UNKNOWN, *, case_by_us: bool = False
    ) -> Pair:
        """Bind a pair that the ledger has lost, once all is written down that is ours."""
        issue = self.jira.issue(issue_id)
        comments = self.cases.comments(case.id), self.jira.comments(issue)
        relearn(self.surroundings.ledger, case, issue, *comments, instance=self.surroundings.config.name)
        return self._bind(case, issue_id, key, base, case_by_us=case_by_us)

    def _create(self, case: Case) -> Pair:
        ledger = self.surroundings.ledger
        request = issue_request(case, self.surroundings.config, self.jira.project_key)
        base = base_of_new_issue(case)
        ledger.reserve_issue(case.id, request, base)
        try:
            issue_id, key = self._send(request)
        except (Refused, NotFound, Unavailable, NotPermitted, SideDown):
            ledger.drop_issue_reservation(case.id)
            raise
        logger.info("issue created", case_id=case.id, issue_key=key)
        return self._bind(case, issue_id, key, base)

    def _send(self, request: dict[str, object]) -> tuple[str, str]:
        try:
            return self.jira.create_issue(request)
        except Refused as refusal:
            if "labels" not in refusal.fields:
                raise
            return self.jira.create_issue(without_labels(request))

    def _bind(self, case: Case, issue_id: str, key: str, base: Base, *, case_by_us: bool = False) -> Pair:
        pair = Pair(case_id=case.id, case_arn=case.arn, issue_id=issue_id, issue_key=key, base=base)
        self.surroundings.bind(pair, case_by_us=case_by_us)
        return pair
