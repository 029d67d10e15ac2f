"""Backfill by hand: start, status, pause and resume, for each direction."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..events import utc_text
from ..ledger.backfills import Backfill, Backfills
from ..model import Side
from .rounds import utc

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

DIRECTIONS: Mapping[str, Side] = {"issues": "jira", "cases": "security_ir"}
"""What is looked through, and on which side that is; the other side gets what is born."""
ACTIONS = ("start", "status", "pause", "resume")


@dataclass(frozen=True, slots=True)
class BackfillDesk:
    """``queue_urls`` are those of the sources, by direction; ``created_at`` is when the module was first applied."""

    backfills: Backfills
    sqs: SQSClient
    queue_urls: Mapping[str, str]
    created_at: Callable[[], float]
    clock: Callable[[], float]

    def __call__(self, direction: str, action: str) -> dict[str, Any]:
        """What was done, and how far the backfill is. Without a direction: how far both are."""
        if not direction:
            return {"backfill": {each: self._status(each) for each in DIRECTIONS}}
        if direction not in DIRECTIONS or action not in ACTIONS:
            return {
                "error": f"not understood: {direction} {action}",
                "usage": f"backfill_command {'|'.join(DIRECTIONS)} {'|'.join(ACTIONS)}",
            }
        done = self._act(direction, action)
        return {"backfill": {direction: self._status(direction)}, "did": done}

    def _act(self, direction: str, action: str) -> str:
        side, run = DIRECTIONS[direction], uuid.uuid4().hex[:12]
        if action == "start":
            before = self.backfills.get(side)
            if before is not None and before.state == "running":
                return "nothing: it is running already; pause it, and resume, to send its message anew"
            self.backfills.start(side, Backfill(run, "running", since=self.clock(), before=self.created_at()))
            self._send(direction, run)
            return "started from the beginning"
        if action == "pause":
            return "paused" if self.backfills.pause(side) else "nothing: it is not running"
        if action == "resume":
            if not self.backfills.resume(side, run):
                return "nothing: it is not paused"
            self._send(direction, run)
            return "resumed where it stood"
        return "nothing: this is its status"

    def _send(self, direction: str, run: str) -> None:
        body = json.dumps({"backfill": direction, "run": run})
        self.sqs.send_message(QueueUrl=self.queue_urls[direction], MessageBody=body)

    def _status(self, direction: str) -> dict[str, Any]:
        backfill = self.backfills.get(DIRECTIONS[direction])
        if backfill is None:
            return {"state": "never started"}
        return {
            "state": backfill.state,
            "since": utc_text(utc(backfill.since)),
            "looked_at": backfill.looked_at,
            "announced": backfill.announced,
            "position": backfill.position or "at the beginning",
        }
