"""What AWS asks for besides a call's own permission: to tag, to give a role away, to use a key, to read a zip.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
lists them as dependent actions; where it does not, the service's own pages do, which are named below.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from .backends import ACCOUNT_ID, Backends
from .policy import Ask, Context

Parameters = dict[str, Any]

# What makes a thing with tags needs the permission to tag it.
_TAGS = {
    "cloudformation:CreateStack": "cloudformation:TagResource",
    "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
    "dynamodb:CreateTable": "dynamodb:TagResource",
    "events:CreateEventBus": "events:TagResource",
    "events:PutRule": "events:TagResource",
    "iam:CreateRole": "iam:TagRole",
    "kms:CreateKey": "kms:TagResource",
    "lambda:CreateEventSourceMapping": "lambda:TagResource",
    "lambda:CreateFunction": "lambda:TagResource",
    "logs:CreateLogGroup": "logs:TagResource",
    "scheduler:CreateScheduleGroup": "scheduler:TagResource",
    "sns:CreateTopic": "sns:TagResource",
    "sqs:CreateQueue": "sqs:TagQueue",
    "ssm:PutParameter": "ssm:AddTagsToResource",
}
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html: on the caller's behalf.
_KEY_OF_A_TABLE = (
    "CreateGrant",
    "Decrypt",
    "DescribeKey",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyWithoutPlaintext",
    "ReEncryptFrom",
    "ReEncryptTo",
)
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html#configuration-vpc-permissions
_NETWORK = ("DescribeSecurityGroups", "DescribeSubnets", "DescribeVpcs")


def besides(ask: Ask, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    """The further permissions that the call `ask` is the own permission of needs, with these parameters."""
    if ask.action in _TAGS and (parameters.get("Tags") or parameters.get("tags") or "Tags.member.1.Key" in parameters):
        # A new mapping gets its id from Lambda; a log group is tagged by its ARN without `:*`.
        new = _arn(backends, "lambda", "event-source-mapping:new")
        tagged = new if ask.action == "lambda:CreateEventSourceMapping" else ask.resource.removesuffix(":*")
        yield Ask(_TAGS[ask.action], tagged)
    yield from _passed_roles(ask, parameters)
    if ask.action == "lambda:GetFunction":
        # Lambda leaves the tags out for others, and Terraform would put them on again with every apply.
        # https://docs.aws.amazon.com/lambda/latest/api/API_GetFunction.html
        yield Ask("lambda:ListTags", ask.resource)
    if ask.action == "cloudformation:CreateStack":
        yield from _stacked(str(parameters.get("TemplateBody")), backends)
    if ask.action == "cloudformation:DeleteStack":
        yield from _unstacked(ask.resource.rpartition(":stack/")[2].partition("/")[0], backends)
    if ask.action in ("lambda:CreateFunction", "lambda:UpdateFunctionCode"):
        yield from _package(parameters)
    if ask.action in ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"):
        network = (parameters.get("VpcConfig") or {}).get("SubnetIds")
        yield from (Ask(f"ec2:{action}", "*") for action in _NETWORK if network)
    if ask.action == "ssm:PutParameter" and (key := customer_key(parameters.get("KeyId"), backends)):
        # https://docs.aws.amazon.com/kms/latest/developerguide/services-parameter-store.html
        action = "kms:GenerateDataKey" if parameters.get("Tier") == "Advanced" else "kms:Encrypt"
        yield Ask(action, key, through_ssm(ask.resource, backends))
    if ask.action in ("dynamodb:CreateTable", "dynamodb:UpdateTable"):
        key = customer_key((parameters.get("SSESpecification") or {}).get("KMSMasterKeyId"), backends)
        yield from (Ask(f"kms:{action}", key, _through("dynamodb", backends)) for action in _KEY_OF_A_TABLE if key)


def _stacked(template: str, backends: Backends) -> Iterator[Ask]:
    """CloudFormation makes what a stack holds on the caller's behalf, and sees whether it is there.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/resource-type-schemas.html: the handlers of a type.
    """
    for resource in json.loads(template)["Resources"].values():
        if resource["Type"] == "AWS::Lambda::Permission":
            function = _arn(backends, "lambda", f"function:{resource['Properties']['FunctionName']}")
            yield Ask("lambda:AddPermission", function)
            yield Ask("lambda:GetPolicy", function)


def _unstacked(name: str, backends: Backends) -> Iterator[Ask]:
    """What a stack holds is known again by its name, with which the ids of its statements begin."""
    for function in backends.functions.list_functions():
        if any(str(each.get("Sid")).startswith(f"{name}-") for each in function.policy.statements):
            yield Ask("lambda:RemovePermission", function.function_arn)


def customer_key(given: str | None, backends: Backends) -> str | None:
    """The ARN of a key as a resource names it; None for none and for AWS's own, which all may use."""
    return None if not given or given.startswith("alias/aws/") else key_arn(given, backends)


def key_arn(given: str, backends: Backends) -> str:
    """The ARN of a key that is given by its ARN, its id or an alias."""
    key = backends.kms.get_key_id_from_alias(given) or given if given.startswith("alias/") else given
    return key if key.startswith("arn:") else _arn(backends, "kms", f"key/{key}")


def through_ssm(parameter_arn: str, backends: Backends) -> Context:
    """What a key's use for a parameter shows of itself."""
    return {**_through("ssm", backends), "kms:encryptioncontext:parameter_arn": (parameter_arn,)}


def _through(service: str, backends: Backends) -> Context:
    return {"kms:viaservice": (f"{service}.{backends.region}.amazonaws.com",)}


def _passed_roles(ask: Ask, parameters: Parameters) -> Iterator[Ask]:
    """Whoever gives a role to a service must be allowed to."""
    given: list[tuple[str, str | None]] = []
    if ask.action in ("lambda:CreateFunction", "lambda:UpdateFunctionConfiguration"):
        given = [("lambda", parameters.get("Role"))]
    elif ask.action in ("scheduler:CreateSchedule", "scheduler:UpdateSchedule"):
        given = [("scheduler", parameters.get("Target", {}).get("RoleArn"))]
    elif ask.action == "events:PutTargets":
        given = [("events", target.get("RoleArn")) for target in parameters.get("Targets", [])]
    for service, role in given:
        if role:
            yield Ask("iam:PassRole", role, {"iam:passedtoservice": (f"{service}.amazonaws.com",)})


def _package(parameters: Parameters) -> Iterator[Ask]:
    """A zip in a bucket is read on the caller's behalf."""
    code = {**parameters, **parameters.get("Code", {})}
    if "S3Bucket" in code:
        action = "s3:GetObjectVersion" if code.get("S3ObjectVersion") else "s3:GetObject"
        yield Ask(action, f"arn:aws:s3:::{code['S3Bucket']}/{code['S3Key']}")


def _arn(backends: Backends, service: str, rest: str) -> str:
    return f"arn:{backends.partition}:{service}:{backends.region}:{ACCOUNT_ID}:{rest}"
