"""Small resources for the tests of the local AWS: a role, a queue, a function of a few lines, a mapping."""

from __future__ import annotations

import io
import json
import os
import textwrap
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.cloud import Clock, Cloud

_DEFAULT_RUNTIME = Path(__file__).resolve().parents[2] / ".cache" / "lambda-runtime" / "bin" / "python"

# What Lambda itself does with a function's role.
WORKER_STATEMENTS = (
    {
        "Sid": "OwnQueue",
        "Effect": "Allow",
        "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
        "Resource": "*",
    },
    {
        "Sid": "Logs",
        "Effect": "Allow",
        "Action": ["logs:CreateLogStream", "logs:PutLogEvents"],
        "Resource": "*",
    },
)


@dataclass(frozen=True, slots=True)
class StageQueue:
    """A queue's name, URL and ARN."""

    name: str
    url: str
    arn: str


def runtime_python() -> Path:
    """The interpreter functions run under, as `make runtime` leaves it, or SANDBOX_RUNTIME_PYTHON."""
    python = Path(os.environ.get("SANDBOX_RUNTIME_PYTHON") or _DEFAULT_RUNTIME)
    if not python.exists():
        pytest.skip(f"{python} is not here: make runtime")
    return python


def zipped(source: str) -> bytes:
    """A function's zip: package ``app`` with a module ``handler``."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("app/__init__.py", "")
        archive.writestr("app/handler.py", textwrap.dedent(source))
    return content.getvalue()


class Stage:
    """Builds what a test needs in a cloud."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def arn(self, service: str, rest: str) -> str:
        """An ARN in the cloud's account and Region."""
        return f"arn:aws:{service}:{self.cloud.region}:{self.cloud.account_id}:{rest}"

    def role(self, name: str, *statements: dict[str, Any]) -> str:
        """A role with one inline policy; its ARN."""
        iam = self.cloud.boto3("iam")
        answer = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps({"Statement": []}))
        self.allow(name, *statements)
        return str(answer["Role"]["Arn"])

    def allow(self, role: str, *statements: dict[str, Any]) -> None:
        """Replace a role's policy."""
        document = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
        self.cloud.boto3("iam").put_role_policy(RoleName=role, PolicyName="policy", PolicyDocument=document)

    def queue(self, name: str, **attributes: str) -> StageQueue:
        """A queue that EventBridge and SNS may send to."""
        arn = self.arn("sqs", name)
        senders = [
            {
                "Effect": "Allow",
                "Action": "sqs:SendMessage",
                "Resource": arn,
                "Principal": {"Service": service},
            }
            for service in ("events.amazonaws.com", "sns.amazonaws.com")
        ]
        attributes.setdefault("Policy", json.dumps({"Version": "2012-10-17", "Statement": senders}))
        url = self.cloud.boto3("sqs").create_queue(QueueName=name, Attributes=attributes)["QueueUrl"]
        return StageQueue(name, url, arn)

    def queue_with_dead_letters(self, name: str, *, receives: int, visibility: int = 30) -> StageQueue:
        """A queue whose messages go to ``<name>-dead`` after `receives` receipts."""
        dead = self.queue(f"{name}-dead")
        redrive = {"deadLetterTargetArn": dead.arn, "maxReceiveCount": receives}
        return self.queue(name, RedrivePolicy=json.dumps(redrive), VisibilityTimeout=str(visibility))

    def function(self, source: str, *statements: dict[str, Any], name: str = "fn", **configuration: Any) -> None:
        """A function ``app.handler.handler`` with a log group, whose role may besides do `statements`."""
        self.cloud.boto3("logs").create_log_group(logGroupName=f"/aws/lambda/{name}")
        role = self.role(f"{name}-role", *WORKER_STATEMENTS, *statements)
        settings = {"Handler": "app.handler.handler", "Runtime": "python3.13", "Timeout": 10} | configuration
        self.cloud.boto3("lambda").create_function(
            FunctionName=name, Role=role, Code={"ZipFile": zipped(source)}, **settings
        )

    def mapping(self, queue: StageQueue, *, name: str = "fn", batch: int = 10, at_once: int = 2) -> None:
        """An event source mapping with partial batch responses."""
        self.cloud.boto3("lambda").create_event_source_mapping(
            FunctionName=name,
            EventSourceArn=queue.arn,
            BatchSize=batch,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            ScalingConfig={"MaximumConcurrency": at_once},
        )

    def send(self, queue: StageQueue, *bodies: str) -> None:
        """Send messages."""
        for body in bodies:
            self.cloud.boto3("sqs").send_message(QueueUrl=queue.url, MessageBody=body)

    def receive(self, queue: StageQueue) -> list[str]:
        """The bodies of up to ten visible messages, which stay invisible afterwards."""
        answer = self.cloud.boto3("sqs").receive_message(QueueUrl=queue.url, MaxNumberOfMessages=10)
        return [message["Body"] for message in answer.get("Messages", [])]

    def remaining(self, queue: StageQueue) -> int:
        """How many messages a queue holds, visible or not."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.cloud.boto3("sqs").get_queue_attributes(QueueUrl=queue.url, AttributeNames=names)
        return sum(int(value) for value in answer["Attributes"].values())

    def printed(self, name: str = "fn") -> list[str]:
        """What a function printed, without Lambda's own lines."""
        own = ("START ", "END ", "REPORT ")
        return [line for line in self.cloud.logs(name) if not line.startswith(own)]


@contextmanager
def a_stage(*, virtual: bool = False, functions: bool = True) -> Iterator[Stage]:
    """A fresh cloud."""
    python = runtime_python() if functions else None
    with Cloud(runtime_python=python, clock=Clock(virtual=virtual)) as cloud:
        yield Stage(cloud)
