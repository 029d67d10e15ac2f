"""The bell: the queue that notifications of the topic go into, too."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .failures import FAILURES, reason_of

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class NotRung(Exception):
    """The queue did not take it; the message says why."""


@dataclass(frozen=True, slots=True)
class Bell:
    queue: SQSClient
    url: str

    def ring(self, message: Mapping[str, object], seconds: int) -> None:
        """Have looked at what a message names, in so many seconds. Raises ``NotRung``."""
        try:
            self.queue.send_message(QueueUrl=self.url, MessageBody=json.dumps(message), DelaySeconds=seconds)
        except FAILURES as failure:
            raise NotRung(reason_of(failure)) from None
