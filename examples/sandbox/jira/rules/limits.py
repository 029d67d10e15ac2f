"""Jira's limits: on requests to one endpoint, and on writes to one issue.

https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
"""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Sequence

Windows = Sequence[tuple[float, int]]
"""Seconds, and how many requests they may hold."""
ISSUE_WRITES: Windows = ((2.0, 20), (30.0, 100))


class Limit:
    """Counts requests by what they have in common, by the server's clock; used inside a turn."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._admitted: dict[Hashable, deque[float]] = defaultdict(deque)

    def admit(self, what: Hashable, windows: Windows) -> int | None:
        """None where the request may go on, else the whole seconds to wait."""
        now = self._clock()
        admitted = self._admitted[what]
        while admitted and admitted[0] <= now - windows[-1][0]:
            admitted.popleft()
        for seconds, most in windows:
            recent = [at for at in admitted if at > now - seconds]
            if len(recent) >= most:
                return max(1, math.ceil(recent[-most] + seconds - now))
        admitted.append(now)
        return None
