"""What there is to see on a stage now: parts of plain values, read from its servers and kept nowhere else."""

from __future__ import annotations

from typing import Any

from sandbox.page import flow, sides
from sandbox.page.pairs import Couple, couples
from sandbox.page.surroundings import Surroundings
from sandbox.page.troubles import Troubles
from sandbox.stage import Stage

Part = dict[str, Any]


class Snapshot:
    """Takes snapshots of a stage, before the module is applied, too."""

    def __init__(self, stage: Stage, troubles: Troubles) -> None:
        self._stage = stage
        self._troubles = troubles
        self._surroundings: Surroundings | None = None

    def take(self, chosen: str) -> dict[str, Part]:
        """The parts by name; ``chosen`` is the pair to look at: ``case-<id>`` or ``issue-<id>``."""
        stage, around = self._stage, self._around()
        items = stage.cloud.items(around.table) if around else []
        known = couples(stage.security_ir.cases_with_comments(), stage.jira.issues(), items)
        flowing = flow.Flowing.of(stage.cloud, around)
        found = next((each for each in known if chosen and chosen in (each.name, each.also)), None)
        return {
            "clock": {"offset": stage.clock.offset, "virtual": stage.clock.virtual, "applied": around is not None},
            "pairs": {"pairs": [self._listed(each, flowing) for each in known]},
            "pair": {"pair": self._shown(found, flowing) if found else None},
            "flow": flow.between(stage, around, flowing),
            "runs": {"runs": flow.runs(flowing)},
            "troubles": self._troubles.state(),
        }

    def _around(self) -> Surroundings | None:
        """What the module made; it says so once it is applied."""
        if self._surroundings is None and self._stage.outputs:
            self._surroundings = Surroundings.of(self._stage)
        return self._surroundings

    def _listed(self, couple: Couple, flowing: flow.Flowing) -> Part:
        case, issue = couple.case, couple.issue
        return {
            "name": couple.name,
            "also": couple.also,
            "title": case.title if case else issue.summary if issue else "",
            "case": couple.case_id,
            "key": issue.key if issue else couple.known.get("issue_key"),
            "case_status": case.status if case else None,
            "issue_status": issue.status.name if issue else None,
            "state": self._judged(couple, flowing).state(),
        }

    def _shown(self, couple: Couple, flowing: flow.Flowing) -> Part:
        return sides.shown(self._stage, couple, self._judged(couple, flowing))

    def _judged(self, couple: Couple, flowing: flow.Flowing) -> sides.Judged:
        statuses = self._surroundings.statuses if self._surroundings else None
        return sides.judged(self._stage, couple, flowing.about(couple.marks), statuses)
