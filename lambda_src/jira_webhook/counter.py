"""What the log holds: one line for each request that was not passed on, with its kind and nothing of what came.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from dataclasses import dataclass


def _print(line: str) -> None:
    print(line, flush=True)


@dataclass(frozen=True, slots=True)
class Counter:
    """Adds one to a metric of the functions' own."""

    namespace: str
    service: str
    write: Callable[[str], None] = _print

    @classmethod
    def of_environment(cls) -> Counter:
        return cls(os.environ["POWERTOOLS_METRICS_NAMESPACE"], os.environ["POWERTOOLS_SERVICE_NAME"])

    def __call__(self, metric: str, **failure: str) -> None:
        """Count one; ``failure`` says what happened where something has to be mended."""
        directive = {
            "Namespace": self.namespace,
            "Dimensions": [["service"]],
            "Metrics": [{"Name": metric, "Unit": "Count"}],
        }
        line = {"_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]}}
        self.write(json.dumps(line | {"service": self.service, metric: 1} | failure))
