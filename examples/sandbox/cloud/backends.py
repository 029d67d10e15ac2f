"""Typed doors to moto's in-memory state; hold the server's `turn` while using what they return."""

from __future__ import annotations

from moto.awslambda.models import EventSourceMapping, LambdaBackend, LambdaFunction, lambda_backends
from moto.dynamodb.models import DynamoDBBackend, dynamodb_backends
from moto.events.models import EventsBackend, events_backends
from moto.iam.models import IAMBackend, iam_backends
from moto.kms.models import KmsBackend, kms_backends
from moto.logs.models import LogsBackend, logs_backends
from moto.scheduler.models import EventBridgeSchedulerBackend, Schedule, scheduler_backends
from moto.sns.models import SNSBackend, sns_backends
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends
from moto.ssm.models import SimpleSystemManagerBackend, ssm_backends
from moto.utilities.utils import get_partition

ACCOUNT_ID = "123456789012"

__all__ = ["ACCOUNT_ID", "Backends", "EventSourceMapping", "LambdaFunction", "Message", "Queue", "Schedule"]


class Backends:
    """The services of one account in one Region."""

    def __init__(self, region: str) -> None:
        self.region = region
        self.partition: str = get_partition(region)

    @property
    def sqs(self) -> SQSBackend:
        return sqs_backends[ACCOUNT_ID][self.region]

    @property
    def events(self) -> EventsBackend:
        return events_backends[ACCOUNT_ID][self.region]

    @property
    def functions(self) -> LambdaBackend:
        return lambda_backends[ACCOUNT_ID][self.region]

    @property
    def logs(self) -> LogsBackend:
        return logs_backends[ACCOUNT_ID][self.region]

    @property
    def sns(self) -> SNSBackend:
        return sns_backends[ACCOUNT_ID][self.region]

    @property
    def ssm(self) -> SimpleSystemManagerBackend:
        return ssm_backends[ACCOUNT_ID][self.region]

    @property
    def scheduler(self) -> EventBridgeSchedulerBackend:
        return scheduler_backends[ACCOUNT_ID][self.region]

    @property
    def dynamodb(self) -> DynamoDBBackend:
        return dynamodb_backends[ACCOUNT_ID][self.region]

    @property
    def kms(self) -> KmsBackend:
        return kms_backends[ACCOUNT_ID][self.region]

    @property
    def iam(self) -> IAMBackend:
        return iam_backends[ACCOUNT_ID][self.partition]

    def queue_by_arn(self, arn: str) -> Queue | None:
        """The queue with this ARN, if it exists."""
        return next((queue for queue in self.sqs.queues.values() if queue.queue_arn == arn), None)

    def function(self, name: str) -> LambdaFunction | None:
        """The latest version of the function of this name, if it exists."""
        return next((fn for fn in self.functions.list_functions() if fn.function_name == name), None)

    def hash_key(self, table_name: str) -> str:
        """The name of a table's partition key; empty for a table that does not exist."""
        table = self.dynamodb.tables.get(table_name)
        return table.hash_key_attr if table else ""

    def mappings(self) -> list[EventSourceMapping]:
        """Every event source mapping from a queue."""
        known = self.functions._event_source_mappings.values()
        return [mapping for mapping in known if ":sqs:" in mapping.event_source_arn]

    def schedules(self) -> list[Schedule]:
        """Every schedule of every group."""
        groups = self.scheduler.schedule_groups.values()
        return [schedule for group in groups for schedule in group.schedules.values()]
