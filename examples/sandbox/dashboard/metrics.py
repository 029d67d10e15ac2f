"""Statistics of what was measured, period by period, as CloudWatch tells them."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.cloud.measures import Metric, Point

from .expressions import Series, evaluate


@dataclass(frozen=True, slots=True)
class Periods:
    """Equal periods: `count` of `seconds` each, the last of which ends at `end` (seconds since the epoch)."""

    end: float
    seconds: int
    count: int

    @property
    def starts(self) -> list[float]:
        return [self.end - self.seconds * (self.count - number) for number in range(self.count)]


@dataclass(frozen=True, slots=True)
class Metrics:
    """All that was measured; the points of each metric oldest first."""

    points: Mapping[Metric, Sequence[Point]]

    def series(self, wanted: Metric, statistic: str, periods: Periods) -> Series:
        """One metric's statistic in each period that has any of it."""
        return _of(self.points.get(wanted, ()), statistic, periods)

    def chart(self, rows: list[list[Any]], statistic: str, periods: Periods) -> dict[str, Series]:
        """The lines of a dashboard's widget: label → series.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
        """
        lines: dict[str, Series] = {}
        for row in rows:
            options = row[-1] if isinstance(row[-1], dict) else {}
            if "expression" in options:
                lines[str(options["label"])] = self.expression(options["expression"], {}, periods)
                continue
            namespace, name, *dimensions = [str(part) for part in row if not isinstance(part, dict)]
            wanted = (namespace, name, tuple(sorted(zip(dimensions[::2], dimensions[1::2], strict=True))))
            label = str(options.get("label", " ".join(dimensions[1::2])))
            lines[label] = self.series(wanted, str(options.get("stat", statistic)), periods)
        return lines

    def expression(self, text: str, known: Mapping[str, Series], periods: Periods) -> Series:
        """An expression of metric math. Raises `UnknownExpression`."""

        def search(namespace: str, name: str, statistic: str) -> list[Series]:
            found = [each for each in self.points if each[:2] == (namespace, name)]
            return [self.series(each, statistic, periods) for each in found]

        return evaluate(text, known, periods.starts, search)


def _of(points: Sequence[Point], statistic: str, periods: Periods) -> Series:
    starts = periods.starts
    held: dict[float, list[float]] = defaultdict(list)
    for at, value in points[bisect_left(points, (starts[0],)) : bisect_left(points, (periods.end,))]:
        held[starts[math.floor((at - starts[0]) / periods.seconds)]].append(value)
    return {start: _statistic(statistic, sorted(values)) for start, values in held.items()}


def _statistic(name: str, values: list[float]) -> float:
    """https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html"""
    if name.startswith("p"):
        return values[max(0, math.ceil(len(values) * float(name[1:]) / 100) - 1)]
    return {
        "Sum": sum(values),
        "Maximum": values[-1],
        "Minimum": values[0],
        "Average": sum(values) / len(values),
        "SampleCount": float(len(values)),
    }[name]
