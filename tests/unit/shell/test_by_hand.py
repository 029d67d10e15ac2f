"""What people invoke answers in lines that can be read, and costs nothing until it is invoked."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from aws_lambda_powertools.utilities.typing import LambdaContext

from security_ir_jira.shell.by_hand import entry_point

SOURCES = Path(__file__).parents[3] / "lambda_src"


@dataclass(frozen=True, slots=True)
class Context:
    """What the logger asks of a Lambda context."""

    function_name: str = "security-ir-jira-operations"
    memory_limit_in_mb: int = 256
    invoked_function_arn: str = "arn:aws:lambda:eu-central-1:111122223333:function:security-ir-jira-operations"
    aws_request_id: str = "request"


def test_an_answer_is_json_on_several_lines() -> None:
    asked: list[object] = []

    def desk(request: object) -> dict[str, Any]:
        asked.append(request)
        return {"finding_count": 0, "report": ["ü", "b"]}

    answer = entry_point(lambda: desk)({"doctor": {}}, cast(LambdaContext, Context()))
    assert json.loads(answer) == {"finding_count": 0, "report": ["ü", "b"]}
    assert answer.decode().splitlines()[1:] == [
        '  "finding_count": 0,',
        '  "report": [',
        '    "ü",',
        '    "b"',
        "  ]",
        "}",
    ]
    assert asked == [{"doctor": {}}]


def test_the_handler_is_imported_without_any_surroundings() -> None:
    code = "from security_ir_jira.shell.operations import handler; print(callable(handler))"
    ours = {"PYTHONPATH": str(SOURCES), "PATH": os.environ["PATH"]}
    done = subprocess.run([sys.executable, "-c", code], env=ours, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "True"
