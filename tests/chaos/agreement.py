"""What both sides must show once everything works again and some time has passed."""

from __future__ import annotations

from collections import Counter

from sandbox.jira import Comment as IssueComment
from sandbox.jira import Issue
from sandbox.security_ir import Case
from tests.sync.loop import Loop

from .stage import Stage

OURS = ":assumed-role/integration/"


def pairs(loop: Loop) -> list[tuple[Case, Issue]]:
    """Every case with its issue: there is none without the other, and none twice."""
    issues = {issue.key: issue for issue in loop.jira.issues()}
    found = loop.pairs()
    cases = {case.case_id: case for case in loop.service.cases()}
    assert set(found) == set(cases), "a case without an issue, or an issue of no case"
    assert sorted(found.values()) == sorted(issues), "an issue without a case, or one with two"
    return [(cases[case_id], issues[key]) for case_id, key in found.items()]


def peoples(loop: Loop, case: Case, issue: Issue) -> tuple[list[str], list[IssueComment]]:
    """What people wrote as comments on the case, and in Jira."""
    on_case = [each.body for each in loop.service.comments(case.case_id) if OURS not in each.creator]
    return on_case, [each for each in issue.comments if each.author is not loop.jira.integration]


def ours(loop: Loop, case: Case, issue: Issue) -> tuple[list[str], list[str]]:
    """What the integration wrote as comments on the case, and in Jira."""
    on_case = [each.body for each in loop.service.comments(case.case_id) if OURS in each.creator]
    return on_case, [each.text for each in issue.comments if each.author is loop.jira.integration]


def are_in_step(stage: Stage) -> None:
    """Nothing doubled, nothing lost, nothing waiting, no rule broken, and nothing more is written."""
    are_in_step_in_all_but_texts(stage, texts_agree=True)


def are_in_step_in_all_but_texts(stage: Stage, *, texts_agree: bool) -> None:
    """``texts_agree`` is false where a side refused something: what it refused stands where it was written."""
    loop = stage.loop
    assert loop.waiting == [], loop.failures[-3:]
    assert loop.dead == []
    for case, issue in pairs(loop):
        if case.status != "Closed" and texts_agree:
            assert case.title == issue.summary
            assert issue.description_text in (case.description, "")
        if texts_agree:
            _statuses_agree(case, issue)
            _comments_agree(loop, case, issue)
        _files_agree(loop, case, issue)
        nothing_is_said_twice(loop, case, issue)
    no_rule_is_broken(loop)
    rest_is_silent(stage)


def _statuses_agree(case: Case, issue: Issue) -> None:
    told = "\n".join(comment.text for comment in issue.comments)
    if case.status == "Closed":
        assert issue.status.name == "Done" or "cannot be reopened" in told
    elif case.resolver_type == "Self":
        wanted = {"Submitted": ("To Do",), "Post-incident Activities": ("In Review",)}
        assert issue.status.name in (*wanted.get(case.status, ("In Progress",)), "To Do"), case.status
    else:
        assert issue.status.name != "Done"


def _comments_agree(loop: Loop, case: Case, issue: Issue) -> None:
    """Each comment of a person stands once on the other side, and in the order in which they were written."""
    (from_case, from_issue), (on_case, on_issue) = peoples(loop, case, issue), ours(loop, case, issue)
    free = [each.text for each in from_issue if each.visibility is None]
    for written, copied in ((from_case, on_issue), (free, on_case)):
        places = []
        for text in written:
            there = [number for number, each in enumerate(copied) if text in each]
            assert len(there) == 1, f"{text[:40]!r} stands {len(there)} times on the other side"
            places += there
        assert places == sorted(places), "out of order"


def _files_agree(loop: Loop, case: Case, issue: Issue) -> None:
    on_case = Counter(loop.service.content(case.case_id, each.attachment_id) for each in case.attachments)
    on_issue = Counter(each.content for each in issue.attachments)
    assert on_case == on_issue, "files differ"
    assert set(on_case.values()) <= {1}, "a file stands twice"


def nothing_is_said_twice(loop: Loop, case: Case, issue: Issue) -> None:
    for said in ours(loop, case, issue):
        assert [text for text, times in Counter(said).items() if times > 1] == []


def no_rule_is_broken(loop: Loop) -> None:
    assert loop.jira.violations == []
    assert loop.service.violations == []
    assert loop.overreaches == []


def rest_is_silent(stage: Stage) -> None:
    """However often everything is looked at again, nothing is written."""
    loop = stage.loop
    quiet = loop.quiet()
    for key in loop.pairs().values():
        loop.notify(key)
    stage.pass_time(1_800)
    assert quiet.writes == []
