"""One clock for everybody, which jumps only while nothing runs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from sandbox.cloud import Clock, ClockUnavailable, Cloud, CloudBusy
from tests.sandbox.cloud_stage import Stage, a_stage

TELL = """
    import datetime, threading, time
    def handler(event, context):
        print("wall", time.time(), datetime.datetime.now(datetime.timezone.utc).timestamp())
        print("left", context.get_remaining_time_in_millis())
        before = time.monotonic()
        assert not threading.Event().wait(0.2)
        print("waited", time.monotonic() - before)
"""


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage(virtual=True) as stage:
        yield stage


def told(stage: Stage, word: str) -> list[float]:
    """The numbers of the last line that begins with `word`."""
    line = [line for line in stage.printed() if line.startswith(word)][-1]
    return [float(number) for number in line.split()[1:]]


def test_a_function_sees_the_jump_and_its_timeouts_stay_real(stage: Stage) -> None:
    stage.function(TELL)
    stage.cloud.invoke("fn")
    stage.cloud.advance(3 * 86_400)
    stage.cloud.invoke("fn")
    now = stage.cloud.clock.time()
    assert now - time.time() > 2.9 * 86_400
    assert told(stage, "wall") == pytest.approx([now, now], abs=5)
    assert 5_000 < told(stage, "left")[0] <= 10_000
    assert told(stage, "waited")[0] == pytest.approx(0.2, abs=0.5)


def test_a_cold_start_after_a_jump_sees_it_too(stage: Stage) -> None:
    stage.cloud.advance(86_400)
    stage.function(TELL)
    stage.cloud.invoke("fn")
    assert told(stage, "wall")[0] == pytest.approx(stage.cloud.clock.time(), abs=5)


def test_services_tell_the_same_time(stage: Stage) -> None:
    stage.cloud.advance(86_400)
    topic = stage.cloud.boto3("sns").create_topic(Name="t")["TopicArn"]
    queue = stage.queue("work")
    stage.cloud.boto3("sns").subscribe(TopicArn=topic, Protocol="sqs", Endpoint=queue.arn)
    stage.cloud.publish(topic, "hello")
    now = stage.cloud.clock.time()
    attributes = stage.cloud.boto3("sqs").receive_message(QueueUrl=queue.url, AttributeNames=["All"])
    assert int(attributes["Messages"][0]["Attributes"]["SentTimestamp"]) / 1000 == pytest.approx(now, abs=5)
    stage.cloud.boto3("ssm").put_parameter(Name="/p", Value="v", Type="String")
    modified = stage.cloud.boto3("ssm").get_parameter(Name="/p")["Parameter"]["LastModifiedDate"]
    assert modified.timestamp() == pytest.approx(now, abs=5)


def test_it_never_jumps_under_a_running_function(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function(
        """
        import time
        def handler(event, context):
            before = time.time()
            time.sleep(1)
            print("took", time.time() - before)
        """
    )
    stage.mapping(queue)
    stage.send(queue, "one")
    stage.cloud.advance(3600)
    assert told(stage, "took")[0] == pytest.approx(1, abs=0.5)


def test_settling_gives_up_at_its_horizon(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function("def handler(event, context): raise RuntimeError('never')")
    stage.mapping(queue)
    stage.send(queue, "one")
    with pytest.raises(CloudBusy, match="messages wait"):
        stage.cloud.run_until_settled(horizon=100)


def test_a_real_clock_waits_and_refuses_to_jump() -> None:
    with Cloud() as cloud:
        before = time.monotonic()
        cloud.advance(0.3)
        assert time.monotonic() - before >= 0.3
        with pytest.raises(ClockUnavailable, match="real"):
            cloud.clock.jump_to(cloud.clock.time() + 1)


def test_without_a_compiler_only_virtual_time_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CC", raising=False)
    assert Clock().time() == pytest.approx(time.time(), abs=1)
    with pytest.raises(ClockUnavailable, match="compiler"):
        Clock(virtual=True)


def test_the_past_cannot_be_jumped_to() -> None:
    clock = Clock(virtual=True)
    clock.jump_to(clock.time() + 100)
    clock.jump_to(clock.time() - 50)
    assert clock.offset == pytest.approx(100, abs=1)


def test_one_cloud_at_a_time() -> None:
    with Cloud(), pytest.raises(RuntimeError, match="one cloud"):
        Cloud().open()
