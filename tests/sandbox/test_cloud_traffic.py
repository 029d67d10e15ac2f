"""What runs of functions ask of whichever server, and where they die; what queues and tables hold."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator

import pytest
from werkzeug import Request, Response

from sandbox.cloud.runs import Run
from sandbox.cloud.traffic import Named
from sandbox.serving import LoopbackServer

from .cloud_stage import Stage, a_stage

CALLER = """
    import boto3, urllib.request
    def handler(event, context):
        print("about to ask")
        sqs = boto3.client("sqs")
        for body in event["send"]:
            sqs.send_message(QueueUrl=event["queue"], MessageBody=body)
        for path in event["paths"]:
            urllib.request.urlopen(urllib.request.Request(event["url"] + path, method="POST")).read()
        return "done"
"""
MAY_SEND = {"Effect": "Allow", "Action": ["sqs:SendMessage"], "Resource": "*"}


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage() as made:
        made.function(CALLER, MAY_SEND)
        yield made


class Elsewhere:
    """A server that is none of AWS's, which remembers what it did."""

    def __init__(self, stage: Stage) -> None:
        self.done: list[str] = []
        self._http = LoopbackServer(self._respond, "elsewhere")
        self._http.watch(
            stage.cloud.traffic.watch(lambda request: Named("elsewhere", f"{request.method} {request.path}"))
        )
        self.url = self._http.url

    def _respond(self, request: Request) -> Response:
        self.done.append(request.path)
        return Response(status=200)

    def __enter__(self) -> Elsewhere:
        self._http.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.stop()


@pytest.fixture
def elsewhere(stage: Stage) -> Iterator[Elsewhere]:
    with Elsewhere(stage) as server:
        yield server


def run(stage: Stage, elsewhere: Elsewhere, *paths: str, queue: str = "", send: tuple[str, ...] = ()) -> Run:
    """The run of one invocation."""
    stage.cloud.invoke("fn", {"url": elsewhere.url, "paths": paths, "queue": queue, "send": send})
    return stage.cloud.runs()[-1]


def asked(told: Run) -> list[tuple[str, str, int | None]]:
    return [(each.service, each.operation, each.status) for each in told.exchanges]


def test_a_run_tells_what_it_asked_of_whom_and_what_it_printed(stage: Stage, elsewhere: Elsewhere) -> None:
    queue = stage.queue("own")
    told = run(stage, elsewhere, "/one", "/two", queue=queue.url, send=("x",))
    assert asked(told) == [
        ("sqs", "SendMessage", 200), ("elsewhere", "POST /one", 200), ("elsewhere", "POST /two", 200),
    ]  # fmt: skip
    assert "about to ask" in told.lines
    assert told.outcome is not None
    assert (told.outcome.answer, told.outcome.failure) == (b'"done"', None)
    again = run(stage, elsewhere, "/three")
    assert asked(again) == [("elsewhere", "POST /three", 200)]
    assert len(told.exchanges) == 3


def test_a_refusal_is_told_by_its_name(stage: Stage, elsewhere: Elsewhere) -> None:
    told = run(stage, elsewhere, queue="http://127.0.0.1/123456789012/none", send=("x",))
    assert [(each.status, "QueueDoesNotExist" in each.error) for each in told.exchanges] == [(400, True)]


def test_what_others_ask_is_no_run_s(stage: Stage, elsewhere: Elsewhere) -> None:
    told = run(stage, elsewhere, "/one")
    urllib.request.urlopen(f"{elsewhere.url}/two").read()
    stage.queue("another")
    assert len(told.exchanges) == 1
    assert elsewhere.done == ["/one", "/two"]


@pytest.mark.parametrize(("after", "done"), [(False, ["/one"]), (True, ["/one", "/two"])])
def test_a_function_dies_at_a_request_to_any_server(
    stage: Stage, elsewhere: Elsewhere, after: bool, done: list[str]
) -> None:
    stage.cloud.traffic.kill_at("fn", "elsewhere:POST /t.*", after=after)
    told = run(stage, elsewhere, "/one", "/two", "/three")
    assert elsewhere.done == done
    assert told.outcome is not None
    assert told.outcome.failure is not None
    assert told.outcome.failure.type == "Runtime.ExitError"
    assert asked(told)[-1] == ("elsewhere", "POST /two", None)
    assert stage.cloud.traffic.traps == []
    assert asked(run(stage, elsewhere, "/two")) == [("elsewhere", "POST /two", 200)]


def test_a_trap_is_for_one_function_and_can_be_taken_away(stage: Stage, elsewhere: Elsewhere) -> None:
    stage.cloud.traffic.kill_at("another")
    run(stage, elsewhere, "/one")
    assert [trap.function for trap in stage.cloud.traffic.traps] == ["another"]
    stage.cloud.traffic.kill_at("fn")
    stage.cloud.traffic.clear()
    run(stage, elsewhere, "/two")
    assert elsewhere.done == ["/one", "/two"]


def test_queues_are_seen_with_what_they_hold_and_whose_dead_letters(stage: Stage) -> None:
    queue = stage.queue_with_dead_letters("work", receives=3, visibility=30)
    stage.send(queue, "first", "second")
    stage.receive(queue)
    work, dead = (each for each in stage.cloud.queues())
    assert [(each.body, each.receives) for each in work.messages] == [("first", 1), ("second", 1)]
    assert all(29 < each.due - each.sent < 32 for each in work.messages)
    assert (work.name, dead.name, dead.dead_letters_of) == ("work", "work-dead", ("work",))


def test_items_of_a_table_are_plain_values(stage: Stage) -> None:
    dynamodb = stage.cloud.boto3("dynamodb")
    dynamodb.create_table(
        TableName="ledger",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "PK", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    item = {"PK": {"S": "1"}, "n": {"N": "2"}, "f": {"N": "2.5"}, "s": {"SS": ["b", "a"]}, "m": {"M": {"l": {"L": []}}}}
    dynamodb.put_item(TableName="ledger", Item=item)
    assert stage.cloud.items("ledger") == [{"PK": "1", "n": 2, "f": 2.5, "s": ["a", "b"], "m": {"l": []}}]
    assert stage.cloud.items("nothing") == []
