"""What the module made on a stage: names that its outputs tell, and the rules its functions are told."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from sandbox.page.agreement import Rules
from sandbox.stage import Stage


@dataclass(frozen=True, slots=True)
class Surroundings:
    """``functions`` and ``queues``: the full name by the short one."""

    table: str
    event_log: str
    functions: Mapping[str, str]
    queues: Mapping[str, str]
    rules: Rules

    @classmethod
    def of(cls, stage: Stage) -> Self:
        """Of a stage to which the module is applied."""
        told = stage.outputs
        functions = {short: str(each["name"]) for short, each in told["functions"].items()}
        return cls(
            table=str(told["ledger_table"]["name"]),
            event_log=str(told["event_log_group"]),
            functions=functions,
            queues={short: str(each["arn"]).rpartition(":")[2] for short, each in told["queues"].items()},
            rules=_rules(stage, functions["jira_client"]),
        )


def _rules(stage: Stage, function: str) -> Rules:
    answer = stage.cloud.boto3("lambda").get_function_configuration(FunctionName=function)
    told = json.loads(answer["Environment"]["Variables"]["SYNC_CONFIG"])
    mapping = told["status_mapping"]
    to_jira = {case: [each] if isinstance(each, str) else each for case, each in mapping["to_jira"].items()}
    return Rules(to_jira, mapping["to_case"], bool(told.get("sync_restricted_comments")))
