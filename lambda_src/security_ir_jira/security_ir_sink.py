"""The sink that writes security-ir: brings a case into step with its issue.

The mirror image of ``jira_sink``: it carries out the steps on the case's side only, and leaves to the other sink, by
ledger and bell, what is to be done or said in Jira.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from . import birth, planner, watchers
from .delivery import Voice
from .errors import NotFound, Refused, RetryLater, Unavailable
from .events import Change, Told
from .file_delivery import FilesToCase
from .ledger import Facts, Ledger, Reservation
from .model import (
    CLOSED,
    DETECTION_AND_ANALYSIS,
    GONE_SECONDS,
    Agreed,
    Base,
    Case,
    Comment,
    Facet,
    Issue,
    Notice,
    Pair,
    digest,
)
from .notices import comment_refused
from .planner import Step
from .relearn import relearn_copies
from .sides import Sides

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class SecurityIrSink:
    """Everything the function ``security_ir_client`` does, for one issue at a time."""

    sides: Sides

    def reconcile(self, id_or_key: str, told: Told, lease_seconds: float) -> None:
        """Bring the issue's case into step. Raises ``RetryLater`` where that has to wait."""
        entry = self.sides.ledger.entry_of_issue(id_or_key)
        case_id = entry.case_id if entry else self._case_of_unknown(id_or_key, lease_seconds)
        if entry is not None and case_id is None:
            case_id = self._case_of_unknown(entry.issue_id, lease_seconds)
        if case_id is None:
            return
        with self.sides.ledger.lease(Ledger.case_partition(case_id), lease_seconds):
            facts = self.sides.ledger.load(case_id)
            if facts.pair is None:
                return
            try:
                self._sync(facts.pair, facts, set(told.changed))
            except NotFound as missing:
                # The other sink decides whether the case is gone; until then the change waits.
                self.sides.ring(facts.pair, "CaseDeleted", ("case",))
                raise RetryLater("the case cannot be found", delay=GONE_SECONDS + 60) from missing

    # Births

    def _case_of_unknown(self, id_or_key: str, lease_seconds: float) -> str | None:
        """The case of an issue the ledger does not know by that name: found, or created; ``None`` if it has none."""
        try:
            issue = self.sides.jira.issue(id_or_key, with_marker=True)
        except NotFound:
            logger.info("an issue nobody knows is not there", issue=id_or_key)
            return None
        with self.sides.ledger.lease(Ledger.issue_partition(issue.id), lease_seconds):
            entry = self.sides.ledger.entry_of_issue(issue.id)
            if entry is not None and entry.case_id is not None:
                return entry.case_id
            if entry is not None and entry.reservation is not None:
                return self._create(issue, entry.reservation, first=False)
            case_id = self._marked_case(issue, lease_seconds)
            if case_id is not None:
                return case_id
            if not self._wanted(issue):
                return None
            return self._create(issue, self._reserve(issue), first=True)

    def _wanted(self, issue: Issue) -> bool:
        """Whether an issue without a case is to have one."""
        config, reason = self.sides.config, None
        kinds = {kind.casefold() for kind in config.issue_filter.issue_types}
        if not config.create_cases_from_jira:
            reason = "create_cases_from_jira is false"
        elif issue.project_key != self.sides.jira.project_key:
            reason = "of another project"
        elif kinds and issue.issue_type.casefold() not in kinds:
            reason = "a type that issue_filter leaves out"
        elif issue.subtask and not kinds:
            reason = "a sub-task"
        elif config.issue_filter.labels and not set(config.issue_filter.labels) & set(issue.labels):
            reason = "without a label of issue_filter"
        elif issue.created.timestamp() < self.sides.ledger.created_at():
            reason = "older than the module"
        if reason:
            logger.info("no case for this issue", issue_key=issue.key, reason=reason)
        return reason is None

    def _marked_case(self, issue: Issue, lease_seconds: float) -> str | None:
        """The case whose marker the issue carries, if this is the issue that was made for it and not a clone."""
        if issue.marker is None:
            return None
        case_id = issue.marker.case_id
        with self.sides.ledger.lease(Ledger.case_partition(case_id), lease_seconds):
            facts = self.sides.ledger.load(case_id)
            if facts.pair is not None:
                return case_id if facts.pair.issue_id == issue.id else None
            try:
                case = self.sides.security_ir.case(case_id)
            except NotFound:
                return None
            marked = [
                found
                for found, _, marker in self.sides.jira.issues_marked(birth.case_label(case_id))
                if marker.case_id == case_id
            ]
            if min((*marked, issue.id), key=int) != issue.id:
                return None
            base = facts.reservation.base if facts.reservation else Base()
            pair = self._bind(case, issue, base)
            if facts.reservation is None:
                relearn_copies(self.sides, pair)
            return case_id

    def _reserve(self, issue: Issue) -> Reservation:
        address = self.sides.issue_url(issue.key)
        request = birth.case_request(issue, self.sides.config, address)
        cut = planner.case_description(issue.description, address)[1]
        base = birth.base_of_new_case(issue, request, cut=cut)
        self.sides.ledger.reserve_case(issue.id, request, base)
        return Reservation(request, base, self.sides.clock())

    def _create(self, issue: Issue, reservation: Reservation, *, first: bool) -> str:
        """Create the case; its token makes a repeated request the same case, so a lost answer is simply asked again.

        A reservation is dropped only where its one and only request was found invalid.
        """
        try:
            case_id = self.sides.security_ir.create_case(birth.sendable(reservation.request))
        except Refused as refusal:
            if first and refusal.status == 400:
                self.sides.ledger.drop_case_reservation(issue.id)
            raise
        logger.info("case created", case_id=case_id, issue_key=issue.key)
        try:
            case = self.sides.security_ir.case(case_id)
        except NotFound as missing:
            raise RetryLater("a case that was just created cannot be read yet", delay=5) from missing
        self._bind(case, issue, reservation.base)
        return case_id

    def _bind(self, case: Case, issue: Issue, base: Base) -> Pair:
        pair = Pair(
            case_id=case.id,
            case_arn=case.arn,
            issue_id=issue.id,
            issue_key=issue.key,
            service_project=issue.service_project,
            base=base,
        )
        self.sides.ledger.bind(pair)
        # Known to the case sweep from now on, should the case be closed before it was ever listed.
        self.sides.ledger.case_seen_moving(case.id)
        self.sides.ring(pair, "CaseCreated", ("case",))
        return pair

    # In step

    def _sync(self, pair: Pair, facts: Facts, changed: set[Change]) -> None:
        voice = Voice.on_case(self.sides.ledger, self.sides.security_ir, pair, facts)
        if changed == {"notice"} or pair.gone is not None:
            if pair.gone != "security_ir":
                self._name_the_issue(pair, voice)
                voice.say_what_waits()
            return
        try:
            issue = self.sides.jira.issue(pair.issue_id)
        except NotFound:
            self._issue_missing(pair, voice)
            return
        if pair.missing == "jira":
            self.sides.ledger.found(pair.case_id)
        pair = self.sides.ledger.located(pair, issue)
        comments, known = self.sides.jira.comments(issue), facts.known("jira")
        work = planner.plan_comments(comments, known, restricted=self.sides.config.sync_restricted_comments)
        look = planner.issue_moved(pair.base, issue) or "deep" in changed
        case = self.sides.security_ir.case(pair.case_id) if look else None
        steps = self.sides.plan(pair, case, issue) if case is not None else ()
        if case is not None:
            self._write_texts(pair, case, issue, steps, voice)
        self._name_the_issue(pair, voice)
        voice.say_what_waits()
        for each in work:
            if not voice.copy(each):
                self._say_comment_refused(pair, each.comment)
        for copy in planner.plan_deletions(comments, known):
            voice.deleted(copy)
        FilesToCase.of(self.sides, pair, facts, voice).bring(issue, case, cut=_description_cut(pair, steps))
        if case is not None:
            self._write_status(pair, case, issue, steps, voice)
        if any(step.write == "jira" for step in steps):
            self.sides.ring(pair, "CaseUpdated", ("deep",))
        copied = [each.comment for each in work]
        watchers.follow_issue(self.sides, pair, facts, issue, case, copied, deep="deep" in changed)

    def _issue_missing(self, pair: Pair, voice: Voice) -> None:
        """An issue that was not found once may be back; one that stays away while its project can be read is gone."""
        sides = self.sides
        sides.wait_for_absence(pair, "jira")
        if not sides.jira.project_readable(pair.issue_key.rpartition("-")[0]):
            raise Unavailable("the issue's project cannot be read", delay=GONE_SECONDS)
        logger.warning("an issue was deleted", case_id=pair.case_id, issue_key=pair.issue_key)
        voice.say(Notice("security_ir", "issue-deleted", {"key": pair.issue_key}))
        if sides.config.on_issue_deleted == "close":
            self._close(pair)
        sides.ledger.gone(pair.case_id, "jira")

    def _close(self, pair: Pair) -> None:
        try:
            self.sides.security_ir.close(pair.case_id)
        except (Refused, NotFound) as refusal:
            logger.warning("case not closed", case_id=pair.case_id, reason=str(refusal))

    def _name_the_issue(self, pair: Pair, voice: Voice) -> None:
        """Say on the case which issue mirrors it; again where the issue got another key."""
        told = {"key": pair.issue_key, "url": self.sides.issue_url(pair.issue_key)}
        voice.say(Notice("security_ir", "link", told))

    def _say_comment_refused(self, pair: Pair, comment: Comment) -> None:
        closed = self.sides.security_ir.case(pair.case_id).closed
        told = Notice("jira", "comments-refused") if closed else comment_refused("jira", comment)
        self.sides.leave(pair, told, "CaseUpdated")

    def _write_texts(self, pair: Pair, case: Case, issue: Issue, steps: Sequence[Step], voice: Voice) -> None:
        mine = [step for step in steps if step.facet != "status" and step.write != "jira"]
        for step in mine:
            voice.keep(step)
        agreed = {step.facet: step.agreed for step in mine}
        written = [step for step in mine if step.write == "security_ir"]
        if not self._set_fields(pair, written):
            self._say_not_taken(pair, written, voice)
            held: dict[Facet, Agreed] = {
                "title": Agreed(digest(case.title), digest(issue.summary), refused=True),
                "description": Agreed(digest(case.description), digest(issue.description), refused=True),
            }
            agreed |= {step.facet: held[step.facet] for step in written}
        if agreed:
            self.sides.ledger.advance(pair.case_id, agreed)

    def _set_fields(self, pair: Pair, steps: Sequence[Step]) -> bool:
        """Write title, description or both; false where the case does not take them."""
        values = {step.facet: step.value for step in steps}
        try:
            if values:
                self.sides.security_ir.set_fields(
                    pair.case_id, title=values.get("title"), description=values.get("description")
                )
        except Refused as refusal:
            logger.warning("fields refused", case_id=pair.case_id, reason=str(refusal))
            return False
        return True

    def _say_not_taken(self, pair: Pair, steps: Sequence[Step], voice: Voice) -> None:
        """A closed case takes no changes, which is said on the issue; an open one gets the values as comments."""
        if self.sides.security_ir.case(pair.case_id).closed:
            self.sides.leave(pair, Notice("jira", "closed-case"), "CaseUpdated")
            return
        for step in steps:
            voice.not_taken(step)

    def _write_status(self, pair: Pair, case: Case, issue: Issue, steps: Sequence[Step], voice: Voice) -> None:
        for step in steps:
            if step.facet != "status" or step.write == "jira":
                continue
            agreed = step.agreed
            if step.write == "security_ir":
                voice.keep(step)
                agreed = self._move(pair, case, issue, step.value)
            for notice in step.notices:
                if notice.side == "security_ir":
                    voice.issue_status(notice)
                else:
                    self.sides.leave(pair, notice, "CaseUpdated")
            self.sides.ledger.advance(pair.case_id, {"status": agreed})

    def _move(self, pair: Pair, case: Case, issue: Issue, status: str) -> Agreed:
        """Take the case to a status; returns what both sides hold in the end."""
        try:
            self._insist(case, status)
        except Refused as refusal:
            logger.warning("status refused", case_id=case.id, reason=str(refusal))
            held = self.sides.security_ir.case(case.id).status
            if held != status:
                told = {"status": status, "current": held}
                self.sides.leave(pair, Notice("jira", "status-refused", told), "CaseUpdated")
                return Agreed(held, issue.status.id, refused=True)
        return Agreed(status, issue.status.id)

    def _insist(self, case: Case, status: str) -> None:
        """Set a status; a conflict may be a passing one and is asked about once more."""
        try:
            self._set_status(case, status)
        except Refused as refusal:
            if refusal.status != 409 or self.sides.security_ir.case(case.id).status in (status, CLOSED):
                raise
            self._set_status(case, status)

    def _set_status(self, case: Case, status: str) -> None:
        if status == CLOSED:
            self.sides.security_ir.close(case.id)
            return
        try:
            self.sides.security_ir.set_status(case.id, status)
        except Refused:
            if DETECTION_AND_ANALYSIS in (case.status, status):
                raise
            # The service's documents disagree on what Submitted may become; from here every status is open.
            self.sides.security_ir.set_status(case.id, DETECTION_AND_ANALYSIS)
            self.sides.security_ir.set_status(case.id, status)


def _description_cut(pair: Pair, steps: Sequence[Step]) -> bool:
    """Whether what the case shows of the issue's description lacks its end, once the steps are done."""
    step = next((step for step in steps if step.facet == "description"), None)
    return (step.agreed if step else pair.base.description).cut
