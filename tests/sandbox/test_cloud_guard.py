"""No function does what its role does not allow, and every call is written down."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.cloud.functions import access_key
from sandbox.serving import credential_scope
from tests.sandbox.cloud_stage import Stage, a_stage

CALLER = """
    import boto3
    def handler(event, context):
        return boto3.client("sqs").send_message(QueueUrl=event, MessageBody="x")["MessageId"]
"""


@pytest.fixture
def stage() -> Iterator[Stage]:
    with a_stage() as stage:
        yield stage


def allow(
    *actions: str, resource: str = "*", sid: str = "Work", condition: dict[str, Any] | None = None
) -> dict[str, Any]:
    statement: dict[str, Any] = {"Sid": sid, "Effect": "Allow", "Action": list(actions), "Resource": resource}
    return statement | ({"Condition": condition} if condition else {})


def call(stage: Stage, service: str, method: str, **parameters: Any) -> Any:
    """Call as the function's processes do, signed with its key: the error's code, or ``ok``."""
    make: Any = boto3.client
    client = make(
        service,
        region_name=stage.cloud.region,
        endpoint_url=stage.cloud.url,
        aws_access_key_id=access_key("fn"),
        aws_secret_access_key="x",
    )
    try:
        getattr(client, method)(**parameters)
    except ClientError as error:
        return error.response["Error"]["Code"]
    return "ok"


def ledger(stage: Stage) -> None:
    stage.cloud.boto3("dynamodb").create_table(
        TableName="ledger",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "PK", "KeyType": "HASH"}, {"AttributeName": "SK", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("PK", "SK")],
    )


def refused(stage: Stage) -> list[tuple[str, str]]:
    return [(call.action, call.resource) for call in stage.cloud.unauthorised_calls()]


def test_a_call_the_role_does_not_allow_is_refused_and_recorded(stage: Stage) -> None:
    own, foreign = stage.queue("own"), stage.queue("foreign")
    stage.function(CALLER, allow("sqs:SendMessage", resource=own.arn))
    assert call(stage, "sqs", "send_message", QueueUrl=own.url, MessageBody="x") == "ok"
    assert "AccessDenied" in call(stage, "sqs", "send_message", QueueUrl=foreign.url, MessageBody="x")
    assert refused(stage) == [("sqs:SendMessage", foreign.arn)]
    assert stage.remaining(foreign) == 0


def test_a_batch_needs_the_permission_of_its_single_call(stage: Stage) -> None:
    queue = stage.queue("own")
    stage.function(CALLER, allow("sqs:SendMessage", resource=queue.arn))
    entries = [{"Id": "1", "MessageBody": "x"}]
    assert call(stage, "sqs", "send_message_batch", QueueUrl=queue.url, Entries=entries) == "ok"


def test_parameters_are_named_one_by_one(stage: Stage) -> None:
    ssm = stage.cloud.boto3("ssm")
    for name in ("/p/one", "/p/two"):
        ssm.put_parameter(Name=name, Value="v", Type="SecureString")
    stage.function(CALLER, allow("ssm:GetParameters", resource=stage.arn("ssm", "parameter/p/one")))
    assert call(stage, "ssm", "get_parameters", Names=["/p/one"], WithDecryption=True) == "ok"
    assert call(stage, "ssm", "get_parameters", Names=["/p/one", "/p/two"]) == "AccessDeniedException"
    assert refused(stage) == [("ssm:GetParameters", stage.arn("ssm", "parameter/p/two"))]


def test_a_customer_key_needs_its_own_permission(stage: Stage) -> None:
    key = stage.cloud.boto3("kms").create_key()["KeyMetadata"]["Arn"]
    stage.cloud.boto3("ssm").put_parameter(Name="/p/token", Value="v", Type="SecureString", KeyId=key)
    read = allow("ssm:GetParameters", resource=stage.arn("ssm", "parameter/p/token"))
    stage.function(CALLER, read)
    assert call(stage, "ssm", "get_parameters", Names=["/p/token"], WithDecryption=True) == "AccessDeniedException"
    assert refused(stage) == [("kms:Decrypt", key)]
    via = {"StringEquals": {"kms:ViaService": f"ssm.{stage.cloud.region}.amazonaws.com"}}
    stage.allow("fn-role", read, allow("kms:Decrypt", resource=key, sid="Key", condition=via))
    assert call(stage, "ssm", "get_parameters", Names=["/p/token"], WithDecryption=True) == "ok"


def test_an_event_of_another_source_is_refused(stage: Stage) -> None:
    condition = {"StringEquals": {"events:source": "jira"}}
    stage.function(CALLER, allow("events:PutEvents", condition=condition))
    entry = {"DetailType": "IssueUpdated", "Detail": "{}"}
    assert call(stage, "events", "put_events", Entries=[entry | {"Source": "jira"}]) == "ok"
    answer = call(stage, "events", "put_events", Entries=[entry | {"Source": "security-ir"}])
    assert answer == "AccessDeniedException"


def test_leading_keys_confine_a_role_to_its_partition(stage: Stage) -> None:
    ledger(stage)
    condition = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["CURSOR#*"]}}
    stage.function(CALLER, allow("dynamodb:PutItem", "dynamodb:Query", condition=condition))

    def put(key: str) -> Any:
        return call(stage, "dynamodb", "put_item", TableName="ledger", Item={"PK": {"S": key}, "SK": {"S": "x"}})

    def query(key: str, condition: str = "PK = :pk", **more: Any) -> Any:
        values = {":pk": {"S": key}}
        return call(
            stage,
            "dynamodb",
            "query",
            TableName="ledger",
            KeyConditionExpression=condition,
            ExpressionAttributeValues=values,
            **more,
        )

    assert [put("CURSOR#cases"), put("CASE#1")] == ["ok", "AccessDeniedException"]
    assert [query("CURSOR#cases"), query("CASE#1")] == ["ok", "AccessDeniedException"]
    assert query("CASE#1", "#k = :pk", ExpressionAttributeNames={"#k": "PK"}) == "AccessDeniedException"


def test_leading_keys_confine_a_batch_too(stage: Stage) -> None:
    ledger(stage)
    condition = {
        "ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ["CURSOR#cases"]},
        "Null": {"dynamodb:LeadingKeys": "false"},
    }
    stage.function(CALLER, allow("dynamodb:BatchWriteItem", condition=condition))

    def put(*keys: str) -> Any:
        items = [{"PK": {"S": key}, "SK": {"S": str(number)}} for number, key in enumerate(keys)]
        requests = [{"PutRequest": {"Item": item}} for item in items]
        return call(stage, "dynamodb", "batch_write_item", RequestItems={"ledger": requests})

    assert [put("CURSOR#cases", "CURSOR#cases"), put("CURSOR#cases", "CASE#1")] == ["ok", "AccessDeniedException"]


def test_a_transaction_needs_the_permission_of_each_of_its_parts(stage: Stage) -> None:
    ledger(stage)
    stage.function(CALLER, allow("dynamodb:PutItem"))
    key = {"PK": {"S": "CASE#1"}, "SK": {"S": "PAIR"}}
    put = {"Put": {"TableName": "ledger", "Item": key}}
    check = {
        "ConditionCheck": {
            "TableName": "ledger",
            "Key": key | {"SK": {"S": "OTHER"}},
            "ConditionExpression": "attribute_not_exists(PK)",
        }
    }
    assert call(stage, "dynamodb", "transact_write_items", TransactItems=[put]) == "ok"
    assert call(stage, "dynamodb", "transact_write_items", TransactItems=[put, check]) == "AccessDeniedException"
    assert refused(stage) == [("dynamodb:ConditionCheckItem", stage.arn("dynamodb", "table/ledger"))]


def test_a_permissions_boundary_narrows_the_role(stage: Stage) -> None:
    iam, queue = stage.cloud.boto3("iam"), stage.queue("own")
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow("logs:*")]})
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=document)["Policy"]["Arn"]
    stage.function(CALLER, allow("sqs:SendMessage"))
    iam.put_role_permissions_boundary(RoleName="fn-role", PermissionsBoundary=boundary)
    assert "AccessDenied" in call(stage, "sqs", "send_message", QueueUrl=queue.url, MessageBody="x")


def test_what_lambda_does_with_the_role_is_recorded_too(stage: Stage) -> None:
    queue = stage.queue("work")
    stage.function("def handler(event, context): pass")
    stage.mapping(queue)
    stage.send(queue, "x")
    stage.cloud.run_until_idle()
    actions = {call.action for call in stage.cloud.calls}
    assert actions == {
        "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes",
        "logs:CreateLogStream", "logs:PutLogEvents",
    }  # fmt: skip
    assert stage.cloud.unauthorised_calls() == []
    assert stage.cloud.unused_permissions() == []


def test_permissions_nobody_used_are_listed(stage: Stage) -> None:
    queue = stage.queue("own")
    stage.function(CALLER, allow("sqs:SendMessage", "sqs:PurgeQueue", resource=queue.arn))
    call(stage, "sqs", "send_message", QueueUrl=queue.url, MessageBody="x")
    unused = {(permission.sid, permission.action) for permission in stage.cloud.unused_permissions()}
    assert ("Work", "sqs:PurgeQueue") in unused
    assert ("Work", "sqs:SendMessage") not in unused


def test_another_server_may_ask_about_its_callers(stage: Stage) -> None:
    stage.function(
        """
        import botocore.auth, botocore.awsrequest, botocore.session
        def handler(event, context):
            request = botocore.awsrequest.AWSRequest(method="GET", url="http://127.0.0.1/v1/cases/1/get-case")
            credentials = botocore.session.get_session().get_credentials()
            botocore.auth.SigV4Auth(credentials, "security-ir", "us-east-1").add_auth(request)
            return request.headers["Authorization"]
        """,
        allow("security-ir:GetCase", resource=stage.arn("security-ir", "case/*")),
    )
    scope = credential_scope(json.loads(stage.cloud.invoke("fn").answer))
    assert scope is not None
    case = stage.arn("security-ir", "case/1234567890")
    assert stage.cloud.authorise(scope.access_key, "security-ir:GetCase", case)
    assert not stage.cloud.authorise(scope.access_key, "security-ir:CloseCase", case)
    assert stage.cloud.authorise("", "security-ir:CloseCase", case)
    assert refused(stage) == [("security-ir:CloseCase", case)]


def test_a_process_can_be_killed_before_a_call_takes_effect(stage: Stage) -> None:
    queue = stage.queue("own")
    stage.function(CALLER, allow("sqs:SendMessage"))
    stage.cloud.kill_during("fn", "sqs:SendMessage")
    outcome = stage.cloud.invoke("fn", queue.url)
    assert outcome.failure is not None
    assert outcome.failure.type == "Runtime.ExitError"
    assert stage.remaining(queue) == 0
    assert stage.cloud.invoke("fn", queue.url).failure is None
    assert stage.remaining(queue) == 1


def test_a_process_can_be_killed_after_a_call_took_effect(stage: Stage) -> None:
    queue = stage.queue("own")
    stage.function(CALLER, allow("sqs:SendMessage"))
    stage.cloud.kill_during("fn", "sqs:SendMessage", after=True)
    outcome = stage.cloud.invoke("fn", queue.url)
    assert outcome.failure is not None
    assert stage.remaining(queue) == 1


def test_a_parameter_may_be_asked_for_by_its_arn(stage: Stage) -> None:
    ssm, arn = stage.cloud.boto3("ssm"), stage.arn("ssm", "parameter/shared/one")
    ssm.put_parameter(Name="/shared/one", Value="1", Type="SecureString")
    answer = ssm.get_parameters(
        Names=[arn, "/shared/one", stage.arn("ssm", "parameter/shared/two")], WithDecryption=True
    )
    assert [(each["ARN"], each["Value"]) for each in answer["Parameters"]] == [(arn, "1")] * 2
    assert answer["InvalidParameters"] == [stage.arn("ssm", "parameter/shared/two")]
