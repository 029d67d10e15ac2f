"""The hand that writes security-ir: one case's comments, files, texts, status and watchers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import TypeVar

from aws_lambda_powertools import Logger

from rich_text import utf16_length

from ..cases.client import CaseClient
from ..errors import Conflict, NotFound, NotPermitted, Refused, Unavailable
from ..events import Change
from ..memory import DESCRIPTION, Agreed, Facts, FileCopy, Notice, Pair
from ..model import (
    CLOSED,
    CONTAINMENT,
    DETECTION_AND_ANALYSIS,
    POST_INCIDENT,
    SUBMITTED,
    Case,
    Comment,
    File,
    Issue,
    Side,
    Workflow,
)
from ..notices import CASE_COMMENT_LIMIT, comment_refused, copies_on_case, texts_on_case
from ..plan.files import CASE_FILES, FILE_LIMIT, case_file_name
from ..plan.steps import Step
from ..plan.whole import Plan, Seen, issue_may_have_moved, without_descriptions_end
from ..recognition import is_another_instances
from ..transfer import Spool, UrlRefused, put, spool
from .comments import Voice
from .files import FileMemory, Files, Source
from .hand import Absent, Born, IssueReader, make_sure_readable
from .surroundings import Surroundings
from .watchers import WatchersOfCase

logger = Logger(child=True)

_URLS = 2
_WITNESSES = 10
"""How many other issues are asked for, before one is called deleted."""
_FEWEST_AT_ONCE = 3
"""How many issues people may delete together: more are taken for what happened to the project."""
_SETTABLE = (SUBMITTED, DETECTION_AND_ANALYSIS, CONTAINMENT, POST_INCIDENT)
"""``SelfManagedCaseStatus`` of the security-ir API 2018-05-10."""
_BEYOND_ANALYSIS = (CONTAINMENT, POST_INCIDENT)
"""Statuses that lead to one another only over Detection and Analysis, by some of the service's documents."""
_CONTESTED_SECONDS = 900.0
"""How long a conflict may last that is no refusal."""


_Answer = TypeVar("_Answer")


def unless_closed(cases: CaseClient, case_id: str, write: Callable[[], _Answer]) -> _Answer:
    """Write to a case: a conflict passes, unless the case is closed, which makes it a refusal."""
    try:
        return write()
    except Conflict as conflict:
        if cases.case(case_id).closed:
            raise Refused(str(conflict), status=409) from conflict
        raise


def _of_instance(instance: str, request: str) -> str:
    """A token for a request of one instance: to the service, the same token is the same request, whoever sends it."""
    return hashlib.sha256(f"{instance}\n{request}".encode()).hexdigest()


@dataclass(eq=False, repr=False, slots=True)
class CommentsOfCase:
    """Comments of a case, as far as ``instance`` may have written them."""

    cases: CaseClient
    case_id: str
    instance: str
    side: Side = "security_ir"

    def copies(self, comment: Comment) -> Sequence[str]:
        return copies_on_case(comment)

    def notice(self, notice: Notice) -> Sequence[str]:
        return texts_on_case(notice)

    def plain(self, text: str) -> str:
        return text

    def headed(self, note: str, comment: Comment) -> str | None:
        headed = f"{note}\n\n{comment.body}"
        return headed if utf16_length(headed) <= CASE_COMMENT_LIMIT else None

    def as_read(self, body: str) -> str:
        return body

    def add(self, body: str, *, token: str) -> str:
        token = _of_instance(self.instance, token)
        return unless_closed(self.cases, self.case_id, lambda: self.cases.add_comment(self.case_id, body, token=token))

    def edit(self, comment_id: str, body: str) -> None:
        # A text that is converted again reads as it did: what stands here need not be read for that.
        self.replace(comment_id, body)

    def replace(self, comment_id: str, body: str) -> None:
        unless_closed(self.cases, self.case_id, lambda: self.cases.edit_comment(self.case_id, comment_id, body))

    def all(self) -> Iterable[Comment]:
        # Two instances may say the same on a case that both mirror.
        return [each for each in self.cases.comments(self.case_id) if not is_another_instances(each, self.instance)]


@dataclass(eq=False, repr=False, slots=True)
class FilesOfCase:
    """Attachments of a case; ``sent`` are the names of those that were put there since it was read."""

    cases: CaseClient
    case: Case
    instance: str
    sent: list[str] = field(default_factory=list)
    side: Side = "security_ir"

    def files(self) -> Sequence[File]:
        return self.case.files

    def obstacle(self, before: FileCopy | None) -> str | None:
        others = [file for file in self.case.files if before is None or file.name != before.name]
        return "file-full" if len(others) + len(self.sent) >= CASE_FILES else None

    def name_for(self, name: str, ours: Sequence[str]) -> str:
        return case_file_name(name, [*ours, *(file.name for file in self.case.files)])

    def content(self, file: File, limit: int) -> Spool:
        if file.state != "Verified":
            raise NotFound("only what was checked can be fetched")
        return self.cases.download_attachment(self.case.id, file, limit)

    def put(self, copy: FileCopy, content: Spool, record: Callable[[FileCopy], None]) -> None:
        for _ in range(_URLS):
            try:
                url = unless_closed(self.cases, self.case.id, partial(self._url, copy))
            except Conflict:
                if not self._is_blocked(copy):
                    raise
                copy = replace(copy, name=self.name_for(copy.name, self.sent), attempt=copy.attempt + 1)
                record(copy)
                continue
            try:
                put(url, content)
            except UrlRefused:
                # A token may bring back the very URL that has expired: nothing was uploaded, so the next is another.
                copy = replace(copy, attempt=copy.attempt + 1)
                record(copy)
                continue
            self.sent.append(copy.name)
            return
        raise Unavailable("upload URLs are refused")

    def _is_blocked(self, copy: FileCopy) -> bool:
        """Whether an upload that never came to its end may hold the name."""
        return any(file.name == copy.name and file.state == "Pending" for file in self.case.files)

    def _url(self, copy: FileCopy) -> str:
        return self.cases.upload_url(self.case.id, copy.name, copy.size, token=self._token(copy))

    def _token(self, copy: FileCopy) -> str:
        """The same for the same upload: the service then makes one file of it."""
        named = "\n".join((self.case.id, copy.key, copy.name, str(copy.size), str(copy.attempt)))
        return _of_instance(self.instance, named)


@dataclass(eq=False, repr=False, slots=True)
class CaseHand:
    """Writes cases, and reads issues."""

    surroundings: Surroundings
    cases: CaseClient
    issues: IssueReader
    side: Side = "security_ir"

    def look(self, pair: Pair, facts: Facts, changed: frozenset[Change], born: Born | None = None) -> Seen | None:
        try:
            issue = (born.issue if born else None) or self.issues.issue(pair.issue_id, with_property=pair.unproven)
            comments = self.issues.comments(issue)
        except NotFound as missing:
            raise Absent("jira") from missing
        deep = "deep" in changed
        case = born.case if born else None
        if case is None and (deep or issue_may_have_moved(pair, issue, self.surroundings.config)):
            case = self.cases.case(pair.case_id)
        return Seen(pair, facts, deep, case, issue, issue_comments=comments)

    def find(self, pair: Pair) -> None:
        self.cases.case(pair.case_id)

    def comments(self, pair: Pair) -> CommentsOfCase:
        return CommentsOfCase(self.cases, pair.case_id, self.surroundings.config.name)

    def workflow(self, issue: Issue) -> Workflow:
        return self.issues.workflow(issue)

    def set_texts(self, pair: Pair, steps: Sequence[Step]) -> None:
        values = {step.facet: step.value for step in steps}
        title, description = values.get("title"), values.get("description")
        unless_closed(
            self.cases,
            pair.case_id,
            lambda: self.cases.set_fields(pair.case_id, title=title, description=description),
        )

    def why_not(self, pair: Pair, comment: Comment | None = None) -> Notice | None:
        closed = self.cases.case(pair.case_id).closed
        if comment is None:
            return Notice("jira", "closed-case") if closed else None
        return Notice("jira", "comments-refused") if closed else comment_refused("jira", comment)

    def greet(self, pair: Pair, voice: Voice[str]) -> None:
        """Say on the case which issue mirrors it; again where the issue got another key."""
        values = {"key": pair.issue_key, "url": self.surroundings.issue_url(pair.issue_key)}
        voice.say(Notice("security_ir", "link", values))

    def introduce(self, seen: Seen, voice: Voice[str]) -> None:
        self.greet(seen.pair, voice)

    # Files and watchers

    def bring_files(self, seen: Seen, plan: Plan, voice: Voice[str]) -> None:
        memory = FileMemory(self.surroundings.ledger, seen.pair.case_id, dict(seen.facts.files))
        memory.forget_lost("jira", _issue_of(seen).files)
        sources = self._sources(seen, plan)
        if not sources:
            return
        case = seen.case or self.cases.case(seen.pair.case_id)
        hand = FilesOfCase(self.cases, case, self.surroundings.config.name)
        memory.bind_arrived(case.files, hand.content)

        def tell(notice: Notice) -> None:
            if case.closed:
                # It may take no comments either.
                self.surroundings.leave(seen.pair, replace(notice, side="jira"))
            else:
                voice.say(notice)

        Files(self.surroundings, seen.pair, hand, memory, tell).bring(sources)

    def _sources(self, seen: Seen, plan: Plan) -> list[Source]:
        issue = _issue_of(seen)
        url = self.surroundings.issue_url(issue.key)
        files = [Source.of("jira", work, url, self.issues.download_attachment) for work in plan.for_case.files]
        whole = seen.facts.files.get(DESCRIPTION)
        lacks_end = without_descriptions_end(plan, seen.pair.base.description)
        settled = whole is not None and whole.state != "reserved"
        asked_anew = whole is not None and whole.is_asked_anew(self.surroundings.config.digest)
        if not lacks_end or (settled and not asked_anew):
            return files
        text = issue.description.encode()
        name = f"{issue.key}-description.md"
        return [Source(DESCRIPTION, name, url, lambda: spool(iter([text]), FILE_LIMIT)), *files]

    def follow_watchers(self, seen: Seen, copied: Sequence[Comment]) -> None:
        WatchersOfCase(self.surroundings, self.cases, self.issues).follow(seen, _issue_of(seen), copied)

    # Status

    def move(self, seen: Seen, step: Step, voice: Voice[str]) -> Agreed:
        case, wanted = seen.case, step.value
        assert case is not None, "a status is planned for a case that was read"
        try:
            self._set_status(seen.pair, case, wanted)
        except (Refused, Conflict) as refusal:
            if isinstance(refusal, Conflict) and _is_certain(case, wanted):
                self._wait_for_the_conflict(seen.pair, wanted, refusal)
            logger.warning("status refused", case_id=case.id, reason=str(refusal))
            held = self.cases.case(case.id).status
            if held != wanted:
                values = {"status": wanted, "current": held}
                self.surroundings.leave(seen.pair, Notice("jira", "status-refused", values))
                if held != case.status:
                    # Moved meanwhile, and not by this run: a move that the other sink has to follow.
                    self.surroundings.ring(seen.pair, "jira", ("case",))
                return replace(step.held, refused="security_ir")
        return step.agreed

    def _wait_for_the_conflict(self, pair: Pair, wanted: str, conflict: Conflict) -> None:
        """A step that the service's documents allow meets a conflict: somebody is at work there, and that passes.

        Raises it again, unless the case is where it should be by now, or that has lasted too long to be believed: which
        a closure never does, to which there is a way from every status.
        """
        now, base = self.surroundings.clock(), pair.base.status
        since = now if base.contested_since is None else base.contested_since
        if self.cases.case(pair.case_id).status in (CLOSED, wanted):
            return
        if wanted != CLOSED and now - since >= _CONTESTED_SECONDS:
            return
        self.surroundings.ledger.advance(pair.case_id, {"status": replace(base, contested_since=since)})
        raise conflict

    def _set_status(self, pair: Pair, case: Case, wanted: str) -> None:
        if wanted == CLOSED:
            self._close(case)
            return
        if wanted not in _SETTABLE:
            raise Refused("UpdateCaseStatus does not know this status", status=400)
        try:
            self.cases.set_status(case.id, wanted)
        except (Refused, Conflict):
            if wanted not in _BEYOND_ANALYSIS or case.status == DETECTION_AND_ANALYSIS:
                raise
            # The service's documents disagree on what Submitted may become; from here both are open. Written down
            # first: found there after a crash, the case was not moved by a person.
            walking = replace(pair.base.status, walking=(DETECTION_AND_ANALYSIS,))
            self.surroundings.ledger.advance(pair.case_id, {"status": walking})
            self.cases.set_status(case.id, DETECTION_AND_ANALYSIS)
            self._go_on_or_back(case, wanted)

    def _go_on_or_back(self, case: Case, wanted: str) -> None:
        """From Detection and Analysis: a case that may not go on does not stay half-way."""
        try:
            self.cases.set_status(case.id, wanted)
        except (Refused, Conflict):
            if case.status in _BEYOND_ANALYSIS:
                self.cases.set_status(case.id, case.status)
            raise

    def _close(self, case: Case) -> None:
        try:
            self.cases.close(case.id)
        except NotPermitted as refusal:
            # Of our role IAM speaks in these words; otherwise it is AWS's case that we may not close.
            # https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
            if case.self_managed or "not authorized to perform" in refusal.said or "AccessDenied" not in str(refusal):
                raise
            raise Refused(str(refusal), status=403, said=refusal.said) from refusal

    # The issue is gone

    def make_sure_readable(self, pair: Pair, side: Side) -> None:
        make_sure_readable(pair, side, self.cases, self.issues)

    def went_with_others(self, pair: Pair) -> bool:
        """Asks for some other issues: of a project that was emptied or hidden by a security level all are missing."""
        others = list(islice(self._other_pairs(pair), _WITNESSES))
        missing = 1 + sum(not self._is_there(other) for other in others)
        if missing < _FEWEST_AT_ONCE or missing <= (1 + len(others)) / 2:
            return False
        self.surroundings.count("IssuesVanished")
        return True

    def _other_pairs(self, pair: Pair) -> Iterator[Pair]:
        """Other pairs that are not over, in an order that is this pair's own."""
        known = self.surroundings.cursors.all().keys() - {pair.case_id}
        for case_id in sorted(known, key=lambda each: hashlib.sha256(f"{pair.case_id} {each}".encode()).digest()):
            found = self.surroundings.ledger.load(case_id).pair
            if found is not None and found.gone is None:
                yield found

    def _is_there(self, pair: Pair) -> bool:
        try:
            self.issues.issue(pair.issue_id)
        except NotFound:
            return False
        return True

    def part(self, pair: Pair, voice: Voice[str]) -> None:
        voice.say(Notice("security_ir", "issue-deleted", {"key": pair.issue_key}))
        if self.surroundings.config.on_issue_deleted == "close":
            try:
                unless_closed(self.cases, pair.case_id, lambda: self.cases.close(pair.case_id))
            except Refused as refusal:
                logger.warning("case not closed", case_id=pair.case_id, reason=str(refusal))


def _is_certain(case: Case, wanted: str) -> bool:
    """Whether all documents of the service agree that a case may go to a status; a conflict is no refusal then."""
    if not case.self_managed:
        return False
    if wanted == CLOSED:
        return True
    if case.status == DETECTION_AND_ANALYSIS:
        return wanted in _BEYOND_ANALYSIS
    return wanted == DETECTION_AND_ANALYSIS


def _issue_of(seen: Seen) -> Issue:
    assert seen.issue is not None, "whoever writes a case has read its issue"
    return seen.issue
