"""Entry point of the function ``jira_notifications_handler``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from security_ir_jira import runtime
from security_ir_jira.issue_source import IssueSource, read_notification
from security_ir_jira.worker import Worker, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

SWEEP = "sweep"


def read(body: dict[str, Any]) -> tuple[str, None]:
    """The issue a notification names, or the order to sweep."""
    return (SWEEP if body.get("sweep") == "issues" else read_notification(body)), None


def work(subject: str, _: list[None], __: LambdaContext) -> None:
    if subject == SWEEP:
        source.sweep()
    else:
        source.announce(subject)


settings = runtime.config()
source = IssueSource(runtime.ledger(), runtime.jira(settings), runtime.bus(), browse_url=settings.jira_browse_url)
worker = Worker(read, work)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Answer a batch of SQS records with those that failed."""
    return worker(event, context)
