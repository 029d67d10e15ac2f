"""What Terraform makes, made by hand in moto's AWS: enough of it for the doctor to look at."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import Any

import boto3
import pytest

from security_ir_jira.operate.installation import FUNCTIONS, Installation
from security_ir_jira.shell.operations import the_doctor

from .loop import ACCOUNT, REGION, Loop

NAME = "security-ir-jira"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
PARAMETERS = {part: f"/SecurityIncidentResponse/{part}" for part in ("url", "email", "project_key", "token")}


def client(service: str) -> Any:
    make: Any = boto3.client
    return make(service, region_name=REGION)


@dataclass(slots=True)
class Installed:
    """An installation, and its doctor."""

    loop: Loop
    installation: Installation

    def examine(self) -> dict[str, Any]:
        """The doctor's report."""
        return the_doctor(self.loop.config, self.installation, self.loop.table, self.loop.clock).examine()

    def found(self) -> list[str]:
        """The checks that have findings."""
        report = self.examine()
        assert report["finding_count"] == len(report["findings"])
        return [each["check"] for each in report["findings"]]

    def queue_url(self, key: str, *, dead: bool = False) -> str:
        name = self.installation.dead_letters(key) if dead else self.installation.function(key)
        return self.installation.queue_url(name)


def install(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> Installed:
    """Everything as Terraform leaves it, and both sweeps just run."""
    # The function that people invoke has clients of many services, and makes them as boto3 always does.
    boto3.setup_default_session()
    schedules = {"case-sweep": "rate(5 minutes)", "issue-sweep": "rate(15 minutes)"}
    installation = Installation(NAME, ACCOUNT, REGION, "aws", "amazonaws.com", True, schedules)
    monkeypatch.setenv("JIRA_PARAMETERS", json.dumps(PARAMETERS))
    monkeypatch.setenv("LEDGER_TABLE", "ledger")
    client("dynamodb").update_continuous_backups(
        TableName="ledger", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )
    values = {"url": loop.jira.url, "email": loop.jira.email, "project_key": "SEC", "token": loop.jira.token}
    for part, name in PARAMETERS.items():
        client("ssm").put_parameter(Name=name, Value=values[part], Type="SecureString")
    _functions(installation)
    _rules(installation)
    _schedules(installation)
    for side in ("jira", "security_ir"):
        loop.table.put(f"CURSOR#{side}", "SWEEP", {"began_at": int(loop.clock.now), "interval": 300})
    return Installed(loop, installation)


def _functions(installation: Installation) -> None:
    role = client("iam").create_role(RoleName="role", AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("handler.py", "")
    for key in FUNCTIONS:
        name = installation.function(key)
        client("sqs").create_queue(QueueName=name)
        client("sqs").create_queue(QueueName=installation.dead_letters(key))
        client("lambda").create_function(
            FunctionName=name,
            Role=role,
            Code={"ZipFile": content.getvalue()},
            Handler="handler.handler",
            Runtime="python3.13",
        )
        client("lambda").create_event_source_mapping(
            FunctionName=name, EventSourceArn=installation.queue_arn(name), BatchSize=5
        )


def _rules(installation: Installation) -> None:
    events = client("events")
    events.create_event_bus(Name=NAME)
    for rule in installation.rules():
        bus = {} if rule.bus is None else {"EventBusName": rule.bus}
        events.put_rule(Name=rule.name, EventPattern='{"source": ["aws.security-ir"]}', **bus)
        events.put_targets(Rule=rule.name, Targets=[{"Id": "queue", "Arn": rule.target}], **bus)


def _schedules(installation: Installation) -> None:
    scheduler = client("scheduler")
    scheduler.create_schedule_group(Name=f"{NAME}-sweeps")
    for sweep in installation.sweeps():
        scheduler.create_schedule(
            Name=sweep.name,
            GroupName=sweep.group,
            ScheduleExpression=sweep.expression,
            FlexibleTimeWindow={"Mode": "OFF"},
            Target={"Arn": sweep.target, "RoleArn": f"arn:aws:iam::{ACCOUNT}:role/role"},
        )
