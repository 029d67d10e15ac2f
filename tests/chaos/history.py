"""What happens to two sides by chance: people, troubles of all kinds, and time. The same seed is the same history.

CHAOS_SEEDS=17 make pytest ARGS=tests/chaos/test_chaos.py
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.jira import Issue
from sandbox.security_ir import Case

from .agreement import (
    are_in_step_in_all_but_texts,
    ours,
    pairs,
)
from .stage import Stage
from .troubles import REFUSALS, TROUBLES, mend

MOST_PAIRS = 3
OPEN_STATUSES = ("Detection and Analysis", "Containment, Eradication and Recovery", "Post-incident Activities")
REFUSED = ("not accept", "could not be copied", "offers no way", "takes no comments", "was not copied")
"""Words of notices that say that something was refused."""


@dataclass(slots=True)
class History:
    """``script`` tells what happened. Every text that a person writes is unique, so that it can be followed."""

    stage: Stage
    seed: int
    script: list[str] = field(default_factory=list)
    rng: random.Random = field(init=False)
    kinds: list[str] = field(init=False)
    _began: float = field(init=False)
    _texts: int = 0
    _born: int = 0
    _written: set[str] = field(default_factory=set)
    _seen: set[str] = field(default_factory=set)
    _wished: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.kinds = self.rng.sample(list(TROUBLES), 4)
        self._began = self.stage.loop.clock.now

    def play(self, steps: int = 40) -> None:
        """People work, troubles come and go, messages are delivered, doubled, lost and out of order."""
        loop = self.stage.loop
        loop.shuffle, loop.copies = self.rng, self.rng.choice((1, 1, 2))
        self._tell(f"each message comes {loop.copies} times; troubles: {', '.join(self.kinds)}")
        self._open_case()
        for _ in range(steps):
            self.rng.choices(
                (self._person_acts, self._trouble_begins, self._all_is_mended, self._deliver, self._lose, self._wait),
                (10, 4, 2, 5, 1, 2),
            )[0]()
        self._all_is_mended()
        loop.copies = 1
        self._tell("from here on all is well")
        self.stage.pass_time(3_600)
        for _ in range(7):
            # The deep check of each case falls into one of these.
            self.stage.loop.advance(3_300)
            self.stage.pass_time(300)

    def check(self) -> None:
        """What must be true in the end."""
        are_in_step_in_all_but_texts(self.stage, texts_agree=REFUSALS not in self.kinds)
        self._no_edit_is_lost()
        self._watchers_are_united()
        if REFUSALS not in self.kinds:
            self._nothing_is_called_refused()

    # People

    def _person_acts(self) -> None:
        acts: list[Callable[[], None]] = [
            self._edit_case,
            self._edit_issue,
            self._comment_on_case,
            self._comment_on_issue,
            self._edit_comment_on_case,
            self._edit_comment_on_issue,
            self._delete_comment,
            self._attach_to_case,
            self._attach_to_issue,
            self._watch_case,
            self._watch_issue,
            self._move_case,
            self._move_issue,
        ]
        if self._born < MOST_PAIRS:
            acts += [self._open_case, self._create_issue] * 2
        self.stage.loop.clock.pass_seconds(7)
        if self.rng.random() < 0.06:
            acts = [self._close_case]
        self.rng.choice(acts)()

    def _open_case(self) -> None:
        self._born += 1
        title, description = self._text("Finding"), self._text("Described")
        kind = self.rng.choice(("Self", "Self", "AWS"))
        case_id = self.stage.grace.open_case(title, description, resolver_type=kind)
        self._tell(f"grace opens case {case_id} ({kind}): {title}")

    def _create_issue(self) -> None:
        self._born += 1
        issue = self.stage.ada.create_issue("SEC", self._text("Report"), self._text("Described"))
        self._tell(f"ada creates {issue.key}: {issue.summary}")

    def _edit_case(self) -> None:
        case = self._case()
        if case.status == "Closed":
            return
        text = self._text("case text")
        if self.rng.random() < 0.5:
            self._seen.add(case.title)
            self.stage.grace.edit(case.case_id, title=text)
        else:
            self._seen.add(case.description)
            self.stage.grace.edit(case.case_id, description=text)
        self._tell(f"grace edits case {case.case_id}: {text}")

    def _edit_issue(self) -> None:
        issue = self._issue()
        if issue is None:
            return
        text = self._text("issue text")
        if self.rng.random() < 0.5:
            self._seen.add(issue.summary)
            self.stage.ada.edit(issue.key, summary=text)
        else:
            self._seen.add(issue.description_text)
            self.stage.ada.edit(issue.key, description=text)
        self._tell(f"ada edits {issue.key}: {text}")

    def _comment_on_case(self) -> None:
        case, text = self._case(), self._remark()
        self.stage.grace.comment(case.case_id, text)
        self._tell(f"grace comments on case {case.case_id}: {text}")

    def _comment_on_issue(self) -> None:
        issue = self._issue()
        if issue is not None:
            text = self._remark()
            self.stage.ada.comment(issue.key, text)
            self._tell(f"ada comments on {issue.key}: {text}")

    def _edit_comment_on_case(self) -> None:
        case = self._case()
        mine = [each for each in self.stage.loop.service.comments(case.case_id) if "user/grace" in each.creator]
        if mine:
            comment, text = self.rng.choice(mine), self._remark()
            self.stage.grace.edit_comment(case.case_id, comment.comment_id, text)
            self._tell(f"grace turns {comment.body!r} on case {case.case_id} into {text!r}")

    def _edit_comment_on_issue(self) -> None:
        issue = self._issue()
        mine = [each for each in issue.comments if each.author is self.stage.ada.user] if issue else []
        if issue is not None and mine:
            comment, text = self.rng.choice(mine), self._remark()
            self.stage.ada.edit_comment(issue.key, comment.id, text)
            self._tell(f"ada turns {comment.text!r} on {issue.key} into {text!r}")

    def _delete_comment(self) -> None:
        issue = self._issue()
        mine = [each for each in issue.comments if each.author is self.stage.ada.user] if issue else []
        if issue is not None and mine:
            comment = self.rng.choice(mine)
            self.stage.ada.delete_comment(issue.key, comment.id)
            self._tell(f"ada deletes {comment.text!r} on {issue.key}")

    def _attach_to_case(self) -> None:
        case, name = self._case(), self.rng.choice(("log.txt", "memory.dmp"))
        content = self._text("content")
        self.stage.grace.attach(case.case_id, name, content.encode())
        self._tell(f"grace attaches {name} to case {case.case_id}: {content}")

    def _attach_to_issue(self) -> None:
        issue, name = self._issue(), self.rng.choice(("log.txt", "memory.dmp"))
        if issue is not None:
            content = self._text("content")
            self.stage.ada.attach(issue.key, name, content.encode())
            self._tell(f"ada attaches {name} to {issue.key}: {content}")

    def _watch_case(self) -> None:
        case = self._case()
        if case.status != "Closed":
            self.stage.grace.add_watcher(case.case_id, self.stage.bob.email)
            self._wished.setdefault(case.case_id, set()).add(self.stage.bob.email)
            self._tell(f"bob watches case {case.case_id}")

    def _watch_issue(self) -> None:
        issue = self._issue()
        if issue is not None:
            self.stage.ada.watch(issue.key, self.stage.bob)
            self._wished.setdefault(issue.key, set()).add(self.stage.bob.email)
            self._tell(f"bob watches {issue.key}")

    def _move_case(self) -> None:
        case, status = self._case(), self.rng.choice(OPEN_STATUSES)
        if case.status not in ("Closed", status):
            self.stage.grace.set_status(case.case_id, status)
            self._tell(f"grace moves case {case.case_id} to {status}")

    def _move_issue(self) -> None:
        issue, status = self._issue(), self.rng.choice(("To Do", "In Progress", "In Review", "Done"))
        if issue is not None and issue.status.name != status:
            self.stage.ada.transition(issue.key, status)
            self._tell(f"ada moves {issue.key} to {status}")

    def _close_case(self) -> None:
        case = self._case()
        if case.status != "Closed" and case.case_id in self.stage.loop.pairs():
            self.stage.grace.close(case.case_id)
            self._tell(f"grace closes case {case.case_id}")

    # What lies between

    def _trouble_begins(self) -> None:
        kind = self.rng.choice(self.kinds)
        self._tell(self.rng.choice(TROUBLES[kind])(self.stage, self.rng))

    def _all_is_mended(self) -> None:
        mend(self.stage)
        self._tell("all is mended")

    def _deliver(self) -> None:
        messages = self.rng.randrange(1, 15)
        self._tell(f"{messages} messages are delivered")
        for _ in range(messages):
            self.stage.loop.step()

    def _lose(self) -> None:
        self._tell("a notification is lost")
        self.stage.loop.lose()

    def _wait(self) -> None:
        seconds = self.rng.choice((60, 60, 300, 900))
        self._tell(f"{seconds} s pass")
        self.stage.pass_time(seconds)

    # What is known of it

    def _tell(self, what: str) -> None:
        self.script.append(f"{self.stage.loop.clock.now - self._began:8.0f} s  {what}")

    def _text(self, what: str) -> str:
        self._texts += 1
        text = f"{what} number {self._texts:03}"
        if what != "content":
            self._written.add(text)
        return text

    def _remark(self) -> str:
        self._texts += 1
        return f"remark number {self._texts:03}"

    def _case(self) -> Case:
        return self.rng.choice(self.stage.loop.service.cases())

    def _issue(self) -> Issue | None:
        issues = self.stage.loop.jira.issues()
        return self.rng.choice(issues) if issues else None

    # In the end

    def _no_edit_is_lost(self) -> None:
        """Every title and description stands there still, or is kept as a comment, or was seen by who replaced it."""
        there, kept = set(), ""
        for case, issue in pairs(self.stage.loop):
            there |= {case.title, case.description, issue.summary, issue.description_text}
            kept += "\n".join(text for side in ours(self.stage.loop, case, issue) for text in side)
        lost = {text for text in self._written - there - self._seen if text not in kept}
        assert lost == set(), f"lost: {sorted(lost)}"

    def _watchers_are_united(self) -> None:
        for case, issue in pairs(self.stage.loop):
            wished = self._wished.get(case.case_id, set()) | self._wished.get(issue.key, set())
            if case.status != "Closed":
                assert wished <= {each.email for each in case.watchers}, f"watchers of case {case.case_id}"
                assert wished <= {each.email for each in issue.watchers}, f"watchers of {issue.key}"

    def _nothing_is_called_refused(self) -> None:
        for case, issue in pairs(self.stage.loop):
            for text in (text for side in ours(self.stage.loop, case, issue) for text in side):
                assert not any(words in text for words in REFUSED), text
