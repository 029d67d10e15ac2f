"""Only who may send to a source's queue itself can start a backfill: the topic cannot."""

from __future__ import annotations

import json
from typing import Any, cast

import pytest

from security_ir_jira.errors import Undeliverable
from security_ir_jira.sources.cases import CaseSource
from security_ir_jira.sources.issues import IssueSource

NOTHING = cast(Any, None)


def issue_source(runs: list[str]) -> IssueSource:
    return IssueSource(NOTHING, NOTHING, NOTHING, NOTHING, backfill=runs.append, count=print)


def case_source(runs: list[str]) -> CaseSource:
    return CaseSource(NOTHING, NOTHING, NOTHING, backfill=runs.append)


@pytest.mark.parametrize(("make", "direction"), [(issue_source, "issues"), (case_source, "cases")])
def test_the_order_of_a_run_is_handed_on(make: Any, direction: str) -> None:
    runs: list[str] = []
    source = make(runs)
    subject, heard = source.read({"backfill": direction, "run": "ab12"})
    source.receive(subject, [heard, heard], 360.0, 0.0)
    assert runs == ["ab12"]


@pytest.mark.parametrize(("make", "other"), [(issue_source, "cases"), (case_source, "issues")])
def test_the_other_direction_is_for_the_other_source(make: Any, other: str) -> None:
    with pytest.raises(Undeliverable):
        make([]).read({"backfill": other, "run": "ab12"})


def test_a_stranger_on_the_topic_starts_no_backfill() -> None:
    envelope = {"Type": "Notification", "Message": json.dumps({"backfill": "issues", "run": "ab12"})}
    with pytest.raises(Undeliverable):
        issue_source([]).read(envelope)
