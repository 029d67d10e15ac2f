"""What moto 5.2 lacks or does otherwise than AWS, put right while a `Cloud` runs and taken back when it stops."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from unittest.mock import patch

import moto.core.utils
import moto.logs.models
import moto.scheduler.models
import moto.sns.models
import moto.sqs.models
import moto.ssm.models
from moto.awslambda.models import FunctionUrlConfig, LambdaBackend, LambdaFunction
from moto.core.responses import ActionResult
from moto.events.models import EventsBackend
from moto.sns.models import Subscription
from moto.sqs.exceptions import InvalidParameterValue, ReceiptHandleIsInvalid
from moto.sqs.models import Message, Queue, SQSBackend
from moto.sqs.responses import SQSResponse
from moto.ssm.models import Parameter, SimpleSystemManagerBackend

from . import saved_queries
from .clock import Clock
from .dead_letters import Refusal
from .urls import PATH

# (moto's events backend, entries of PutEvents) → result entries of PutEvents.
PutEvents = Callable[[EventsBackend, list[dict[str, Any]]], list[dict[str, Any]]]
# (a topic's subscription of a queue) → why the queue does not let the topic send, None where it does.
Admits = Callable[[Subscription], Refusal | None]
# (a subscription, the body its queue refused, why) → nothing: it is dead-lettered or reported.
Refused = Callable[[Subscription, str, Refusal], None]
# (function name, payload) → (answer, "Unhandled" where the function failed).
Invoke = Callable[[str, bytes], tuple[bytes, str | None]]

_TWELVE_HOURS_MS = 12 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Hooks:
    """What moto hands over to the rest of this package."""

    put_events: PutEvents
    admits: Admits
    refused: Refused
    invoke: Invoke
    address: str


def install(stack: ExitStack, clock: Clock, turn: threading.Condition, hooks: Hooks) -> None:
    """Patch moto for as long as `stack` is open."""
    _time(stack, clock)
    _queue_attributes(stack)
    _queue_messages(stack, clock, turn)
    _function_configuration(stack)
    _function_urls(stack, hooks.address)
    _message_moves(stack, clock)
    saved_queries.install(stack)
    _topics(stack, hooks.admits, hooks.refused)
    _parameters(stack)
    # A plain function, so that it becomes a method of the backend.
    put_events = hooks.put_events
    stack.enter_context(patch.object(EventsBackend, "put_events", lambda backend, events: put_events(backend, events)))
    stack.enter_context(patch.object(LambdaBackend, "invoke", _invoke_through(hooks.invoke)))


def _time(stack: ExitStack, clock: Clock) -> None:
    """Every service tells the sandbox's time; queues ask for it once a message, so without a detour."""

    def utcnow() -> datetime:
        return datetime.fromtimestamp(clock.time(), UTC).replace(tzinfo=None)

    modules = (moto.core.utils, moto.logs.models, moto.scheduler.models, moto.sns.models, moto.ssm.models)
    for module in modules:
        stack.enter_context(patch.object(module, "utcnow", utcnow))
    stack.enter_context(patch.object(moto.sqs.models, "unix_time_millis", lambda: clock.time() * 1000))


def _queue_attributes(stack: ExitStack) -> None:
    """Queue attributes as SetQueueAttributes and GetQueueAttributes have them.

    moto erases a policy that a call does not mention, rewrites the redrive policy's JSON, and knows no
    RedriveAllowPolicy: the provider would wait for ever or see a difference at every plan.
    """
    set_attributes = Queue._set_attributes
    get_attributes = SQSBackend.get_queue_attributes

    def keep_what_is_not_named(queue: Any, attributes: dict[str, Any], now: float | None = None) -> None:
        if "Policy" not in attributes:
            attributes = {**attributes, "Policy": queue.policy}
        set_attributes(queue, attributes, now)

    def as_it_was_sent(backend: SQSBackend, queue_name: str, attribute_names: list[str]) -> dict[str, Any]:
        attributes = get_attributes(backend, queue_name, attribute_names)
        redrive = backend.get_queue(queue_name).redrive_policy
        if redrive and "RedrivePolicy" in attributes:
            attributes["RedrivePolicy"] = json.dumps(redrive, separators=(",", ":"))
        return {name: value for name, value in attributes.items() if value not in (None, "")}

    stack.enter_context(patch.object(Queue, "_set_attributes", keep_what_is_not_named))
    stack.enter_context(patch.object(SQSBackend, "get_queue_attributes", as_it_was_sent))
    stack.enter_context(patch.object(Queue, "redrive_allow_policy", None, create=True))
    stack.enter_context(patch.object(Queue, "BASE_ATTRIBUTES", [*Queue.BASE_ATTRIBUTES, "RedriveAllowPolicy"]))


def _queue_messages(stack: ExitStack, clock: Clock, turn: threading.Condition) -> None:
    """Arrivals and visibility.

    moto would invoke functions from inside `add_message`; we poll ourselves and only want to be woken. Its limit on
    visibility counts from the sending, AWS's from the receipt, so a message older than 12 hours could not be put off.
    """
    mark_received = Message.mark_received

    def add_message(queue: Queue, message: Message) -> None:
        queue._messages.append(message)
        turn.notify_all()

    def wait_for_messages(queue: Queue, timeout: int) -> None:
        turn.wait_for(lambda: queue.messages, timeout=timeout)

    def remember_when(message: Any, visibility_timeout: int | None = None) -> None:
        message.received_at_ms = clock.time() * 1000
        mark_received(message, visibility_timeout)

    def change_message_visibility(
        backend: SQSBackend, queue_name: str, receipt_handle: str, visibility_timeout: int
    ) -> None:
        queue = backend.get_queue(queue_name)
        message: Any = next((m for m in queue._messages if m.had_receipt_handle(receipt_handle)), None)
        if message is None:
            raise ReceiptHandleIsInvalid
        until = (clock.time() + int(visibility_timeout)) * 1000
        if until - message.received_at_ms > _TWELVE_HOURS_MS:
            raise InvalidParameterValue(
                f"Value {visibility_timeout} for parameter VisibilityTimeout is invalid. Reason: Total "
                "VisibilityTimeout for the message is beyond the limit [43200 seconds]"
            )
        message.change_visibility(visibility_timeout)
        if int(visibility_timeout) == 0:
            message.visible_at = 0.0
            queue.pending_messages.discard(message)
            turn.notify_all()

    stack.enter_context(patch.object(Queue, "add_message", add_message))
    stack.enter_context(patch.object(Queue, "wait_for_messages", wait_for_messages))
    stack.enter_context(patch.object(Message, "mark_received", remember_when))
    stack.enter_context(patch.object(Message, "received_at_ms", 0.0, create=True))
    stack.enter_context(patch.object(SQSBackend, "change_message_visibility", change_message_visibility))


def _message_moves(stack: ExitStack, clock: Clock) -> None:
    """StartMessageMoveTask: the redrive of dead letters, done at once. A moved message counts as a new one.

    With MaxNumberOfMessagesPerSecond the messages arrive at that pace.
    """

    def start_message_move_task(response: SQSResponse) -> ActionResult:
        backend = response.sqs_backend
        source = _queue_by_arn(backend, response._get_param("SourceArn"))
        sources = backend.list_dead_letter_source_queues(source.name)
        wanted = response._get_param("DestinationArn")
        destination = _queue_by_arn(backend, wanted) if wanted else next(iter(sources), None)
        if destination is None:
            raise InvalidParameterValue("No queue has this one as its dead-letter queue: name a DestinationArn.")
        pace = response._get_param("MaxNumberOfMessagesPerSecond")
        if pace is not None and not 1 <= int(pace) <= 500:
            raise InvalidParameterValue("MaxNumberOfMessagesPerSecond must be from 1 to 500.")
        for number, message in enumerate(source.messages):
            source._messages.remove(message)
            attributes = message.message_attributes
            moved = backend.send_message(destination.name, message.body, message_attributes=attributes)
            if pace is not None:
                moved.delayed_until = (clock.time() + number // int(pace)) * 1000
        return ActionResult({"TaskHandle": str(uuid.uuid4())})

    stack.enter_context(patch.object(SQSResponse, "start_message_move_task", start_message_move_task, create=True))


def _queue_by_arn(backend: SQSBackend, arn: str) -> Queue:
    return backend.get_queue(arn.rsplit(":", 1)[-1])


def _topics(stack: ExitStack, admits: Admits, refused: Refused) -> None:
    """A topic delivers only into queues whose policy admits it; what one refuses is for the dead letters."""
    publish = Subscription.publish

    def deliver(subscription: Subscription, message: str, message_id: str, **details: Any) -> None:
        refusal = admits(subscription) if subscription.protocol == "sqs" else None
        if refusal is None:
            publish(subscription, message, message_id, **details)
        elif subscription.attributes.get("RawMessageDelivery"):
            refused(subscription, message, refusal)
        else:
            told = {name: details.get(name) for name in ("subject", "message_attributes")}
            refused(subscription, json.dumps(subscription.get_post_data(message, message_id, **told)), refusal)

    stack.enter_context(patch.object(Subscription, "publish", deliver))


def _parameters(stack: ExitStack) -> None:
    """GetParameters takes ARNs as well as names; of moto's calls only the one for a single parameter does."""
    get_parameters = SimpleSystemManagerBackend.get_parameters

    def by_name_or_arn(backend: SimpleSystemManagerBackend, names: list[str]) -> dict[str, Parameter]:
        found: dict[str, Parameter] = get_parameters(backend, [name for name in names if not name.startswith("arn:")])
        by_arn = {name: backend.get_parameter(name) for name in names if name.startswith("arn:")}
        return found | {name: parameter for name, parameter in by_arn.items() if parameter is not None}

    stack.enter_context(patch.object(SimpleSystemManagerBackend, "get_parameters", by_name_or_arn))


def _function_configuration(stack: ExitStack) -> None:
    """LoggingConfig, DeadLetterConfig and KMSKeyArn of a function: moto takes them and forgets them."""
    create = LambdaFunction.__init__
    update = LambdaFunction.update_configuration
    configuration = LambdaFunction.get_configuration

    def remember(function: Any, spec: dict[str, Any]) -> None:
        kept = dict(getattr(function, "sandbox_configuration", {}))
        for name in ("LoggingConfig", "DeadLetterConfig", "KMSKeyArn"):
            if name in spec:
                kept[name] = spec[name]
        function.sandbox_configuration = kept

    def init(function: Any, account_id: str, spec: dict[str, Any], region: str, version: str | int = 1) -> None:
        create(function, account_id, spec, region, version)
        remember(function, spec)

    def update_configuration(function: Any, config_updates: dict[str, Any]) -> dict[str, Any]:
        remember(function, config_updates)
        return update(function, config_updates)

    def get_configuration(function: Any, on_create: bool = False) -> dict[str, Any]:
        kept = function.sandbox_configuration
        logging = {"LogFormat": "Text", "LogGroup": f"/aws/lambda/{function.function_name}"}
        answer = configuration(function, on_create)
        answer["LoggingConfig"] = {**logging, **kept.get("LoggingConfig", {})}
        if kept.get("DeadLetterConfig", {}).get("TargetArn"):
            answer["DeadLetterConfig"] = kept["DeadLetterConfig"]
        if kept.get("KMSKeyArn"):
            answer["KMSKeyArn"] = kept["KMSKeyArn"]
        return answer

    stack.enter_context(patch.object(LambdaFunction, "__init__", init))
    stack.enter_context(patch.object(LambdaFunction, "update_configuration", update_configuration))
    stack.enter_context(patch.object(LambdaFunction, "get_configuration", get_configuration))


def _function_urls(stack: ExitStack, address: str) -> None:
    """Addresses that can be called."""
    create = FunctionUrlConfig.__init__

    def init(url: Any, function: LambdaFunction, config: dict[str, Any]) -> None:
        create(url, function, config)
        url.url = f"{address}{PATH}{uuid.uuid4().hex}/"

    stack.enter_context(patch.object(FunctionUrlConfig, "__init__", init))


def _invoke_through(invoke: Invoke) -> Callable[..., bytes]:
    """The Invoke API runs the function's real code; moto would ask Docker."""

    def run(
        backend: LambdaBackend,
        function_name: str,
        qualifier: str | None,
        body: Any,
        headers: Any,
        response_headers: Any,
    ) -> bytes:
        function = backend.get_function(function_name, qualifier)
        payload = body.encode() if isinstance(body, str) else bytes(body or b"")
        answer, error = invoke(function.function_name, payload or b"{}")
        if error:
            response_headers["x-amz-function-error"] = error
        response_headers["Content-Length"] = str(len(answer))
        return answer

    return run
