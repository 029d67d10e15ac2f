"""Which alarms would ring, in a simple way.

An alarm looks at its last N periods, counted back from the moment it is asked for. It rings where at least M of them
are beyond its threshold; what is missing counts as `TreatMissingData` says. CloudWatch does the same every minute, and
besides looks a few periods further back where some are missing, which this does not.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from sandbox.cloud.measures import metric

from .expressions import Series
from .metrics import Metrics, Periods

State = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]

_BEYOND: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanThreshold": operator.gt,
    "GreaterThanOrEqualToThreshold": operator.ge,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True, slots=True)
class Watched:
    """An alarm, its state at the end, and when within the time shown it began to ring or stopped."""

    name: str
    description: str
    state: State
    turns: tuple[tuple[float, State], ...]


def watch(alarm: dict[str, Any], metrics: Metrics, moments: Iterable[float]) -> Watched:
    """One alarm, as DescribeAlarms tells of it, asked at each of `moments`."""
    turns: list[tuple[float, State]] = []
    for moment in moments:
        state = state_at(alarm, metrics, moment)
        if not turns or turns[-1][1] != state:
            turns.append((moment, state))
    return Watched(alarm["AlarmName"], alarm.get("AlarmDescription", ""), turns[-1][1], tuple(turns))


def state_at(alarm: dict[str, Any], metrics: Metrics, moment: float) -> State:
    """The state of an alarm at one moment."""
    count, missing = int(alarm["EvaluationPeriods"]), alarm.get("TreatMissingData", "missing")
    needed = int(alarm.get("DatapointsToAlarm") or count)
    periods = Periods(moment, _period(alarm), count)
    series = _watched(alarm, metrics, periods)
    if not series and missing == "missing":
        return "INSUFFICIENT_DATA"
    beyond, threshold = _BEYOND[alarm["ComparisonOperator"]], float(alarm["Threshold"])
    breaching = [
        beyond(series[start], threshold) if start in series else missing == "breaching" for start in periods.starts
    ]
    return "ALARM" if sum(breaching) >= needed else "OK"


def _period(alarm: dict[str, Any]) -> int:
    if "Period" in alarm:
        return int(alarm["Period"])
    return next(int(query["MetricStat"]["Period"]) for query in alarm["Metrics"] if query.get("MetricStat"))


def _watched(alarm: dict[str, Any], metrics: Metrics, periods: Periods) -> Series:
    if not alarm.get("Metrics"):
        return _series(alarm, str(alarm["Statistic"]), metrics, periods)
    known = {
        query["Id"]: _series(query["MetricStat"]["Metric"], query["MetricStat"]["Stat"], metrics, periods)
        for query in alarm["Metrics"]
        if query.get("MetricStat")
    }
    returned = next(query for query in alarm["Metrics"] if query.get("Expression"))
    return metrics.expression(returned["Expression"], known, periods)


def _series(named: dict[str, Any], statistic: str, metrics: Metrics, periods: Periods) -> Series:
    dimensions = {each["Name"]: each["Value"] for each in named["Dimensions"]}
    return metrics.series(metric(named["Namespace"], named["MetricName"], **dimensions), statistic, periods)
