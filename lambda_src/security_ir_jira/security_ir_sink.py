"""The sink that writes security-ir: brings a case into step with its issue.

The mirror image of ``jira_sink``: it carries out the steps on the case's side only, and leaves to the other sink, by
ledger and bell, what is to be done or said in Jira.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from aws_lambda_powertools import Logger

from . import birth, planner, watchers
from .delivery import Voice
from .errors import NotFound, Refused
from .events import Change
from .file_delivery import FilesToCase
from .ledger import Facts, Ledger, Reservation
from .model import CLOSED, DETECTION_AND_ANALYSIS, Agreed, Base, Case, Issue, Notice, Pair
from .planner import Step
from .sides import Sides

logger = Logger(child=True)


@dataclass(frozen=True, slots=True)
class SecurityIrSink:
    """Everything the function ``security_ir_client`` does, for one issue at a time."""

    sides: Sides

    def reconcile(self, id_or_key: str, changed: Collection[Change], lease_seconds: float) -> None:
        """Bring the issue's case into step. Raises ``RetryLater`` where that has to wait."""
        entry = self.sides.ledger.entry_of_issue(id_or_key)
        case_id = entry.case_id if entry else self._case_of_unknown(id_or_key, lease_seconds)
        if entry is not None and case_id is None:
            case_id = self._case_of_unknown(entry.issue_id, lease_seconds)
        if case_id is None:
            return
        with self.sides.ledger.lease(Ledger.case_partition(case_id), lease_seconds):
            facts = self.sides.ledger.load(case_id)
            if facts.pair is not None:
                self._sync(facts.pair, facts, set(changed))

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
                return self._create(issue, entry.reservation)
            case_id = self._marked_case(issue, lease_seconds)
            if case_id is not None:
                return case_id
            if not self._wanted(issue):
                return None
            return self._create(issue, self._reserve(issue))

    def _wanted(self, issue: Issue) -> bool:
        """Whether an issue without a case is to have one."""
        reason = None
        if issue.project_key != self.sides.jira.project_key:
            reason = "of another project"
        elif issue.subtask:
            reason = "a sub-task"
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
            self._bind(case, issue, base)
            return case_id

    def _reserve(self, issue: Issue) -> Reservation:
        address = self.sides.issue_url(issue.key)
        request = birth.case_request(issue, self.sides.config, address)
        cut = planner.case_description(issue.description, address)[1]
        base = birth.base_of_new_case(issue, request, cut=cut)
        self.sides.ledger.reserve_case(issue.id, request, base)
        return Reservation(request, base, self.sides.clock())

    def _create(self, issue: Issue, reservation: Reservation) -> str:
        """Create the case; its token makes a repeated request the same case, so a lost answer is simply asked again."""
        try:
            case_id = self.sides.security_ir.create_case(birth.sendable(reservation.request))
        except Refused:
            self.sides.ledger.drop_case_reservation(issue.id)
            raise
        logger.info("case created", case_id=case_id, issue_key=issue.key)
        self._bind(self.sides.security_ir.case(case_id), issue, reservation.base)
        return case_id

    def _bind(self, case: Case, issue: Issue, base: Base) -> None:
        pair = Pair(
            case_id=case.id,
            case_arn=case.arn,
            issue_id=issue.id,
            issue_key=issue.key,
            service_project=issue.service_project,
            base=base,
        )
        self.sides.ledger.bind(pair)
        self.sides.ledger.leave(
            case.id, Notice("security_ir", "link", {"key": issue.key, "url": self.sides.issue_url(issue.key)})
        )
        self.sides.ring(pair, "CaseCreated", ("case",))

    # In step

    def _sync(self, pair: Pair, facts: Facts, changed: set[Change]) -> None:
        voice = Voice.on_case(self.sides.ledger, self.sides.security_ir, pair, facts)
        if changed == {"notice"}:
            voice.say_what_waits()
            return
        try:
            issue = self.sides.jira.issue(pair.issue_id)
        except NotFound:
            logger.warning("a paired issue is gone", issue_key=pair.issue_key)
            return
        pair = self.sides.ledger.located(pair, issue)
        comments = planner.plan_comments(self.sides.jira.comments(issue), facts.known("jira"))
        case = self._case(pair) if planner.issue_moved(pair.base, issue) or "deep" in changed else None
        steps = self.sides.plan(pair, case, issue) if case is not None else ()
        self._write_texts(pair, steps, voice)
        voice.say_what_waits()
        for work in comments:
            voice.copy(work)
        FilesToCase.of(self.sides, pair, facts, voice).bring(issue, case, cut=_description_cut(pair, steps))
        if case is not None:
            self._write_status(pair, case, issue, steps, voice)
        if any(step.write == "jira" for step in steps):
            self.sides.ring(pair, "CaseUpdated", ("deep",))
        copied = [work.comment for work in comments]
        watchers.follow_issue(self.sides, pair, facts, issue, case, copied, deep="deep" in changed)

    def _case(self, pair: Pair) -> Case | None:
        try:
            return self.sides.security_ir.case(pair.case_id)
        except NotFound:
            logger.warning("a paired case is gone", case_id=pair.case_id)
            return None

    def _write_texts(self, pair: Pair, steps: Sequence[Step], voice: Voice) -> None:
        mine = [step for step in steps if step.facet != "status" and step.write != "jira"]
        for step in mine:
            voice.keep(step)
        values = {step.facet: step.value for step in mine if step.write == "security_ir"}
        if values:
            self.sides.security_ir.set_fields(
                pair.case_id, title=values.get("title"), description=values.get("description")
            )
        if mine:
            self.sides.ledger.advance(pair.case_id, {step.facet: step.agreed for step in mine})

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
                    voice.say(notice)
                else:
                    self.sides.leave(pair, notice, "CaseUpdated")
            self.sides.ledger.advance(pair.case_id, {"status": agreed})

    def _move(self, pair: Pair, case: Case, issue: Issue, status: str) -> Agreed:
        """Take the case to a status; returns what both sides hold in the end."""
        try:
            self._set_status(case, status)
        except Refused as refusal:
            logger.warning("status refused", case_id=case.id, reason=str(refusal))
            held = self.sides.security_ir.case(case.id).status
            if held != status:
                told = {"status": status, "current": held}
                self.sides.leave(pair, Notice("jira", "status-refused", told), "CaseUpdated")
                return Agreed(held, issue.status.id, refused=True)
        return Agreed(status, issue.status.id)

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
