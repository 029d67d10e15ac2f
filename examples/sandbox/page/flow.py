"""What flows between the two sides: notifications, events, queues, and runs of functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from sandbox.bells import Notification
from sandbox.cloud import Cloud
from sandbox.cloud.looks import MessageSeen, QueueSeen
from sandbox.cloud.measures import LogLine
from sandbox.cloud.runs import Run
from sandbox.page.surroundings import Surroundings

_NOTIFICATIONS, _EVENTS, _RUNS, _MESSAGES, _LINES = 40, 40, 30, 12, 60
_MOST_LETTERS = 2_000
_NONE: list[LogLine] = []
Part = dict[str, Any]
Stamp = tuple[str, int, int, bool]
"""By what a run differs from itself a moment ago: its id, its lines and calls so far, and whether it ended."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """What of the flow is about one pair: messages in the functions' queues, those that gave up, and runs under way."""

    messages: tuple[MessageSeen, ...]
    dead: int
    runs: int


@dataclass(frozen=True, slots=True)
class Flowing:
    """The queues of the functions by their short names, those of dead letters, and the latest runs."""

    queues: dict[str, QueueSeen]
    dead: dict[str, QueueSeen]
    runs: Sequence[Run]
    stamps: tuple[Stamp, ...]

    @classmethod
    def of(cls, cloud: Cloud, around: Surroundings | None) -> Self:
        known = {queue.name: queue for queue in cloud.queues()}
        named = around.queues if around else {}
        queues = {short: known[name] for short, name in named.items() if name in known}
        dead = {short: each for short, name in named.items() for each in known.values() if name in each.dead_letters_of}
        runs = cloud.runs()
        return cls(queues, dead, runs, tuple(map(_stamp, runs)))

    @property
    def at_work(self) -> frozenset[str]:
        """The ids of the messages that runs under way have in hand."""
        payloads = [_json(run.payload.decode(errors="replace")) for run in self.runs if run.outcome is None]
        records = [each for told in payloads for each in told.get("Records") or () if isinstance(each, dict)]
        return frozenset(str(each.get("messageId")) for each in records)

    def about(self, marks: Iterable[str]) -> Waiting:
        """What speaks of one of these ids or keys."""
        marks = tuple(marks)
        if not marks:
            return Waiting((), 0, 0)
        spoken = re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, marks))})(?![\w-])")
        messages = [each for queue in self.queues.values() for each in queue.messages if spoken.search(each.body)]
        dead = sum(1 for queue in self.dead.values() for each in queue.messages if spoken.search(each.body))
        runs = sum(
            1 for run in self.runs if run.outcome is None and spoken.search(run.payload.decode(errors="replace"))
        )
        return Waiting(tuple(messages), dead, runs)


def events(cloud: Cloud, around: Surroundings | None) -> list[LogLine]:
    """The latest events on the bus as they were logged; the same list as long as there are no others."""
    return cloud.events_of(around.event_log, _EVENTS) if around else _NONE


def between(
    rung: Sequence[Notification],
    logged: Sequence[LogLine],
    flowing: Flowing,
    sweeps: Mapping[str, float],
    around: Surroundings | None,
) -> Part:
    """Notifications, events on the bus, queues, when sweeps are due, and the full names of functions by their short."""
    return {
        "notifications": [asdict(each) for each in reversed(rung[-_NOTIFICATIONS:])],
        "events": [_event(json.loads(line.message), line.at) for line in reversed(logged)],
        "queues": [_queue(short, queue, flowing) for short, queue in flowing.queues.items()],
        "sweeps": dict(sweeps),
        "functions": dict(around.functions) if around else {},
    }


def runs(flowing: Flowing, known: dict[Stamp, Part]) -> list[Part]:
    """The latest runs, the last one first; ``known`` remembers those that were put into words."""
    latest = list(zip(flowing.stamps, flowing.runs, strict=True))[: -_RUNS - 1 : -1]
    told = {stamp: known[stamp] if stamp in known else _run(run) for stamp, run in latest}
    known.clear()
    known.update(told)
    return list(told.values())


def _stamp(run: Run) -> Stamp:
    return run.request_id, len(run.lines), len(run.exchanges), run.outcome is not None


def _event(event: Part, at: float) -> Part:
    detail = event.get("detail", {})
    return {
        "id": event["id"],
        "at": at,
        "source": event["source"],
        "type": event["detail-type"],
        "about": " · ".join(str(detail[name]) for name in ("caseId", "issueKey") if detail.get(name)),
        "changed": ", ".join(map(str, detail.get("changed") or ())),
        "detail": json.dumps(detail, indent=1, ensure_ascii=False),
    }


def _queue(short: str, queue: QueueSeen, flowing: Flowing) -> Part:
    letters = flowing.dead[short].messages if short in flowing.dead else ()
    at_work = flowing.at_work
    return {
        "name": short,
        "depth": len(queue.messages),
        "oldest": min((each.sent for each in queue.messages), default=None),
        "messages": [_message(each, at_work) for each in queue.messages[:_MESSAGES]],
        "dead": len(letters),
        "letters": [_message(each, at_work) for each in letters[:_MESSAGES]],
    }


def _message(message: MessageSeen, at_work: frozenset[str]) -> Part:
    return {**asdict(message), "body": _short(message.body), "at_work": message.message_id in at_work}


def _run(run: Run) -> Part:
    outcome = run.outcome
    return {
        "id": run.request_id,
        "function": run.function,
        "at": run.at,
        "told": [_short(body) for body in bodies(run.payload)],
        "seconds": outcome.seconds if outcome else None,
        "cold": outcome.init_seconds if outcome else None,
        "failure": f"{outcome.failure.type}: {outcome.failure.message}" if outcome and outcome.failure else "",
        "again": _put_off(outcome.answer) if outcome and not outcome.failure else 0,
        "calls": [asdict(each) for each in run.exchanges],
        "lines": [_short(line) for line in run.lines[-_LINES:]],
    }


def bodies(payload: bytes) -> list[str]:
    """The bodies of the messages in an invocation, or all of one that was made by hand."""
    text = payload.decode(errors="replace")
    records = _json(text).get("Records")
    return [str(each.get("body")) for each in records] if isinstance(records, list) else [text]


def _put_off(answer: bytes) -> int:
    """How many of its messages a run left in the queue."""
    failed = _json(answer.decode(errors="replace")).get("batchItemFailures")
    return len(failed) if isinstance(failed, list) else 0


def _json(text: str) -> Part:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _short(text: str) -> str:
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"
