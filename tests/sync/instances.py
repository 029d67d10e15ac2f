"""Two instances of the module beside each other, on one account and one Jira site."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from security_ir_jira.config import Config

from .loop import ACCOUNT, Loop, make_table, said_on_issue


@dataclass(frozen=True, slots=True)
class Instances:
    """Two instances in one account and on one Jira site, each with a project of its own (SEC and OPS, where a test says
    no more), or with one project for both.
    """

    sec: Loop
    ops: Loop

    def settle(self, seconds: float = 3_600) -> None:
        """Let both work, on one clock, until nothing is due any more within that time."""
        clock, end = self.sec.clock, self.sec.clock.now + seconds
        for _ in range(5_000):
            if self.sec.step() or self.ops.step():
                continue
            due = [message.due for loop in (self.sec, self.ops) for message in loop.waiting]
            if not due or min(due) > end:
                return
            clock.now = max(clock.now, min(due))
        raise AssertionError(f"never at rest: {self.sec.events[-5:]} {self.ops.events[-5:]}")

    def sweep(self) -> None:
        """All four sweeps, once."""
        for loop in (self.sec, self.ops):
            loop.sweep_cases()
            loop.sweep_issues()
        self.settle()

    def a_day_of_sweeps(self) -> None:
        for _ in range(8):
            for loop in (self.sec, self.ops):
                loop.sweep_cases()
                loop.sweep_issues()
            self.settle(10_800)
            self.sec.clock.pass_seconds(10_800)

    def keys(self, case_id: str) -> list[str]:
        """All issues that are marked as those of a case."""
        label = f"aws-sir-{case_id}"
        return [each.key for each in self.sec.jira.issues() if label in each.labels]

    def key(self, project: str, case_id: str) -> str:
        """The one issue of a case in a project."""
        (key,) = (each for each in self.keys(case_id) if each.startswith(project))
        return key

    def said(self, project: str, case_id: str) -> list[str]:
        return [each.text for each in said_on_issue(self.sec, self.key(project, case_id))]

    def at_rest(self) -> None:
        self.a_day_of_sweeps()
        quiet = self.sec.quiet()
        self.a_day_of_sweeps()
        assert quiet.writes == []
        assert self.sec.waiting == self.ops.waiting == []


@contextmanager
def beside(loop: Loop, other: Config, *, project: str = "OPS") -> Iterator[Instances]:
    """A second instance beside one that runs, in another project or in the same."""
    if project not in loop.jira.site.projects:
        loop.jira.add_project(project)
    make_table("second")
    second = Loop(loop.jira, loop.service, loop.clock, other, table="second", project=project, key="AKIASECOND")
    loop.key = "AKIAFIRST"
    loop.start(loop.config)
    for name, key in ((loop.config.name, loop.key), (other.name, "AKIASECOND")):
        function = f"{name}-security-ir-client"
        loop.service.principals[key] = f"arn:aws:sts::{ACCOUNT}:assumed-role/{function}-0a1b2c3d/{function}"
    yield Instances(loop, second)
    assert second.overreaches == []
