"""Where comments alone are said to have changed: when a look at them is not enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from security_ir_jira.config import Config
from security_ir_jira.events import Change
from security_ir_jira.memory import Facts, Notice, Pair
from security_ir_jira.model import Case, Comment, Issue
from security_ir_jira.plan.whole import Seen
from security_ir_jira.sinks.issue_hand import IssueHand
from tests.unit.things import CASE_ID, CONFIG, a_case, a_pair, agreed_on, an_issue


@dataclass(slots=True)
class Both:
    """A case without comments and its issue, in step; ``read`` is what was read of them."""

    config: Config = CONFIG
    read: list[str] = field(default_factory=list)

    def case(self, case_id: str) -> Case:
        assert case_id == CASE_ID
        self.read.append("case")
        return a_case()

    def issue(self, issue_id: str, *, with_property: bool = False) -> Issue:
        self.read.append("issue with its property" if with_property else "issue")
        return an_issue()

    def comments(self, _: str | Issue) -> tuple[Comment, ...]:
        return ()

    def meet(self, pair: Pair, mirrors: Sequence[str]) -> None:
        assert list(mirrors) == []


def looked(pair: Pair, facts: Facts | None = None, *changed: Change) -> tuple[Seen | None, list[str]]:
    """What the hand has seen, and what it read for that."""
    both: Any = Both()
    seen = IssueHand(both, both, both).look(pair, facts or Facts(), frozenset(changed or ("comments",)))
    return seen, both.read


def in_step(**changes: Any) -> Pair:
    return a_pair(base=agreed_on(a_case(), an_issue()), **{"dressed": True, **changes})


def test_where_no_comment_is_new_nothing_else_is_looked_at() -> None:
    assert looked(in_step()) == (None, [])


def test_what_waits_to_be_said_is_seen_though_no_comment_is_new() -> None:
    waiting = Facts(pending=(Notice("jira", "closed-case"),))
    seen, read = looked(in_step(), waiting)
    assert seen is not None
    assert read == ["case"]


def test_an_issue_that_does_not_name_its_case_yet_is_seen_though_no_comment_is_new() -> None:
    seen, read = looked(in_step(dressed=False))
    assert seen is not None
    assert seen.issue is not None
    assert read == ["case", "issue with its property"]


def test_a_case_that_was_missing_is_seen_to_be_back_though_no_comment_is_new() -> None:
    seen, read = looked(in_step(missing={"security_ir": 1.0}))
    assert seen is not None
    assert read == ["case"]
