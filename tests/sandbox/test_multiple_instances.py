"""The example with two instances, applied, played and destroyed: each takes its own cases to its own project."""

from __future__ import annotations

from pathlib import Path

import pytest

from sandbox.stage import Settings, Stage
from tests.conftest import REPOSITORY, published

from .cloud_stage import runtime_python
from .play import Play
from .roots import Root

TEAMS = {
    "security-ir-cloud": {
        "jira_project_key": "CLOUDSEC",
        "case_filter": {"resolver_types": ["AWS"]},
        "alarm_emails": ["cloud-security@example.com"],
    },
    "security-ir-corp": {
        "jira_project_key": "CORPSEC",
        "case_filter": {"resolver_types": ["Self"]},
        "alarm_emails": ["corp-security@example.com"],
    },
}


def in_project(play: Play, key: str) -> dict[str, str]:
    """Its issues: key → summary."""
    return {issue.key: issue.summary for issue in play.stage.jira.issues() if issue.project == key}


def test_two_teams_have_their_own_cases_in_their_own_projects(tmp_path: Path) -> None:
    settings = Settings(
        packages=REPOSITORY / "dist", runtime_python=runtime_python(), contract=published(), virtual=True
    )
    with Stage(settings) as stage:
        for team in TEAMS.values():
            stage.jira.add_project(str(team["jira_project_key"]), workflow=settings.workflow())
        root = Root.of_example(
            "multiple-instances",
            tmp_path,
            stage.cloud,
            "sandbox",
            {
                "region": stage.cloud.region,
                "jira_email": stage.jira.email,
                "jira_url": stage.jira.url,
                "jira_token": stage.jira.token,
                "lambda_packages": {"directory": str(settings.packages)},
                "deletion_protection": False,
                "teams": TEAMS,
            },
        )
        root.apply()

        def native_event(kind: str, detail: dict[str, str]) -> None:
            stage.cloud.put_native_event(kind, dict(detail))

        stage.security_ir.on_change.append(native_event)
        play = Play(stage)
        by_aws, by_us = play.open_case("Resolved by AWS"), play.open_case("Resolved by us", own=True)
        play.rest()
        (cloud,), (corp,) = in_project(play, "CLOUDSEC").items(), in_project(play, "CORPSEC").items()
        assert (cloud[1], corp[1]) == ("Resolved by AWS", "Resolved by us")
        assert (play.key_of(by_aws), play.key_of(by_us)) == (cloud[0], corp[0])
        for case_id in (by_aws, by_us):
            play.grace.comment(case_id, "Said on the case.")
        play.rest()
        for key in (cloud[0], corp[0]):
            assert sum("Said on the case." in each.text for each in stage.jira.comments(key)) == 1
        assert len(stage.security_ir.cases()) == len(stage.jira.issues()) == 2
        root.destroy()
        assert stage.cloud.boto3("lambda").list_functions()["Functions"] == []


@pytest.mark.parametrize("name", TEAMS)
def test_the_filters_are_those_that_the_example_suggests(name: str) -> None:
    suggested = (REPOSITORY / "examples/multiple-instances/terraform.tfvars.example").read_text()
    (resolver,) = TEAMS[name]["case_filter"]["resolver_types"]  # type: ignore[index]  # a mapping
    assert f'resolver_types = ["{resolver}"]' in suggested
