"""A function's URL: who gets in, what the function sees of a request, and what the caller of its answer."""

from __future__ import annotations

import gzip
import http.client
import json
import threading
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from .cloud_stage import Stage, a_stage

ECHO = """
import base64, json, time

def handler(event, context):
    body = event.get("body", "")
    if body == "crash":
        raise RuntimeError("crashed")
    if body == "slow":
        time.sleep(2)
    seen = {"body": body, "base64": event["isBase64Encoded"], "method": event["requestContext"]["http"]["method"],
            "headers": event["headers"], "path": event["rawPath"]}
    return {"statusCode": 202, "headers": {"x-echo": "yes"}, "body": json.dumps(seen)}
"""
OPEN = {"Action": "lambda:InvokeFunctionUrl", "Principal": "*", "FunctionUrlAuthType": "NONE"}
INVOKED = {"Action": "lambda:InvokeFunction", "FunctionName": "fn", "InvokedViaFunctionUrl": True, "Principal": "*"}


@pytest.fixture(scope="module")
def cloud() -> Iterator[Stage]:
    with a_stage() as stage:
        stage.function(ECHO)
        yield stage


def lambdas(stage: Stage) -> Any:
    return stage.cloud.boto3("lambda")


@pytest.fixture
def url(cloud: Stage) -> Iterator[str]:
    """The address of the function, open to everybody."""
    made: str = lambdas(cloud).create_function_url_config(FunctionName="fn", AuthType="NONE")["FunctionUrl"]
    lambdas(cloud).add_permission(FunctionName="fn", StatementId="url", **OPEN)
    template = {"Resources": {"P": {"Type": "AWS::Lambda::Permission", "Properties": INVOKED}}}
    cloud.cloud.boto3("cloudformation").create_stack(StackName="permission", TemplateBody=json.dumps(template))
    yield made
    cloud.cloud.boto3("cloudformation").delete_stack(StackName="permission")
    lambdas(cloud).remove_permission(FunctionName="fn", StatementId="url")
    lambdas(cloud).delete_function_url_config(FunctionName="fn")


def call(url: str, body: Any = b"", method: str = "POST", **headers: str) -> tuple[int, Any, dict[str, str]]:
    there = urlsplit(url)
    connection = http.client.HTTPConnection(str(there.hostname), there.port, timeout=20)
    connection.request(method, there.path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    told = json.loads(text) if text.startswith("{") else text
    return answer.status, told, {name.lower(): value for name, value in answer.getheaders()}


def test_a_request_is_seen_by_the_function_and_its_answer_by_the_caller(url: str) -> None:
    status, seen, headers = call(url, '{"a": "é"}'.encode(), Content_Type="application/json", X_Hub_Signature="s")
    assert (status, headers["x-echo"]) == (202, "yes")
    assert (seen["body"], seen["base64"], seen["method"], seen["path"]) == ('{"a": "é"}', False, "POST", "/")
    assert seen["headers"]["x-hub-signature"] == "s"


def test_what_is_no_text_comes_as_base64(url: str) -> None:
    assert call(url, b"\xff\x00", Content_Type="application/json")[1]["base64"]
    packed = call(url, gzip.compress(b"{}"), Content_Type="application/json", Content_Encoding="gzip")[1]
    assert packed["base64"]
    assert call(url, b"x", Content_Type="application/octet-stream")[1]["base64"]


def test_chunks_are_put_together(url: str) -> None:
    # Of a body whose length it does not know, the client makes chunks.
    seen = call(url, iter([b'{"a"', b": 1}"]), Content_Type="application/json")[1]
    assert seen["body"] == '{"a": 1}'


def test_a_crash_is_a_bad_gateway(url: str) -> None:
    assert call(url, b"crash", Content_Type="text/plain")[0] == 502


def test_more_than_six_megabytes_do_not_reach_the_function(url: str) -> None:
    assert call(url, b"x" * (6 * 1024 * 1024 + 1))[0] == 413


def test_each_of_the_two_statements_is_needed(cloud: Stage, url: str) -> None:
    assert call(url)[0] == 202
    lambdas(cloud).remove_permission(FunctionName="fn", StatementId="url")
    assert call(url)[0] == 403
    lambdas(cloud).add_permission(FunctionName="fn", StatementId="url", **OPEN)
    policy = json.loads(lambdas(cloud).get_policy(FunctionName="fn")["Policy"])
    (invoked,) = [each["Sid"] for each in policy["Statement"] if each["Action"] == "lambda:InvokeFunction"]
    lambdas(cloud).remove_permission(FunctionName="fn", StatementId=invoked)
    assert call(url)[0] == 403
    lambdas(cloud).add_permission(FunctionName="fn", StatementId=invoked, Action="lambda:InvokeFunction", Principal="*")
    assert call(url)[0] == 202


def test_beyond_the_reserved_runs_callers_are_turned_away(cloud: Stage, url: str) -> None:
    lambdas(cloud).put_function_concurrency(FunctionName="fn", ReservedConcurrentExecutions=1)
    slow = threading.Thread(target=call, args=(url, b"slow"), kwargs={"Content_Type": "text/plain"})
    slow.start()
    seen = set[int]()
    while slow.is_alive():
        seen.add(call(url, b"quick", Content_Type="text/plain")[0])
    slow.join()
    lambdas(cloud).delete_function_concurrency(FunctionName="fn")
    assert 429 in seen
    assert call(url)[0] == 202


def test_an_address_that_is_gone_lets_nobody_in(cloud: Stage, url: str) -> None:
    assert call(url.replace("function-url/", "function-url/0"))[0] == 403


def test_a_stack_that_is_deleted_takes_its_statement_along(cloud: Stage) -> None:
    template = {"Resources": {"P": {"Type": "AWS::Lambda::Permission", "Properties": INVOKED}}}
    cloud.cloud.boto3("cloudformation").create_stack(StackName="another", TemplateBody=json.dumps(template))
    assert "lambda:InvokeFunction" in lambdas(cloud).get_policy(FunctionName="fn")["Policy"]
    cloud.cloud.boto3("cloudformation").delete_stack(StackName="another")
    with pytest.raises(lambdas(cloud).exceptions.ResourceNotFoundException):
        lambdas(cloud).get_policy(FunctionName="fn")
