"""The sink that writes security-ir, and hears of issues."""

from __future__ import annotations

from ..cases.client import CaseClient
from ..events import read_issue_event
from .births_of_cases import BirthsOfCases
from .case_hand import CaseHand
from .hand import IssueReader
from .run import Sink
from .surroundings import Surroundings


def case_sink(surroundings: Surroundings, cases: CaseClient, issues: IssueReader) -> Sink[str]:
    cases.before_write = surroundings.note_write
    hand, births = CaseHand(surroundings, cases, issues), BirthsOfCases(surroundings, cases, issues)
    return Sink(surroundings, hand, births, read_issue_event)
