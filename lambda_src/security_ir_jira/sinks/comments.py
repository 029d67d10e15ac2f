"""Bringing a comment to the other side exactly once, in parts where need be; and everything else that is said there.

A part is written down before it is sent and again once its id is known. Where the second is missing, the answer was
lost: the other side is searched for exactly what was sent before anything is sent again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic

from aws_lambda_powertools import Logger

from rich_text import same_words

from ..errors import NotFound, Refused, Unavailable
from ..ledger.pairs import PairLedger
from ..memory import DETAILS, MANAGED, Copy, Facts, Notice, Pair, comment_key, digest
from ..model import other
from ..notices import DELETED_NOTE, NO_LONGER_NEEDED, WITHDRAWN_TEXT, text_of
from ..plan.comments import DELETED, WITHDRAWN, CommentWork, source_of
from ..plan.steps import Step
from .hand import Body, CommentHand
from .surroundings import Surroundings

logger = Logger(child=True)


def _nothing() -> None:
    """What is done before a refusal is settled, where there is nothing to do."""


@dataclass(eq=False, repr=False, slots=True)
class Delivery(Generic[Body]):
    """Deliveries to one side of one pair.

    ``ours`` are the ids of comments there that are accounted for, ``config_digest`` stands for the configuration, and
    ``count`` adds one to a metric.
    """

    ledger: PairLedger
    case_id: str
    hand: CommentHand[Body]
    ours: frozenset[str] = frozenset()
    config_digest: str = ""
    count: Callable[[str], None] = lambda _: None

    def deliver(
        self,
        copy: Copy,
        source: str,
        bodies: Sequence[Body],
        notice: Notice | None = None,
        *,
        document: str | None = None,
        whole: bool = False,
        before_settling: Callable[[], None] = _nothing,
    ) -> None:
        """Make ``bodies`` stand on the other side as the copy, unless that side refuses them.

        ``source`` is the digest of what they were made from, and ``document`` stands for what that was read from;
        ``whole`` replaces what stands there without a look at it.
        May be interrupted anywhere and called again: a refusal is remembered only once ``before_settling`` is through.
        """
        copy = self._recover(copy, notice)
        try:
            if copy.parts and (copy.source != source or copy.refused is not None):
                for part, body in zip(copy.parts, bodies, strict=False):
                    self._write(self.hand.replace if whole else self.hand.edit, part, body)
                for part in copy.parts[len(bodies) :]:
                    self._write(self.hand.replace, part, self.hand.plain(NO_LONGER_NEEDED))
            copy = replace(copy, source=source, document=document, total=len(bodies), refused=None)
            for body in bodies[len(copy.parts) :]:
                copy = self._add(copy, body, notice)
        except Refused as refusal:
            logger.warning("comment refused", case_id=self.case_id, key=copy.key, reason=str(refusal))
            before_settling()
            # With the parts that were taken, or they would pass for somebody's own comments.
            self.settle(replace(copy, refused=self.config_digest or None), source, document, notice)
            self.count("Refused")
            return
        self.ledger.record(self.case_id, copy, notice)

    def rewrite(self, copy: Copy, source: str, text: str) -> None:
        """Put one text in the place of every part of a copy."""
        copy = self._recover(copy, None)
        for part in copy.parts:
            self._write(self.hand.replace, part, self.hand.plain(text))
        self.settle(copy, source)

    def put_before(self, copy: Copy, source: str, note: str) -> None:
        """Put a note before a copy's text, which stays; where both are too long, the note is a part of its own."""
        copy = self._recover(copy, None)
        standing = [each for each in self.hand.all() if each.id in copy.parts]
        first = next((each for each in standing if each.id == copy.parts[0]), None)
        if first is not None and not any(each.body.startswith(note) for each in standing):
            headed = self.hand.headed(note, first)
            if headed is not None:
                self._write(self.hand.replace, first.id, headed)
            else:
                copy = self._add(copy, self.hand.plain(note), None)
        self.settle(copy, source)

    def reads_as(self, copy: Copy, bodies: Sequence[Body]) -> bool:
        """Whether a copy still has the words of these bodies."""
        standing = {each.id: each.body for each in self.hand.all() if each.id in copy.parts}
        here = "\n".join(standing.get(part, "") for part in copy.parts)
        return same_words(here, "\n".join(map(self.hand.as_read, bodies)))

    def settle(self, copy: Copy, source: str, document: str | None = None, notice: Notice | None = None) -> None:
        """Remember that the other side does not take this text: nothing more is tried until its source changes."""
        settled = replace(copy, source=source, document=document, sending=None, total=len(copy.parts))
        self.ledger.record(self.case_id, settled, notice)

    def _add(self, copy: Copy, body: Body, notice: Notice | None) -> Copy:
        self.ledger.record(self.case_id, replace(copy, sending=digest(self.hand.as_read(body))), notice)
        part = self.hand.add(body, token=self._token(copy, body))
        return replace(copy, parts=(*copy.parts, part))

    def _write(self, write: Callable[[str, Body], None], part: str, body: Body) -> None:
        try:
            write(part, body)
        except NotFound as missing:
            if any(each.id == part for each in self.hand.all()):
                raise Unavailable(str(missing)) from missing
            logger.info("a copy that somebody deleted stays deleted", case_id=self.case_id, comment_id=part)

    def _recover(self, copy: Copy, notice: Notice | None) -> Copy:
        if copy.sending is None:
            return copy
        accounted = self.ours | set(copy.parts)
        landed = [each.id for each in self.hand.all() if each.id not in accounted and digest(each.body) == copy.sending]
        copy = replace(copy, sending=None, parts=(*copy.parts, *landed[:1]))
        self.ledger.record(self.case_id, copy, notice)
        return copy

    def _token(self, copy: Copy, body: Body) -> str:
        """The same for the same part with the same text: the service then carries it out once."""
        named = "\n".join((self.case_id, copy.key, str(len(copy.parts)), digest(self.hand.as_read(body))))
        return hashlib.sha256(named.encode()).hexdigest()


@dataclass(eq=False, repr=False, slots=True)
class Voice(Generic[Body]):
    """All that is said on one side of a pair: copies of the other side's comments, and notices."""

    facts: Facts
    hand: CommentHand[Body]
    delivery: Delivery[Body]
    said: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, surroundings: Surroundings, pair: Pair, facts: Facts, hand: CommentHand[Body]) -> Voice[Body]:
        delivery = Delivery(
            surroundings.ledger,
            pair.case_id,
            hand,
            facts.known(hand.side).ours,
            surroundings.config.digest,
            surroundings.count,
        )
        return cls(facts, hand, delivery)

    def copy(self, work: CommentWork, refused: Callable[[], None]) -> None:
        """Bring a comment of the other side here, or its copy up to date.

        ``refused`` says on the other side that this one does not take it, before that is remembered.
        """
        if work.withdraw and work.copy is not None:
            self._withdraw(work.copy, refused)
            return
        written_on = other(self.hand.side)
        copy = work.copy or Copy(comment_key(written_on, work.comment.id), source="")
        source, bodies = source_of(written_on, work.comment), self.hand.copies(work.comment)
        if work.compare and self.delivery.reads_as(copy, bodies):
            self.delivery.settle(copy, source, work.comment.document)
            return
        self.delivery.deliver(copy, source, bodies, document=work.comment.document, before_settling=refused)

    def _withdraw(self, copy: Copy, refused: Callable[[], None]) -> None:
        try:
            self.delivery.rewrite(copy, WITHDRAWN, WITHDRAWN_TEXT)
        except Refused as refusal:
            logger.warning("comment not withdrawn", case_id=self.delivery.case_id, reason=str(refusal))
            refused()
            self.delivery.settle(copy, WITHDRAWN)

    def deleted(self, copy: Copy) -> None:
        """Say on a copy that its comment was deleted."""
        try:
            self.delivery.put_before(copy, DELETED, DELETED_NOTE)
        except Refused as refusal:
            logger.warning("deletion not said", case_id=self.delivery.case_id, reason=str(refusal))
            self.delivery.settle(copy, DELETED)

    def details(self, text: str, body: Body) -> None:
        """Keep the one comment current that tells what has no place of its own here; ``text`` is what it says."""
        self._keep_current(DETAILS, digest(text), (body,))

    def say(self, notice: Notice) -> None:
        """Say something, unless it was said before; what tells a state is kept current in one comment."""
        managed = MANAGED.get(notice.kind)
        if managed is not None:
            self._keep_current(managed, digest(text_of(notice)), self.hand.notice(notice))
        else:
            self._say(notice, notice)

    def say_what_waits(self) -> None:
        """Say what the other sink left to be said here."""
        for notice in self.facts.pending:
            if notice.side == self.hand.side:
                self.say(notice)

    def keep(self, step: Step) -> None:
        """Leave a losing value; the ledger remembers that it was said, not what."""
        if step.keep is not None:
            self._say(Notice(self.hand.side, f"kept-{step.facet}", {"text": step.keep}), None)

    def not_taken(self, step: Step) -> None:
        """Leave a value that this side did not take, so that it can be read here all the same."""
        self._say(Notice(self.hand.side, f"refused-{step.facet}", {"text": step.value}), None)

    def _keep_current(self, key: str, source: str, bodies: Sequence[Body]) -> None:
        copy = self.facts.copies.get(key) or Copy(key, source="")
        if not copy.complete or copy.source != source:
            self.delivery.deliver(copy, source, bodies, whole=True)

    def _say(self, notice: Notice, remembered: Notice | None) -> None:
        copy = self.facts.copies.get(notice.key) or Copy(notice.key, source="")
        if copy.complete or notice.key in self.said:
            return
        self.said.add(notice.key)
        self.delivery.deliver(copy, "said", self.hand.notice(notice), remembered)
