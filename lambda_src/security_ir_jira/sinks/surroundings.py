"""What every run works with besides the two systems: settings, ledger, bus, clock."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ..config import Config
from ..events import Change, Event, EventBus, EventType
from ..ledger.breakers import Breaker
from ..ledger.cursors import CaseCursors, IssueCursors
from ..ledger.pairs import PairLedger
from ..ledger.troubles import Troubles
from ..memory import Notice, Pair
from ..model import Issue, Side

_REMEMBERED_SECONDS = 2 * 86_400.0
"""How long the issue sweep may look back without meeting again what was dealt with."""
_BELLS: dict[Side, EventType] = {"jira": "CaseUpdated", "security_ir": "IssueUpdated"}
"""The events that the sink of each side listens to: those of the other side."""


@dataclass(eq=False, repr=False, slots=True)
class Surroundings:
    """``site`` gives the address of the Jira site, ``clock`` the epoch in seconds; ``count`` adds one to a metric, and
    ``measure`` notes a number of seconds. ``breakers`` are those of both sides.
    """

    config: Config
    ledger: PairLedger
    cursors: CaseCursors
    issue_cursors: IssueCursors
    bus: EventBus
    site: Callable[[], str]
    count: Callable[[str], None]
    measure: Callable[[str, float], None]
    breakers: Sequence[Breaker]
    troubles: Troubles
    clock: Callable[[], float] = time.time

    def admit(self) -> None:
        """Raises ``SideDown`` while a side is to be left alone."""
        for breaker in self.breakers:
            breaker.admit()

    def issue_url(self, key: str) -> str:
        """The page people open for an issue."""
        return f"{self.config.jira_browse_url or self.site()}/browse/{key}"

    def bind(self, pair: Pair, *, case_by_us: bool = False) -> None:
        """Make a pair; ``case_by_us`` says that its case was made for its issue. Raises ``AlreadyPaired``."""
        self.ledger.bind(pair)
        # Known to the case sweep from now on, should the case be closed before it was ever listed.
        self.cursors.born(pair.case_id, by_us=case_by_us)

    def note_write(self, case_id: str) -> None:
        """A case is about to be written to: what is told of that is our own echo."""
        self.cursors.written(case_id)

    def brought(self, pair: Pair) -> None:
        """What people did on the case stands on the issue: the sweeps are to look for more of it."""
        self.cursors.moved_by_people(pair.case_id)

    def meet(self, pair: Pair, mirrors: Sequence[str]) -> None:
        """Note that instances at other sites mirror a case, too: those at ours the doctor finds by their labels.

        Where nobody else does, it is not even asked where our own site is: most looks need no credentials.
        """
        if not mirrors:
            return
        here = self.issue_url("")
        elsewhere = ", ".join(each for each in mirrors if not each.startswith(here))
        if elsewhere and self.cursors.of(pair.case_id).mirrors != elsewhere:
            self.cursors.mirrored(pair.case_id, elsewhere)

    def looked_at(self, issue: Issue) -> None:
        """All that an issue held was dealt with: the issue sweep need not announce it as it stands.

        Where dates are whole seconds, it may have been updated once more within the one in which it was read.
        """
        if issue.updated is not None and issue.updated.microsecond:
            self.issue_cursors.advance(issue.id, issue.updated.isoformat(), keep_for=_REMEMBERED_SECONDS)

    def leave(self, pair: Pair, notice: Notice) -> None:
        """Leave something for the sink of its side to say, and ring its bell."""
        self.ledger.leave(pair.case_id, notice)
        self.ring(pair, notice.side, ("notice",))

    def ring(self, pair: Pair, side: Side, changed: tuple[Change, ...], bell: EventType | None = None) -> None:
        """Ring the bell of the sink that writes a side."""
        self.bus.publish(
            [
                Event(
                    type=bell or _BELLS[side],
                    changed=changed,
                    case_id=pair.case_id,
                    case_arn=pair.case_arn,
                    issue_id=pair.issue_id,
                    issue_key=pair.issue_key,
                    issue_url=self.issue_url(pair.issue_key),
                )
            ]
        )
