"""Draws the module's own dashboard from what the sandbox measured.

What is drawn is the body that Terraform put into the local CloudWatch, and the alarms are those it made.
"""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sandbox.cloud import Cloud

from .alarms import watch
from .metrics import Metrics, Periods
from .page import Seen, page

_PERIOD = 60
_POINTS_AT_MOST = 240
_DRAWN_EVERY = 10.0

__all__ = ["draw", "drawn", "look"]


def look(cloud: Cloud, hours: float | None = None) -> Seen:
    """What there is to see now, of the last `hours`, or of all the time since something was measured first."""
    points, lines, now = cloud.measurements(), cloud.log_lines(), cloud.clock.time()
    first = min((at for some in points.values() for at, _ in some), default=now)
    span = hours * 3600 if hours else max(15 * 60.0, now - first + _PERIOD)
    # Whole minutes, and at most so many points as can be told apart.
    seconds = _PERIOD * max(1, round(span / _PERIOD / _POINTS_AT_MOST + 0.5))
    periods = Periods(now, seconds, max(1, round(span / seconds + 0.5)))
    metrics = Metrics(points)
    moments = [*(start + seconds for start in periods.starts if start + seconds >= first), now]
    alarms = cloud.boto3("cloudwatch").get_paginator("describe_alarms").paginate()
    watched = [watch(alarm, metrics, moments) for each in alarms for alarm in each["MetricAlarms"]]
    return Seen(metrics, lines, {alarm.name: alarm for alarm in watched}, periods)


def draw(cloud: Cloud, name: str, path: Path) -> None:
    """Write the dashboard `name` as it is now to `path`; its folder is made."""
    body: dict[str, Any] = json.loads(cloud.boto3("cloudwatch").get_dashboard(DashboardName=name)["DashboardBody"])
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".part")
    unfinished.write_text(page(name, body, look(cloud)))
    unfinished.replace(path)


@contextmanager
def drawn(cloud: Cloud, name: str, path: Path) -> Iterator[None]:
    """Keep the page up to date meanwhile, and draw it a last time at the end."""
    over = threading.Event()

    def keep() -> None:
        while not over.wait(_DRAWN_EVERY):
            draw(cloud, name, path)

    thread = threading.Thread(target=keep, name="dashboard", daemon=True)
    draw(cloud, name, path)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with contextlib.suppress(OSError):
            draw(cloud, name, path)
