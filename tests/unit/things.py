"""Cases, issues and comments for tests, each with what the test says and ordinary values for the rest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from rich_text import to_adf
from security_ir_jira.config import Config
from security_ir_jira.memory import Agreed, Base, Pair, digest, read_digest
from security_ir_jira.model import Case, Comment, File, Issue, Status, Workflow
from tests.defaults import MAPPING

CASE_ID = "1000000001"
ARN = f"arn:aws:security-ir:eu-central-1:123456789012:case/{CASE_ID}"
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)

TO_DO = Status("10000", "To Do", "new")
IN_PROGRESS = Status("10001", "In Progress", "indeterminate")
IN_REVIEW = Status("10002", "In Review", "indeterminate")
DONE = Status("10003", "Done", "done")
WORKFLOW = Workflow((TO_DO, IN_PROGRESS, IN_REVIEW, DONE))

CONFIG = Config(name="security-ir-jira", account_id="123456789012", status_mapping=MAPPING)
"""What a module block without options means."""


def a_case(**changes: Any) -> Case:
    ordinary = Case(
        id=CASE_ID,
        arn=ARN,
        title="Leaked key",
        description="Found in a public repository.",
        status="Submitted",
        self_managed=True,
    )
    return replace(ordinary, **changes)


def an_issue(**changes: Any) -> Issue:
    """An issue whose document, unless given, is what Jira would hold of its description."""
    ordinary = Issue(
        id="10100",
        key="SEC-1",
        project_key="SEC",
        service_project=False,
        issue_type_id="1",
        subtask=False,
        summary="Leaked key",
        description="Found in a public repository.",
        status=TO_DO,
        created=NOON,
    )
    issue = replace(ordinary, **changes)
    return issue if issue.document is not None else replace(issue, document=to_adf(issue.description))


def a_comment(number: int, body: str = "", **changes: Any) -> Comment:
    """The comment of that number, a minute after the one before."""
    ordinary = Comment(str(number), "Ada", body or f"comment {number}", NOON + timedelta(minutes=number))
    return replace(ordinary, **changes)


def a_file(number: int, name: str = "log.txt", *, size: int | None = 3, state: str = "Verified") -> File:
    return File(str(number), name, NOON + timedelta(minutes=number), size, state)


def agreed_on(case: Case, issue: Issue) -> Base:
    """The base of a pair whose two sides stand as given."""
    return Base(
        title=Agreed(digest(case.title), digest(issue.summary)),
        description=Agreed(digest(case.description), read_digest(issue.description)),
        status=Agreed(case.status, issue.status.id),
    )


def a_pair(**changes: Any) -> Pair:
    return replace(Pair(case_id=CASE_ID, case_arn=ARN, issue_id="10100", issue_key="SEC-1"), **changes)
