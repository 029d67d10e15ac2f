"""The sink that writes Jira, and hears of cases."""

from __future__ import annotations

from rich_text import Adf

from ..events import read_case_event
from ..jira.client import JiraClient
from .births_of_issues import BirthsOfIssues
from .hand import CaseReader
from .issue_hand import IssueHand
from .run import Sink
from .surroundings import Surroundings


def issue_sink(surroundings: Surroundings, jira: JiraClient, cases: CaseReader) -> Sink[Adf]:
    hand, births = IssueHand(surroundings, jira, cases), BirthsOfIssues(surroundings, jira, cases)
    return Sink(surroundings, hand, births, read_case_event)
