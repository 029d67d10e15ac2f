"""A loop for benchmarks: the functions at work, and what each of their runs called and took of the processor."""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from moto.core.botocore_stubber import BotocoreStubber

from sandbox.jira import Person
from security_ir_jira.config import Config
from tests.defaults import MAPPING
from tests.sync.loop import ACCOUNT, REGION, Loop, Message, at_work, looped

SURROUNDINGS = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_REGION": REGION,
    "POWERTOOLS_METRICS_DISABLED": "true",
}


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a function; CPU seconds of its own thread, without those of the simulated AWS."""

    queue: str
    calls: tuple[str, ...]
    cpu_seconds: float


@dataclass(slots=True)
class Bench:
    """A loop whose runs are noted."""

    loop: Loop
    ada: Person
    runs: list[Run]

    def of(self, act: Callable[[], object]) -> list[Run]:
        """The runs that something causes."""
        gc.collect()
        self.runs.clear()
        act()
        self.loop.settle()
        return list(self.runs)


@contextmanager
def bench() -> Iterator[Bench]:
    """Both servers, and the functions with what they keep in memory after a pair was made each way."""
    logging.disable(logging.CRITICAL)
    config = Config(name="security-ir-jira", account_id=ACCOUNT, status_mapping=MAPPING)
    simulated = [0.0]
    answer = BotocoreStubber.__call__

    def beside(stubber: Any, *args: Any, **kwargs: Any) -> Any:
        began = time.thread_time()
        try:
            return answer(stubber, *args, **kwargs)
        finally:
            simulated[0] += time.thread_time() - began

    with (
        patch.dict(os.environ, SURROUNDINGS),
        patch.object(BotocoreStubber, "__call__", beside),
        looped(config) as loop,
    ):
        loop.jira.add_project("SEC")
        ada = loop.jira.person(loop.jira.add_user("Ada Lovelace", "ada@example.com"))
        loop.gathers = True
        made = Bench(loop, ada, [])
        run = loop._run

        def noted(queue: str, batch: Sequence[Message]) -> None:
            simulated[0], points = 0.0, len(loop.wire.points)
            began = time.thread_time()
            run(queue, batch)
            taken = time.thread_time() - began - simulated[0]
            calls = [point.removeprefix("before ") for point in loop.wire.points[points:] if point.startswith("before")]
            made.runs.append(Run(queue, tuple(calls), taken))

        with patch.object(Loop, "_run", lambda _, queue, batch: noted(queue, batch)):
            at_work(loop, ada)
            yield made
