"""The handler of a function that people invoke: one JSON document in, one out, laid out to be read."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any

from aws_lambda_powertools import Logger
from aws_lambda_powertools.utilities.typing import LambdaContext

from ..trust import share_with_boto3

logger = Logger()


def entry_point(make: Callable[[], Callable[[object], dict[str, Any]]]) -> Callable[[object, LambdaContext], bytes]:
    """The handler of what ``make`` puts together, once an instance.

    Bytes, which the runtime hands on as they are: it would write an object on one line.
    https://github.com/aws/aws-lambda-python-runtime-interface-client/blob/main/awslambdaric/lambda_runtime_marshaller.py
    """

    @cache
    def desk() -> Callable[[object], dict[str, Any]]:
        share_with_boto3()
        return make()

    @logger.inject_lambda_context
    def handler(event: object, context: LambdaContext) -> bytes:
        answer = desk()(event)
        logger.info("asked by hand", asked=", ".join(event) if isinstance(event, dict) else "nothing")
        return (json.dumps(answer, indent=2, ensure_ascii=False) + "\n").encode()

    return handler
