"""The function ``operations``: its handler, and its surroundings: those of `runtime`, and besides

================  ======================================================================================
``INSTALLATION``  what Terraform made (``Installation.from_json``)
``AWS_REGION``    where: Lambda sets it
================  ======================================================================================

It has no zip of its own: each of the others holds all that it needs.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from typing import Any

import boto3
from botocore.config import Config as BotoConfig

from ..cases.calls import CaseCalls
from ..config import Config
from ..events import EventBus
from ..jira.client import JiraClient
from ..jira.credentials import CredentialStore
from ..jira.http import JiraHttp
from ..jira.survey import JiraSurvey
from ..ledger.backfills import Backfills
from ..ledger.cursors import CaseCursors
from ..ledger.pairs import PairLedger
from ..ledger.table import Table
from ..operate.aws_checks import AwsChecks
from ..operate.backfill import DIRECTIONS, BackfillDesk
from ..operate.desk import Desk
from ..operate.doctor import Doctor
from ..operate.installation import Installation
from ..operate.jira_checks import JiraChecks
from ..operate.ledger_checks import LedgerChecks
from ..operate.resync import Resync
from .by_hand import entry_point

_SOURCES = {"issues": "jira_notifications_handler", "cases": "security_ir_poller"}
_PATIENCE = BotoConfig(connect_timeout=3, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 2})


def operations() -> Desk:
    config = Config.from_json(os.environ["SYNC_CONFIG"])
    installation = Installation.from_json(
        os.environ["INSTALLATION"], name=config.name, account_id=config.account_id, region=os.environ["AWS_REGION"]
    )
    table = Table(_client("dynamodb"), os.environ["LEDGER_TABLE"])
    ledger, bus = PairLedger(table), EventBus(_client("events"), os.environ["EVENT_BUS_NAME"])
    queue_urls = {way: installation.queue_url(installation.function(_SOURCES[way])) for way in DIRECTIONS}

    def examine() -> dict[str, Any]:
        # Anew each time: the doctor trusts nothing that an earlier invocation read.
        return the_doctor(config, installation, table).examine()

    return Desk(
        doctor=examine,
        resync=Resync(ledger, CaseCursors(table), bus),
        backfill=BackfillDesk(Backfills(table), _client("sqs"), queue_urls, table.created_at, time.time),
    )


def the_doctor(
    config: Config, installation: Installation, table: Table, clock: Callable[[], float] = time.time
) -> Doctor:
    """Everything the doctor looks at, read anew."""
    names = json.loads(os.environ["JIRA_PARAMETERS"])
    ssm = _client("ssm")
    http = JiraHttp(CredentialStore(lambda: ssm, names), bearer=config.jira_auth == "bearer")
    survey, jira, ledger = JiraSurvey(http), JiraClient(http), PairLedger(table)
    return Doctor(
        (
            JiraChecks(config, ssm, names, survey, jira, ledger),
            AwsChecks(installation, CaseCalls.connect(), _client, clock),
            LedgerChecks(
                installation,
                table,
                lambda: _client("dynamodb"),
                os.environ["LEDGER_TABLE"],
                clock,
                config.case_filter,
            ),
        )
    )


def _client(service: str) -> Any:
    make: Any = boto3.client
    return make(service, config=_PATIENCE)


handler = entry_point(operations)
