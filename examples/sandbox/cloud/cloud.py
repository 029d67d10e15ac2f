"""`Cloud`: the local AWS as the sandbox and the tests use it."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self, TypeVar

import boto3
from moto.core.base_backend import BackendDict

from . import looks, patches
from .backends import ACCOUNT_ID, Backends, Message
from .bus import Bus
from .clock import Clock
from .dead_letters import Undelivered
from .functions import Functions, Settings
from .guard import Call, Guard, Permission
from .looks import Item, QueueSeen
from .mappings import Mappings
from .measures import LogLine, Measures, Metric, Point
from .policy import Document
from .roles import Roles
from .runs import Run
from .runtime import Outcome
from .schedules import Schedules
from .server import Server
from .stacks import Stacks
from .traffic import Traffic, of_aws
from .urls import FunctionUrls

T = TypeVar("T")
# Whoever waits looks up at least this often (seconds), so that a killed wait is noticed.
_LONGEST_NAP = 1.0


class CloudBusy(TimeoutError):
    """The cloud did not come to rest in time; the message says what was still going on."""


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A message in a dead-letter queue.

    `reason` is the attribute of that name, where a function sent it, or what the sender says that could not deliver
    it (``NO_PERMISSIONS: …``); None for one that was tried too often.
    """

    queue: str
    body: str
    reason: str | None
    receive_count: int


class Cloud:
    """A moto server on loopback with deliveries, schedules and real functions.

    ``runtime_python``: the interpreter of a venv that holds awslambdaric and boto3 and nothing else; without it
    everything works but functions. ``function_environment``: further variables for every function's process, such as
    ``AWS_ENDPOINT_URL_SECURITY_IR``. ``clock``: ``Clock(virtual=True)`` for tests that cannot wait; give the same one
    to the other servers.

    moto keeps its state per process: one `Cloud` at a time. Starting and stopping both wipe it.

    >>> with Cloud(runtime_python=Path("venv/bin/python")) as cloud:
    ...     cloud.boto3("sqs").create_queue(QueueName="q")
    ...     cloud.run_until_idle()
    """

    _open: ClassVar[bool] = False

    def __init__(
        self,
        *,
        runtime_python: Path | None = None,
        region: str = "us-east-1",
        function_environment: Mapping[str, str] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.region = region
        self.account_id = ACCOUNT_ID
        self.clock = clock or Clock()
        # Held by whoever touches moto's state; notified whenever something may have become due.
        self._turn = threading.Condition(threading.RLock())
        self._backends = Backends(region)
        self._roles = Roles(self._backends)
        self._undelivered: list[Undelivered] = []
        self._measures = Measures(self._backends)
        self._bus = Bus(self._backends, self.clock, self._undelivered.append, self._measures.matched)
        self._schedules = Schedules(self._backends, self.clock, self._roles.may, self._undelivered.append)
        self._server = Server(self._turn)
        self._functions = Functions(
            self._backends,
            self.clock,
            self._turn,
            Settings(runtime_python, self._server.url, region, dict(function_environment or {})),
            self._platform_call,
        )
        self._guard = Guard(self._backends, self._roles, self._functions, self.clock.time)
        self.traffic = Traffic(self._functions, self.clock.time)
        self._server.watch(self.traffic.watch(of_aws))
        self._mappings = Mappings(self._backends, self.clock, self._turn, self._functions.invoke, self._platform_call)
        self._urls = FunctionUrls(self._backends, self._turn, self._functions.invoke, self.clock.time)
        self._stacks = Stacks(self.clock.time)
        self._clients: dict[str, Any] = {}
        self._seen: dict[str, tuple[object, Any]] = {}
        self._patched = ExitStack()
        self._background: threading.Thread | None = None
        self._stopping = False

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def open(self) -> Self:
        """Start to answer API calls; nothing is pumped until `start` or `run_until_idle`."""
        if Cloud._open:
            raise RuntimeError("moto keeps one cloud per process: stop the other one first")
        Cloud._open = True
        BackendDict.reset()
        hooks = patches.Hooks(
            self._bus.put_events, self._bus.admits, self._bus.dead_letter_notification, self._invoke_api, self.url
        )
        patches.install(self._patched, self.clock, self._turn, hooks)
        self._server.start(self._guard.before, self._urls.respond, {"cloudformation": self._stacks.respond})
        return self

    def start(self) -> None:
        """Deliver and invoke continuously, in the background, until `stop`."""
        self._background = threading.Thread(target=self._pump, name="cloud-pump", daemon=True)
        self._background.start()

    def stop(self) -> None:
        """End every process and thread, close the port, forget all resources."""
        with self._turn:
            self._stopping = True
            self._turn.notify_all()
        if self._background is not None:
            self._background.join()
        self._functions.close()
        self._mappings.stop()
        self._server.stop()
        self._patched.close()
        BackendDict.reset()
        Cloud._open = False

    @property
    def url(self) -> str:
        """The endpoint of every AWS service, ``http://127.0.0.1:<port>``."""
        return self._server.url

    @property
    def undelivered(self) -> list[Undelivered]:
        """Deliveries that were refused, such as by a queue's policy, and that no dead-letter queue took."""
        with self._turn:
            return list(self._undelivered)

    def boto3(self, service: str) -> Any:
        """A boto3 client of `service` in this cloud."""
        if service not in self._clients:
            # The stubs know a type per service name; here the name is a variable.
            client: Any = boto3.client
            self._clients[service] = client(
                service,
                region_name=self.region,
                endpoint_url=self.url,
                aws_access_key_id="sandbox",
                aws_secret_access_key="sandbox",
            )
        return self._clients[service]

    def put_native_event(self, detail_type: str, detail: dict[str, Any], *, source: str = "aws.security-ir") -> str:
        """An event of an AWS service on the account's default bus (``"Case Created"``, ``{"caseId": …}``); its id."""
        with self._turn:
            return self._bus.put_native(source, detail_type, detail, [])

    def publish(self, topic_arn: str, message: str | dict[str, Any]) -> str:
        """Publish to a topic, as Jira's automation does; a dict is sent as JSON. Returns the message id."""
        text = message if isinstance(message, str) else json.dumps(message)
        answer: str = self.boto3("sns").publish(TopicArn=topic_arn, Message=text)["MessageId"]
        return answer

    def tick_schedule(self, name: str) -> None:
        """Fire the schedule `name` now. Raises `UnknownSchedule`."""
        with self._turn:
            self._schedules.fire(name)

    def sweep(self, name_part: str) -> None:
        """Fire the one schedule whose name contains `name_part` now. Raises `UnknownSchedule`."""
        self.tick_schedule(name_part)

    def invoke(self, function: str, payload: Any = None) -> Outcome:
        """Run a function once, directly. Raises `UnknownFunction`, `NoRuntime`."""
        return self._functions.invoke(function, json.dumps(payload).encode())

    def run_until_idle(self, timeout: float = 120.0) -> None:
        """Deliver and invoke until no mapped queue has a visible message, nothing runs and no schedule is due.

        A message that waits for its visibility to end is idle: `advance` over it. `timeout` in real seconds; raises
        `CloudBusy` after it.
        """
        end = time.monotonic() + timeout
        with self._turn:
            while self._step():
                if time.monotonic() > end:
                    raise CloudBusy(self._what_is_going_on(timeout))
                self._turn.wait(_LONGEST_NAP)
            self._mappings.raise_errors()

    def advance(self, seconds: float, timeout: float = 300.0) -> None:
        """Come to rest, then let `seconds` of the sandbox's time pass, doing everything that falls due on the way.

        With virtual time it jumps from one due thing to the next, never under a running function; with real time it
        waits. `timeout` in real seconds; raises `CloudBusy`.
        """
        end = time.monotonic() + timeout
        self.run_until_idle(timeout)
        until = self.clock.time() + seconds
        while True:
            self.run_until_idle(max(0.0, end - time.monotonic()))
            with self._turn:
                now = self.clock.time()
                if now >= until:
                    return
                self._pass(min(until, self._next_due() or until))

    def run_until_settled(self, horizon: float = 86_400.0, timeout: float = 300.0) -> None:
        """Advance until no mapped queue holds any message, visible or not; schedules fire on the way.

        `horizon`: how many seconds of the sandbox's time that may take; `timeout`: how many real ones. Raises
        `CloudBusy`.
        """
        end, until = time.monotonic() + timeout, self.clock.time() + horizon
        while True:
            self.run_until_idle(max(0.0, end - time.monotonic()))
            with self._turn:
                due = self._mappings.next_due()
                if due is None:
                    return
                if due > until:
                    raise CloudBusy(f"messages wait for {due - self.clock.time():.0f} s more")
                self._pass(min(due, self._schedules.next_due() or due))

    def dead_letters(self) -> list[DeadLetter]:
        """Every message in a dead-letter queue: one that another queue's redrive policy or a rule's target names."""
        with self._turn:
            queues = self._backends.sqs.queues.values()
            named = self._bus.dead_letter_arns()
            named |= {queue.dead_letter_queue.queue_arn for queue in queues if queue.dead_letter_queue}
            return [
                DeadLetter(
                    queue=queue.name,
                    body=message.body,
                    reason=_reason(message),
                    receive_count=message.approximate_receive_count,
                )
                for queue in queues
                if queue.queue_arn in named
                for message in queue._messages
            ]

    def logs(self, function: str) -> list[str]:
        """Every line the function has written, with Lambda's own START, END and REPORT lines, oldest first."""
        with self._turn:
            return self._functions.logs(function)

    def measurements(self) -> dict[Metric, list[Point]]:
        """What CloudWatch would know of queues, functions, the ledger and the bus, and what functions count."""
        with self._turn:
            self._measures.sample(self.clock.time(), anyway=True)
            calls = [call for call in self._guard.calls if call.action.startswith("dynamodb:")]
            return self._measures.points((call.action, call.resource.rsplit("/", 1)[-1], call.at) for call in calls)

    def log_lines(self) -> list[LogLine]:
        """Every line of every log group, oldest first."""
        with self._turn:
            return self._measures.lines()

    def runs(self) -> list[Run]:
        """The latest runs of functions, oldest first; those under way among them."""
        with self._turn:
            return self._functions.runs()

    def queues(self) -> list[QueueSeen]:
        """Every queue with the messages that it holds, in the order of their names."""
        with self._turn:
            return looks.queues(self._backends)

    def items(self, table: str) -> list[Item]:
        """Every item of a table as plain values; none where there is no such table.

        The same list as long as nobody asked anything of DynamoDB.
        """
        with self._turn:
            mark = self._server.asked["dynamodb"], self._server.asked[""]
            return self._unless_changed(f"items {table}", mark, lambda: looks.items(self._backends, table))

    def events_of(self, group: str, at_most: int) -> list[LogLine]:
        """The latest lines of one log group, oldest first; the same list as long as there are no others."""
        with self._turn:
            mark = at_most, looks.count_of_lines(self._backends, group)
            return self._unless_changed(
                f"lines {group}", mark, lambda: looks.latest_lines(self._backends, group, at_most)
            )

    def schedules_due(self) -> dict[str, float]:
        """When each schedule that is due by itself fires next (epoch), by its name."""
        with self._turn:
            return self._schedules.due()

    def reset_function(self, name: str) -> None:
        """End the function's warm processes: its next invocation is a cold start."""
        self._functions.reset(name)

    def kill_during(self, function: str, action: str, *, after: bool = False) -> None:
        """Kill the function's process at its next call of `action` (``"dynamodb:PutItem"``).

        ``after=False``: the call is not carried out. ``after=True``: it is, and its answer is lost. `traffic` takes
        patterns, and knows the calls to every server that it watches.
        """
        self.traffic.kill_at(function, re.escape(action), after=after)

    @property
    def calls(self) -> list[Call]:
        """Every permission callers used or lacked, in order; one entry for each thing a call asked for."""
        with self._turn:
            return list(self._guard.calls)

    def hold(self, access_key: str, documents: Iterable[Document]) -> None:
        """Let whoever signs with this key id do what these policies allow and nothing else, and record it.

        Others who are no function, such as `boto3`'s clients, may do everything.
        """
        with self._turn:
            self._guard.hold(access_key, documents)

    def authorise(self, access_key: str, action: str, resource: str = "*") -> bool:
        """Record a call that another server received, by the key id that signed it; whether the role allows it.

        For the security-ir server: ``authorise(key, "security-ir:GetCase", arn)``. True for callers that are
        neither a function nor held to a policy.
        """
        with self._turn:
            return self._guard.authorise(access_key, action, resource)

    def unauthorised_calls(self) -> list[Call]:
        """Calls that a caller made, or Lambda made for it, and its policies did not allow at that moment."""
        return [call for call in self.calls if not call.allowed]

    def unused_permissions(self) -> list[Permission]:
        """What the policies of present functions, and of whoever is held to some, allow and no call has needed."""
        with self._turn:
            return self._guard.unused()

    def _unless_changed(self, what: str, mark: object, look: Callable[[], T]) -> T:
        """What the last look at something brought, if its ``mark`` is what it was then. Called with `turn` held."""
        known = self._seen.get(what)
        if known is None or known[0] != mark:
            known = self._seen[what] = mark, look()
        seen: T = known[1]
        return seen

    def _platform_call(self, function: str, action: str, resource: str) -> None:
        self._guard.platform_call(function, action, resource)

    def _invoke_api(self, name: str, payload: bytes) -> tuple[bytes, str | None]:
        """Invoke over HTTP: the server's turn is given up meanwhile, for the function makes calls of its own."""
        done: list[Outcome | BaseException] = []

        def run() -> None:
            try:
                done.append(self._functions.invoke(name, payload))
            except BaseException as error:
                done.append(error)
            with self._turn:
                self._turn.notify_all()

        threading.Thread(target=run, name="invoke", daemon=True).start()
        self._turn.wait_for(lambda: done)
        outcome = done[0]
        if isinstance(outcome, BaseException):
            raise outcome
        if outcome.failure is None:
            return outcome.answer, None
        error = {"errorType": outcome.failure.type, "errorMessage": outcome.failure.message}
        return json.dumps(error).encode(), "Unhandled"

    def _step(self) -> bool:
        """Start what can be started; whether anything is going on now."""
        self._measures.sample(self.clock.time())
        self._schedules.fire_due()
        self._mappings.start_batches()
        return self._running() or self._mappings.waiting()

    def _running(self) -> bool:
        return self._mappings.running + self._functions.active > 0

    def _pump(self) -> None:
        with self._turn:
            while not self._stopping:
                self._step()
                due = self._next_due()
                nap = _LONGEST_NAP if due is None else due - self.clock.time()
                self._turn.wait(min(max(nap, 0.001), _LONGEST_NAP))

    def _next_due(self) -> float | None:
        times = [due for due in (self._mappings.next_due(), self._schedules.next_due()) if due is not None]
        return min(times, default=None)

    def _pass(self, until: float) -> None:
        # A function may have started since the cloud was last idle: time jumps under none.
        if self.clock.virtual and not self._running():
            self.clock.jump_to(until)
        else:
            self._turn.wait(max(0.0, min(until - self.clock.time(), _LONGEST_NAP)))

    def _what_is_going_on(self, timeout: float) -> str:
        return f"not idle after {timeout:g} s: {self._functions.active} invocations run"


def _reason(message: Message) -> str | None:
    told: dict[str, str] = {name: value.get("StringValue") for name, value in message.message_attributes.items()}
    if "reason" in told:
        return told["reason"]
    codes = (("ERROR_CODE", "ERROR_MESSAGE"), ("ErrorCode", "ErrorMessage"))
    return next((f"{told[code]}: {told[text]}" for code, text in codes if code in told), None)
