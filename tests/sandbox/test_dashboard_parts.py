"""How the sandbox draws a dashboard: statistics, metric math, alarms, queries, the page itself."""

from __future__ import annotations

import json
from typing import Any

import pytest

from sandbox.cloud.measures import LogLine, Metric, Point, metric
from sandbox.dashboard.alarms import State, state_at, watch
from sandbox.dashboard.expressions import UnknownExpression
from sandbox.dashboard.metrics import Metrics, Periods
from sandbox.dashboard.page import Seen, page
from sandbox.dashboard.queries import UnknownQuery, run

HOUR = Periods(end=3_600.0, seconds=900, count=4)
DELAY = metric("x", "Delay", service="jira_client")
DOWN = metric("x", "SideDown", service="jira_client")


def metrics(**held: list[Point]) -> Metrics:
    """Points by name: of the metric of that name and of service ``jira_client``."""
    return Metrics({metric("x", name, service="jira_client"): points for name, points in held.items()})


def known(**series: dict[float, float]) -> dict[str, dict[float, float]]:
    return series


# Statistics


@pytest.mark.parametrize(
    ("statistic", "value"),
    [("Sum", 10), ("Maximum", 4), ("Minimum", 1), ("Average", 2.5), ("SampleCount", 4), ("p50", 2), ("p95", 4)],
)
def test_a_statistic_is_of_the_points_of_its_period(statistic: str, value: float) -> None:
    points: list[Point] = [(899.0, 99.0), (900.0, 2.0), (1_000.0, 3.0), (1_200.0, 4.0), (1_799.0, 1.0), (1_800.0, 99.0)]
    assert metrics(Delay=points).series(DELAY, statistic, HOUR)[900.0] == value


def test_a_period_without_a_point_has_no_value() -> None:
    assert metrics(Delay=[(1_000.0, 1.0)]).series(DELAY, "Sum", HOUR) == {900.0: 1.0}
    assert metrics().series(DELAY, "Sum", HOUR) == {}


# Metric math


@pytest.mark.parametrize(
    ("expression", "values"),
    [
        ("a", {0.0: 5.0, 900.0: 1.0}),
        ("FILL(a, 0)", {0.0: 5.0, 900.0: 1.0, 1_800.0: 0.0, 2_700.0: 0.0}),
        ("SUM([a, b])", {0.0: 7.0, 900.0: 1.0, 1_800.0: 3.0}),
        ("MAX([a, FILL(b, 4)])", {0.0: 5.0, 900.0: 4.0, 1_800.0: 3.0, 2_700.0: 4.0}),
        ("IF(SUM([FILL(b, 0)]) > 0, 0, a)", {0.0: 0.0, 900.0: 1.0, 1_800.0: 0.0}),
        ("IF(FILL(a, 0) > 0, 1, FILL(b, 0))", {0.0: 1.0, 900.0: 1.0, 1_800.0: 3.0, 2_700.0: 0.0}),
        ("FILL(nothing, 0)", {0.0: 0.0, 900.0: 0.0, 1_800.0: 0.0, 2_700.0: 0.0}),
    ],
)
def test_metric_math_is_done_period_by_period(expression: str, values: dict[float, float]) -> None:
    held = known(a={0.0: 5.0, 900.0: 1.0}, b={0.0: 2.0, 1_800.0: 3.0}, nothing={})
    assert metrics().expression(expression, held, HOUR) == values


def test_a_search_finds_the_metric_of_every_service() -> None:
    other = metric("x", "SideDown", service="security_ir_client")
    both = Metrics({DOWN: [(0.0, 1.0)], other: [(0.0, 2.0)], metric("y", "SideDown", service="z"): [(0.0, 9.0)]})
    search = "SUM(SEARCH('{\"x\",service} MetricName=\"SideDown\"', 'Sum', 300))"
    assert both.expression(search, {}, HOUR) == {0.0: 3.0}


@pytest.mark.parametrize("expression", ["RATE(a)", "a + b", "c", "__import__('os')", "SUM(SEARCH('x', 'Sum', 300))"])
def test_an_expression_that_the_sandbox_does_not_know_is_an_error(expression: str) -> None:
    with pytest.raises(UnknownExpression):
        metrics().expression(expression, known(a={0.0: 1.0}, b={}), HOUR)


# Alarms


def alarm(**changes: Any) -> dict[str, Any]:
    """An alarm on `DOWN`: one of the last two quarters of an hour."""
    return {
        "AlarmName": "x-side-down",
        "AlarmDescription": "Jira is down.",
        "Namespace": "x",
        "MetricName": "SideDown",
        "Dimensions": [{"Name": "service", "Value": "jira_client"}],
        "Statistic": "Sum",
        "Period": 900,
        "EvaluationPeriods": 2,
        "DatapointsToAlarm": 1,
        "Threshold": 1.0,
        "ComparisonOperator": "GreaterThanOrEqualToThreshold",
        "TreatMissingData": "notBreaching",
        **changes,
    }


@pytest.mark.parametrize(("at", "state"), [(1_000.0, "OK"), (1_001.0, "ALARM"), (2_799.0, "ALARM"), (2_801.0, "OK")])
def test_an_alarm_rings_while_one_of_its_periods_is_beyond(at: float, state: State) -> None:
    assert state_at(alarm(), metrics(SideDown=[(1_000.0, 1.0)]), at) == state


@pytest.mark.parametrize(
    ("missing", "state"), [("notBreaching", "OK"), ("breaching", "ALARM"), ("missing", "INSUFFICIENT_DATA")]
)
def test_silence_counts_as_the_alarm_says(missing: str, state: State) -> None:
    silent = alarm(ComparisonOperator="LessThanThreshold", DatapointsToAlarm=2, TreatMissingData=missing)
    assert state_at(silent, metrics(), 3_600.0) == state


def test_an_alarm_on_an_expression_watches_what_it_returns() -> None:
    def query(name: str) -> dict[str, Any]:
        named = {"Namespace": "x", "MetricName": name, "Dimensions": [{"Name": "service", "Value": "jira_client"}]}
        return {"Id": name.lower(), "MetricStat": {"Metric": named, "Period": 900, "Stat": "Maximum"}}

    explained = alarm(
        Threshold=900.0,
        Metrics=[
            {"Id": "oldest", "Expression": "IF(FILL(sidedown, 0) > 0, 0, failingfor)", "ReturnData": True},
            query("SideDown"),
            query("FailingFor"),
        ],
    )
    del explained["Period"]
    assert state_at(explained, metrics(FailingFor=[(100.0, 950.0)]), 900.0) == "ALARM"
    assert state_at(explained, metrics(FailingFor=[(100.0, 950.0)], SideDown=[(100.0, 1.0)]), 900.0) == "OK"


def test_an_alarm_of_messages_that_wait_is_silent_where_the_queue_moves_on() -> None:
    def query(name: str) -> dict[str, Any]:
        named = {"Namespace": "x", "MetricName": name, "Dimensions": [{"Name": "service", "Value": "jira_client"}]}
        return {"Id": name.lower(), "MetricStat": {"Metric": named, "Period": 900, "Stat": "Maximum"}}

    queries = [query(name) for name in ("Waiting", "Done", "Failing")]
    expression = "IF(SUM([0, 0]) > 0, 0, MAX([IF(FILL(done, 0) > 0, 0, FILL(waiting, 0)), FILL(failing, 0)]))"
    age = alarm(Threshold=900.0, Metrics=[{"Id": "oldest", "Expression": expression, "ReturnData": True}, *queries])
    del age["Period"]
    backlog = [(100.0, 2_000.0)]
    assert state_at(age, metrics(Waiting=backlog), 900.0) == "ALARM"
    assert state_at(age, metrics(Waiting=backlog, Done=[(100.0, 50.0)]), 900.0) == "OK"
    assert state_at(age, metrics(Waiting=backlog, Done=[(100.0, 50.0)], Failing=[(100.0, 950.0)]), 900.0) == "ALARM"


def test_an_alarm_s_story_is_told_in_turns() -> None:
    watched = watch(alarm(), metrics(SideDown=[(1_000.0, 1.0)]), [600.0, 1_200.0, 1_800.0, 3_600.0])
    assert watched.turns == ((600.0, "OK"), (1_200.0, "ALARM"), (3_600.0, "OK"))
    assert watched.state == "OK"


# Queries

LINES = [
    LogLine("/f", 1.0, json.dumps({"message": "made", "case_id": "1", "detail": {"key": "SEC-1"}})),
    LogLine("/f", 2.0, json.dumps({"message": "to be tried again", "subject": "1", "reason": "a | b"})),
    LogLine("/f", 3.0, json.dumps({"message": "failed, to be tried again", "subject": "2", "reason": "c"})),
    LogLine("/f", 4.0, json.dumps({"message": "to be tried again", "subject": "1", "reason": "a | b"})),
    LogLine("/f", 5.0, "REPORT RequestId: 1"),
    LogLine("/other", 6.0, json.dumps({"message": "made", "case_id": "1"})),
]


def test_a_query_finds_lines_of_its_groups_in_the_order_it_asks_for() -> None:
    query = 'fields @timestamp, message, detail.key | filter case_id = "1" or subject = "1" | sort @timestamp desc'
    assert [row["message"] for row in run(query, LINES, ["/f"])] == ["to be tried again"] * 2 + ["made"]
    assert run(query, LINES, ["/f"])[-1] == {
        "@timestamp": "1970-01-01 00:00:01.000", "message": "made", "detail.key": "SEC-1",
    }  # fmt: skip


def test_a_query_counts_by_what_it_names() -> None:
    query = """SOURCE '/f' | filter message like "tried again" and (subject = "1" or subject = "2")
        | stats count(*) as tries, latest(@timestamp) as last by subject, reason | sort tries desc | limit 1"""
    (row,) = run(query, LINES)
    assert row == {"subject": "1", "reason": "a | b", "tries": 2, "last": "1970-01-01 00:00:04.000"}


@pytest.mark.parametrize("query", ["parse @message '*' as x", "filter a > 1", "stats sum(x) as y by z", "filter a"])
def test_a_query_that_the_sandbox_does_not_know_is_an_error(query: str) -> None:
    with pytest.raises(UnknownQuery):
        run(query, LINES, ["/f"])


# The page


def widget(kind: str, x: int, y: int, width: int, **properties: Any) -> dict[str, Any]:
    return {"type": kind, "x": x, "y": y, "width": width, "properties": properties}


def drawn(held: dict[Metric, list[Point]], *lines: LogLine) -> str:
    widgets = [
        widget("text", 0, 0, 24, markdown="## How <late>?"),
        widget("alarm", 0, 1, 12, title="All alarms", alarms=["arn:aws:c:r:1:alarm:x-side-down"]),
        widget("metric", 12, 1, 12, title="Down", stat="Sum", metrics=[["x", "SideDown", "service", "jira_client"]]),
        widget("log", 0, 2, 24, title="Why", query="SOURCE '/f' | fields reason | limit 9"),
    ]
    seen = Metrics(held)
    watched = watch(alarm(AlarmDescription="<b>Look</b> at docs/runbook.md"), seen, [1_800.0, 3_600.0])
    return page("x", {"widgets": widgets}, Seen(seen, lines, {watched.name: watched}, HOUR))


def test_a_page_draws_a_line_names_what_is_empty_and_shows_who_rings() -> None:
    calm, loud = drawn({}), drawn({DOWN: [(3_000.0, 2.0)]})
    assert "<svg" not in calm
    assert "nothing so far: jira_client" in calm
    assert "None has rung" in calm
    assert loud.count('<path class="line') == 1
    assert "last 2, most 2" in loud
    assert "<td class=ALARM>rings" in loud


def test_what_came_from_elsewhere_is_text_on_the_page() -> None:
    line = LogLine("/f", 1.0, json.dumps({"reason": "<script>alert(1)</script>"}))
    drawn_page = drawn({DOWN: [(3_000.0, 2.0)]}, line)
    assert "<script" not in drawn_page
    assert "&lt;script&gt;" in drawn_page
    assert "How &lt;late&gt;?" in drawn_page
    assert "&lt;b&gt;Look" in drawn_page


def test_a_page_needs_nothing_but_itself() -> None:
    drawn_page = drawn({DOWN: [(3_000.0, 2.0)]})
    assert not any(part in drawn_page for part in ("http://", "https://", "src=", "@import", "url("))
    assert "prefers-color-scheme:dark" in drawn_page
