"""Reads from a signed request what it asks IAM for.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qsl

from .backends import ACCOUNT_ID, Backends
from .policy import Ask
from .server import SignedRequest

Parameters = dict[str, Any]

# The service a request is signed for → its prefix in policies, where the two differ.
_PREFIXES = {"monitoring": "cloudwatch"}
# A batch asks for the permission of its single operation.
_SINGLE = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
    "sns:PublishBatch": "sns:Publish",
}
# REST calls by their paths: method, path, action, and the resource as policies name it ("" where there is none).
_PATHS = (
    ("GET", r"/schedules/(?P<name>[^/]+)", "scheduler:GetSchedule", "schedule/{groupName}/{name}"),
    ("GET", r"/2015-03-31/event-source-mappings/?", "lambda:ListEventSourceMappings", ""),
)
_TRANSACTION = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
    "Get": "GetItem",
}


def asks(request: SignedRequest, backends: Backends) -> list[Ask]:
    """The permissions one request needs; several for a transaction or a list of resources.

    A REST service's operation cannot be told from headers: it is known by its path (``_PATHS``), or asked for as
    ``service:METHOD /path``.
    """
    for method, path, action, resource in _PATHS:
        found = re.fullmatch(path, request.path)
        if found and (request.service, request.method) == (action.partition(":")[0], method):
            named = {"groupName": "default", **request.query, **found.groupdict()}
            arn = _arn(backends, request.service, resource.format_map(named))
            return [Ask(action, arn if resource else "*")]
    operation, parameters = _operation(request)
    action = f"{_PREFIXES.get(request.service, request.service)}:{operation}"
    reader = _READERS.get(request.service, _plain)
    return list(reader(_SINGLE.get(action, action), parameters, backends))


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
    arn = next((parameters[name] for name in ("TopicArn", "ResourceArn", "KeyId") if name in parameters), "*")
    yield Ask(action, str(arn))


def _sqs(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    name = str(parameters.get("QueueUrl") or parameters.get("QueueName") or "*").rsplit("/", 1)[-1]
    yield Ask(action, _arn(backends, "sqs", name))


def _logs(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    group, stream = parameters.get("logGroupName", "*"), parameters.get("logStreamName", "")
    suffix = f":log-stream:{stream}" if stream else ""
    yield Ask(action, _arn(backends, "logs", f"log-group:{group}{suffix}"))


def _events(action: str, parameters: Parameters, backends: Backends) -> Iterator[Ask]:
    rule = parameters.get("Name") or parameters.get("Rule")
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
    names = parameters.get("Names") or [parameters.get("Name") or parameters.get("Path") or "*"]
    for given in names:
        name = re.sub(r"(?<=[^:]):[\w.-]+$", "", str(given)) if not str(given).startswith("arn:") else str(given)
        arn = name if name.startswith("arn:") else _arn(backends, "ssm", f"parameter/{name.lstrip('/')}")
        yield Ask(action, arn)
        if parameters.get("WithDecryption") and (key := _key_of(arn, backends)):
            via = f"ssm.{backends.region}.amazonaws.com"
            context = {"kms:viaservice": (via,), "kms:encryptioncontext:parameter_arn": (arn,)}
            yield Ask("kms:Decrypt", key, context)


def _key_of(parameter_arn: str, backends: Backends) -> str | None:
    """The ARN of the customer key a parameter is encrypted with; None for AWS's own key, which all may use."""
    name = parameter_arn.split(":parameter", 1)[-1]
    parameter = backends.ssm._parameters.get(name) or backends.ssm._parameters.get(name.lstrip("/"))
    key = str(getattr(parameter[-1], "keyid", "") or "") if parameter else ""
    if not key or key == "alias/aws/ssm":
        return None
    return key if key.startswith("arn:") else _arn(backends, "kms", f"key/{key}")


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


_READERS: dict[str, Callable[[str, Parameters, Backends], Iterator[Ask]]] = {
    "dynamodb": _dynamodb,
    "events": _events,
    "logs": _logs,
    "sqs": _sqs,
    "ssm": _ssm,
}
