"""The bell: the queue that notifications of the topic go into, too."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from security_ir_jira.events import heard

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class NotRung(Exception):
    """The queue did not take it; the message says why."""


@dataclass(frozen=True, slots=True)
class Bell:
    queue: SQSClient
    url: str

    def ring(self, issue: str) -> None:
        """Have an issue looked at. Raises ``NotRung``."""
        try:
            self.queue.send_message(QueueUrl=self.url, MessageBody=json.dumps(heard(issue)))
        except (ClientError, BotoCoreError) as error:
            code = error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""
            raise NotRung(code or type(error).__name__) from None
