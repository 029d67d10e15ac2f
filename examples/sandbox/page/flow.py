"""What flows between the two sides: notifications, events, queues, and runs of functions."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

from sandbox.cloud import Cloud
from sandbox.cloud.looks import MessageSeen, QueueSeen
from sandbox.cloud.runs import Run
from sandbox.page.surroundings import Surroundings
from sandbox.stage import Stage

_NOTIFICATIONS, _EVENTS, _RUNS, _MESSAGES, _LINES = 40, 40, 30, 12, 60
_MOST_LETTERS = 2_000
Part = dict[str, Any]


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

    @classmethod
    def of(cls, cloud: Cloud, around: Surroundings | None) -> Self:
        known = {queue.name: queue for queue in cloud.queues()}
        named = around.queues if around else {}
        queues = {short: known[name] for short, name in named.items() if name in known}
        dead = {short: each for short, name in named.items() for each in known.values() if name in each.dead_letters_of}
        return cls(queues, dead, cloud.runs())

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


def between(stage: Stage, around: Surroundings | None, flowing: Flowing) -> Part:
    """Notifications, events on the bus, queues, when sweeps are due, and the full names of functions by their short."""
    return {
        "notifications": [asdict(each) for each in reversed(stage.bells.rung()[-_NOTIFICATIONS:])],
        "events": _events(stage.cloud, around),
        "queues": [_queue(short, queue, flowing.dead.get(short)) for short, queue in flowing.queues.items()],
        "sweeps": stage.cloud.schedules_due(),
        "functions": dict(around.functions) if around else {},
    }


def runs(flowing: Flowing) -> list[Part]:
    """The latest runs, the last one first."""
    return [_run(each) for each in reversed(flowing.runs[-_RUNS:])]


def _events(cloud: Cloud, around: Surroundings | None) -> list[Part]:
    lines = cloud.events_of(around.event_log, _EVENTS) if around else []
    return [_event(json.loads(line.message), line.at) for line in reversed(lines)]


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


def _queue(short: str, queue: QueueSeen, dead: QueueSeen | None) -> Part:
    letters = dead.messages if dead else ()
    return {
        "name": short,
        "depth": len(queue.messages),
        "oldest": min((each.sent for each in queue.messages), default=None),
        "messages": [_message(each) for each in queue.messages[:_MESSAGES]],
        "dead": len(letters),
        "letters": [_message(each) for each in letters[:_MESSAGES]],
    }


def _message(message: MessageSeen) -> Part:
    return {**asdict(message), "body": _short(message.body)}


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
