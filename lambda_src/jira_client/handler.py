"""Entry point of the function ``jira_client``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from security_ir_jira import runtime
from security_ir_jira.events import Told, read_case_event
from security_ir_jira.jira_sink import JiraSink
from security_ir_jira.worker import Worker, logger, metrics, seconds_left

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse


def work(case_id: str, told: list[Told], context: LambdaContext) -> None:
    sink.reconcile(case_id, Told.together(told), seconds_left(context))


sink = JiraSink(runtime.sides())
worker = Worker(read_case_event, work)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Answer a batch of SQS records with those that failed."""
    return worker(event, context)
