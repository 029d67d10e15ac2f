"""Entry point of the function ``jira_webhook``, behind a Lambda function URL.

====================  ==================================================================================
``QUEUE_URL``         the queue of ``jira_notifications_handler``
``SECRET_PARAMETER``  name or ARN of the SSM parameter with the secret that Jira signs by
====================  ==================================================================================

Jira waits for the answer, so little is imported: neither Powertools nor what talks to Jira.
"""

from __future__ import annotations

import os
from functools import cache
from typing import Any

from security_ir_jira.shell.startup import without_looking_for_garbage

with without_looking_for_garbage():
    import boto3
    from botocore.config import Config

    from security_ir_jira.shell.clients import prepare_boto3

    from .bell import Bell
    from .counter import Counter
    from .door import Door
    from .secret import Secret

_PATIENCE = Config(connect_timeout=2, read_timeout=2, retries={"mode": "standard", "total_max_attempts": 2})
"""Jira tries again by itself, and better than we can while it waits."""


@cache
def door() -> Door:
    prepare_boto3()
    return Door(
        Secret(boto3.client("ssm", config=_PATIENCE), os.environ["SECRET_PARAMETER"]),
        Bell(boto3.client("sqs", config=_PATIENCE), os.environ["QUEUE_URL"]),
        Counter.of_environment(),
    )


if "AWS_LAMBDA_RUNTIME_API" in os.environ:
    # While a whole processor is lent for it.
    door()


def handler(event: dict[str, Any], context: object) -> dict[str, Any]:
    """Answer one request: https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads"""
    return {"statusCode": door().answer(event), "body": ""}
