"""The sink that writes Jira: brings an issue into step with its case.

Takes the pair's lease, loads base, case and issue, asks the planner, carries out the steps on Jira's side only and
records each effect as soon as it happened. What is for the case's side to do or say is left in the ledger, and the
other sink's bell is rung. May be interrupted anywhere and run again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger
from aws_lambda_powertools.metrics import MetricUnit

from . import birth, planner, watchers
from .delivery import Voice
from .errors import JiraUnauthorized, NotFound, Refused, RetryLater, Unavailable
from .events import Change, Told
from .file_delivery import FilesToIssue
from .files import plan_files
from .jira import Transition
from .ledger import Facts, IssueEntry, Ledger
from .links import case_url
from .model import CLOSED, GONE_SECONDS, Agreed, Base, Case, Comment, Issue, Notice, Pair, Status, digest
from .notices import comment_refused, details_text
from .planner import Step, is_named
from .relearn import relearn_copies
from .sides import Sides
from .worker import metrics

logger = Logger(child=True)

INDEX_LAG_SECONDS = 600
"""How long a created issue may stay out of Jira's search index."""
JUST_ANNOUNCED_SECONDS = 600
"""How long a case that cannot be read is taken for one that cannot be read yet."""
_LOOK_AGAIN_SECONDS = 45.0
_MOST_HOPS = 5


@dataclass(frozen=True, slots=True)
class JiraSink:
    """Everything the function ``jira_client`` does, for one case at a time."""

    sides: Sides

    def reconcile(self, case_id: str, told: Told, lease_seconds: float) -> None:
        """Bring the case's issue into step. Raises ``RetryLater`` where that has to wait."""
        with self.sides.ledger.lease(Ledger.case_partition(case_id), lease_seconds):
            facts = self.sides.ledger.load(case_id)
            if facts.pair is not None:
                self._sync(facts.pair, facts, set(told.changed))
                return
            pair = self._pair_for(case_id, facts, told)
            if pair is not None:
                self._sync(pair, self.sides.ledger.load(case_id), {"deep"})

    # Births

    def _pair_for(self, case_id: str, facts: Facts, told: Told) -> Pair | None:
        """The pair of a case that has none yet, found or made; ``None`` where the case is not to have one."""
        try:
            case = self.sides.security_ir.case(case_id)
        except NotFound as missing:
            if self.sides.clock() - told.at < JUST_ANNOUNCED_SECONDS:
                raise RetryLater(
                    "a case that was just announced cannot be read yet", delay=_LOOK_AGAIN_SECONDS
                ) from missing
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
        elif case.closed and not self.sides.config.backfill_closed_cases:
            return None
        return self._create(case)

    def _found(self, case: Case, facts: Facts) -> Pair | None:
        """A pair whose other half exists: the case was made for an issue, or an issue was made and not bound."""
        if facts.reservation is None:
            issue_id = self.sides.security_ir.issue_tag(case.arn)
            entry = self.sides.ledger.entry_of_issue(issue_id) if issue_id else None
            if issue_id and (entry is None or entry.case_id is None):
                found = self._bind_own_case(case, issue_id, entry)
                if found is not None:
                    return found
        marked = self.sides.jira.issues_marked(birth.case_label(case.id))
        if facts.reservation is not None:
            # The lost creation may carry no label: some create screens have none.
            minutes = math.ceil((self.sides.clock() - facts.reservation.attempted_at) / 60) + 1
            marked = (*marked, *self.sides.jira.issues_created(minutes))
        for issue_id, key, marker in marked:
            if marker.case_id != case.id:
                continue
            if facts.reservation is not None:
                return self._bind(case, issue_id, key, facts.reservation.base)
            return self._found_again(case, issue_id, key)
        return None

    def _bind_own_case(self, case: Case, issue_id: str, entry: IssueEntry | None) -> Pair | None:
        """The case says it was created for an issue, and the answer is not recorded (yet): this is that case."""
        try:
            issue = self.sides.jira.issue(issue_id, with_marker=True)
        except NotFound:
            return None
        if issue.marker is not None and issue.marker.case_id != case.id:
            return None
        if entry is not None and entry.reservation is not None:
            return self._bind(case, issue.id, issue.key, entry.reservation.base)
        if issue.marker is None:
            return None  # anybody can write a tag, and another site has an issue of that id too
        return self._found_again(case, issue.id, issue.key)

    def _found_again(self, case: Case, issue_id: str, key: str) -> Pair:
        """Bind a pair that the ledger has lost."""
        pair = self._bind(case, issue_id, key, Base())
        relearn_copies(self.sides, pair)
        return pair

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
        # Known to the case sweep from now on, should the case be closed before it was ever listed.
        self.sides.ledger.case_seen_moving(case.id)
        return pair

    # In step

    def _sync(self, pair: Pair, facts: Facts, changed: set[Change]) -> None:
        voice = Voice.on_issue(self.sides.ledger, self.sides.jira, pair, facts)
        if changed == {"notice"} or pair.gone is not None:
            if pair.gone != "jira":
                voice.say_what_waits()
            return
        comments: tuple[Comment, ...] | None = None
        if changed <= {"comments", "notice"} and pair.dressed and not facts.pending and pair.missing is None:
            comments = self._comments(pair)
            if comments is not None and not planner.plan_comments(comments, facts.known("security_ir")):
                return
        try:
            case = self.sides.security_ir.case(pair.case_id)
        except NotFound:
            self._case_missing(pair, voice)
            return
        if pair.missing == "security_ir":
            self.sides.ledger.found(pair.case_id)
        try:
            self._write(pair, case, facts, changed, comments)
        except NotFound as missing:
            # The other sink decides whether the issue is gone; until then the change waits.
            self.sides.ring(pair, "IssueDeleted", ("issue",))
            raise RetryLater("the issue cannot be found", delay=GONE_SECONDS + 60) from missing

    def _comments(self, pair: Pair) -> tuple[Comment, ...] | None:
        try:
            return self.sides.security_ir.comments(pair.case_id)
        except NotFound:
            return None

    def _write(
        self, pair: Pair, case: Case, facts: Facts, changed: set[Change], comments: tuple[Comment, ...] | None
    ) -> None:
        deep = "deep" in changed
        if comments is None and (deep or "comments" in changed):
            comments = self.sides.security_ir.comments(pair.case_id)
        issue: Issue | None = None
        if deep or not pair.dressed or planner.case_moved(pair.base, case):
            issue = self.sides.jira.issue(pair.issue_id, with_marker=not pair.dressed)
            pair = self.sides.ledger.located(pair, issue)
            if not pair.dressed:
                self._dress(pair, case, issue)
        voice = Voice.on_issue(self.sides.ledger, self.sides.jira, pair, facts)

        steps = self.sides.plan(pair, case, issue) if issue is not None else ()
        self._write_texts(pair, steps, voice)
        self._fill_fields(pair, case, voice)
        voice.details(details_text(case))
        for work in planner.plan_comments(comments or (), facts.known("security_ir")):
            if not voice.copy(work):
                self.sides.leave(pair, comment_refused("security_ir", work.comment), "IssueUpdated")
        voice.say_what_waits()
        files = FilesToIssue.of(self.sides, pair, facts, voice)
        waiting: RetryLater | None = None
        try:
            files.bring(case)
        except JiraUnauthorized:
            raise
        except RetryLater as failure:
            waiting = failure  # a file holds up nothing else
        self._write_status(pair, case, issue, steps, voice)
        self._ring_for_the_rest(pair, facts, issue, steps)
        watchers.follow_case(self.sides, pair, facts, case, deep=deep)
        if waiting is not None:
            raise waiting
        files.wait_for_checks(case)

    def _case_missing(self, pair: Pair, voice: Voice) -> None:
        """A case that was not found once may be back; one that stays away while others can be read is gone."""
        sides = self.sides
        sides.wait_for_absence(pair, "security_ir")
        if not sides.security_ir.readable():
            raise Unavailable("no case of the membership can be read", delay=GONE_SECONDS)
        logger.warning("a case was deleted", case_id=pair.case_id, issue_key=pair.issue_key)
        try:
            self._on_case_deleted(pair, voice)
        except NotFound:
            logger.info("its issue is gone as well", issue_key=pair.issue_key)
        sides.ledger.gone(pair.case_id, "security_ir")

    def _on_case_deleted(self, pair: Pair, voice: Voice) -> None:
        if self.sides.config.on_case_deleted == "delete":
            try:
                self.sides.jira.delete_issue(pair.issue_id)
                return
            except Refused as refusal:
                logger.warning("issue not deleted", issue_key=pair.issue_key, reason=str(refusal))
        voice.say(Notice("jira", "case-deleted", {"case": pair.case_id}))
        if self.sides.config.on_case_deleted == "close":
            issue = self.sides.jira.issue(pair.issue_id)
            done = planner.issue_target(CLOSED, self.sides.config.status_mapping, self.sides.jira.workflow(issue))
            if done is not None and done.id != issue.status.id:
                self._walk(pair, issue, done, CLOSED, None, voice)

    def _dress(self, pair: Pair, case: Case, issue: Issue) -> None:
        """Make the issue name its case. Each request may be repeated, and a refused one holds up nothing."""
        jira, issue_id = self.sides.jira, pair.issue_id
        title = f"AWS Security Incident Response case {case.id}"
        labels = [label for label in (birth.LABEL, birth.case_label(case.id)) if label not in issue.labels]
        parts: list[Callable[[], None]] = [
            lambda: jira.link(issue_id, global_id=case.arn, url=case_url(case), title=title)
        ]
        if labels:
            parts.append(lambda: jira.add_labels(issue_id, labels))
        if issue.marker is None or issue.marker.case_id != case.id:
            parts.append(lambda: jira.set_marker(issue_id, birth.marker_value(case)))
        for part in parts:
            try:
                part()
            except Refused as refusal:
                logger.warning("issue does not name its case in full", issue_key=pair.issue_key, reason=str(refusal))
        self.sides.ledger.dressed(case.id)

    def _fill_fields(self, pair: Pair, case: Case, voice: Voice) -> None:
        """Write the fields of ``jira_custom_fields`` where the case's values for them changed."""
        values = planner.custom_fields(case, self.sides.config.jira_custom_fields, case_url(case))
        held = digest(json.dumps(values, sort_keys=True))
        if not values or pair.base.fields.case == held:
            return
        refusal = self._set_custom_fields(pair, values)
        if refusal is not None:
            # One that is refused spoils the request for all.
            each = [self._set_custom_fields(pair, {name: value}) for name, value in values.items()]
            voice.say(Notice("jira", "fields-refused", {"reason": "; ".join(str(one) for one in each if one)}))
        self.sides.ledger.advance(pair.case_id, {"fields": Agreed(case=held)})

    def _set_custom_fields(self, pair: Pair, values: Mapping[str, str]) -> Refused | None:
        try:
            self.sides.jira.set_custom_fields(pair.issue_id, values)
        except Refused as refusal:
            logger.warning("custom fields refused", issue_key=pair.issue_key, reason=str(refusal))
            return refusal
        return None

    def _write_texts(self, pair: Pair, steps: Sequence[Step], voice: Voice) -> None:
        mine = [step for step in steps if step.facet != "status" and step.write != "security_ir"]
        for step in mine:
            voice.keep(step)
        written = [step for step in mine if step.write == "jira"]
        agreed = {step.facet: step.agreed for step in mine}
        if not self._set_fields(pair, written):
            for step in written:
                if len(written) == 1 or not self._set_fields(pair, [step]):
                    voice.not_taken(step)
                    agreed[step.facet] = replace(step.agreed, refused=True)
        if agreed:
            self.sides.ledger.advance(pair.case_id, agreed)

    def _set_fields(self, pair: Pair, steps: Sequence[Step]) -> bool:
        """Write title, description or both; false where Jira refuses."""
        values = {step.facet: step.value for step in steps}
        try:
            if values:
                self.sides.jira.set_fields(
                    pair.issue_id, summary=values.get("title"), description=values.get("description")
                )
        except Refused as refusal:
            logger.warning("fields refused", issue_key=pair.issue_key, reason=str(refusal))
            return False
        return True

    def _write_status(self, pair: Pair, case: Case, issue: Issue | None, steps: Sequence[Step], voice: Voice) -> None:
        for step in steps:
            if step.facet != "status" or step.write == "security_ir" or issue is None:
                continue
            if any(notice.side == "security_ir" for notice in step.notices):
                self.sides.ring(pair, "IssueUpdated", ("issue",))  # said by the sink that may write there
                continue
            agreed = step.agreed
            if step.write == "jira":
                voice.keep(step)
                workflow = self.sides.jira.workflow(issue)
                target = next(status for status in workflow.statuses if status.id == step.agreed.issue)
                reached = self._walk(pair, issue, target, case.status, case.closure_code, voice)
                if reached.id != target.id:
                    agreed = Agreed(case.status, reached.id, refused=True)
            for notice in step.notices:
                voice.say(notice)
            self.sides.ledger.advance(pair.case_id, {"status": agreed})

    def _walk(
        self, pair: Pair, issue: Issue, target: Status, case_status: str, closure_code: str | None, voice: Voice
    ) -> Status:
        """Take the issue to a status through its workflow; returns the status it has in the end."""
        mapping = self.sides.config.status_mapping
        status, been = issue.status, pair.base.status.walking
        told = {"status": case_status, "target": target.name}
        for _ in range(_MOST_HOPS):
            offered = self.sides.jira.transitions(issue.id)
            hop = planner.walk(status, target, [each.to for each in offered], been, mapping)
            if hop is None:
                break
            # Written down first: found there after a crash, the issue was not moved by a person.
            base = pair.base.status
            self.sides.ledger.advance(pair.case_id, {"status": replace(base, walking=(*been, hop.id))})
            transition = next(each for each in offered if each.to.id == hop.id)
            fields = self._screen_fields(transition, closure_code if hop.id == target.id else None)
            try:
                self.sides.jira.transition(issue.id, transition.id, fields)
            except Refused as refusal:
                logger.warning("transition refused", issue_key=issue.key, reason=str(refusal))
                metrics.add_metric("StatusUnreachable", MetricUnit.Count, 1)
                voice.say(Notice("jira", "status-not-taken", {**told, "current": status.name, "reason": str(refusal)}))
                return status
            been, status = (*been, hop.id), hop
            if status.id == target.id:
                return status
        metrics.add_metric("StatusUnreachable", MetricUnit.Count, 1)
        voice.say(Notice("jira", "status-unreachable", {**told, "current": status.name}))
        return status

    def _screen_fields(self, transition: Transition, closure_code: str | None) -> dict[str, object]:
        """The fields to send along with a transition: those configured for its status that its screen has."""
        config = self.sides.config
        named = (fields for status, fields in config.transition_fields.items() if is_named(transition.to, (status,)))
        fields = dict(next(named, {}))
        if closure_code is not None and closure_code in config.closure_resolutions:
            fields["resolution"] = {"name": config.closure_resolutions[closure_code]}
        return {name: value for name, value in fields.items() if transition.fields is None or name in transition.fields}

    def _ring_for_the_rest(self, pair: Pair, facts: Facts, issue: Issue | None, steps: Sequence[Step]) -> None:
        """Tell the other sink of what this one saw and may not write."""
        theirs = any(step.write == "security_ir" for step in steps)
        if issue is not None and not theirs:
            comments, known = self.sides.jira.comments(issue), facts.known("jira")
            restricted = self.sides.config.sync_restricted_comments
            theirs = bool(
                planner.plan_comments(comments, known, restricted=restricted) or planner.plan_deletions(comments, known)
            )
        if issue is not None and self.sides.config.sync_attachments and not theirs:
            theirs = bool(plan_files("jira", issue.files, facts.files))
        if theirs:
            self.sides.ring(pair, "IssueUpdated", ("issue",))
        elif facts.unsaid("security_ir"):
            self.sides.ring(pair, "IssueCreated", ("notice",))
