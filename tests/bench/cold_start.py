"""What a cold start costs: CPU time from an empty interpreter to a ready function, against boto3 and one client.

Run by Lambda's own version of Python (`make bench` finds it) on the built zips; medians of pairs that are started in
turn, so that a busy machine spoils both alike.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import tempfile
import zipfile
from collections import defaultdict
from pathlib import Path

from tests.defaults import DOCUMENT

FUNCTIONS = ("jira_client", "jira_notifications_handler", "jira_webhook", "security_ir_client", "security_ir_poller")
FLOOR = "import boto3; boto3.client('dynamodb')"
READY = "import {function}.handler"
MEASURE = "; import time; print(time.process_time())"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "bench",
    "AWS_SECRET_ACCESS_KEY": "bench",
    "AWS_REGION": "eu-central-1",
    "AWS_DEFAULT_REGION": "eu-central-1",
    # Has the handlers make everything at their import, as in Lambda.
    "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9",
    "SYNC_CONFIG": json.dumps(DOCUMENT),
    "LEDGER_TABLE": "ledger",
    "EVENT_BUS_NAME": "bus",
    "JIRA_PARAMETERS": json.dumps({"url": "/url", "email": "/email", "project_key": "/key", "token": "/token"}),
    "QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/111122223333/queue",
    "DEAD_LETTER_QUEUE_URL": "https://sqs.eu-central-1.amazonaws.com/111122223333/dead-letters",
    "SECRET_PARAMETER": "/secret",
    "POWERTOOLS_METRICS_NAMESPACE": "bench",
    "POWERTOOLS_SERVICE_NAME": "bench",
    # Lambda's folders are read-only: what has no bytecode is compiled each time.
    "PYTHONDONTWRITEBYTECODE": "1",
}


def cpu_seconds(python: str, code: str, folder: Path) -> float:
    """CPU time of one fresh interpreter."""
    environment = ENVIRONMENT | {"PYTHONPATH": str(folder), "PATH": os.environ["PATH"]}
    ran = subprocess.run([python, "-c", code + MEASURE], env=environment, capture_output=True, text=True, check=True)
    return float(ran.stdout.split()[-1])


def measure(python: str, dist: Path, rounds: int) -> dict[str, float]:
    """Each function's cold start as a share of the floor."""
    taken: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        for function in FUNCTIONS:
            zipfile.ZipFile(dist / f"{function}.zip").extractall(Path(folder, function))
        empty = Path(folder, "empty")
        empty.mkdir()
        for _ in range(rounds):
            taken["floor"].append(cpu_seconds(python, FLOOR, empty))
            for function in FUNCTIONS:
                taken[function].append(cpu_seconds(python, READY.format(function=function), Path(folder, function)))
    floor = statistics.median(taken["floor"])
    print(f"boto3 and one client: {floor * 1000:.0f} ms of CPU")
    return {function: statistics.median(taken[function]) / floor for function in FUNCTIONS}


def main(python: str, dist: str) -> None:
    for name, share in measure(python, Path(dist), rounds=11).items():
        print(f"cold start of {name:28} {share:.2f} x boto3 and one client")
