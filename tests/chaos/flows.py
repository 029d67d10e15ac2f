"""Everything that flows from one side to the other, each as one thing that somebody does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.jira import Visibility

from .agreement import are_in_step, no_rule_is_broken, ours, pairs
from .stage import Stage

Act = Callable[[Stage, str], None]
CONTAINMENT = "Containment, Eradication and Recovery"
LONG = "\n\n".join(f"Paragraph {number:04}: {'x' * 80}" for number in range(160))
"""More than one comment of a case holds."""


def _nothing(_: Stage, __: str) -> None:
    pass


def _in_step(stage: Stage, _: str) -> None:
    are_in_step(stage)


@dataclass(frozen=True, slots=True)
class Flow:
    """``act`` is what somebody does about a case in step (``""`` where ``born`` is false), after ``before`` was done
    and settled; ``ends`` is what both sides show in the end. ``told`` is false where only sweeps find it.
    """

    name: str
    act: Act
    before: Act = _nothing
    ends: Act = _in_step
    born: bool = True
    told: bool = True
    strict: bool = False
    seconds: float = 600.0
    settings: Mapping[str, Any] = field(default_factory=dict)


def _first_comment(stage: Stage, case_id: str) -> str:
    """The id of the first comment of a person in Jira."""
    issue = stage.loop.jira.issue(stage.key(case_id))
    return next(each.id for each in issue.comments if each.author is not stage.loop.jira.integration)


def _first_on_case(stage: Stage, case_id: str) -> str:
    return next(each.comment_id for each in stage.loop.service.comments(case_id) if "user/grace" in each.creator)


# What was done before


def _commented_in_jira(stage: Stage, case_id: str) -> None:
    stage.ada.comment(stage.key(case_id), "first remark")


def _commented_at_length(stage: Stage, case_id: str) -> None:
    stage.ada.comment(stage.key(case_id), LONG)


def _commented_on_case(stage: Stage, case_id: str) -> None:
    stage.grace.comment(case_id, "first remark")


def _watching(stage: Stage, case_id: str) -> None:
    stage.ada.watch(stage.key(case_id))
    stage.grace.add_watcher(case_id, "bob@example.com")


# How it ends, where the two sides are not simply alike


def _withdrawn(note: str, kept: int) -> Act:
    def ends(stage: Stage, case_id: str) -> None:
        assert stage.loop.waiting == [], stage.loop.failures[-3:]
        ((case, issue),) = pairs(stage.loop)
        said = "\n".join(ours(stage.loop, case, issue)[0])
        assert said.count("first remark") == kept
        assert said.count(note) == 1
        no_rule_is_broken(stage.loop)

    return ends


def _split(stage: Stage, case_id: str) -> None:
    """Every paragraph once, in as few comments as hold them."""
    assert stage.loop.waiting == [], stage.loop.failures[-3:]
    ((case, issue),) = pairs(stage.loop)
    said = "\n".join(ours(stage.loop, case, issue)[0])
    comment = next(each for each in issue.comments if each.id == _first_comment(stage, case_id))
    for paragraph in comment.text.split("\n\n"):
        assert said.count(paragraph) == 1
    no_rule_is_broken(stage.loop)


def _watched(on_case: set[str], on_issue: set[str]) -> Act:
    def ends(stage: Stage, case_id: str) -> None:
        are_in_step(stage)
        ((case, issue),) = pairs(stage.loop)
        assert {each.email for each in case.watchers} == on_case
        names = {each.name for each in issue.watchers if each is not stage.loop.jira.integration}
        assert names == on_issue

    return ends


def _fields(stage: Stage, case_id: str) -> None:
    are_in_step(stage)
    issue = stage.loop.jira.issue(stage.key(case_id))
    assert "eu-west-1" in str(issue.fields.get("customfield_10051"))
    (details,) = [each.text for each in issue.comments if each.text.startswith("Case details")]
    assert "eu-west-1" in details


def _gone(side: str, words: str) -> Act:
    def ends(stage: Stage, case_id: str) -> None:
        loop = stage.loop
        assert loop.waiting == [], loop.failures[-3:]
        if side == "case":
            issue = loop.jira.issue(loop.pairs()[case_id])
            said = [each.text for each in issue.comments]
        else:
            said = [each.body for each in loop.service.comments(case_id)]
        assert len([text for text in said if words in text]) == 1, said
        no_rule_is_broken(loop)
        quiet = loop.quiet()
        stage.pass_time(1_800)
        assert quiet.writes == []

    return ends


def _unwatched_case(stage: Stage, case_id: str) -> None:
    stage.grace.remove_watcher(case_id, "bob@example.com")


def _unwatched_issue(stage: Stage, case_id: str) -> None:
    stage.ada.unwatch(stage.key(case_id))
    stage.loop.notify(stage.key(case_id))


def _watch_issue(stage: Stage, case_id: str) -> None:
    stage.ada.watch(stage.key(case_id))
    stage.loop.notify(stage.key(case_id))


def _one_of_two_cases_gone(stage: Stage, case_id: str) -> None:
    """Where all cases go at once, none is taken for deleted."""
    stage.amazon.open_case("Another", "Which stays.")
    stage.loop.settle()
    stage.grace.delete(case_id)


def _told_of_gone_issue(stage: Stage, case_id: str) -> None:
    key = stage.key(case_id)
    stage.ada.delete(key)
    stage.loop.notify(key)


FLOWS = [
    Flow(
        "birth of an issue",
        lambda stage, _: void(stage.amazon.open_case("Unusual calls", "From a new ASN.")),
        born=False,
    ),
    Flow(
        "birth of a case",
        lambda stage, _: void(stage.ada.create_issue("SEC", "Phish", "Reported by mail.")),
        born=False,
    ),
    Flow("title to Jira", lambda stage, case: stage.grace.edit(case, title="Two keys")),
    Flow("title to the case", lambda stage, case: void(stage.ada.edit(stage.key(case), summary="Two keys"))),
    Flow("description to Jira", lambda stage, case: stage.grace.edit(case, description="Found in two places.")),
    Flow(
        "description to the case",
        lambda stage, case: void(stage.ada.edit(stage.key(case), description="Found in two places.")),
    ),
    Flow("status to Jira", lambda stage, case: stage.grace.set_status(case, "Post-incident Activities")),
    Flow("status to the case", lambda stage, case: void(stage.ada.transition(stage.key(case), "In Review"))),
    Flow("walk", lambda stage, case: stage.grace.set_status(case, "Post-incident Activities"), strict=True),
    Flow("closure to Jira", lambda stage, case: stage.grace.close(case, "Investigation Completed")),
    Flow("closure over several hops", lambda stage, case: stage.grace.close(case), strict=True),
    Flow("closure to the case", lambda stage, case: void(stage.ada.transition(stage.key(case), "Done"))),
    Flow("comment to Jira", lambda stage, case: void(stage.grace.comment(case, "a remark"))),
    Flow("comment to the case", lambda stage, case: void(stage.ada.comment(stage.key(case), "a remark"))),
    Flow(
        "edited comment to Jira",
        lambda stage, case: stage.grace.edit_comment(case, _first_on_case(stage, case), "other words"),
        _commented_on_case,
    ),
    Flow(
        "edited comment to the case",
        lambda stage, case: void(stage.ada.edit_comment(stage.key(case), _first_comment(stage, case), "other words")),
        _commented_in_jira,
    ),
    Flow("comment in parts", lambda stage, case: void(stage.ada.comment(stage.key(case), LONG)), ends=_split),
    Flow(
        "parts that become fewer",
        lambda stage, case: void(
            stage.ada.edit_comment(stage.key(case), _first_comment(stage, case), "one\n\ntwo\n\nfew words")
        ),
        _commented_at_length,
        _split,
    ),
    Flow(
        "deleted comment",
        lambda stage, case: stage.ada.delete_comment(stage.key(case), _first_comment(stage, case)),
        _commented_in_jira,
        _withdrawn("deleted in Jira", 1),
    ),
    Flow(
        "restricted comment",
        lambda stage, case: void(
            stage.ada.edit_comment(
                stage.key(case), _first_comment(stage, case), visibility=Visibility("role", "Administrators")
            )
        ),
        _commented_in_jira,
        _withdrawn("no longer", 0),
    ),
    Flow(
        "file to Jira",
        lambda stage, case: void(stage.grace.attach(case, "memory.dmp", b"evidence" * 100)),
        seconds=900.0,
    ),
    Flow(
        "file to the case", lambda stage, case: void(stage.ada.attach(stage.key(case), "memory.dmp", b"evidence" * 100))
    ),
    Flow(
        "watcher to Jira",
        lambda stage, case: stage.grace.add_watcher(case, "bob@example.com"),
        ends=_watched({"bob@example.com"}, {"Bob Kahn"}),
    ),
    Flow("watcher to the case", _watch_issue, ends=_watched({"ada@example.com"}, {"Ada Lovelace"})),
    Flow("watcher leaves the case", _unwatched_case, _watching, _watched({"ada@example.com"}, {"Ada Lovelace"})),
    Flow("watcher leaves the issue", _unwatched_issue, _watching, _watched({"bob@example.com"}, {"Bob Kahn"})),
    Flow(
        "details and fields",
        lambda stage, case: stage.grace.edit(case, regions=["eu-west-1"]),
        ends=_fields,
        settings={"jira_custom_fields": {"customfield_10051": "impactedAwsRegions"}},
    ),
    Flow("case gone", _one_of_two_cases_gone, ends=_gone("case", "was deleted"), seconds=1_800),
    Flow("issue gone", _told_of_gone_issue, ends=_gone("issue", "deleted"), seconds=1_800),
    Flow("sweep of cases", lambda stage, case: stage.grace.edit(case, title="Two keys"), told=False),
    Flow("sweep of issues", lambda stage, case: void(stage.ada.edit(stage.key(case), summary="Two keys")), told=False),
]


def void(_: object) -> None:
    """What somebody did answers with something that is of no interest here."""
