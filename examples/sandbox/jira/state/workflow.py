"""Workflows as data: statuses, and the transitions that lead from one to another.

A transition's name is never its status' name in the stricter workflows, as in real projects.
https://support.atlassian.com/jira-cloud-administration/docs/work-with-issue-workflows/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.jira.state.model import Issue, User


@dataclass(frozen=True, slots=True)
class Status:
    """A status; ``category`` is Jira's key: ``new``, ``indeterminate`` or ``done``."""

    id: str
    name: str
    category: str

    @property
    def done(self) -> bool:
        return self.category == "done"


@dataclass(frozen=True, slots=True)
class ScreenField:
    """A field on a transition's screen."""

    id: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """A way to the status ``to`` from the statuses ``sources``, or from everywhere when there are none.

    ``resolves`` sets the resolution of that name and ``reopens`` clears it: Jira's post functions.
    ``condition`` hides the transition from those for whom it is false.
    """

    id: str
    name: str
    to: Status
    sources: tuple[Status, ...] = ()
    screen: tuple[ScreenField, ...] = ()
    resolves: str | None = None
    reopens: bool = False
    condition: Callable[[Issue, User], bool] | None = None

    def leaves(self, status: Status) -> bool:
        return not self.sources or status in self.sources

    def open_to(self, issue: Issue, user: User) -> bool:
        return self.condition is None or self.condition(issue, user)


@dataclass(frozen=True, slots=True)
class Workflow:
    """Statuses in the order of the board, the transitions, and the status of a new issue."""

    name: str
    statuses: tuple[Status, ...]
    transitions: tuple[Transition, ...]

    @property
    def initial(self) -> Status:
        return self.statuses[0]

    def status(self, name_or_id: str) -> Status:
        """The status of that name or id; KeyError where the workflow has none."""
        for status in self.statuses:
            if name_or_id in (status.name, status.id):
                return status
        raise KeyError(name_or_id)

    def from_status(self, status: Status) -> list[Transition]:
        return [transition for transition in self.transitions if transition.leaves(status)]

    @classmethod
    def all_to_all(cls, name: str, statuses: Sequence[Status]) -> Workflow:
        """Every status is reached from everywhere, as in a simplified workflow."""
        transitions = tuple(
            Transition(
                id=str(11 + 10 * place),
                name=status.name,
                to=status,
                resolves="Done" if status.done else None,
                reopens=not status.done,
            )
            for place, status in enumerate(statuses)
        )
        return cls(name, tuple(statuses), transitions)

    @classmethod
    def simple(cls) -> Workflow:
        """To Do, In Progress, In Review, Done; everything leads everywhere."""
        return cls.all_to_all("simple", (TO_DO, IN_PROGRESS, IN_REVIEW, DONE))

    @classmethod
    def strict(cls) -> Workflow:
        """The statuses of ``simple``, one step at a time; the last one demands a resolution."""
        resolution = (ScreenField("resolution", required=True),)
        return cls(
            "strict",
            (TO_DO, IN_PROGRESS, IN_REVIEW, DONE),
            (
                Transition("111", "Start work", IN_PROGRESS, (TO_DO,)),
                Transition("121", "Stop work", TO_DO, (IN_PROGRESS,)),
                Transition("131", "Send to review", IN_REVIEW, (IN_PROGRESS,)),
                Transition("141", "Ask for changes", IN_PROGRESS, (IN_REVIEW,)),
                Transition("151", "Approve", DONE, (IN_REVIEW,), screen=resolution),
                Transition("161", "Reopen", IN_REVIEW, (DONE,), reopens=True),
            ),
        )

    @classmethod
    def localised(cls) -> Workflow:
        """Status and transition names in German."""
        return cls.all_to_all(
            "localised",
            (
                Status("10110", "Zu erledigen", "new"),
                Status("10111", "In Arbeit", "indeterminate"),
                Status("10112", "In Prüfung", "indeterminate"),
                Status("10113", "Erledigt", "done"),
            ),
        )


TO_DO = Status("10000", "To Do", "new")
IN_PROGRESS = Status("3", "In Progress", "indeterminate")
IN_REVIEW = Status("10001", "In Review", "indeterminate")
DONE = Status("10002", "Done", "done")
