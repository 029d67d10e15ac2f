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
from typing import TYPE_CHECKING

import boto3

from . import security_ir
from .config import Config
from .events import EventBus
from .ledger import Ledger

if TYPE_CHECKING:
    from .jira import JiraClient
    from .sides import Sides


def config() -> Config:
    return Config.from_json(os.environ["SYNC_CONFIG"])


def ledger() -> Ledger:
    return Ledger(boto3.client("dynamodb"), os.environ["LEDGER_TABLE"])


def bus() -> EventBus:
    return EventBus(boto3.client("events"), os.environ["EVENT_BUS_NAME"])


def jira(settings: Config) -> JiraClient:
    # Imported here: a function that does not talk to Jira does not pay for requests at its cold start.
    from .credentials import CredentialStore
    from .jira import JiraClient, JiraHttp

    store = CredentialStore(boto3.client("ssm"), json.loads(os.environ["JIRA_PARAMETERS"]))
    return JiraClient(JiraHttp(store, bearer=settings.jira_auth == "bearer"))


def sides() -> Sides:
    from .sides import Sides

    settings = config()
    return Sides(settings, ledger(), jira(settings), security_ir.connect(), bus())
