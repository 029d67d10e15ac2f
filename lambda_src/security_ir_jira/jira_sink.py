"""The sink that writes Jira: brings an issue into step with its case.

Takes the pair's lease, loads base, case and issue, asks the planner, carries out the steps on Jira's side only and
records each effect as soon as it happened. What is for the case's side to do or say is left in the ledger, and the
other sink's bell is rung. May be interrupted anywhere and run again.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from . import birth, planner, watchers
from .delivery import Voice
from .errors import JiraUnauthorized, NotFound, Refused, RetryLater, Unavailable
from .events import Change
from .file_delivery import FilesToIssue
from .files import plan_files
from .ledger import Facts, IssueEntry, Ledger
from .links import case_url
from .model import Agreed, Base, Case, Comment, Issue, Notice, Pair, Status
from .planner import Step
from .sides import Sides

logger = Logger(child=True)

INDEX_LAG_SECONDS = 600
"""How long a created issue may stay out of Jira's search index."""
_LOOK_AGAIN_SECONDS = 45.0
_MOST_HOPS = 5


@dataclass(frozen=True, slots=True)
class JiraSink:
    """Everything the function ``jira_client`` does, for one case at a time."""

    sides: Sides

    def reconcile(self, case_id: str, changed: Collection[Change], lease_seconds: float) -> None:
        """Bring the case's issue into step. Raises ``RetryLater`` where that has to wait."""
        with self.sides.ledger.lease(Ledger.case_partition(case_id), lease_seconds):
            facts = self.sides.ledger.load(case_id)
            if facts.pair is not None:
                self._sync(facts.pair, facts, set(changed))
                return
            pair = self._pair_for(case_id, facts)
            if pair is not None:
                self._sync(pair, self.sides.ledger.load(case_id), {"deep"})

    # Births

    def _pair_for(self, case_id: str, facts: Facts) -> Pair | None:
        """The pair of a case that has none yet, found or made; ``None`` where the case is not to have one."""
        try:
            case = self.sides.security_ir.case(case_id)
        except NotFound:
            logger.info("case is gone before it was paired", case_id=case_id)
            return None
        found = self._found(case, facts)
        if found is not None:
            return found
        if facts.reservation is not None:
            waited = self.sides.clock() - facts.reservation.attempted_at
            if waited < INDEX_LAG_SECONDS:
                raise RetryLater(
                    "an issue may have been created; Jira's index has not shown it yet", delay=_LOOK_AGAIN_SECONDS
                )
            self.sides.ledger.drop_issue_reservation(case_id)
        elif case.closed:
            return None
        return self._create(case)

    def _found(self, case: Case, facts: Facts) -> Pair | None:
        """A pair whose other half exists: the case was made for an issue, or an issue was made and not bound."""
        if facts.reservation is None:
            issue_id = self.sides.security_ir.issue_tag(case.arn)
            entry = self.sides.ledger.entry_of_issue(issue_id) if issue_id else None
            if entry is not None and entry.case_id is None and entry.reservation is not None:
                return self._bind_own_case(case, entry, entry.reservation.base)
        for issue_id, key, marker in self.sides.jira.issues_marked(birth.case_label(case.id)):
            if marker.case_id == case.id:
                return self._bind(case, issue_id, key, facts.reservation.base if facts.reservation else Base())
        return None

    def _bind_own_case(self, case: Case, entry: IssueEntry, base: Base) -> Pair | None:
        """The case was created for an issue and the answer is not recorded (yet): this is that case."""
        try:
            issue = self.sides.jira.issue(entry.issue_id)
        except NotFound:
            return None
        return self._bind(case, issue.id, issue.key, base)

    def _create(self, case: Case) -> Pair:
        request = birth.issue_request(case, self.sides.config, self.sides.jira.project_key)
        base = birth.base_of_new_issue(case)
        self.sides.ledger.reserve_issue(case.id, request, base)
        try:
            issue_id, key = self._send(request)
        except (Refused, NotFound, Unavailable, JiraUnauthorized):
            self.sides.ledger.drop_issue_reservation(case.id)
            raise
        logger.info("issue created", case_id=case.id, issue_key=key)
        return self._bind(case, issue_id, key, base)

    def _send(self, request: dict[str, object]) -> tuple[str, str]:
        try:
            return self.sides.jira.create_issue(request)
        except Refused as refusal:
            if "labels" not in refusal.fields:
                raise
            return self.sides.jira.create_issue(birth.without_labels(request))

    def _bind(self, case: Case, issue_id: str, key: str, base: Base) -> Pair:
        pair = Pair(case_id=case.id, case_arn=case.arn, issue_id=issue_id, issue_key=key, base=base)
        self.sides.ledger.bind(pair)
        self.sides.leave(
            pair, Notice("security_ir", "link", {"key": key, "url": self.sides.issue_url(key)}), "IssueCreated"
        )
        return pair

    # In step

    def _sync(self, pair: Pair, facts: Facts, changed: set[Change]) -> None:
        voice = Voice.on_issue(self.sides.ledger, self.sides.jira, pair, facts)
        comments: tuple[Comment, ...] | None = None
        if changed <= {"comments", "notice"} and pair.dressed:
            voice.say_what_waits()
            if "comments" not in changed:
                return
            comments = self.sides.security_ir.comments(pair.case_id)
            if not planner.plan_comments(comments, facts.known("security_ir")):
                return
        try:
            case = self.sides.security_ir.case(pair.case_id)
        except NotFound:
            logger.warning("a paired case is gone", case_id=pair.case_id)
            return
        deep = "deep" in changed
        if comments is None and (deep or "comments" in changed):
            comments = self.sides.security_ir.comments(pair.case_id)
        issue = self._issue(pair) if deep or planner.case_moved(pair.base, case) else None
        if issue is not None:
            pair = self.sides.ledger.located(pair, issue)
            voice = Voice.on_issue(self.sides.ledger, self.sides.jira, pair, facts)
        if not pair.dressed:
            self._dress(pair, case)

        steps = self.sides.plan(pair, case, issue) if issue is not None else ()
        self._write_texts(pair, steps, voice)
        for work in planner.plan_comments(comments or (), facts.known("security_ir")):
            voice.copy(work)
        voice.say_what_waits()
        files = FilesToIssue.of(self.sides, pair, facts, voice)
        files.bring(case)
        self._write_status(pair, case, issue, steps, voice)
        self._ring_for_the_rest(pair, facts, issue, steps)
        watchers.follow_case(self.sides, pair, facts, case, deep=deep)
        files.wait_for_checks(case)

    def _issue(self, pair: Pair) -> Issue | None:
        try:
            return self.sides.jira.issue(pair.issue_id)
        except NotFound:
            logger.warning("a paired issue is gone", issue_key=pair.issue_key)
            return None

    def _dress(self, pair: Pair, case: Case) -> None:
        """Make the issue name its case. Every request of it may be repeated."""
        self.sides.jira.add_labels(pair.issue_id, [birth.LABEL, birth.case_label(case.id)])
        self.sides.jira.set_marker(pair.issue_id, birth.marker_value(case))
        self.sides.jira.link(
            pair.issue_id,
            global_id=case.arn,
            url=case_url(case),
            title=f"AWS Security Incident Response case {case.id}",
        )
        self.sides.ledger.dressed(case.id)

    def _write_texts(self, pair: Pair, steps: Sequence[Step], voice: Voice) -> None:
        mine = [step for step in steps if step.facet != "status" and step.write != "security_ir"]
        for step in mine:
            voice.keep(step)
        values = {step.facet: step.value for step in mine if step.write == "jira"}
        if values:
            self.sides.jira.set_fields(
                pair.issue_id, summary=values.get("title"), description=values.get("description")
            )
        if mine:
            self.sides.ledger.advance(pair.case_id, {step.facet: step.agreed for step in mine})

    def _write_status(self, pair: Pair, case: Case, issue: Issue | None, steps: Sequence[Step], voice: Voice) -> None:
        for step in steps:
            if step.facet != "status" or step.write == "security_ir" or issue is None:
                continue
            agreed = step.agreed
            if step.write == "jira":
                voice.keep(step)
                agreed = self._walk(pair, case, issue, step.agreed, voice)
            for notice in step.notices:
                if notice.side == "jira":
                    voice.say(notice)
                else:
                    self.sides.leave(pair, notice, "IssueUpdated")
            self.sides.ledger.advance(pair.case_id, {"status": agreed})

    def _walk(self, pair: Pair, case: Case, issue: Issue, agreed: Agreed, voice: Voice) -> Agreed:
        """Take the issue to the agreed status through its workflow; returns what both sides hold in the end."""
        mapping = self.sides.config.status_mapping
        target = next(status for status in self.sides.jira.workflow(issue).statuses if status.id == agreed.issue)
        status, been = issue.status, pair.base.status.walking
        for _ in range(_MOST_HOPS):
            offered = self.sides.jira.transitions(issue.id)
            hop = planner.walk(status, target, [to for _, to in offered], been, mapping)
            if hop is None or not self._hop(pair, issue, hop, target, offered, been):
                break
            been, status = (*been, hop.id), hop
            if status.id == target.id:
                return agreed
        voice.say(
            Notice("jira", "status-unreachable", {"status": case.status, "target": target.name, "current": status.name})
        )
        return Agreed(case.status, status.id, refused=True)

    def _hop(
        self,
        pair: Pair,
        issue: Issue,
        hop: Status,
        target: Status,
        offered: Sequence[tuple[str, Status]],
        been: tuple[str, ...],
    ) -> bool:
        if hop.id != target.id:
            # Written down first: found there after a crash, the issue was not moved by a person.
            base = pair.base.status
            self.sides.ledger.advance(pair.case_id, {"status": replace(base, walking=(*been, hop.id))})
        transition = next(number for number, to in offered if to.id == hop.id)
        try:
            self.sides.jira.transition(issue.id, transition)
        except Refused as refusal:
            logger.warning("transition refused", issue_key=issue.key, reason=str(refusal))
            return False
        return True

    def _ring_for_the_rest(self, pair: Pair, facts: Facts, issue: Issue | None, steps: Sequence[Step]) -> None:
        """Tell the other sink of what this one saw and may not write."""
        theirs = any(step.write == "security_ir" for step in steps)
        if issue is not None and issue.comments is not None and not theirs:
            theirs = bool(planner.plan_comments(issue.comments, facts.known("jira")))
        if issue is not None and self.sides.config.sync_attachments and not theirs:
            theirs = bool(plan_files("jira", issue.files, facts.files))
        if theirs:
            self.sides.ring(pair, "IssueUpdated", ("issue",))
