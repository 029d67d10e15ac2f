"""What becomes of a delivery that its queue refuses: the sender's own dead-letter queue takes it, with the reason.

A refused delivery is not tried again: what AWS answers with a missing permission or a missing resource goes straight
to the dead letters. https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-rule-event-delivery.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .backends import Backends, Queue


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a delivery was refused: the sender's `code` for it, and what a person reads."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Undelivered:
    """A delivery that was refused and that no dead-letter queue took: who sent it, to which ARN, and why."""

    sender: str
    target: str
    reason: str


def take(backends: Backends, queue: Queue, body: str, attributes: Mapping[str, str]) -> None:
    """Put a refused delivery with the dead letters, `attributes` as strings."""
    told = {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()}
    backends.sqs.send_message(queue.name, body, message_attributes=told)
