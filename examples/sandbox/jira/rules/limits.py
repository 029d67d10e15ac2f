"""Jira's limit on writes to one issue.

https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

WINDOWS = ((2.0, 20), (30.0, 100))


class WriteLimits:
    """Counts writes by issue id, by the server's clock; used inside a turn."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._writes: dict[str, deque[float]] = defaultdict(deque)

    def admit(self, issue_id: str) -> int | None:
        """None where the write may go on, else the whole seconds to wait."""
        now = self._clock()
        writes = self._writes[issue_id]
        while writes and writes[0] <= now - WINDOWS[-1][0]:
            writes.popleft()
        for seconds, most in WINDOWS:
            recent = [at for at in writes if at > now - seconds]
            if len(recent) >= most:
                return max(1, math.ceil(recent[-most] + seconds - now))
        writes.append(now)
        return None
