"""People work on both sides while notifications are lost, doubled and out of order; in the end both sides agree.

``CONVERGENCE_PROFILE=long`` looks much further.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable
from contextlib import ExitStack
from unittest.mock import patch

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from sandbox.jira import Issue
from sandbox.security_ir import Case
from security_ir_jira.config import Config
from tests.defaults import MAPPING

from .loop import ACCOUNT, REGION, Loop, looped

BRIEF = settings(
    max_examples=6,
    stateful_step_count=25,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
settings.register_profile("brief", BRIEF)
settings.register_profile(
    "long",
    BRIEF,
    max_examples=300,
    stateful_step_count=50,
    derandomize=False,
    phases=(Phase.generate, Phase.shrink),
)

MOST_PAIRS = 3
OPEN_STATUSES = ("Detection and Analysis", "Containment, Eradication and Recovery", "Post-incident Activities")
ISSUE_STATUSES = ("To Do", "In Progress", "In Review", "Done")

nth = st.integers(0, 7)
facets = st.sampled_from(["title", "description"])


class Convergence(RuleBasedStateMachine):
    """Two sides and what lies between them. Every text that a person writes is unique, so that it can be followed."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        environment = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_REGION": REGION}
        self.stack.enter_context(patch.dict(os.environ, environment))
        config = Config(name="security-ir-jira", account_id=ACCOUNT, status_mapping=MAPPING)
        self.loop: Loop = self.stack.enter_context(looped(config))
        self.loop.jira.add_project("SEC")
        self.ada = self.loop.jira.person(self.loop.jira.add_user("Ada Lovelace", "ada@example.com"))
        self.grace = self.loop.service.person("grace")
        self.texts = 0
        self.opened = 0
        self.written: set[str] = set()
        self.overwritten: set[str] = set()
        self.case_comments: dict[tuple[str, str], list[str]] = {}
        self.issue_comments: dict[tuple[str, str], list[str]] = {}

    @initialize(seed=st.integers(0, 2**16), copies=st.integers(1, 3))
    def surroundings(self, seed: int, copies: int) -> None:
        self.loop.shuffle, self.loop.copies = random.Random(seed), copies
        self.open_a_case("Self")
        self.loop.settle()

    # People

    def text(self, what: str) -> str:
        """A text nobody wrote before, at a moment of its own."""
        self.texts += 1
        self.loop.clock.pass_seconds(7)
        return f"{what} number {self.texts:03}"

    def a_case(self, number: int) -> Case | None:
        cases = self.loop.service.cases()
        return cases[number % len(cases)] if cases else None

    def an_issue(self, number: int) -> Issue | None:
        issues = self.loop.jira.issues()
        return issues[number % len(issues)] if issues else None

    def partner(self, case: Case) -> Issue | None:
        key = self.loop.pairs().get(case.case_id)
        return self.loop.jira.issue(key) if key else None

    @precondition(lambda self: self.opened < MOST_PAIRS)
    @rule(resolver=st.sampled_from(["AWS", "Self"]))
    def open_a_case(self, resolver: str) -> None:
        self.opened += 1
        title, description = self.text("Finding"), self.text("Described")
        self.written |= {title, description}
        self.grace.open_case(title, description, resolver_type=resolver)

    @precondition(lambda self: self.opened < MOST_PAIRS)
    @rule(described=st.booleans())
    def create_an_issue(self, described: bool) -> None:
        self.opened += 1
        summary, description = self.text("Report"), self.text("Described") if described else None
        self.written |= {summary, *([description] if description else [])}
        self.ada.create_issue("SEC", summary, description)

    @rule(number=nth, facet=facets)
    def edit_a_case(self, number: int, facet: str) -> None:
        case = self.a_case(number)
        if case is None or case.status == "Closed":
            return
        text = self.text(f"case {facet}")
        self.written.add(text)
        if facet == "title":
            self.overwritten.add(case.title)
            self.grace.edit(case.case_id, title=text)
        else:
            self.overwritten.add(case.description)
            self.grace.edit(case.case_id, description=text)

    @rule(number=nth, facet=facets, emptied=st.booleans())
    def edit_an_issue(self, number: int, facet: str, emptied: bool) -> None:
        issue = self.an_issue(number)
        if issue is None:
            return
        if facet == "title":
            text = self.text("issue summary")
            self.overwritten.add(issue.summary)
            self.ada.edit(issue.key, summary=text)
        else:
            text = "" if emptied else self.text("issue description")
            self.overwritten.add(issue.description_text)
            self.ada.edit(issue.key, description=text or None)
        self.written |= {text} - {""}

    @rule(number=nth, facet=facets, jira_first=st.booleans())
    def edit_both_sides(self, number: int, facet: str, jira_first: bool) -> None:
        """Two people edit the same at the same time, neither seeing what the other writes."""
        case = self.a_case(number)
        issue = self.partner(case) if case else None
        if case is None or issue is None:
            return
        numbers = self.loop.service.cases().index(case), self.loop.jira.issues().index(issue)
        if jira_first:
            self.edit_an_issue(numbers[1], facet, emptied=False)
        self.edit_a_case(numbers[0], facet)
        if not jira_first:
            self.edit_an_issue(numbers[1], facet, emptied=False)

    @rule(number=nth, status=st.sampled_from(OPEN_STATUSES))
    def move_a_case(self, number: int, status: str) -> None:
        case = self.a_case(number)
        if case is not None and case.status not in ("Closed", status):
            self.loop.clock.pass_seconds(7)
            self.grace.set_status(case.case_id, status)

    @rule(number=nth, status=st.sampled_from(ISSUE_STATUSES))
    def move_an_issue(self, number: int, status: str) -> None:
        issue = self.an_issue(number)
        if issue is not None and issue.status.name != status:
            self.loop.clock.pass_seconds(7)
            self.ada.transition(issue.key, status)

    @rule(number=nth)
    def close_a_case(self, number: int) -> None:
        case = self.a_case(number)
        if case is not None and case.status != "Closed":
            self.loop.clock.pass_seconds(7)
            self.grace.close(case.case_id, "Investigation Completed")

    @rule(number=nth)
    def comment_on_a_case(self, number: int) -> None:
        case = self.a_case(number)
        if case is not None:
            text = self.text("case comment")
            comment = self.grace.comment(case.case_id, text)
            self.case_comments[case.case_id, comment] = [text]

    @rule(number=nth)
    def comment_on_an_issue(self, number: int) -> None:
        issue = self.an_issue(number)
        if issue is not None:
            text = self.text("issue comment")
            comment = self.ada.comment(issue.key, text)
            self.issue_comments[issue.key, comment.id] = [text]

    @precondition(lambda self: self.case_comments)
    @rule(number=nth)
    def edit_a_comment_on_a_case(self, number: int) -> None:
        (case_id, comment), texts = list(self.case_comments.items())[number % len(self.case_comments)]
        texts.append(self.text("edited case comment"))
        self.grace.edit_comment(case_id, comment, texts[-1])

    @precondition(lambda self: self.issue_comments)
    @rule(number=nth)
    def edit_a_comment_on_an_issue(self, number: int) -> None:
        (key, comment), texts = list(self.issue_comments.items())[number % len(self.issue_comments)]
        texts.append(self.text("edited issue comment"))
        self.ada.edit_comment(key, comment, texts[-1])

    # What lies between them

    @rule(messages=st.integers(1, 12))
    def deliver_some(self, messages: int) -> None:
        for _ in range(messages):
            self.loop.step()

    @rule()
    def deliver_all(self) -> None:
        self.loop.settle(60)

    @rule()
    def lose_a_notification(self) -> None:
        self.loop.lose()

    @rule(seconds=st.sampled_from([30, 600, 7_200]))
    def wait(self, seconds: int) -> None:
        self.loop.advance(seconds)

    @rule()
    def sweep(self) -> None:
        self.loop.sweep_cases()
        self.loop.sweep_issues()

    @rule(after=st.booleans())
    def jira_stumbles(self, after: bool) -> None:
        self.loop.jira.faults.add("POST .*/(comment|issue|transitions)", after=after, drop=True, times=1)

    @rule(operation=st.sampled_from(["CreateCase", "CreateCaseComment", "UpdateCase", "GetCase"]), after=st.booleans())
    def security_ir_stumbles(self, operation: str, after: bool) -> None:
        self.loop.service.faults.add(operation, after=after, drop=True, times=3)

    # In the end

    def teardown(self) -> None:
        try:
            self.heal()
            self.both_sides_agree()
            self.every_comment_is_on_both_sides_once()
            self.no_edit_is_lost()
            self.nothing_is_said_twice()
            self.rest_is_silent()
            assert self.loop.service.violations == []
            assert self.loop.dead == []
        finally:
            self.stack.close()

    def heal(self) -> None:
        """What sweeps mend within a few hours, deep checks included."""
        self.loop.jira.faults.clear()
        self.loop.service.faults.clear()
        for pause in (900, 900, 6 * 3_600, 900):
            self.sweep()
            self.loop.advance(pause)
        assert self.loop.waiting == [], self.loop.failures[-3:]

    def pairs(self) -> Iterable[tuple[Case, Issue]]:
        pairs = self.loop.pairs()
        issues = {issue.key: issue for issue in self.loop.jira.issues()}
        cases = {case.case_id: case for case in self.loop.service.cases()}
        unpaired = [case.status for case_id, case in cases.items() if case_id not in pairs]
        assert set(unpaired) <= {"Closed"}
        assert set(pairs.values()) == set(issues)
        assert len(cases) == self.opened
        return [(cases[case_id], issues[key]) for case_id, key in pairs.items()]

    def both_sides_agree(self) -> None:
        for case, issue in self.pairs():
            if case.status != "Closed":
                assert case.title == issue.summary
                assert issue.description_text in (case.description, "")
            told = "\n".join(comment.text for comment in issue.comments)
            if case.status == "Closed":
                assert issue.status.name == "Done" or "cannot be reopened" in told
            elif case.resolver_type == "Self":
                expected = MAPPING.to_jira[case.status][0], "To Do"
                assert issue.status.name in expected
            else:
                assert issue.status.name != "Done"

    def every_comment_is_on_both_sides_once(self) -> None:
        for case, issue in self.pairs():
            on_case = "\n".join(comment.body for comment in self.loop.service.comments(case.case_id))
            on_issue = "\n".join(comment.text for comment in issue.comments)
            everybodys = {**self.case_comments, **self.issue_comments}
            for (where, _), texts in everybodys.items():
                if where in (case.case_id, issue.key):
                    assert [on_case.count(texts[-1]), on_issue.count(texts[-1])] == [1, 1]
                    assert not any(old in on_case or old in on_issue for old in texts[:-1])

    def no_edit_is_lost(self) -> None:
        """Every title and description is there still, or kept as a comment, or was seen by whoever replaced it."""
        there: set[str] = set()
        kept = ""
        for case in self.loop.service.cases():
            there |= {case.title, case.description}
            kept += "\n".join(comment.body for comment in self.loop.service.comments(case.case_id))
        for issue in self.loop.jira.issues():
            there |= {issue.summary, issue.description_text}
            kept += "\n".join(comment.text for comment in issue.comments)
        lost = {text for text in self.written - there - self.overwritten if text not in kept}
        assert lost == set()

    def nothing_is_said_twice(self) -> None:
        for case, issue in self.pairs():
            for said in (
                [comment.body for comment in self.loop.service.comments(case.case_id)],
                [comment.text for comment in issue.comments],
            ):
                assert len(set(said)) == len(said), said

    def rest_is_silent(self) -> None:
        quiet = self.loop.quiet()
        for _ in range(10):
            self.sweep()
            for case_id, key in self.loop.pairs().items():
                self.loop.notify(key)
                self.loop.send("security_ir_poller", {"detail-type": "Case Updated", "detail": {"caseId": case_id}})
            self.loop.advance(300)
        assert quiet.writes == []


TestConvergence = Convergence.TestCase
TestConvergence.settings = settings.get_profile(os.environ.get("CONVERGENCE_PROFILE", "brief"))
