"""The hand that writes Jira: one issue's comments, files, fields, status and watchers."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from aws_lambda_powertools import Logger

from rich_text import Adf, document, keep_nodes, sentence, to_text, utf16_length

from ..errors import NotFound, Refused
from ..events import Change
from ..jira.client import JiraClient
from ..ledger.cursors import Cursor, went_at_once
from ..memory import Agreed, Facts, FileCopy, Notice, Pair, digest, file_key
from ..model import (
    CLOSED,
    LABEL,
    Case,
    Comment,
    File,
    Issue,
    Side,
    Status,
    Transition,
    Workflow,
    case_label,
)
from ..notices import (
    ISSUE_COMMENT_LIMIT,
    comment_refused,
    copies_on_issue,
    documents_on_issue,
)
from ..plan.births import case_property
from ..plan.comments import mirrors_elsewhere, plan_comments
from ..plan.details import custom_fields, details_document, details_of, details_text
from ..plan.files import plan_files, rejected
from ..plan.status import MOST_HOPS, been_through, fields_on_the_way, issue_target, walk
from ..plan.steps import Step
from ..plan.whole import Plan, Seen, case_may_have_moved
from ..transfer import Spool
from .comments import Voice
from .files import CHECK_SECONDS, FileMemory, Files, Source
from .hand import Absent, Born, CaseReader, make_sure_readable
from .surroundings import Surroundings
from .watchers import WatchersOfIssue

logger = Logger(child=True)


@contextmanager
def _permitted(jira: JiraClient, issue_key: str, permission: str) -> Iterator[None]:
    """What Jira refuses to somebody who lacks the permission is no refusal of what was written: ``NotPermitted``."""
    try:
        yield
    except Refused:
        jira.make_sure_permitted(issue_key, permission)
        raise


@dataclass(eq=False, repr=False, slots=True)
class CommentsOfIssue:
    """Comments of an issue; internal notes in a service project, or the customer portal would show them."""

    jira: JiraClient
    pair: Pair
    side: Side = "jira"

    def copies(self, comment: Comment) -> Sequence[Adf]:
        return copies_on_issue(comment)

    def notice(self, notice: Notice) -> Sequence[Adf]:
        return documents_on_issue(notice)

    def plain(self, text: str) -> Adf:
        return document(sentence("{text}", text=text))

    def headed(self, note: str, comment: Comment) -> Adf | None:
        body = document(self.plain(note), self.jira.comment_document(self.pair.issue_id, comment.id) or document())
        return body if utf16_length(to_text(body)) <= ISSUE_COMMENT_LIMIT else None

    def as_read(self, body: Adf) -> str:
        return to_text(body)

    def add(self, body: Adf, *, token: str) -> str:
        with _permitted(self.jira, self.pair.issue_key, "ADD_COMMENTS"):
            return self.jira.add_comment(self.pair.issue_id, body, internal=self.pair.service_project)

    def edit(self, comment_id: str, body: Adf) -> None:
        self.replace(comment_id, keep_nodes(body, self.jira.comment_document(self.pair.issue_id, comment_id)))

    def replace(self, comment_id: str, body: Adf) -> None:
        with _permitted(self.jira, self.pair.issue_key, "EDIT_OWN_COMMENTS"):
            self.jira.edit_comment(self.pair.issue_id, comment_id, body)

    def all(self) -> Iterable[Comment]:
        return self.jira.all_comments(self.pair.issue_id)


@dataclass(eq=False, repr=False, slots=True)
class FilesOfIssue:
    """Attachments of an issue."""

    jira: JiraClient
    pair: Pair
    side: Side = "jira"

    def files(self) -> Sequence[File]:
        return self.jira.issue(self.pair.issue_id).files

    def obstacle(self, before: FileCopy | None) -> str | None:
        # Jira may hang up on a file that is too large instead of saying so.
        return "file-too-large" if before is not None and before.size > self.jira.upload_limit() else None

    def name_for(self, name: str, ours: Sequence[str]) -> str:
        return name

    def content(self, file: File, limit: int) -> Spool:
        return self.jira.download_attachment(file, limit)

    def put(self, copy: FileCopy, content: Spool, record: Callable[[FileCopy], None]) -> str:
        with _permitted(self.jira, self.pair.issue_key, "CREATE_ATTACHMENTS"):
            try:
                return self.jira.upload_attachment(self.pair.issue_id, copy.name, content)
            except NotFound as missing:
                # Attachments are switched off, or the issue is gone: reading it tells.
                self.jira.issue(self.pair.issue_id)
                raise Refused(str(missing), status=404) from missing


@dataclass(eq=False, repr=False, slots=True)
class IssueHand:
    """Writes issues, and reads cases."""

    surroundings: Surroundings
    jira: JiraClient
    cases: CaseReader
    side: Side = "jira"

    def look(self, pair: Pair, facts: Facts, changed: frozenset[Change], born: Born | None = None) -> Seen | None:
        comments: tuple[Comment, ...] | None = None
        if changed <= {"comments", "notice"} and pair.dressed and not facts.pending and not pair.missing:
            comments = self._comments(pair)
            if comments is not None and not plan_comments(
                "security_ir",
                comments,
                facts.known("security_ir"),
                config_digest=self.surroundings.config.digest,
            ):
                self._meet(pair, facts, comments)
                return None
        try:
            case = born.case if born else self.cases.case(pair.case_id)
            deep = "deep" in changed
            if comments is None and (deep or "comments" in changed):
                known = born.comments if born else None
                comments = self.cases.comments(pair.case_id) if known is None else known
        except NotFound as missing:
            raise Absent("security_ir") from missing
        self._meet(pair, facts, comments or ())
        seen = Seen(pair, facts, deep, case, case_comments=comments, new=born is not None)
        if not (deep or not pair.dressed or case_may_have_moved(pair, case, self.surroundings.config)):
            return seen
        issue = self.jira.issue(pair.issue_id, with_property=not pair.dressed or pair.unproven)
        return replace(seen, issue=issue, issue_comments=self.jira.comments(issue))

    def _meet(self, pair: Pair, facts: Facts, comments: Sequence[Comment]) -> None:
        self.surroundings.meet(pair, mirrors_elsewhere(comments, facts.known("security_ir")))

    def _comments(self, pair: Pair) -> tuple[Comment, ...] | None:
        try:
            return self.cases.comments(pair.case_id)
        except NotFound:
            return None

    def find(self, pair: Pair) -> None:
        self.jira.place_of(pair.issue_id)

    def comments(self, pair: Pair) -> CommentsOfIssue:
        return CommentsOfIssue(self.jira, pair)

    def workflow(self, issue: Issue) -> Workflow:
        return self.jira.workflow(issue)

    def set_texts(self, pair: Pair, steps: Sequence[Step]) -> None:
        title = next((step.value for step in steps if step.facet == "title"), None)
        description = next((step.document for step in steps if step.facet == "description"), None)
        with _permitted(self.jira, pair.issue_key, "EDIT_ISSUES"):
            self.jira.set_fields(pair.issue_id, summary=title, description=description)

    def why_not(self, pair: Pair, comment: Comment | None = None) -> Notice | None:
        return comment_refused("security_ir", comment) if comment is not None else None

    def greet(self, pair: Pair, voice: Voice[Adf]) -> None:
        """An issue names its case by its labels, a link and a property."""

    def introduce(self, seen: Seen, voice: Voice[Adf]) -> None:
        case = _case_of(seen)
        if seen.issue is not None and not seen.pair.dressed:
            self._dress(seen.pair, case, seen.issue)
        self._fill_fields(seen.pair, case, voice)
        details = details_of(case)
        voice.details(details_text(details), details_document(details))

    def _dress(self, pair: Pair, case: Case, issue: Issue) -> None:
        """Make the issue name its case. Each request may be repeated, and a refused one holds up nothing."""
        jira, issue_id = self.jira, pair.issue_id
        title = f"AWS Security Incident Response case {case.id}"
        labels = [label for label in (LABEL, case_label(case.id)) if label not in issue.labels]
        parts: list[Callable[[], None]] = [lambda: jira.link(issue_id, global_id=case.arn, url=case.url, title=title)]
        if labels:
            parts.append(lambda: jira.add_labels(issue_id, labels))
        named = case_property(case, self.surroundings.config)
        if issue.made_for is None or (issue.made_for.case_id, issue.made_for.instance) != (case.id, named["instance"]):
            parts.append(lambda: jira.set_case_property(issue_id, named))
        link, *marks = parts
        self._show(pair, [link])
        # Who did not take both at once is given one after the other, and so is who refuses that.
        at_once = len(marks) > 1 and not pair.unproven
        if not (at_once and self._show(pair, [lambda: jira.mark(issue_id, labels, named)])):
            self._show(pair, marks)
            at_once = False
        self.surroundings.ledger.dressed(case.id, unproven=at_once)

    def _show(self, pair: Pair, parts: Iterable[Callable[[], None]]) -> bool:
        """Send what shows on the issue which case it is of; whether all of it was taken."""
        taken = True
        for part in parts:
            try:
                with _permitted(self.jira, pair.issue_key, "EDIT_ISSUES"):
                    part()
            except Refused as refusal:
                logger.warning("issue does not name its case in full", issue_key=pair.issue_key, reason=str(refusal))
                taken = False
        return taken

    def _fill_fields(self, pair: Pair, case: Case, voice: Voice[Adf]) -> None:
        """Write the fields of ``jira_custom_fields`` where the case's values for them changed."""
        values = custom_fields(case, self.surroundings.config.jira_custom_fields)
        held = digest(json.dumps(values, sort_keys=True))
        config_digest = self.surroundings.config.digest
        if not values or (pair.base.fields.case == held and not pair.base.fields.is_asked_anew(config_digest)):
            return
        agreed = Agreed(case=held)
        if self._set_custom_fields(pair, values) is not None:
            # One that is refused spoils the request for all.
            each = {name: self._set_custom_fields(pair, {name: value}) for name, value in values.items()}
            refused = {name: refusal.said for name, refusal in each.items() if refusal is not None}
            if refused:
                reasons = {"fields": ", ".join(refused), "reason": "; ".join(refused.values())}
                voice.say(Notice("jira", "fields-refused", reasons))
                self.surroundings.count("Refused")
                agreed = Agreed(case=held, refused="jira", under=config_digest or None)
        self.surroundings.ledger.advance(pair.case_id, {"fields": agreed})

    def _set_custom_fields(self, pair: Pair, values: Mapping[str, str]) -> Refused | None:
        try:
            with _permitted(self.jira, pair.issue_key, "EDIT_ISSUES"):
                self.jira.set_custom_fields(pair.issue_id, values)
        except Refused as refusal:
            logger.warning("custom fields refused", issue_key=pair.issue_key, reason=str(refusal))
            return refusal
        return None

    # Files and watchers

    def bring_files(self, seen: Seen, plan: Plan, voice: Voice[Adf]) -> None:
        case = _case_of(seen)
        memory = FileMemory(self.surroundings.ledger, case.id, dict(seen.facts.files))

        def content(file: File, limit: int) -> Spool:
            return self.cases.download_attachment(case.id, file, limit)

        memory.forget_lost("security_ir", case.files)
        memory.bind_arrived(case.files, content)
        for copy in rejected(case.files, memory.known):
            voice.say(Notice("jira", "file-rejected", {"name": copy.name, "url": case.url, "file": copy.key}))
            memory.record(replace(copy, state="rejected"))
        self._await_checks(case, memory)
        works = plan_files("security_ir", case.files, memory.known, config_digest=self.surroundings.config.digest)
        files = Files(
            self.surroundings,
            seen.pair,
            FilesOfIssue(self.jira, seen.pair),
            memory,
            voice.say,
        )
        files.bring([Source.of("security_ir", work, case.url, content) for work in works])

    def _await_checks(self, case: Case, memory: FileMemory) -> None:
        """Have the sweeps look again at a case with files to be checked yet.

        An upload of ours that never came to its end leaves a name without a content, which will not be checked.
        """
        since = self.surroundings.clock() - CHECK_SECONDS
        arrived = {
            copy.name for key, copy in memory.known.items() if key.startswith(file_key("jira", "")) and copy.copy
        }
        pending = (file for file in case.files if file.state == "Pending")
        if any(file.name not in arrived or file.created.timestamp() > since for file in pending):
            self.surroundings.cursors.await_more(case.id)

    def follow_watchers(self, seen: Seen, copied: Sequence[Comment]) -> None:
        WatchersOfIssue(self.surroundings, self.jira).follow(seen, _case_of(seen))

    # Status

    def move(self, seen: Seen, step: Step, voice: Voice[Adf]) -> Agreed:
        case, issue = _case_of(seen), seen.issue
        assert issue is not None, "a status is planned for an issue that was read"
        target = next(status for status in self.jira.workflow(issue).statuses if status.id == step.value)
        reached = self._walk(seen.pair, issue, target, case.status, case.closure_code, voice)
        return step.agreed if reached.id == target.id else Agreed(case.status, reached.id, refused="jira")

    def _walk(
        self, pair: Pair, issue: Issue, target: Status, case_status: str, closure_code: str | None, voice: Voice[Adf]
    ) -> Status:
        """Take the issue to a status through its workflow; returns the status it has in the end."""
        base, mapping = pair.base.status, self.surroundings.config.status_mapping
        status, been = issue.status, been_through(issue.status, base.walking)
        values = {"status": case_status, "target": target.name}
        for _ in range(MOST_HOPS):
            offered = self.jira.transitions(issue.id)
            hop = walk(status, target, (each.to for each in offered), been, mapping)
            if hop is None:
                # Without the permission, Jira offers nothing at all.
                self.jira.make_sure_permitted(issue.key, "TRANSITION_ISSUES")
                break
            # Written down first: found there after a crash, the issue was not moved by a person.
            self.surroundings.ledger.advance(pair.case_id, {"status": replace(base, walking=(*been, hop.id))})
            ways = [each for each in offered if each.to.id == hop.id]
            refusal = self._go(issue, ways, closure_code if hop.id == target.id else None)
            if refusal is not None:
                self.surroundings.count("StatusUnreachable")
                reason = {"current": status.name, "reason": refusal.said}
                voice.say(Notice("jira", "status-not-taken", {**values, **reason}))
                return status
            been, status = (*been, hop.id), hop
            if status.id == target.id:
                return status
        self.surroundings.count("StatusUnreachable")
        voice.say(Notice("jira", "status-unreachable", {**values, "current": status.name}))
        return status

    def _go(self, issue: Issue, ways: Sequence[Transition], closure_code: str | None) -> Refused | None:
        """Take one of several transitions to the same status: first those whose demands can be met."""
        refusal: Refused | None = None
        screens = [(way, self._screen_fields(way, closure_code)) for way in ways]
        for way, fields in sorted(screens, key=lambda screen: len(screen[0].required - screen[1].keys())):
            try:
                with _permitted(self.jira, issue.key, "TRANSITION_ISSUES"):
                    self.jira.transition(issue.id, way.id, fields)
            except Refused as reason:
                logger.warning("transition refused", issue_key=issue.key, reason=str(reason))
                refusal = refusal or reason
            else:
                return None
        return refusal

    def _screen_fields(self, transition: Transition, closure_code: str | None) -> dict[str, object]:
        """The fields to send along with a transition: those configured for its status that its screen has."""
        config = self.surroundings.config
        fields = fields_on_the_way(transition.to, config)
        if closure_code is not None and closure_code in config.closure_resolutions:
            fields["resolution"] = {"name": config.closure_resolutions[closure_code]}
        return {name: value for name, value in fields.items() if transition.fields is None or name in transition.fields}

    # The case is gone

    def make_sure_readable(self, pair: Pair, side: Side) -> None:
        make_sure_readable(pair, side, self.cases, self.jira)

    def went_with_others(self, pair: Pair) -> bool:
        cursors, now = self.surroundings.cursors.all(), self.surroundings.clock()
        # The sweep forgets a case that it found to be gone alone.
        cursor = cursors.setdefault(pair.case_id, Cursor(pair.case_id, checked_at=now))
        if cursor.vanished_at is None:
            if not went_at_once(cursors, self.cases.ids(), now):
                return False
            # Written down: new cases that come meanwhile would hide in the end how many of the old ones went.
            self.surroundings.cursors.vanished(pair.case_id)
            self.surroundings.count("CasesVanished")
        return True

    def part(self, pair: Pair, voice: Voice[Adf]) -> None:
        config = self.surroundings.config
        if config.on_case_deleted == "delete":
            try:
                self.jira.delete_issue(pair.issue_id)
                return
            except Refused as refusal:
                logger.warning("issue not deleted", issue_key=pair.issue_key, reason=str(refusal))
        voice.say(Notice("jira", "case-deleted", {"case": pair.case_id}))
        if config.on_case_deleted == "close":
            issue = self.jira.issue(pair.issue_id)
            done = issue_target(CLOSED, config.status_mapping, self.jira.workflow(issue))
            if done is not None and done.id != issue.status.id:
                self._walk(pair, issue, done, CLOSED, None, voice)


def _case_of(seen: Seen) -> Case:
    assert seen.case is not None, "whoever writes an issue has read its case"
    return seen.case
