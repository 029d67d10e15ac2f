"""Entry point of the function ``security_ir_poller``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from security_ir_jira import runtime, security_ir
from security_ir_jira.case_source import CaseSource, read_native_event
from security_ir_jira.events import Event
from security_ir_jira.worker import Worker, logger, metrics

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

SWEEP = "sweep"


def read(body: dict[str, Any]) -> tuple[str, Event | None]:
    """A native event's case and what it tells, or the order to sweep."""
    if body.get("sweep") == "cases":
        return SWEEP, None
    event = read_native_event(body)
    return str(event.case_id), event


def work(subject: str, told: list[Event | None], _: LambdaContext) -> None:
    if subject == SWEEP:
        source.sweep()
    else:
        source.announce([event for event in told if event is not None])


settings = runtime.config()
source = CaseSource(
    runtime.ledger(), security_ir.connect(), runtime.bus(), backfill_closed_cases=settings.backfill_closed_cases
)
worker = Worker(read, work)


@logger.inject_lambda_context
@metrics.log_metrics
def handler(event: dict[str, Any], context: LambdaContext) -> PartialItemFailureResponse:
    """Answer a batch of SQS records with those that failed."""
    return worker(event, context)
