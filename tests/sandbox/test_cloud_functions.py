"""Functions run from their real zips, as Lambda runs them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from sandbox.cloud import NoRuntime, UnknownFunction
from tests.sandbox.cloud_stage import Stage, a_stage, zipped

ECHO = """
    print("imported")

    def handler(event, context):
        print("asked", event["what"])
        return {"echo": event["what"]}
"""


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


def ask(stage: Stage, what: Any = None) -> Any:
    """The decoded answer of the Invoke API to ``{"what": …}``."""
    answer = stage.cloud.boto3("lambda").invoke(FunctionName="fn", Payload=json.dumps({"what": what}))
    return json.loads(answer["Payload"].read())


def test_a_function_answers_and_stays_warm(stage: Stage) -> None:
    stage.function(ECHO)
    assert ask(stage, "one") == {"echo": "one"}
    assert ask(stage, "two") == {"echo": "two"}
    assert stage.printed() == ["imported", "asked one", "asked two"]


def test_a_reset_function_starts_cold(stage: Stage) -> None:
    stage.function(ECHO)
    ask(stage, "one")
    stage.cloud.reset_function("fn")
    ask(stage, "two")
    assert stage.printed() == ["imported", "asked one", "imported", "asked two"]


def test_new_code_and_new_environment_take_effect_at_once(stage: Stage) -> None:
    source = "import os\ndef handler(event, context): return ['first', os.environ.get('COLOUR')]"
    stage.function(source, Environment={"Variables": {"COLOUR": "red"}})
    client = stage.cloud.boto3("lambda")
    assert ask(stage) == ["first", "red"]
    client.update_function_configuration(FunctionName="fn", Environment={"Variables": {"COLOUR": "blue"}})
    assert ask(stage) == ["first", "blue"]
    client.update_function_code(FunctionName="fn", ZipFile=zipped(source.replace("first", "second")))
    assert ask(stage) == ["second", "blue"]


def test_a_function_sees_its_context_and_can_call_the_cloud(stage: Stage) -> None:
    stage.function(
        """
        import boto3, os, tempfile
        def handler(event, context):
            identity = boto3.client("sts").get_caller_identity()
            return {
                "arn": context.invoked_function_arn,
                "left": context.get_remaining_time_in_millis(),
                "request": context.aws_request_id,
                "region": os.environ["AWS_REGION"],
                "account": identity["Account"],
                "scratch": tempfile.gettempdir(),
                "host": sorted(set(os.environ) & {"USER", "PWD", "VIRTUAL_ENV"}),
            }
        """,
        {"Effect": "Allow", "Action": "sts:GetCallerIdentity", "Resource": "*"},
    )
    answer = ask(stage)
    assert answer["arn"] == stage.arn("lambda", "function:fn")
    assert 5_000 < answer["left"] <= 10_000
    assert any(f"START RequestId: {answer['request']}" in line for line in stage.cloud.logs("fn"))
    assert answer["region"] == stage.cloud.region
    assert answer["account"] == stage.cloud.account_id
    assert answer["scratch"] != "/tmp"
    assert answer["host"] == []


def test_an_exception_is_the_answer_and_the_process_lives_on(stage: Stage) -> None:
    stage.function("print('imported')\ndef handler(event, context): raise ValueError('no such case')")
    assert ask(stage)["errorType"] == "ValueError"
    assert ask(stage)["errorMessage"] == "no such case"
    assert stage.printed().count("imported") == 1


def test_a_package_missing_from_the_zip_fails_as_in_lambda(stage: Stage) -> None:
    stage.function("import moto\ndef handler(event, context): return 1")
    answer = ask(stage)
    assert answer["errorType"] == "Runtime.ImportModuleError"
    assert "No module named 'moto'" in answer["errorMessage"]


def test_a_function_that_takes_too_long_is_killed(stage: Stage) -> None:
    stage.function(
        """
        import time
        print("imported")
        def handler(event, context):
            time.sleep(event["what"])
            return "awake"
        """,
        Timeout=1,
    )
    assert ask(stage, 30)["errorType"] == "Sandbox.Timedout"
    assert ask(stage, 0) == "awake"
    assert stage.printed().count("imported") == 2
    assert any("Task timed out after 1.00 seconds" in line for line in stage.cloud.logs("fn"))


def test_a_function_that_dies_says_how(stage: Stage) -> None:
    stage.function("import os\ndef handler(event, context): os._exit(3)")
    assert ask(stage) == {"errorType": "Runtime.ExitError", "errorMessage": "Runtime exited with error: exit status 3"}


def test_log_lines_reach_the_log_group_in_order(stage: Stage) -> None:
    stage.function("def handler(event, context):\n    for n in range(200): print('line', n)")
    ask(stage)
    pages = stage.cloud.boto3("logs").get_paginator("filter_log_events").paginate(logGroupName="/aws/lambda/fn")
    messages = [event["message"] for page in pages for event in page["events"]]
    assert messages == stage.cloud.logs("fn")
    assert stage.printed() == [f"line {n}" for n in range(200)]


def test_the_logging_configuration_is_kept_and_chooses_the_group(stage: Stage) -> None:
    client = stage.cloud.boto3("lambda")
    stage.cloud.boto3("logs").create_log_group(logGroupName="/elsewhere")
    stage.function(ECHO, LoggingConfig={"LogFormat": "JSON", "LogGroup": "/elsewhere"})
    ask(stage)
    assert client.get_function_configuration(FunctionName="fn")["LoggingConfig"]["LogGroup"] == "/elsewhere"
    assert stage.cloud.boto3("logs").filter_log_events(logGroupName="/elsewhere")["events"]


def test_dead_letter_queue_and_key_are_kept_and_can_be_removed(stage: Stage) -> None:
    client, queue = stage.cloud.boto3("lambda"), stage.queue("dead")
    key = stage.cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    stage.function(ECHO, DeadLetterConfig={"TargetArn": queue.arn}, KMSKeyArn=key)
    kept = client.get_function_configuration(FunctionName="fn")
    assert (kept["DeadLetterConfig"]["TargetArn"], kept["KMSKeyArn"]) == (queue.arn, key)
    client.update_function_configuration(FunctionName="fn", DeadLetterConfig={"TargetArn": ""}, KMSKeyArn="")
    assert not {"DeadLetterConfig", "KMSKeyArn"} & set(client.get_function_configuration(FunctionName="fn"))


def test_an_unknown_function_is_named(stage: Stage) -> None:
    with pytest.raises(UnknownFunction, match="nobody"):
        stage.cloud.invoke("nobody")


def test_functions_need_a_runtime_to_run_under() -> None:
    with a_stage(functions=False) as stage:
        stage.function(ECHO)
        with pytest.raises(NoRuntime, match="runtime_python"):
            stage.cloud.invoke("fn")
