"""A function dies before or after any call it makes: nothing is doubled, nothing lost, nothing waits for ever.

A few points a flow, chosen by its name; ``CHAOS=all`` (`make soak`) tries each.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterable

import pytest

from .flows import FLOWS, Flow
from .stage import Stage, staged

ALL = os.environ.get("CHAOS") == "all"
AMONG_THE_FIRST = 40
SETTLED_SECONDS = 3_600.0


def play(flow: Flow, kill_at: int | None) -> tuple[list[str], list[str], str]:
    """Play a flow, dying at a point; the points passed meanwhile, where it died, and what is wrong in the end."""
    with staged(strict=flow.strict, **flow.settings) as stage:
        if flow.settings:
            stage.loop.jira.add_field("customfield_10051", "Regions", "textarea")
        case_id = _prepared(stage, flow)
        wire = stage.loop.wire
        wire.points.clear()
        wire.kill_at = kill_at
        flow.act(stage, case_id)
        if flow.told and flow.seconds <= 600:
            stage.loop.settle(flow.seconds)
        else:
            stage.pass_time(flow.seconds)
        points = list(wire.points)
        if kill_at is not None:
            stage.pass_time(SETTLED_SECONDS)
        try:
            flow.ends(stage, case_id)
        except AssertionError as wrong:
            return points, stage.loop.kills, str(wrong) or repr(wrong)
        return points, stage.loop.kills, ""


def _prepared(stage: Stage, flow: Flow) -> str:
    case_id = stage.own_case() if flow.born else ""
    flow.before(stage, case_id)
    stage.loop.settle()
    if not flow.told:
        stage.pass_time(900)
        stage.loop.native = stage.loop.automation = False
    return case_id


@pytest.mark.parametrize("flow", FLOWS, ids=[flow.name.replace(" ", "-") for flow in FLOWS])
def test_a_function_that_dies_at_any_call_doubles_and_loses_nothing(flow: Flow) -> None:
    faults = []
    for point in _points(flow):
        _, killed, wrong = play(flow, point)
        if wrong:
            faults.append(f"{flow.name}, point {point}, killed in {killed}: {wrong}")
    assert faults == []


def _points(flow: Flow) -> Iterable[int]:
    """Where to die; beyond the end of a flow nobody does, and it must go well."""
    if not ALL:
        return random.Random(flow.name).sample(range(AMONG_THE_FIRST), 2)
    points, _, wrong = play(flow, None)
    assert wrong == ""
    return range(len(points))
