"""Sources and sinks joined by an in-memory bus and queues, on a clock that jumps.

Stands in for the delivery only (SNS, EventBridge, SQS): every notification becomes a message, a message that fails
comes back after the delay its worker asks for, one whose function died when its invocation must have ended, and each
can be delivered more than once or out of order; or in batches of what waits together. What the
functions call passes over ``wire``.
"""

from __future__ import annotations

import json
import math
import os
import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import boto3
from botocore.exceptions import ClientError
from botocore.loaders import JSONFileLoader
from moto import mock_aws
from moto.core.serialize import BaseJSONSerializer
from moto.core.utils import method_names_from_class
from moto.dynamodb.models.dynamo_type import Item
from moto.dynamodb.models.table import Table as MotoTable

from jira_webhook.bell import Bell
from jira_webhook.door import Door
from jira_webhook.secret import Secret
from sandbox.jira import Comment, JiraServer, Person
from sandbox.jira.state.model import Webhook
from sandbox.security_ir import SecurityIrServer
from security_ir_jira.cases.calls import CaseCalls
from security_ir_jira.cases.client import CaseClient
from security_ir_jira.config import Config
from security_ir_jira.errors import Undeliverable
from security_ir_jira.events import EventBus
from security_ir_jira.jira.client import JiraClient
from security_ir_jira.jira.credentials import Credentials
from security_ir_jira.jira.http import JiraHttp
from security_ir_jira.ledger.breakers import Breaker, Breakers
from security_ir_jira.ledger.cursors import CaseCursors, IssueCursors
from security_ir_jira.ledger.pairs import PairLedger
from security_ir_jira.ledger.table import Table
from security_ir_jira.ledger.troubles import Troubles
from security_ir_jira.model import LABEL
from security_ir_jira.shell.clients import prepare_boto3
from security_ir_jira.shell.worker import Function, visible_after
from security_ir_jira.sinks.cases import case_sink
from security_ir_jira.sinks.issues import issue_sink
from security_ir_jira.sinks.surroundings import Surroundings
from security_ir_jira.sources.backfill import closed_cases, older_issues
from security_ir_jira.sources.cases import CaseSource, Home
from security_ir_jira.sources.issues import IssueSource
from tests.clock import Clock
from tests.dynamodb import InProcess
from tests.stale import StaleClient
from tests.webhooks import SECRET, request

from .wire import Client, Killed, Wire, over

REGION = "eu-central-1"
ACCOUNT = "123456789012"
BEGINNING = 2_208_988_800.0
"""2040-01-01: the hour, and with it each case's turn in the schedule of deep checks, is the same in every run."""
LEASE_SECONDS = 360.0
BATCH_SIZE = 10
"""Messages that an event source mapping hands over at once, where so many wait."""
WEBHOOKS = frozenset(
    {
        *("jira:issue_created", "jira:issue_updated", "jira:issue_deleted"),
        *("comment_created", "comment_updated", "comment_deleted", "attachment_created"),
    }
)
EVIDENCE = r"C:\Users\_svc\run.ps1, C:\Windows\Temp\*.exe; arn:aws:s3:::*_prod_*"


Files = list[tuple[str, bytes]]
"""Names and contents."""


@dataclass(eq=False, slots=True)
class Message:
    queue: str
    body: dict[str, Any]
    due: float
    received: int = 0
    sent: float = field(init=False)

    def __post_init__(self) -> None:
        self.sent = self.due


class Bus:
    """``put_events`` of an EventBridge client: every event goes to the queue of the sink that listens to its source."""

    def __init__(self, loop: Loop) -> None:
        self._loop = loop
        self.refuse = 0

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        if self.refuse:
            self.refuse -= 1
            return {"FailedEntryCount": len(Entries), "Entries": [{"ErrorCode": "InternalFailure"} for _ in Entries]}
        for entry in Entries:
            envelope = {
                "source": entry["Source"],
                "detail-type": entry["DetailType"],
                "detail": json.loads(entry["Detail"]),
            }
            self._loop.events.append(envelope)
            self._loop.send("jira_client" if entry["Source"] == "security-ir" else "security_ir_client", envelope)
        return {"FailedEntryCount": 0, "Entries": [{} for _ in Entries]}


class Speaker:
    """The bus as a function may use it: its IAM policy lets it announce in the name of one side alone."""

    def __init__(self, loop: Loop, source: str) -> None:
        self._loop, self._source = loop, source

    def put_events(self, *, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self._loop.overreaches.extend(entry for entry in Entries if entry["Source"] != self._source)
        return self._loop.bus.put_events(Entries=Entries)


class Loop:
    """Both servers, the four functions' work, and what lies between them."""

    def __init__(
        self,
        jira: JiraServer,
        service: SecurityIrServer,
        clock: Clock,
        config: Config,
        *,
        table: str = "ledger",
        project: str = "SEC",
        key: str | None = None,
    ) -> None:
        self.jira, self.service, self.clock = jira, service, clock
        self.table_name, self.project, self.key = table, project, key
        self.copies = 1
        self.shuffle: random.Random | None = None
        self.gathers = False
        self.runs: list[str] = []
        self.native, self.automation = True, True
        self.events: list[dict[str, Any]] = []
        self.dead: list[tuple[Message, str]] = []
        self.failures: list[tuple[str, Exception]] = []
        self.counts: list[str] = []
        self.measures: list[tuple[str, float]] = []
        self._messages: list[Message] = []
        self.bus = Bus(self)
        self.overreaches: list[dict[str, Any]] = []
        self.webhook_secret, self.queue_is_closed = SECRET, False
        self.kills: list[str] = []
        self.wire = Wire()
        self.stale = StaleClient(InProcess(REGION), clock)
        self.start(config)
        service.on_change.append(self._on_native_event)
        jira.on_change.append(self._on_change)

    def start(self, config: Config) -> None:
        """The functions as after a deployment: nothing is left of what instances kept in memory."""
        for_cases, for_issues = (
            EventBus(Client(self.wire, "events", Speaker(self, source)), "bus", self.clock)  # type: ignore[arg-type]  # put_events
            for source in ("security-ir", "jira")
        )
        self.config = config
        client: Any = Client(self.wire, "dynamodb", self.stale)
        self.table = table = Table(client, self.table_name, self.clock)
        self.ledger, self.case_cursors, self.issue_cursors = PairLedger(table), CaseCursors(table), IssueCursors(table)
        breakers = Breakers(table)
        alone = CaseCalls.connect(self.clock.pass_seconds)
        alone = replace(alone, api=Client(self.wire, "security-ir", self._signing(alone.api)))
        cases_breaker = Breaker(breakers, "security_ir", alone.ask)
        calls = replace(alone, line=cases_breaker)
        self.cases = CaseClient(calls)
        http = JiraHttp(self._credentials, sleep=self.clock.pass_seconds, clock=self.clock)
        http.line = jira_breaker = Breaker(breakers, "jira", http.ask)
        self.jira_client = JiraClient(http)
        surroundings = Surroundings(
            config=config,
            ledger=self.ledger,
            cursors=self.case_cursors,
            bus=for_cases,
            site=lambda: self.jira_client.site,
            count=self.counts.append,
            measure=lambda name, seconds: self.measures.append((name, seconds)),
            breakers=(jira_breaker, cases_breaker),
            troubles=Troubles(table),
            clock=self.clock,
            issue_cursors=self.issue_cursors,
        )
        self.functions: dict[str, Function[Any, Any]] = {
            "security_ir_poller": CaseSource(
                self.case_cursors,
                calls,
                for_cases,
                self.clock,
                config.backfill_closed_cases,
                home=Home(config.account_id, REGION),
                admit=cases_breaker.admit,
                jira_is_down=lambda: "jira" in breakers.known(),
                case_filter=config.case_filter,
                count=self.counts.append,
                backfill=closed_cases(table, calls, for_cases),
            ),
            "jira_notifications_handler": IssueSource(
                self.ledger,
                self.issue_cursors,
                self.jira_client,
                for_issues,
                self.clock,
                config.jira_browse_url,
                admit=jira_breaker.admit,
                count=self.counts.append,
                backfill=older_issues(table, self.ledger, self.jira_client, for_issues, self.clock),
            ),
            "jira_client": issue_sink(replace(surroundings, bus=for_issues), self.jira_client, self.cases),
            "security_ir_client": case_sink(surroundings, self.cases, self.jira_client),
        }

    def _signing(self, api: Any) -> Any:
        """The client, with the instance's own access key if it has one: the service tells by it who wrote a comment."""
        if self.key is None:
            return api
        config = api.meta.config
        return boto3.client("security-ir", config=config, aws_access_key_id=self.key, aws_secret_access_key="testing")

    def _credentials(self, fresh: bool) -> Credentials:
        return Credentials(self.jira.url, self.jira.email, self.project, self.jira.token, 1)

    def _on_native_event(self, kind: str, detail: dict[str, Any]) -> None:
        if self.native:
            at = datetime.fromtimestamp(self.clock.now, UTC).isoformat()
            envelope = {"source": "aws.security-ir", "detail-type": kind, "time": at, "detail": detail}
            self.send("security_ir_poller", envelope)

    def _on_change(self, _: str, key: str) -> None:
        if self.automation:
            self.notify(key)

    def hear_webhooks(self, events: frozenset[str] = WEBHOOKS) -> None:
        """Jira's own webhooks ring, as the guide has them registered, and no automation rule does."""
        self.automation = False
        aws: Any = SimpleNamespace(get_parameter=self._get_parameter, send_message=self._send_message)
        door = Door(Secret(aws, "/secret", self.clock), Bell(aws, "queue"), self._count)
        self.jira.webhooks.post = lambda _, headers, body: door.answer(request(body, headers["X-Hub-Signature"]))
        query = f"project = {self.project} OR labels = {LABEL}"
        hook = Webhook(1, "security-ir-jira", "https://door", events, query, secret=SECRET)
        self.jira.site.webhooks[hook.id] = hook

    def _get_parameter(self, *, Name: str, WithDecryption: bool) -> dict[str, Any]:
        return {"Parameter": {"Value": self.webhook_secret}}

    def _send_message(self, *, QueueUrl: str, MessageBody: str, DelaySeconds: int) -> None:
        if self.queue_is_closed:
            raise ClientError({"Error": {"Code": "ServiceUnavailable"}}, "SendMessage")
        self.send("jira_notifications_handler", json.loads(MessageBody), after=DelaySeconds)

    def _count(self, metric: str, **_: str) -> None:
        self.counts.append(metric)

    def lose_the_table(self) -> None:
        """The ledger's table is deleted and made anew."""
        client = boto3.client("dynamodb", region_name=REGION)
        for item in client.scan(TableName=self.table_name)["Items"]:
            client.delete_item(TableName=self.table_name, Key={name: item[name] for name in ("PK", "SK")})

    # Delivery

    def send(self, queue: str, body: dict[str, Any], *, after: float = 0.0) -> None:
        """Put a message into a queue, as often as ``copies`` says, to be delivered so many seconds from now."""
        for _ in range(self.copies):
            message = Message(queue, body, self.clock.now)
            message.due += after
            self._messages.append(message)

    def notify(self, key: str) -> None:
        """What a Jira automation rule sends."""
        self.send("jira_notifications_handler", {"Message": json.dumps({"automationData": {"IssueId": key}})})

    def sweep_cases(self) -> None:
        self.send("security_ir_poller", {"sweep": "cases"})

    def sweep_issues(self) -> None:
        self.send("jira_notifications_handler", {"sweep": "issues"})

    def run(self) -> None:
        """Deliver until no message is due."""
        for _ in range(5_000):
            if not self.step():
                return
        raise AssertionError(f"never at rest: {self.events[-10:]}")

    def step(self) -> bool:
        """Deliver one message that is due, or a batch of those that wait together; false where there is none."""
        self.jira.webhooks.send_due()
        if self.gathers:
            return self._step_together()
        due = [message for message in self._messages if message.due <= self.clock.now]
        if not due:
            return False
        message = self.shuffle.choice(due) if self.shuffle else due[0]
        self._messages.remove(message)
        self._deliver(message)
        return True

    def _step_together(self) -> bool:
        due = [message for message in self._messages if message.due <= self.clock.now]
        queue = next((queue for queue in self.functions if any(message.queue == queue for message in due)), None)
        if queue is None:
            return False
        due = [message for message in due if message.queue == queue]
        batch = due[:BATCH_SIZE]
        for message in batch:
            self._messages.remove(message)
        self._run(queue, batch)
        return True

    def _next_due(self) -> float:
        again = self.jira.webhooks.next_due
        return min([math.inf if again is None else again, *(message.due for message in self._messages)])

    def lose(self) -> None:
        """Lose one notification; queues and bus of the module's own lose nothing."""
        told = [each for each in self._messages if each.queue in ("security_ir_poller", "jira_notifications_handler")]
        if told:
            self._messages.remove(self.shuffle.choice(told) if self.shuffle else told[0])

    def settle(self, seconds: float = 3_600) -> None:
        """Run, and wait for what was put off, for at most so long."""
        end = self.clock.now + seconds
        self.run()
        while self._next_due() <= end:
            self.clock.now = max(self.clock.now, self._next_due())
            self.run()

    def advance(self, seconds: float) -> None:
        """Let time pass, delivering whatever falls due on the way."""
        end = self.clock.now + seconds
        self.settle(seconds)
        self.clock.now = max(end, self.clock.now)

    def told_errors(self) -> set[str]:
        """The kinds of error that the alarms hear of."""
        return {getattr(failure, "because", "") or type(failure).__name__ for _, failure in self.failures}

    @property
    def waiting(self) -> list[Message]:
        return list(self._messages)

    def _deliver(self, message: Message) -> None:
        self._run(message.queue, [message])

    def _run(self, queue: str, batch: Sequence[Message]) -> None:
        """One run of a function: the messages of one subject together, as its worker has them."""
        self.runs.append(queue)
        together: dict[Any, list[tuple[Message, Any]]] = {}
        for message in batch:
            message.received += 1
            try:
                subject, heard = self.functions[queue].read(message.body)
                together.setdefault(subject, []).append((message, heard))
            except Undeliverable as reason:
                self.dead.append((message, str(reason)))
            except Exception as failure:
                self._come_again(message, failure)
        for subject, told in together.items():
            self._receive(queue, subject, told)

    def _receive(self, queue: str, subject: Any, told: Sequence[tuple[Message, Any]]) -> None:
        self.stale.delivery += 1
        # Out of sight until the invocation must have ended, as its worker asked first of all.
        comes_back = self.clock.now + LEASE_SECONDS
        messages = [message for message, _ in told]
        sent = max(message.sent for message in messages)
        try:
            self.functions[queue].receive(subject, [heard for _, heard in told], LEASE_SECONDS, sent)
        except Undeliverable as reason:
            self.dead += [(message, str(reason)) for message in messages]
        except Killed as where:
            self.kills.append(f"{queue}, {where}")
            for message in messages:
                message.due = comes_back
            self._messages += messages
            self.wire.revive()
            self.start(self.config)
        except Exception as failure:
            for message in messages:
                self._come_again(message, failure)

    def _come_again(self, message: Message, failure: Exception) -> None:
        self.failures.append((message.queue, failure))
        message.due = self.clock.now + visible_after(message.received, getattr(failure, "delay", None))
        self._messages.append(message)

    # Observation

    def quiet(self) -> Quiet:
        """Everything written from here on."""
        self.jira.reset_log()
        self.service.reset_log()
        return Quiet(self)

    def pairs(self) -> dict[str, str]:
        """Case id → issue key, by the label every paired issue carries."""
        found: dict[str, str] = {}
        for issue in self.jira.issues():
            for label in issue.labels:
                if label.startswith("aws-sir-"):
                    case_id = label.removeprefix("aws-sir-")
                    assert case_id not in found, f"{case_id} has two issues: {found[case_id]} and {issue.key}"
                    found[case_id] = issue.key
        return found


@dataclass(frozen=True, slots=True)
class Quiet:
    """What was written and read on both sides since."""

    loop: Loop

    @property
    def writes(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.loop.jira.writes()] + [
            each.operation for each in self.loop.service.writes()
        ]

    @property
    def jira_reads(self) -> list[str]:
        written = self.loop.jira.writes()
        return [f"{each.method} {each.path}" for each in self.loop.jira.requests if each not in written]

    @property
    def service_reads(self) -> list[str]:
        written = self.loop.service.writes()
        return [each.operation for each in self.loop.service.requests if each not in written]


def said_on_issue(loop: Loop, key: str) -> list[Comment]:
    """The comments of an issue but for the managed one with the case's details."""
    return [comment for comment in loop.jira.comments(key) if not comment.text.startswith("Case details")]


def open_case(
    loop: Loop, title: str = "Unusual API calls", description: str = "CreateAccessKey from a new ASN."
) -> str:
    return loop.service.aws_responder.open_case(title, description)


def key_of(loop: Loop, case_id: str) -> str:
    return loop.pairs()[case_id]


def status_of(loop: Loop, case_id: str) -> tuple[str, str]:
    return loop.service.case(case_id).status, loop.jira.issue(key_of(loop, case_id)).status.name


def texts(loop: Loop, case_id: str) -> tuple[str, str]:
    """Everything said on each side."""
    case = "\n".join(comment.body for comment in loop.service.comments(case_id))
    return case, "\n".join(comment.text for comment in loop.jira.comments(key_of(loop, case_id)))


def set_up(loop: Loop, config: Config, **settings: Any) -> None:
    """Apply the module with other settings."""
    loop.start(replace(config, **settings))


def open_own_case(loop: Loop) -> str:
    case = loop.service.person("grace").open_case("Leaked key", "Found in public.", resolver_type="Self")
    loop.settle()
    return case


def files_on_case(loop: Loop, case_id: str) -> Files:
    return [
        (each.file_name, loop.service.content(case_id, each.attachment_id))
        for each in loop.service.case(case_id).attachments
    ]


def files_on_issue(loop: Loop, case_id: str) -> Files:
    return [(each.filename, each.content) for each in loop.jira.issue(key_of(loop, case_id)).attachments]


def a_day_of_sweeps(loop: Loop) -> None:
    """Every sweep that comes within a day."""
    for _ in range(8):
        loop.sweep_cases()
        loop.sweep_issues()
        loop.advance(10_800)


def at_work(loop: Loop, ada: Person) -> None:
    """The functions as they are most of the time: a pair was made each way, and the sweeps came."""
    open_case(loop)
    ada.create_issue("SEC", "Earlier", "Some text")
    loop.settle()
    loop.sweep_cases()
    loop.sweep_issues()
    loop.settle()
    loop.advance(30)


def make_table(name: str) -> None:
    """An empty ledger."""
    boto3.client("dynamodb", region_name=REGION).create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
        BillingMode="PAY_PER_REQUEST",
    )


@contextmanager
def looped(config: Config, contract: Path | None = None) -> Iterator[Loop]:
    """A loop with both servers running, an empty Jira and an empty ledger."""
    clock = Clock(BEGINNING)
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        stack.enter_context(patch("moto.dynamodb.models.table.utcnow", lambda: datetime.fromtimestamp(clock(), UTC)))
        stack.enter_context(patch.object(BaseJSONSerializer, "_serialize_type_structure", _quickly))
        stack.enter_context(patch.object(MotoTable, "all_items", _unsorted))
        stack.enter_context(patch("moto.core.responses.method_names_from_class", _method_names))
        stack.enter_context(patch.object(JSONFileLoader, "load_file", _load_file))
        prepare_boto3()
        make_table("ledger")
        jira = stack.enter_context(JiraServer(clock=clock, contract=contract))
        # Time stands still while functions work, so that everything would come at once.
        jira.switches.bursts.clear()
        service = stack.enter_context(SecurityIrServer(clock=clock, region=REGION))
        surroundings = {"AWS_ENDPOINT_URL_SECURITY_IR": service.url, "AWS_DEFAULT_REGION": REGION}
        stack.enter_context(patch.dict(os.environ, surroundings))
        loop = Loop(jira, service, clock, config)
        stack.enter_context(over(loop.wire))
        yield loop


_serialize_structure = BaseJSONSerializer._serialize_type_structure


def _quickly(serializer: Any, serialized: Any, value: Any, shape: Any, key: str) -> None:
    """moto tries every spelling of every type on each attribute of an item; the items hold what goes on the wire."""
    if shape.name == "AttributeValue" and isinstance(value, dict):
        serialized[key] = value
    else:
        _serialize_structure(serializer, serialized, value, shape, key)


_method_names = cache(method_names_from_class)
"""moto looks through all names of a class for each request."""
_descriptions = cache(JSONFileLoader().load_file)


def _load_file(_: JSONFileLoader, path: str) -> Any:
    """Each loop's clients would read botocore's descriptions anew."""
    return _descriptions(path)


def _unsorted(table: MotoTable) -> list[Item]:
    """moto sorts the whole table for each Query, and what it found once more."""
    return [item for partition in table.items.values() for item in partition.values()]
