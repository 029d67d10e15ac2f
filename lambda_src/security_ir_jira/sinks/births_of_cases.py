"""How an issue gets its case: exactly once, since a repeated request with the same token is the same case."""

from __future__ import annotations

from dataclasses import dataclass

from aws_lambda_powertools import Logger

from ..cases.client import CaseClient
from ..errors import AlreadyPaired, NotFound, NotPermitted, Refused, RetryLater, Undeliverable
from ..events import Heard
from ..memory import Base, Facts, Pair, Reservation
from ..model import Case, Issue, IssueWatchers, MadeFor, case_label
from ..plan.births import base_of_new_case, case_request, is_ours, sendable
from ..plan.texts import case_description
from ..plan.watchers import born_with, joining
from .hand import Born, IssueReader
from .relearn import relearn
from .surroundings import Surroundings
from .watchers import watching_at_birth

logger = Logger(child=True)


class _Foreign(Exception):
    """The issue mirrors a case that is not there, or not for this instance to see."""


@dataclass(eq=False, repr=False, slots=True)
class BirthsOfCases:
    """Cases made for issues, and pairs found again."""

    surroundings: Surroundings
    cases: CaseClient
    issues: IssueReader

    def case_of(self, subject: str, lease_seconds: float) -> str | Born | None:
        """The case of an issue, known, found or made; ``None`` where it is to have none."""
        entry = self.surroundings.ledger.entry_of_issue(subject)
        if entry is None:
            return self._case_of_unknown(subject, lease_seconds)
        return entry.case_id or self._case_of_unknown(entry.issue_id, lease_seconds)

    def pair_of(self, case_id: str, facts: Facts, heard: Heard) -> Pair | Born | None:
        """A case without a pair is for the other sink."""
        return None

    def _case_of_unknown(self, id_or_key: str, lease_seconds: float) -> str | Born | None:
        try:
            issue = self.issues.issue(id_or_key, with_property=True)
        except NotFound:
            self.issues.make_sure_readable(self.issues.project_key)
            logger.info("an issue nobody knows is not there", issue=id_or_key)
            return None
        ledger = self.surroundings.ledger
        with ledger.lease_issue(issue.id, lease_seconds):
            entry = ledger.entry_of_issue(issue.id)
            if entry is not None and entry.case_id is not None:
                return entry.case_id
            if entry is not None and entry.reservation is not None:
                return self._create(issue, entry.reservation, first=False)
            if issue.made_for is not None:
                try:
                    case_id = self._case_made_for(issue, issue.made_for, lease_seconds)
                except _Foreign as reason:
                    logger.info("no case for this issue", issue_key=issue.key, reason=str(reason))
                    return None
                if case_id is not None:
                    return case_id
            if not self._wanted(issue):
                return None
            watching = watching_at_birth(self.surroundings, self.issues, issue)
            return self._create(issue, self._reserve(issue, watching), first=True, watching=watching)

    def _wanted(self, issue: Issue) -> bool:
        """Whether an issue without a case is to have one."""
        config, reason = self.surroundings.config, None
        kinds = {kind.casefold() for kind in config.issue_filter.issue_types}
        if not config.create_cases_from_jira:
            reason = "create_cases_from_jira is false"
        elif issue.project_key != self.issues.project_key:
            reason = "of another project"
        elif kinds and issue.issue_type.casefold() not in kinds:
            reason = "a type that issue_filter leaves out"
        elif issue.subtask and not kinds:
            reason = "a sub-task"
        elif config.issue_filter.labels and not set(config.issue_filter.labels) & set(issue.labels):
            reason = "without a label of issue_filter"
        elif self._older_and_not_asked_for(issue):
            reason = "older than the module"
        if reason:
            logger.info("no case for this issue", issue_key=issue.key, reason=reason)
        return reason is None

    def _older_and_not_asked_for(self, issue: Issue) -> bool:
        ledger = self.surroundings.ledger
        return issue.created.timestamp() < ledger.created_at() and not ledger.backfill_asked_for("jira")

    def _case_made_for(self, issue: Issue, made_for: MadeFor, lease_seconds: float) -> str | None:
        """The case that the issue names, if this is the issue that was made for it; ``None``: it is a clone of that.

        Raises ``_Foreign`` for the mirror of a case that is not for this instance: a look is all it is worth.
        """
        if not is_ours(made_for, issue.key, self.surroundings.config, self.issues.project_key):
            raise _Foreign("made by another instance")
        case_id, ledger = made_for.case_id, self.surroundings.ledger
        with ledger.lease_case(case_id, lease_seconds):
            facts = ledger.load(case_id)
            if facts.pair is not None:
                return case_id if facts.pair.issue_id == issue.id else None
            case = self._case_named(case_id, ours=facts.reservation is not None)
            if made_for.case_arn not in ("", case.arn):
                raise _Foreign("its case is another of that number")
            claiming = [
                found
                for found, key, named in self.issues.issues_labelled(case_label(case_id))
                if named.case_id == case_id and is_ours(named, key, self.surroundings.config, self.issues.project_key)
            ]
            if min((*claiming, issue.id), key=int) != issue.id:
                return None
            if facts.reservation is None:
                on_case, on_issue = self.cases.comments(case_id), self.issues.comments(issue)
                relearn(ledger, case, issue, on_case, on_issue, instance=self.surroundings.config.name)
            self._bind(case, issue, facts.reservation.base if facts.reservation else Base())
            return case_id

    def _case_named(self, case_id: str, *, ours: bool) -> Case:
        """The case that an issue names. One that nobody here knows and that cannot be had belongs to somebody else."""
        try:
            return self.cases.case(case_id)
        except NotFound as missing:
            raise _Foreign("its case is not there") from missing
        except NotPermitted as refusal:
            if ours:
                raise
            raise _Foreign("its case is not ours to read") from refusal

    def _reserve(self, issue: Issue, watching: IssueWatchers | None) -> Reservation:
        url = self.surroundings.issue_url(issue.key)
        watchers = joining(watching) if watching is not None else ()
        request = case_request(issue, self.surroundings.config, url, watchers)
        base = base_of_new_case(issue, request, cut=case_description(issue.description, url)[1])
        self.surroundings.ledger.reserve_case(issue.id, request, base)
        return Reservation(request, base, self.surroundings.clock())

    def _create(
        self, issue: Issue, reservation: Reservation, *, first: bool, watching: IssueWatchers | None = None
    ) -> Born:
        """Create the case; its token makes a repeated request the same case, so a lost answer is simply asked again.

        A reservation is dropped only where its one and only request was found invalid.
        """
        watchers = reservation.request["watchers"]
        if watchers and watching is None:
            watching = watching_at_birth(self.surroundings, self.issues, issue)
        addresses = joining(watching) if watching is not None else {}
        try:
            case_id = self.cases.create_case(sendable(reservation.request, addresses))
        except Refused as refusal:
            if not first or refusal.status != 400 or refusal.perhaps_done:
                raise
            self.surroundings.ledger.drop_case_reservation(issue.id)
            if not watchers:
                raise
            # One address that is refused spoils the request: they are told one by one once the case is there.
            return self._create(issue, self._reserve(issue, None), first=True)
        logger.info("case created", case_id=case_id, issue_key=issue.key)
        try:
            case = self.cases.case(case_id)
        except NotFound as missing:
            raise RetryLater("a case that was just created cannot be read yet", delay=5) from missing
        if watching is not None and len(watchers) == len(addresses):
            self.surroundings.ledger.watch_first(case_id, born_with(case_id, case.watchers, watching))
        try:
            pair = self._bind(case, issue, reservation.base, case_by_us=True)
        except AlreadyPaired as taken:
            held = self.surroundings.ledger.load(case_id).pair
            if held is None or held.issue_id == issue.id:
                raise
            # The same request gives the same case for ever, and that is no longer to be had.
            raise Undeliverable(
                f"the case made for issue {issue.key} mirrors another issue: {held.issue_key}"
            ) from taken
        return Born(pair, case, issue)

    def _bind(self, case: Case, issue: Issue, base: Base, *, case_by_us: bool = False) -> Pair:
        pair = Pair(
            case_id=case.id,
            case_arn=case.arn,
            issue_id=issue.id,
            issue_key=issue.key,
            service_project=issue.service_project,
            base=base,
        )
        self.surroundings.bind(pair, case_by_us=case_by_us)
        self.surroundings.ring(pair, "jira", ("case",), "CaseCreated")
        return pair
