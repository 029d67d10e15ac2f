"""The function's surroundings, made once per instance from its environment.

====================  ==================================================================================
``SYNC_CONFIG``       the module's variables (``Config.from_json``)
``LEDGER_TABLE``      name of the ledger
``EVENT_BUS_NAME``    name of the bus
``JIRA_PARAMETERS``   names of the SSM parameters with Jira's address and credentials, as a JSON object
====================  ==================================================================================
"""

from __future__ import annotations

import json
import os
import time
from typing import TYPE_CHECKING

import boto3

from ..config import Config
from ..events import EventBus
from ..ledger.table import Table

if TYPE_CHECKING:
    from rich_text import Adf

    from ..cases.client import CaseClient
    from ..jira.client import JiraClient
    from ..sinks.run import Sink
    from ..sinks.surroundings import Surroundings
    from ..sources.cases import CaseSource
    from ..sources.issues import IssueSource

# Imported where they are needed: a function that does not talk to Jira does not pay for requests at its cold start.


def security_ir_poller() -> CaseSource:
    from ..cases.calls import CaseCalls
    from ..ledger.cursors import CaseCursors
    from ..sources.cases import CaseSource

    table, calls, bus = _table(), CaseCalls.connect(), _bus()

    def backfill(run: str) -> None:
        from ..sources.backfill import closed_cases

        closed_cases(table, calls, bus)(run)

    return CaseSource(
        CaseCursors(table), calls, bus, backfill_closed_cases=_config().backfill_closed_cases, backfill=backfill
    )


def jira_notifications_handler() -> IssueSource:
    from ..ledger.cursors import IssueCursors
    from ..ledger.pairs import PairLedger
    from ..sources.issues import IssueSource

    config, table, bus = _config(), _table(), _bus()
    ledger, jira = PairLedger(table), _jira(config)

    def backfill(run: str) -> None:
        from ..sources.backfill import older_issues

        older_issues(table, ledger, jira, bus, time.time)(run)

    return IssueSource(ledger, IssueCursors(table), jira, bus, browse_url=config.jira_browse_url, backfill=backfill)


def jira_client() -> Sink[Adf]:
    from ..sinks.issues import issue_sink

    return issue_sink(*_both_systems())


def security_ir_client() -> Sink[str]:
    from ..sinks.cases import case_sink

    surroundings, jira, cases = _both_systems()
    return case_sink(surroundings, cases, jira)


def _both_systems() -> tuple[Surroundings, JiraClient, CaseClient]:
    from ..cases.calls import CaseCalls
    from ..cases.client import CaseClient
    from ..ledger.cursors import CaseCursors
    from ..ledger.pairs import PairLedger
    from ..sinks.surroundings import Surroundings
    from .worker import count

    config, table = _config(), _table()
    jira = _jira(config)
    ledger, cursors = PairLedger(table), CaseCursors(table)
    surroundings = Surroundings(config, ledger, cursors, _bus(), lambda: jira.site, count)
    return surroundings, jira, CaseClient(CaseCalls.connect())


def _config() -> Config:
    return Config.from_json(os.environ["SYNC_CONFIG"])


def _table() -> Table:
    return Table(boto3.client("dynamodb"), os.environ["LEDGER_TABLE"])


def _bus() -> EventBus:
    return EventBus(boto3.client("events"), os.environ["EVENT_BUS_NAME"])


def _jira(config: Config) -> JiraClient:
    from ..jira.client import JiraClient
    from ..jira.credentials import CredentialStore
    from ..jira.http import JiraHttp

    store = CredentialStore(boto3.client("ssm"), json.loads(os.environ["JIRA_PARAMETERS"]))
    return JiraClient(JiraHttp(store, bearer=config.jira_auth == "bearer"))
