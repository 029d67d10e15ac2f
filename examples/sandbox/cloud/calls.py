"""Reads from a signed request what it asks IAM for: what functions call, and what Terraform does to keep the module.

What AWS asks for besides, such as the right to give a role away, is in `besides`.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from .backends import ACCOUNT_ID, Backends
from .besides import Parameters, besides, customer_key, key_arn, through_ssm
from .policy import Ask, Context
from .server import SignedRequest

# The service a request is signed for → its prefix in policies, where the two differ.
_PREFIXES = {"monitoring": "cloudwatch"}
# A batch asks for the permission of its single operation.
_SINGLE = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sns:PublishBatch": "sns:Publish",
}
# REST calls by service and path: the resource as policies name it ("" where there is none), the operation by method.
# Names in a resource are groups of the path, or parameters of the query or the body.
_FUNCTIONS, _FUNCTION = r"/[\d-]+/functions/?", r"/[\d-]+/functions/(?P<FunctionName>[^/]+)"
_MAPPINGS, _MAPPING = r"/[\d-]+/event-source-mappings/?", r"/[\d-]+/event-source-mappings/(?P<UUID>[^/]+)"
_TAGS = {"GET": "ListTags", "POST": "TagResource", "DELETE": "UntagResource"}
_PATHS = (
    ("scheduler", r"/schedules/(?P<Name>[^/]+)", "schedule/{GroupName}/{Name}",
     {"GET": "GetSchedule", "POST": "CreateSchedule", "PUT": "UpdateSchedule", "DELETE": "DeleteSchedule"}),
    ("scheduler", r"/schedule-groups/(?P<Name>[^/]+)", "schedule-group/{Name}",
     {"GET": "GetScheduleGroup", "POST": "CreateScheduleGroup", "DELETE": "DeleteScheduleGroup"}),
    ("scheduler", r"/tags/(?P<Arn>.+)", "{Arn}", _TAGS | {"GET": "ListTagsForResource"}),
    ("lambda", _FUNCTIONS, "function:{FunctionName}", {"POST": "CreateFunction"}),
    ("lambda", _FUNCTION, "function:{FunctionName}", {"GET": "GetFunction", "DELETE": "DeleteFunction"}),
    ("lambda", f"{_FUNCTION}/code", "function:{FunctionName}", {"PUT": "UpdateFunctionCode"}),
    ("lambda", f"{_FUNCTION}/configuration", "function:{FunctionName}",
     {"GET": "GetFunctionConfiguration", "PUT": "UpdateFunctionConfiguration"}),
    ("lambda", f"{_FUNCTION}/concurrency", "function:{FunctionName}",
     {"GET": "GetFunctionConcurrency", "PUT": "PutFunctionConcurrency", "DELETE": "DeleteFunctionConcurrency"}),
    ("lambda", f"{_FUNCTION}/policy", "function:{FunctionName}", {"GET": "GetPolicy", "POST": "AddPermission"}),
    ("lambda", f"{_FUNCTION}/url", "function:{FunctionName}",
     {"GET": "GetFunctionUrlConfig", "POST": "CreateFunctionUrlConfig", "PUT": "UpdateFunctionUrlConfig",
      "DELETE": "DeleteFunctionUrlConfig"}),
    ("lambda", f"{_FUNCTION}/versions", "function:{FunctionName}", {"GET": "ListVersionsByFunction"}),
    ("lambda", f"{_FUNCTION}/code-signing-config", "function:{FunctionName}", {"GET": "GetFunctionCodeSigningConfig"}),
    ("lambda", _MAPPINGS, "", {"GET": "ListEventSourceMappings", "POST": "CreateEventSourceMapping"}),
    ("lambda", _MAPPING, "event-source-mapping:{UUID}",
     {"GET": "GetEventSourceMapping", "PUT": "UpdateEventSourceMapping", "DELETE": "DeleteEventSourceMapping"}),
    ("lambda", r"/[\d-]+/tags/(?P<Arn>.+)", "{Arn}", _TAGS),
    ("s3", r"/(?P<Bucket>[^/]+)/(?P<Key>.+)", "arn:aws:s3:::{Bucket}/{Key}", {"GET": "GetObject", "HEAD": "GetObject"}),
)  # fmt: skip
# Actions that IAM holds to no resource, of services that have some.
_NOWHERE = {
    "logs:DeleteQueryDefinition",
    "logs:DeleteResourcePolicy",
    "logs:DescribeLogGroups",
    "logs:DescribeQueryDefinitions",
    "logs:DescribeResourcePolicies",
    "logs:PutQueryDefinition",
    "logs:PutResourcePolicy",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
    "ssm:DescribeParameters",
}
# How calls about tags, and some others, name a resource by its ARN.
_RESOURCE = ("ResourceARN", "ResourceArn", "resourceArn")
_ALARM_OR_DASHBOARD = re.compile(r"(Alarm|Dashboard)Names?(?:\.member\.\d+)?")
_BUS_ACTIONS = {f"events:{verb}EventBus" for verb in ("Create", "Describe", "Update", "Delete")}
_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def asks(request: SignedRequest) -> list[Ask]:
    """The permissions one request needs; several for a transaction, a list of resources, or what goes with it.

    A REST service's operation cannot be told from headers: it is known by its path (``_PATHS``), or asked for as
    ``service:METHOD /path``.
    """
    backends = Backends(request.region)
    operation, parameters, arn = _rest(request, backends) or (*_operation(request), "")
    action = f"{_PREFIXES.get(request.service, request.service)}:{operation}"
    action = _SINGLE.get(action, action)
    if action == "sts:GetCallerIdentity":
        return []  # nobody can be refused it
    if action in _NOWHERE:
        return [Ask(action, "*")]
    if arn := arn or next((str(parameters[name]) for name in _RESOURCE if name in parameters), ""):
        wanted = [Ask(action, arn, _of_mapping(action, parameters, backends))]
    else:
        wanted = list(_READERS.get(request.service, _plain)(action, parameters, backends))
    return [*wanted, *(more for ask in wanted for more in besides(ask, parameters, backends))]


def _rest(request: SignedRequest, backends: Backends) -> tuple[str, Parameters, str] | None:
    """Operation, parameters and resource of a REST call that ``_PATHS`` knows."""
    for service, path, resource, operations in _PATHS:
        found = re.fullmatch(path, request.path) if service == request.service else None
        if found and request.method in operations:
            body = json.loads(request.body or b"{}") if service != "s3" else {}
            groups = {"GroupName": request.query.get("groupName", "default")}
            parameters = {**groups, **request.query, **body, **found.groupdict()}
            named = resource.format_map(parameters)
            arn = named if named.startswith("arn:") else _arn(backends, service, named)
            operation = operations[request.method]
            return _s3_operation(request) if service == "s3" else operation, parameters, arn if named else "*"
    return None


def _s3_operation(request: SignedRequest) -> str:
    """Which of an object's readings: of a certain version or the last one, of itself or its tags."""
    version, tags = "versionId" in request.query, "tagging" in request.query
    return f"GetObject{'Version' if version else ''}{'Tagging' if tags else ''}"


def _operation(request: SignedRequest) -> tuple[str, Parameters]:
    if request.target:
        return request.target.rsplit(".", 1)[-1], json.loads(request.body or b"{}")
    if request.content_type.startswith("application/x-www-form-urlencoded"):
        form = dict(parse_qsl(request.body.decode()))
        return form.get("Action", ""), dict(form)
    if "/operation/" in request.path:
        return request.path.rsplit("/", 1)[-1], {}
    return f"{request.method} {request.path}", {}


def _plain(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    yield Ask(action, "*")


def _of_mapping(action: str, parameters: Parameters, backends: Backends) -> Context:
    """The function of an event source mapping, which has no name that a policy could hold."""
    if not action.endswith("EventSourceMapping"):
        return {}
    known = backends.functions._event_source_mappings.get(parameters.get("UUID", ""))
    function = known.function_arn if known else str(parameters.get("FunctionName", ""))
    named = function if function.startswith("arn:") else _arn(backends, "lambda", f"function:{function}")
    return {"lambda:functionarn": (named,)}


def _sns(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    yield Ask(action, str(parameters.get("TopicArn") or _arn(backends, "sns", str(parameters.get("Name", "*")))))


def _iam(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    """Roles are asked for by name alone: the path is the existing role's, or the new one's."""
    name = parameters.get("RoleName")
    if not name:
        yield Ask(action, "*")
        return
    role = next((role for role in backends.iam.roles.values() if role.name == name), None)
    arn = role.arn if role else _global_arn(backends, "iam", f"role{parameters.get('Path', '/')}{name}")
    boundary = parameters.get("PermissionsBoundary") or (role.permissions_boundary_arn if role else None)
    yield Ask(action, arn, {"iam:permissionsboundary": (str(boundary),)} if boundary else {})


def _cloudwatch(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    if action == "cloudwatch:DescribeAlarms":
        # However few are asked for, AWS wants the right to see all.
        yield Ask(action, _arn(backends, "cloudwatch", "alarm:*"))
        return
    named = [(found[1], value) for key, value in parameters.items() if (found := _ALARM_OR_DASHBOARD.fullmatch(key))]
    for kind, name in named:
        dashboard = _global_arn(backends, "cloudwatch", f"dashboard/{name}")
        yield Ask(action, dashboard if kind == "Dashboard" else _arn(backends, "cloudwatch", f"alarm:{name}"))
    if not named:
        yield Ask(action, "*")


def _kms(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    given = parameters.get("KeyId")
    yield Ask(action, key_arn(str(given), backends) if given else "*")


def _sqs(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    name = str(parameters.get("QueueUrl") or parameters.get("QueueName") or "*").rsplit("/", 1)[-1]
    yield Ask(action, _arn(backends, "sqs", name))


def _cloudformation(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    named = str(parameters.get("StackName") or "*")
    name = named.rpartition(":stack/")[2].partition("/")[0] if named.startswith("arn:") else named
    yield Ask(action, _arn(backends, "cloudformation", f"stack/{name}/*"))


def _logs(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    # https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html: but for tags, which
    # name a group by its ARN, the ARN of a group ends with `:*`.
    group, stream = parameters.get("logGroupName", "*"), parameters.get("logStreamName", "")
    yield Ask(action, _arn(backends, "logs", f"log-group:{group}:{f'log-stream:{stream}' if stream else '*'}"))


def _events(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    rule = parameters.get("Name") or parameters.get("Rule")
    if action in _BUS_ACTIONS:
        yield Ask(action, _arn(backends, "events", f"event-bus/{rule}"))
        return
    if rule and "Entries" not in parameters:
        bus = str(parameters.get("EventBusName") or "default").rsplit("event-bus/", 1)[-1]
        yield Ask(action, _arn(backends, "events", f"rule/{rule}" if bus == "default" else f"rule/{bus}/{rule}"))
        return
    for entry in parameters.get("Entries", [{}]):
        name = str(entry.get("EventBusName") or "default").rsplit("event-bus/", 1)[-1]
        context = {
            "events:source": (str(entry.get("Source")),),
            "events:detail-type": (str(entry.get("DetailType")),),
        }
        yield Ask(action, _arn(backends, "events", f"event-bus/{name}"), context)


def _ssm(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    names = parameters.get("Names") or [
        parameters.get("Name") or parameters.get("ResourceId") or parameters.get("Path") or "*"
    ]
    for given in names:
        name = re.sub(r"(?<=[^:]):[\w.-]+$", "", str(given)) if not str(given).startswith("arn:") else str(given)
        arn = name if name.startswith("arn:") else _arn(backends, "ssm", f"parameter/{name.lstrip('/')}")
        yield Ask(action, arn)
        if parameters.get("WithDecryption") and (key := _key_of(arn, backends)):
            yield Ask("kms:Decrypt", key, through_ssm(arn, backends))


def _key_of(parameter_arn: str, backends: Backends) -> str | None:
    """The ARN of the customer key a parameter is encrypted with; None for AWS's own key, which all may use."""
    name = parameter_arn.split(":parameter", 1)[-1]
    parameter = backends.ssm._parameters.get(name) or backends.ssm._parameters.get(name.lstrip("/"))
    return customer_key(getattr(parameter[-1], "keyid", None), backends) if parameter else None


def _dynamodb(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    if "TransactItems" in parameters:
        for item in parameters["TransactItems"]:
            for kind, part in item.items():
                yield _on_table(f"dynamodb:{_TRANSACTION[kind]}", part, backends)
    elif "RequestItems" in parameters:
        for table, requests in parameters["RequestItems"].items():
            for part in _batched(requests):
                yield _on_table(action, {**part, "TableName": table}, backends)
    else:
        yield _on_table(action, parameters, backends)


def _batched(requests: Any) -> list[Parameters]:
    """The parts of a batch for one table: each writes one item, or all read by their keys."""
    if isinstance(requests, list):
        return [part for request in requests for part in request.values()]
    return [{"Key": key} for key in requests["Keys"]]


def _on_table(action: str, part: Parameters, backends: Backends) -> Ask:
    table = str(part.get("TableName", "*")).rsplit("table/", 1)[-1]
    index = f"/index/{part['IndexName']}" if "IndexName" in part else ""
    context: dict[str, tuple[str, ...]] = {}
    keys = _leading_keys(part, backends.hash_key(table))
    if keys:
        context["dynamodb:leadingkeys"] = keys
    return Ask(action, _arn(backends, "dynamodb", f"table/{table}{index}"), context)


def _leading_keys(part: Parameters, hash_key: str) -> tuple[str, ...]:
    """The partition keys a request touches, as ``dynamodb:LeadingKeys`` lists them."""
    item = part.get("Key") or part.get("Item")
    if item and hash_key in item:
        return tuple(str(value) for value in item[hash_key].values())
    names = {v: k for k, v in part.get("ExpressionAttributeNames", {}).items()}
    written = re.escape(names.get(hash_key, hash_key))
    found = re.search(rf"(?<![\w#]){written}\s*=\s*(:\w+)", part.get("KeyConditionExpression", ""))
    if found is None:
        return ()
    return tuple(str(value) for value in part["ExpressionAttributeValues"][found.group(1)].values())


def _arn(backends: Backends, service: str, rest: str) -> str:
    return f"arn:{backends.partition}:{service}:{backends.region}:{ACCOUNT_ID}:{rest}"


def _global_arn(backends: Backends, service: str, rest: str) -> str:
    return f"arn:{backends.partition}:{service}::{ACCOUNT_ID}:{rest}"


_READERS: dict[str, Callable[[str, Parameters, Backends], Iterator[Ask]]] = {
    "cloudformation": _cloudformation,
    "dynamodb": _dynamodb,
    "events": _events,
    "iam": _iam,
    "kms": _kms,
    "logs": _logs,
    "monitoring": _cloudwatch,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
}
