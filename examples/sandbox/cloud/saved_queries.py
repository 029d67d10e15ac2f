"""Saved queries of Logs Insights, which moto lacks: PutQueryDefinition and its kin, kept while a `Cloud` runs.

https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutQueryDefinition.html
"""

from __future__ import annotations

import json
import uuid
from contextlib import ExitStack
from typing import Any
from unittest.mock import patch

from moto.logs.responses import LogsResponse


def install(stack: ExitStack) -> None:
    """Answer the three calls for as long as `stack` is open."""
    saved: dict[str, dict[str, Any]] = {}

    def put(response: LogsResponse) -> str:
        known = response._get_param("queryDefinitionId") or str(uuid.uuid4())
        saved[known] = {
            "queryDefinitionId": known,
            **{name: response._get_param(name) for name in ("name", "queryString", "logGroupNames")},
        }
        return json.dumps({"queryDefinitionId": known})

    def describe(response: LogsResponse) -> str:
        prefix = response._get_param("queryDefinitionNamePrefix") or ""
        return json.dumps({"queryDefinitions": [each for each in saved.values() if each["name"].startswith(prefix)]})

    def delete(response: LogsResponse) -> str:
        return json.dumps({"success": saved.pop(response._get_param("queryDefinitionId"), None) is not None})

    calls = {"put_query_definition": put, "describe_query_definitions": describe, "delete_query_definition": delete}
    for name, call in calls.items():
        stack.enter_context(patch.object(LogsResponse, name, call, create=True))
