"""Somebody who is held to a policy may do what it says and no more, whichever service and protocol it is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from sandbox.cloud import Cloud

from .deployer import permissions

KEY = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
ROLE = "arn:aws:iam::123456789012:role/path/fn"


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    with Cloud() as cloud:
        cloud.hold("somebody", [])
        yield cloud


def call(cloud: Cloud, service: str, method: str, **parameters: Any) -> str:
    """Call with the key id that is held: the error's code, or ``ok``."""
    make: Any = boto3.client
    keys = {"aws_access_key_id": "somebody", "aws_secret_access_key": "x"}
    client = make(service, region_name=cloud.region, endpoint_url=cloud.url, **keys)
    try:
        getattr(client, method)(**parameters)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return "ok"


def arn(service: str, rest: str) -> str:
    return f"arn:aws:{service}:us-east-1:123456789012:{rest}"


def wanted(cloud: Cloud) -> list[tuple[str, str]]:
    return [(call.action, call.resource) for call in cloud.unauthorised_calls()]


@pytest.mark.parametrize(
    ("service", "method", "parameters", "code", "action", "resource"),
    [
        ("dynamodb", "describe_table", {"TableName": "t"}, "AccessDeniedException", "DescribeTable", "table/t"),
        ("events", "put_rule", {"Name": "r", "EventBusName": "b"}, "AccessDeniedException", "PutRule", "rule/b/r"),
        ("events", "describe_event_bus", {"Name": "b"}, "AccessDeniedException", "DescribeEventBus", "event-bus/b"),
        ("kms", "describe_key", {"KeyId": KEY}, "AccessDeniedException", "DescribeKey", KEY),
        ("lambda", "list_tags", {"Resource": arn("lambda", "function:f")}, "AccessDeniedException", "ListTags",
         "function:f"),
        ("logs", "create_log_group", {"logGroupName": "/g"}, "AccessDeniedException", "CreateLogGroup",
         "log-group:/g:*"),
        ("logs", "list_tags_for_resource", {"resourceArn": arn("logs", "log-group:/g")}, "AccessDeniedException",
         "ListTagsForResource", "log-group:/g"),
        ("logs", "describe_log_groups", {}, "AccessDeniedException", "DescribeLogGroups", "*"),
        ("scheduler", "get_schedule", {"GroupName": "g", "Name": "s"}, "AccessDeniedException", "GetSchedule",
         "schedule/g/s"),
        ("scheduler", "delete_schedule_group", {"Name": "g"}, "AccessDeniedException", "DeleteScheduleGroup",
         "schedule-group/g"),
        ("sns", "create_topic", {"Name": "t"}, "AccessDenied", "CreateTopic", "t"),
        ("sqs", "create_queue", {"QueueName": "q"}, "AccessDeniedException", "CreateQueue", "q"),
        ("ssm", "get_parameter", {"Name": "/p"}, "AccessDeniedException", "GetParameter", "parameter/p"),
        ("iam", "get_role", {"RoleName": "r"}, "AccessDenied", "GetRole", "arn:aws:iam::123456789012:role/r"),
        ("s3", "get_object_tagging", {"Bucket": "b", "Key": "k"}, "AccessDenied", "GetObjectTagging",
         "arn:aws:s3:::b/k"),
        ("ec2", "describe_vpcs", {}, "UnauthorizedOperation", "DescribeVpcs", "*"),
    ],
)  # fmt: skip
def test_what_no_policy_allows_is_refused_in_the_words_of_the_service(
    cloud: Cloud, service: str, method: str, parameters: dict[str, Any], code: str, action: str, resource: str
) -> None:
    assert call(cloud, service, method, **parameters) == code
    named = resource if resource.startswith(("arn:", "*")) else arn(service, resource)
    assert wanted(cloud) == [(f"{service}:{action}", named)]


def test_what_the_policy_allows_is_done(cloud: Cloud) -> None:
    cloud.hold("somebody", [permissions("sns:CreateTopic", on=arn("sns", "mine-*"), why="MakesMine")])
    assert call(cloud, "sns", "create_topic", Name="mine-1") == "ok"
    assert call(cloud, "sns", "create_topic", Name="yours") == "AccessDenied"
    assert [topic["TopicArn"] for topic in cloud.boto3("sns").list_topics()["Topics"]] == [arn("sns", "mine-1")]


def test_who_is_not_held_may_do_everything(cloud: Cloud) -> None:
    cloud.boto3("sns").create_topic(Name="anything")
    assert cloud.calls == []


def test_everybody_may_know_who_they_are(cloud: Cloud) -> None:
    assert call(cloud, "sts", "get_caller_identity") == "ok"


def test_a_function_asks_for_its_role_its_zip_its_network_and_its_tags(cloud: Cloud) -> None:
    call(
        cloud,
        "lambda",
        "create_function",
        FunctionName="fn",
        Role=ROLE,
        Code={"S3Bucket": "zips", "S3Key": "fn.zip"},
        VpcConfig={"SubnetIds": ["subnet-1"], "SecurityGroupIds": ["sg-1"]},
        Tags={"team": "soc"},
    )
    assert wanted(cloud) == [
        ("lambda:CreateFunction", arn("lambda", "function:fn")),
        ("lambda:TagResource", arn("lambda", "function:fn")),
        ("iam:PassRole", ROLE),
        ("s3:GetObject", "arn:aws:s3:::zips/fn.zip"),
        ("ec2:DescribeSecurityGroups", "*"),
        ("ec2:DescribeSubnets", "*"),
        ("ec2:DescribeVpcs", "*"),
    ]
    passed = next(call for call in cloud.calls if call.action == "iam:PassRole")
    assert passed.context == {"iam:passedtoservice": ("lambda.amazonaws.com",)}


def test_a_function_is_read_with_its_tags(cloud: Cloud) -> None:
    call(cloud, "lambda", "get_function", FunctionName="fn")
    assert [action for action, _ in wanted(cloud)] == ["lambda:GetFunction", "lambda:ListTags"]


def test_a_schedule_asks_for_its_role(cloud: Cloud) -> None:
    target = {"Arn": arn("sqs", "q"), "RoleArn": ROLE}
    window = {"Mode": "OFF"}
    call(
        cloud,
        "scheduler",
        "create_schedule",
        Name="s",
        GroupName="g",
        ScheduleExpression="rate(1 hour)",
        FlexibleTimeWindow=window,
        Target=target,
    )
    assert wanted(cloud) == [("scheduler:CreateSchedule", arn("scheduler", "schedule/g/s")), ("iam:PassRole", ROLE)]


def test_a_secret_is_written_with_the_customer_key(cloud: Cloud) -> None:
    call(cloud, "ssm", "put_parameter", Name="/p", Value="v", Type="SecureString", KeyId=KEY)
    assert wanted(cloud) == [("ssm:PutParameter", arn("ssm", "parameter/p")), ("kms:Encrypt", KEY)]
    assert cloud.calls[-1].context["kms:viaservice"] == ("ssm.us-east-1.amazonaws.com",)


def test_a_role_is_known_by_its_path_and_its_boundary(cloud: Cloud) -> None:
    iam, trust = cloud.boto3("iam"), '{"Version": "2012-10-17", "Statement": []}'
    everything = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
    boundary = iam.create_policy(PolicyName="boundary", PolicyDocument=everything)["Policy"]["Arn"]
    iam.create_role(RoleName="fn", Path="/path/", AssumeRolePolicyDocument=trust, PermissionsBoundary=boundary)
    call(cloud, "iam", "put_role_policy", RoleName="fn", PolicyName="p", PolicyDocument=everything)
    assert wanted(cloud) == [("iam:PutRolePolicy", ROLE)]
    assert cloud.calls[-1].context == {"iam:permissionsboundary": (boundary,)}
