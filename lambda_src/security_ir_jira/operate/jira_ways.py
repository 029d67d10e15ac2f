"""The doctor's check of the ways through a workflow: whether issues can be taken where cases ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ..config import Config
from ..jira.client import JiraClient
from ..jira.survey import IssueType, JiraSurvey
from ..model import CASE_STATUSES, Status, Transition, Workflow
from ..plan.status import MOST_HOPS, fields_on_the_way, issue_target, place_in_life, walk
from .rounds import Look

_MOST_STATUSES = 15


@dataclass(frozen=True, slots=True)
class Way:
    """What is known of the way to a status: from how many statuses it can be walked, the status from where nobody can
    tell, and what is in the way with what mends it; one trouble at most.
    """

    walked: int
    unseen: str | None = None
    trouble: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Ways:
    """The workflow of an issue type, and by the id of a status the transitions that an issue in it shows."""

    config: Config
    issue_type: IssueType
    workflow: Workflow
    ways: Mapping[str, tuple[Transition, ...]]

    @classmethod
    def of(
        cls, config: Config, survey: JiraSurvey, jira: JiraClient, issue_type: IssueType, workflow: Workflow
    ) -> Ways:
        """Ask Jira, for each status that the mapping names and some issue stands in. Raises what the client raises."""
        named = [each for each in workflow.statuses if place_in_life(each, config.status_mapping) is not None]
        ways: dict[str, tuple[Transition, ...]] = {}
        for status in [each for each in named if each.category != "done"][:_MOST_STATUSES]:
            issue_id = survey.an_issue_in(status.id, issue_type)
            if issue_id is not None:
                ways[status.id] = jira.transitions(issue_id)
        return cls(config, issue_type, workflow, ways)

    def examine(self, look: Look) -> None:
        if not self.ways:
            look.cannot(f'no issue of the type "{self.issue_type.name}" stands in a status of the mapping yet')
        for target in self._targets():
            way = self.way_to(target)
            if way.unseen is not None:
                look.cannot(f'what leads on from "{way.unseen}": no issue stands there')
            if way.trouble is not None:
                look.found(*way.trouble)

    def _targets(self) -> tuple[Status, ...]:
        """The statuses that cases can ask for; none goes back to the first."""
        wanted = (issue_target(status, self.config.status_mapping, self.workflow) for status in CASE_STATUSES[1:])
        return tuple(dict.fromkeys(status for status in wanted if status is not None))

    def way_to(self, target: Status) -> Way:
        """Whether a status can be reached, as issues are walked, from all that come before it in an incident's life."""
        mapping = self.config.status_mapping
        goal = place_in_life(target, mapping)
        unseen, walked = None, 0
        for start in self.workflow.statuses:
            place = place_in_life(start, mapping)
            if start.id not in self.ways or place is None or goal is None or place >= goal:
                continue
            trouble = self._walk(start, target)
            if isinstance(trouble, str):
                unseen = trouble
            elif trouble is not None:
                return Way(walked, unseen, trouble)
            else:
                walked += 1
        return Way(walked, unseen)

    def _walk(self, start: Status, target: Status) -> tuple[str, str] | str | None:
        """What is in the way, and what mends it; or the status from where nobody can tell; ``None`` = nothing is."""
        status = start
        been: tuple[str, ...] = (start.id,)
        for _ in range(MOST_HOPS):
            offered = self.ways.get(status.id)
            if offered is None:
                return status.name
            hop = walk(status, target, (each.to for each in offered), been, self.config.status_mapping)
            if hop is None:
                return (
                    f'Issues cannot be taken from "{start.name}" to "{target.name}": no way leads on from '
                    f'"{status.name}".',
                    f'in Jira, add a transition to "{target.name}" to the workflow, or name the statuses between them '
                    "in status_mapping.to_jira",
                )
            lacking = min((self._lacking(each) for each in offered if each.to.id == hop.id), key=len)
            if lacking:
                fields = ", ".join(f"{name} = …" for name in sorted(lacking))
                return (
                    f'The transition from "{status.name}" to "{hop.name}" demands {", ".join(sorted(lacking))}, which '
                    "nothing gives.",
                    f'transition_fields = {{ "{hop.name}" = {{ {fields} }} }}; terraform apply',
                )
            if hop.id == target.id:
                return None
            status, been = hop, (*been, hop.id)
        return None

    def _lacking(self, transition: Transition) -> frozenset[str]:
        """The fields a transition demands that the settings do not give."""
        given = fields_on_the_way(transition.to, self.config).keys()
        return transition.required - given - ({"resolution"} if self.config.closure_resolutions else set())
