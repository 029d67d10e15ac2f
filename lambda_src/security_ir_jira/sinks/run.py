"""One run: bring one side of a pair into step with the other.

Take the pair's lease, load what is remembered, look at both sides, ask the planner, carry out what is for the side
that this run writes, and record each effect as soon as it happened. What is for the other side to do or say is left in
the ledger, and its sink's bell is rung. May be interrupted anywhere and run again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Generic, Protocol

from aws_lambda_powertools import Logger

from ..answers import ABOUT_US_DELAY
from ..config import GONE_SECONDS
from ..errors import NotFound, NotPermitted, PairBusy, Refused, RetryLater, SideDown
from ..events import Change, Heard
from ..ledger.troubles import Attempt
from ..memory import Agreed, Facts, Pair, Writing
from ..model import Facet, Issue, Workflow, other
from ..plan.comments import CommentWork
from ..plan.steps import Step
from ..plan.whole import Plan, Seen, Work, plan, status_may_have_moved
from .comments import Voice
from .hand import Absent, Body, Born, Hand
from .surroundings import Surroundings

logger = Logger(child=True)

_DECIDED_SECONDS = 3 * GONE_SECONDS
"""After so long the sink that decides whether a missing side is gone has decided."""
_FRESH_SECONDS = 60.0
"""A message younger than this is tried without a look at how others of its pair fare."""
_DEEP: frozenset[Change] = frozenset({"deep"})
_LONGEST_DELAY = 86_400.0


class Births(Protocol):
    """How the other half of a case or an issue comes to be."""

    def case_of(self, subject: str, lease_seconds: float) -> str | Born | None:
        """The case that what was heard is about, or the pair made for that; ``None`` where there is to be none."""
        ...

    def pair_of(self, case_id: str, facts: Facts, heard: Heard) -> Pair | Born | None:
        """The pair of a case that has none, found or made; ``None`` where it is not to have one."""
        ...


@dataclass(eq=False, repr=False, slots=True)
class Waiting:
    """Parts of a run that have to wait: none holds up another, and the run comes again for them.

    ``denial`` tells what a 404 means where the side itself is there; ``None`` where it is not.
    """

    denial: Callable[[NotFound], RetryLater | None]
    troubles: list[RetryLater | Refused] = field(default_factory=list)

    @contextmanager
    def part(self) -> Iterator[None]:
        try:
            yield
        except SideDown:
            raise
        except (RetryLater, Refused) as trouble:
            self._put_off(trouble)
        except NotFound as missing:
            denial = self.denial(missing)
            if denial is None:
                raise
            self._put_off(denial)

    def _put_off(self, trouble: RetryLater | Refused) -> None:
        logger.warning("a part has to wait", reason=str(trouble), error=type(trouble).__name__)
        self.troubles.append(trouble)

    def end(self) -> None:
        """Raises the trouble that has the least to wait."""
        if self.troubles:
            raise min(self.troubles, key=lambda trouble: getattr(trouble, "delay", None) or 0.0)


@dataclass(eq=False, repr=False, slots=True)
class Sink(Generic[Body]):
    """Everything a function does that writes one side."""

    surroundings: Surroundings
    hand: Hand[Body]
    births: Births
    read: Callable[[dict[str, Any]], tuple[str, Heard]]

    def receive(self, subject: str, heard: Sequence[Heard], seconds: float, sent: float) -> None:
        """Bring a pair into step; ``seconds`` outlast the invocation, ``sent`` is when the latest of it was sent.

        Raises ``RetryLater`` where that has to wait.
        """
        surroundings, news = self.surroundings, Heard.together(heard)
        surroundings.admit()
        began = surroundings.clock()
        if began - sent >= _FRESH_SECONDS:
            surroundings.troubles.wait_for_turn(self.hand.side, subject, news.changed, sent)
        try:
            self._bring_into_step(subject, news, seconds)
        except (PairBusy, SideDown):
            raise
        except (RetryLater, Refused) as trouble:
            due_in = (trouble.delay or ABOUT_US_DELAY) if isinstance(trouble, NotPermitted) else None
            surroundings.troubles.note(
                self.hand.side,
                subject,
                type(trouble).__name__,
                str(trouble),
                attempt=Attempt(began, news.changed),
                due_in=due_in,
            )
            raise

    def _bring_into_step(self, subject: str, news: Heard, seconds: float) -> None:
        case = self.births.case_of(subject, seconds)
        if case is None:
            return
        case_id, born = (case.pair.case_id, case) if isinstance(case, Born) else (case, None)
        ledger = self.surroundings.ledger
        with ledger.lease_case(case_id, seconds):
            facts = ledger.load(case_id)
            if facts.pair is not None:
                self._run(facts.pair, facts, news.changed, born if born and born.is_still(facts.pair) else None)
                return
            pair = self.births.pair_of(case_id, facts, news)
            if isinstance(pair, Born):
                # Nothing is known of it but what was bound.
                changed = _DEEP if pair.deep else news.changed
                self._run(pair.pair, replace(facts, reservation=None), changed, pair)
            elif pair is not None:
                self._run(pair, ledger.load(case_id), _DEEP)

    def _run(self, pair: Pair, facts: Facts, changed: frozenset[Change], born: Born | None = None) -> None:
        side = self.hand.side
        logger.append_keys(case_id=pair.case_id, issue_key=pair.issue_key)
        voice = self._voice(pair, facts)
        try:
            if changed == {"notice"} or pair.gone is not None:
                if pair.gone != side:
                    self.hand.greet(pair, voice)
                    voice.say_what_waits()
                return
            seen = self.hand.look(pair, facts, changed, born)
            if seen is not None:
                self._carry_out(self._met(seen), changed)
        except Absent as absent:
            if absent.side == side:
                self._leave_absence_to_the_other_sink(pair, absent)
            else:
                self._other_side_absent(pair, voice)
        except NotFound as missing:
            if pair.gone is not None:
                logger.info("both halves of a pair are gone", case_id=pair.case_id, issue_key=pair.issue_key)
                return
            if changed == {"notice"} and side == "security_ir":
                # The other sink would only ask again for what is to be said; that a case is gone the sweep finds.
                raise RetryLater("a case cannot be told anything", delay=GONE_SECONDS + 60) from missing
            denial = self._denial(pair, missing)
            if denial is not None:
                raise denial from missing
            self._leave_absence_to_the_other_sink(pair, missing)

    def _denial(self, pair: Pair, missing: NotFound) -> NotPermitted | None:
        """What a 404 means that came from a side that is there: who lacks a permission may be answered like that.

        Taken for an absence it would have both sinks ring each other on and on: one finds what the other misses.
        ``None`` where the side is not there.
        """
        try:
            self.hand.find(pair)
        except NotFound:
            return None
        return NotPermitted(str(missing), delay=ABOUT_US_DELAY)

    def _voice(self, pair: Pair, facts: Facts) -> Voice[Body]:
        return Voice.of(self.surroundings, pair, facts, self.hand.comments(pair))

    def _met(self, seen: Seen) -> Seen:
        """What was seen, with the pair as it is now: back again, or at another place."""
        ledger = self.surroundings.ledger
        if other(self.hand.side) in seen.pair.missing:
            ledger.found(seen.pair.case_id, other(self.hand.side))
            # What was to be written there meanwhile has long stopped waiting.
            self.surroundings.ring(seen.pair, other(self.hand.side), ("deep",))
        pair, issue = seen.pair, seen.issue
        if issue is None:
            return seen
        if pair.dressed and pair.unproven:
            pair = self._proven(pair, issue)
        return replace(seen, pair=ledger.located(pair, issue))

    def _proven(self, pair: Pair, issue: Issue) -> Pair:
        """The pair, once it was seen whether Jira took the property together with the labels."""
        if issue.made_for is not None:
            self.surroundings.ledger.dressed(pair.case_id)
            return replace(pair, unproven=False)
        self.surroundings.ledger.undressed(pair.case_id)
        if self.hand.side != "jira":
            self.surroundings.ring(pair, "jira", ("case",))
        return replace(pair, dressed=False)

    def _carry_out(self, seen: Seen, changed: frozenset[Change]) -> None:
        side, surroundings = self.hand.side, self.surroundings
        waiting, workflow = Waiting(partial(self._denial, seen.pair)), None
        with waiting.part():
            workflow = self._workflow(seen)
        url = surroundings.issue_url(seen.pair.issue_key)
        whole = plan(seen, surroundings.config, workflow, issue_url=url)
        mine, voice = whole.on(side), self._voice(seen.pair, seen.facts)
        with waiting.part():
            self._write_texts(seen, whole, voice)
        with waiting.part():
            self.hand.introduce(seen, voice)
            voice.say_what_waits()
            for work in mine.comments:
                voice.copy(work, self._refused(seen.pair, work))
            for copy in mine.deleted:
                voice.deleted(copy)
        if surroundings.config.sync_attachments:
            with waiting.part():
                self.hand.bring_files(seen, whole, voice)
        with waiting.part():
            self._write_status(seen, mine.status, voice)
        if not waiting.troubles or not seen.pair.dressed:
            # Each try that fails would ring once more, and the other sink likewise.
            self._ring_for_the_rest(seen, whole)
        if surroundings.config.sync_watchers:
            with waiting.part():
                self.hand.follow_watchers(seen, [work.comment for work in mine.comments])
        if waiting.troubles and changed <= {"comments", "notice"}:
            # What comes again for its comments will find them done, and look no further. A sink may not ring its own
            # bell, but the other one, which sees what is left, rings it.
            surroundings.ring(seen.pair, other(side), ("deep",))
        surroundings.ledger.record_documents(seen.pair.case_id, whole.documents)
        waiting.end()
        if mine:
            self._measure_delay(seen, mine)
            if side == "jira":
                surroundings.brought(seen.pair)
        if side == "security_ir" and seen.issue is not None:
            surroundings.looked_at(seen.issue)

    def _measure_delay(self, seen: Seen, mine: Work) -> None:
        """How long what was written just now had been standing on the other side, by that side's own dates."""
        source = seen.issue if self.hand.side == "security_ir" else seen.case
        dates = [work.comment.created for work in mine.comments]
        if source is not None and source.updated is not None:
            dates.append(source.updated)
        delays = [self.surroundings.clock() - date.timestamp() for date in dates]
        # What is older was brought in by a birth or a backfill.
        if delays and min(delays) < _LONGEST_DELAY:
            self.surroundings.measure("Delay", max(0.0, min(delays)))

    def _workflow(self, seen: Seen) -> Workflow | None:
        """The workflow, where a status may have to move in it."""
        may_have_moved = status_may_have_moved(seen, self.surroundings.config)
        return self.hand.workflow(seen.issue) if seen.issue and may_have_moved else None

    def _ring_for_the_rest(self, seen: Seen, whole: Plan) -> None:
        """Tell the other sink of what this one saw and may not write.

        Comments and files of a case announce themselves; in Jira there may be no rule that does.
        """
        side = other(self.hand.side)
        work = whole.on(side)
        if work.texts or work.status or (side == "security_ir" and work):
            self.surroundings.ring(seen.pair, side, ("deep",))
        elif side == "security_ir" and seen.facts.unsaid(side):
            self.surroundings.ring(seen.pair, side, ("notice",), "IssueCreated")

    # Texts

    def _write_texts(self, seen: Seen, whole: Plan, voice: Voice[Body]) -> None:
        side, steps = self.hand.side, whole.on(self.hand.side).texts
        for step in steps:
            voice.keep(step)
        if steps:
            self._write_down_first(seen.pair, steps)
        agreed: dict[Facet, Agreed] = whole.settled | {step.facet: step.agreed for step in steps}
        for step in self._refused_texts(seen.pair, steps):
            agreed[step.facet] = self._refusal(replace(step.held, refused=side))
            closed = self.hand.why_not(seen.pair)
            if closed is None:
                voice.not_taken(step)
            else:
                self.surroundings.leave(seen.pair, closed)
        if agreed:
            self.surroundings.ledger.advance(seen.pair.case_id, agreed)

    def _refusal(self, agreed: Agreed) -> Agreed:
        """What both sides hold where one did not take a value: silent until either moves, or the configuration."""
        self.surroundings.count("Refused")
        return replace(agreed, under=self.surroundings.config.digest or None)

    def _write_down_first(self, pair: Pair, steps: Sequence[Step]) -> None:
        """What is written and not recorded, a crash being between, is not to be taken for a person's edit."""
        side = self.hand.side
        intended: dict[Facet, Agreed] = {
            step.facet: replace(step.base, writing=Writing(side, step.agreed.case, step.agreed.issue, step.agreed.cut))
            for step in steps
        }
        self.surroundings.ledger.advance(pair.case_id, intended)

    def _refused_texts(self, pair: Pair, steps: Sequence[Step]) -> list[Step]:
        """Write them, and return those that are refused: one that is refused never takes another along."""
        if not steps or self._are_taken(pair, steps):
            return []
        return list(steps) if len(steps) == 1 else [step for step in steps if not self._are_taken(pair, [step])]

    def _are_taken(self, pair: Pair, steps: Sequence[Step]) -> bool:
        try:
            self.hand.set_texts(pair, steps)
        except Refused as refusal:
            logger.warning("texts refused", case_id=pair.case_id, side=self.hand.side, reason=str(refusal))
            return False
        return True

    def _refused(self, pair: Pair, work: CommentWork) -> Callable[[], None]:
        """What says on the other side that this one does not take a comment."""

        def say() -> None:
            notice = self.hand.why_not(pair, work.comment)
            if notice is not None:
                self.surroundings.leave(pair, notice)

        return say

    # Status

    def _write_status(self, seen: Seen, step: Step | None, voice: Voice[Body]) -> None:
        if step is None:
            return
        agreed = step.agreed
        if step.write is not None:
            voice.keep(step)
            agreed = self.hand.move(seen, step, voice)
            if agreed.refused is not None:
                agreed = self._refusal(agreed)
        for notice in step.notices:
            voice.say(notice)
        self.surroundings.ledger.advance(seen.pair.case_id, {"status": agreed})

    # Absence

    def _leave_absence_to_the_other_sink(self, pair: Pair, missing: Exception) -> None:
        """The sink that reads the missing side decides whether it is gone; until then the change waits."""
        side = self.hand.side
        self.hand.make_sure_readable(pair, side)
        had_its_time = self.surroundings.clock() - pair.missing.get(side, math.inf) > _DECIDED_SECONDS
        if side not in pair.missing:
            self.surroundings.ledger.missing(pair.case_id, side)
        if side not in pair.missing or had_its_time:
            if side == "security_ir":
                self.surroundings.ring(pair, "jira", ("case",), "CaseDeleted")
            else:
                self.surroundings.ring(pair, "security_ir", ("issue",), "IssueDeleted")
        if had_its_time:
            # It went with others, and was not called gone. Whoever finds it again rings for what was not written.
            logger.warning("a side of the pair stays away", side=side)
            return
        raise RetryLater(f"a side of the pair cannot be found: {side}", delay=GONE_SECONDS + 60) from missing

    def _other_side_absent(self, pair: Pair, voice: Voice[Body]) -> None:
        """What was not found once may be back; what stays away while its like can be read is gone."""
        side, ledger = other(self.hand.side), self.surroundings.ledger
        self.hand.make_sure_readable(pair, side)
        now = self.surroundings.clock()
        since = pair.missing.get(side, now)
        if side not in pair.missing:
            ledger.missing(pair.case_id, side)
        left = since + GONE_SECONDS - now
        if left > 0:
            raise RetryLater(f"a side of the pair cannot be found: {side}", delay=left + 1)
        if self.hand.went_with_others(pair):
            # Not one that somebody deleted: nothing is done about it, and nothing waits for it.
            logger.error("most of a side went at once", case_id=pair.case_id, issue_key=pair.issue_key, side=side)
            return
        logger.warning("one side of a pair was deleted", case_id=pair.case_id, issue_key=pair.issue_key, side=side)
        try:
            self.hand.part(pair, voice)
        except NotFound as missing:
            denial = self._denial(pair, missing)
            if denial is not None:
                raise denial from missing
            logger.info("its other half is gone as well", case_id=pair.case_id, issue_key=pair.issue_key)
        ledger.gone(pair.case_id, side)
