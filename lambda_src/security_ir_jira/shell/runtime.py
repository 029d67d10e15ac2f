"""The function's surroundings, made once per instance from its environment.

====================  ==================================================================================
``SYNC_CONFIG``       the module's variables (``Config.from_json``)
``LEDGER_TABLE``      name of the ledger
``EVENT_BUS_NAME``    name of the bus
``JIRA_PARAMETERS``   names of the SSM parameters with Jira's address and credentials, as a JSON object; for
                      notifications also of the secret they must carry, if any
``CA_BUNDLE``         certificates to trust beside the public ones (`trust`); may be missing
``AWS_REGION``        where: Lambda sets it
====================  ==================================================================================
"""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import boto3

from ..config import Config
from ..events import EventBus
from ..ledger.breakers import Breaker, Breakers
from ..ledger.table import Table

if TYPE_CHECKING:
    from rich_text import Adf

    from ..cases.calls import CaseCalls
    from ..cases.client import CaseClient
    from ..jira.client import JiraClient
    from ..jira.credentials import CredentialStore
    from ..sinks.run import Sink
    from ..sinks.surroundings import Surroundings
    from ..sources.cases import CaseSource
    from ..sources.issues import IssueSource

# Imported where they are needed: a function that does not talk to Jira does not pay for requests at its cold start.


def security_ir_poller() -> CaseSource:
    from ..ledger.cursors import CaseCursors
    from ..ledger.troubles import Troubles
    from ..sources.cases import CaseSource, Home
    from .worker import count, gauge

    config, table, bus = _config(), _table(), _bus()
    breakers, troubles = Breakers(table), Troubles(table)
    calls, breaker = _calls(breakers)

    def backfill(run: str) -> None:
        from ..sources.backfill import closed_cases

        closed_cases(table, calls, bus)(run)

    return CaseSource(
        CaseCursors(table),
        calls,
        bus,
        backfill_closed_cases=config.backfill_closed_cases,
        home=Home(config.account_id, os.environ.get("AWS_REGION", "")),
        admit=breaker.admit,
        jira_is_down=lambda: "jira" in breakers.known(),
        case_filter=config.case_filter,
        count=count,
        backfill=backfill,
        at_the_end=lambda: gauge("PairsInError", troubles.lasting()),
    )


def jira_notifications_handler() -> IssueSource:
    from ..ledger.cursors import IssueCursors
    from ..ledger.pairs import PairLedger
    from ..sources.issues import IssueSource
    from ..sources.secret import SharedSecret
    from .worker import count

    config, table, store, bus = _config(), _table(), _credentials(), _bus()
    ledger = PairLedger(table)
    jira, breaker = _jira(config, store, Breakers(table))

    def backfill(run: str) -> None:
        from ..sources.backfill import older_issues

        older_issues(table, ledger, jira, bus, time.time)(run)

    return IssueSource(
        ledger,
        IssueCursors(table),
        jira,
        bus,
        browse_url=config.jira_browse_url,
        secret=SharedSecret(store) if store.has_secret else None,
        admit=breaker.admit,
        count=count,
        backfill=backfill,
    )


def jira_client() -> Sink[Adf]:
    from ..sinks.issues import issue_sink

    return issue_sink(*_both_systems())


def security_ir_client() -> Sink[str]:
    from ..sinks.cases import case_sink

    surroundings, jira, cases = _both_systems()
    return case_sink(surroundings, cases, jira)


def _both_systems() -> tuple[Surroundings, JiraClient, CaseClient]:
    from ..cases.client import CaseClient
    from ..ledger.cursors import CaseCursors, IssueCursors
    from ..ledger.pairs import PairLedger
    from ..ledger.troubles import Troubles
    from ..sinks.surroundings import Surroundings
    from .worker import count, measure

    config, table = _config(), _table()
    breakers = Breakers(table)
    jira, jira_breaker = _jira(config, _credentials(), breakers)
    calls, cases_breaker = _calls(breakers)
    surroundings = Surroundings(
        config=config,
        ledger=PairLedger(table),
        cursors=CaseCursors(table),
        bus=_bus(),
        site=lambda: jira.site,
        count=count,
        measure=measure,
        breakers=(jira_breaker, cases_breaker),
        troubles=Troubles(table),
        issue_cursors=IssueCursors(table),
    )
    return surroundings, jira, CaseClient(calls)


def _config() -> Config:
    return Config.from_json(os.environ["SYNC_CONFIG"])


def _table() -> Table:
    return Table(boto3.client("dynamodb"), os.environ["LEDGER_TABLE"])


def _bus() -> EventBus:
    return EventBus(boto3.client("events"), os.environ["EVENT_BUS_NAME"])


def _credentials() -> CredentialStore:
    from ..jira.credentials import CredentialStore

    return CredentialStore(lambda: boto3.client("ssm"), json.loads(os.environ["JIRA_PARAMETERS"]))


def _jira(config: Config, store: CredentialStore, breakers: Breakers) -> tuple[JiraClient, Breaker]:
    from ..jira.client import JiraClient
    from ..jira.http import JiraHttp

    http = JiraHttp(store, bearer=config.jira_auth == "bearer")
    http.line = breaker = Breaker(breakers, "jira", http.ask)
    return JiraClient(http), breaker


def _calls(breakers: Breakers) -> tuple[CaseCalls, Breaker]:
    from ..cases.calls import CaseCalls

    alone = CaseCalls.connect()
    breaker = Breaker(breakers, "security_ir", alone.ask)
    return replace(alone, line=breaker), breaker
