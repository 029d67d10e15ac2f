"""Bringing a comment to the other side exactly once, in parts where need be.

A part is written down before it is sent and again once its id is known. Where the second is missing, the answer was
lost: the other side is searched for exactly what was sent before anything is sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from aws_lambda_powertools import Logger

from .errors import NotFound, Refused
from .jira import JiraClient
from .ledger import Facts, Ledger
from .model import Comment, Copy, Notice, Pair, Side, digest
from .notices import (
    CASE_COMMENT_LIMIT,
    DELETED_NOTE,
    ISSUE_COMMENT_LIMIT,
    WITHDRAWN_TEXT,
    notice_texts,
    texts_for_case,
    texts_for_issue,
    wording,
)
from .planner import DELETED, WITHDRAWN, CommentWork, Step
from .security_ir import SecurityIrClient
from .text import to_adf, to_markdown, utf16_length

logger = Logger(child=True)

DETAILS = "NOTICE#jira#details"
"""The ledger's sort key of the managed comment "Case details"."""

ISSUE_STATUS = "NOTICE#security_ir#issue-status"
"""The ledger's sort key of the managed comment that tells the issue's status."""

NO_LONGER_NEEDED = "(The comment was shortened; nothing of it is left in this part.)"


class CommentTarget(Protocol):
    """One side's comments, as the place where copies are written."""

    def add(self, body: str, *, token: str) -> str: ...

    def edit(self, comment_id: str, body: str) -> None: ...

    def all(self) -> Iterable[Comment]: ...

    def as_read(self, body: str) -> str:
        """A text as this side will give it back."""
        ...


@dataclass(frozen=True, slots=True)
class IssueComments:
    """Comments of an issue; internal notes in a service project, or the customer portal would show them."""

    jira: JiraClient
    issue_id: str
    internal: bool

    def add(self, body: str, *, token: str) -> str:
        return self.jira.add_comment(self.issue_id, body, internal=self.internal)

    def edit(self, comment_id: str, body: str) -> None:
        self.jira.edit_comment(self.issue_id, comment_id, body)

    def all(self) -> Iterable[Comment]:
        return self.jira.all_comments(self.issue_id)

    def as_read(self, body: str) -> str:
        return to_markdown(to_adf(body))


@dataclass(frozen=True, slots=True)
class CaseComments:
    """Comments of a case."""

    security_ir: SecurityIrClient
    case_id: str

    def add(self, body: str, *, token: str) -> str:
        return self.security_ir.add_comment(self.case_id, body, token=token)

    def edit(self, comment_id: str, body: str) -> None:
        self.security_ir.edit_comment(self.case_id, comment_id, body)

    def all(self) -> Iterable[Comment]:
        return self.security_ir.comments(self.case_id)

    def as_read(self, body: str) -> str:
        return body


@dataclass(frozen=True, slots=True)
class Delivery:
    """Deliveries to one side of one pair. ``ours`` are the ids of comments there that are accounted for."""

    ledger: Ledger
    case_id: str
    target: CommentTarget
    ours: frozenset[str] = frozenset()

    def deliver(self, copy: Copy, source: str, texts: Sequence[str], notice: Notice | None = None) -> Copy:
        """Make ``texts`` stand on the other side as the copy, and return what is known of it then.

        ``source`` is the digest of what the texts were made from. May be interrupted anywhere and called again.
        """
        copy = self._recover(copy, notice)
        try:
            if copy.parts and copy.source != source:
                for number, part in enumerate(copy.parts):
                    self._edit(part, texts[number] if number < len(texts) else NO_LONGER_NEEDED)
            copy = replace(copy, source=source, total=len(texts))
            for text in texts[len(copy.parts) :]:
                self.ledger.record(self.case_id, replace(copy, sending=digest(self.target.as_read(text))), notice)
                part = self.target.add(text, token=self._token(copy, text))
                copy = replace(copy, parts=(*copy.parts, part))
        except Refused:
            # With the parts that were taken, or they would pass for somebody's own comments.
            self.settle(copy, source, notice)
            raise
        self.ledger.record(self.case_id, copy, notice)
        return copy

    def rewrite(self, copy: Copy, source: str, text: str) -> None:
        """Put one text in the place of every part of a copy."""
        copy = self._recover(copy, None)
        for part in copy.parts:
            self._edit(part, text)
        self.settle(copy, source)

    def mark(self, copy: Copy, source: str, note: str, limit: int) -> None:
        """Put a note before a copy's text, which stays; where both are too long, the note is a part of its own."""
        first = copy.parts[0]
        text = next((each.body for each in self.target.all() if each.id == first), None)
        if text is not None and not text.startswith(note):
            if utf16_length(marked := f"{note}\n\n{text}") <= limit:
                self._edit(first, marked)
            else:
                part = self.target.add(note, token=self._token(copy, note))
                copy = replace(copy, parts=(*copy.parts, part))
        self.settle(copy, source)

    def settle(self, copy: Copy, source: str, notice: Notice | None = None) -> None:
        """Remember that the other side does not take this text: nothing more is tried until its source changes."""
        self.ledger.record(self.case_id, replace(copy, source=source, sending=None, total=len(copy.parts)), notice)

    def _edit(self, part: str, text: str) -> None:
        try:
            self.target.edit(part, text)
        except NotFound:
            logger.info("a copy that somebody deleted stays deleted", case_id=self.case_id, comment_id=part)

    def _recover(self, copy: Copy, notice: Notice | None) -> Copy:
        if copy.sending is None:
            return copy
        accounted = self.ours | set(copy.parts)
        landed = [
            each.id for each in self.target.all() if each.id not in accounted and digest(each.body) == copy.sending
        ]
        copy = replace(copy, sending=None, parts=(*copy.parts, *landed[:1]))
        self.ledger.record(self.case_id, copy, notice)
        return copy

    def _token(self, copy: Copy, text: str) -> str:
        """The same for the same part with the same text: the service then carries it out once."""
        named = "\n".join((self.case_id, copy.key, str(len(copy.parts)), digest(text)))
        return hashlib.sha256(named.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Voice:
    """All that is said on one side of a pair: copies of the other side's comments, and notices."""

    side: Side
    facts: Facts
    delivery: Delivery
    said: set[str] = field(default_factory=set)

    @classmethod
    def on_issue(cls, ledger: Ledger, jira: JiraClient, pair: Pair, facts: Facts) -> Voice:
        target = IssueComments(jira, pair.issue_id, internal=pair.service_project)
        return cls("jira", facts, Delivery(ledger, pair.case_id, target, facts.known("jira").ours))

    @classmethod
    def on_case(cls, ledger: Ledger, security_ir: SecurityIrClient, pair: Pair, facts: Facts) -> Voice:
        target = CaseComments(security_ir, pair.case_id)
        return cls("security_ir", facts, Delivery(ledger, pair.case_id, target, facts.known("security_ir").ours))

    def copy(self, work: CommentWork) -> bool:
        """Bring a comment of the other side here, or its copy up to date; false where this side does not take it."""
        on_issue = self.side == "jira"
        if work.withdraw and work.copy is not None:
            try:
                self.delivery.rewrite(work.copy, WITHDRAWN, WITHDRAWN_TEXT)
            except Refused as refusal:
                logger.warning("comment not withdrawn", case_id=self.delivery.case_id, reason=str(refusal))
                self.delivery.settle(work.copy, WITHDRAWN)
                return False
            return True
        copy = work.copy or Copy(f"COMMENT#{'security_ir' if on_issue else 'jira'}#{work.comment.id}", source="")
        texts = texts_for_issue(work.comment) if on_issue else texts_for_case(work.comment)
        try:
            self.delivery.deliver(copy, digest(work.comment.body), texts)
        except Refused as refusal:
            logger.warning("comment refused", case_id=self.delivery.case_id, side=self.side, reason=str(refusal))
            return False
        return True

    def deleted(self, copy: Copy) -> None:
        """Say on a copy that its comment was deleted."""
        limit = ISSUE_COMMENT_LIMIT if self.side == "jira" else CASE_COMMENT_LIMIT
        try:
            self.delivery.mark(copy, DELETED, DELETED_NOTE, limit)
        except Refused as refusal:
            logger.warning("deletion not said", case_id=self.delivery.case_id, reason=str(refusal))
            self.delivery.settle(copy, DELETED)

    def details(self, text: str) -> None:
        """Keep the one comment current that tells what has no place of its own here."""
        self._keep_current(DETAILS, text)

    def issue_status(self, notice: Notice) -> None:
        """Keep the one comment current that tells the issue's status on a case whose status AWS sets."""
        self._keep_current(ISSUE_STATUS, wording(notice))

    def _keep_current(self, key: str, text: str) -> None:
        copy = self.facts.copies.get(key) or Copy(key, source="")
        if not copy.complete or copy.source != digest(text):
            try:
                self.delivery.deliver(copy, digest(text), (text,))
            except Refused as refusal:
                logger.warning("comment refused", case_id=self.delivery.case_id, key=key, reason=str(refusal))

    def say(self, notice: Notice) -> None:
        """Say something, unless it was said before."""
        self._say(notice, notice)

    def say_what_waits(self) -> None:
        """Say what the other sink left to be said here."""
        for notice in self.facts.pending:
            if notice.side == self.side:
                self.say(notice)

    def keep(self, step: Step) -> None:
        """Leave a losing value; the ledger remembers that it was said, not what."""
        if step.keep is not None:
            self._say(Notice(self.side, f"kept-{step.facet}", {"text": step.keep}), None)

    def not_taken(self, step: Step) -> None:
        """Leave a value that this side did not take, so that it can be read here all the same."""
        self._say(Notice(self.side, f"refused-{step.facet}", {"text": step.value}), None)

    def _say(self, notice: Notice, remembered: Notice | None) -> None:
        copy = self.facts.copies.get(notice.key) or Copy(notice.key, source="")
        if copy.complete or notice.key in self.said:
            return
        self.said.add(notice.key)
        limit = ISSUE_COMMENT_LIMIT if self.side == "jira" else CASE_COMMENT_LIMIT
        try:
            self.delivery.deliver(copy, "said", notice_texts(notice, limit), remembered)
        except Refused as refusal:
            logger.warning("notice refused", case_id=self.delivery.case_id, kind=notice.kind, reason=str(refusal))
