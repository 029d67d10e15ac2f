"""Two instances that part the cases among them, as examples/multiple-instances does: neither adopts the other's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sandbox.jira import Person
from scripts.deploy import hcl
from security_ir_jira.config import CaseFilter, Config, IssueFilter
from security_ir_jira.model import CASE_PROPERTY
from tests.conftest import REPOSITORY

from .installed import install
from .instances import Instances, beside
from .loop import Loop, open_case

OF_A_KIND = 10
CLOUD, CORP = "CLOUDSEC", "CORPSEC"


def as_in_the_example(config: Config, project: str) -> Config:
    """The settings that the example gives to the instance of a project."""
    example = REPOSITORY / "examples/multiple-instances/terraform.tfvars.example"
    teams: Any = hcl.parse(example.read_text())["teams"]
    ((name, team),) = ((name, team) for name, team in teams.items() if team["jira_project_key"] == project)
    return replace(
        config,
        name=name,
        jira_issue_type=team.get("jira_issue_type", "Task"),
        issue_filter=IssueFilter(**_fixed(team["issue_filter"])),
        case_filter=CaseFilter(**_fixed(team["case_filter"])),
    )


def _fixed(given: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}


@pytest.fixture
def teams(loop: Loop, config: Config) -> Iterator[Instances]:
    """The example's two instances."""
    for project in (CLOUD, CORP):
        loop.jira.add_project(project, issue_types=("Task", "Incident", "Sub-task"))
    loop.project = CLOUD
    loop.start(as_in_the_example(config, CLOUD))
    with beside(loop, as_in_the_example(config, CORP), project=CORP) as instances:
        yield instances


def forty_cases(teams: Instances, ada: Person) -> dict[str, str]:
    """Ten cases that AWS resolves, ten that people resolve, ten issues in each project: title → the issue's project."""
    grace = teams.sec.service.person("grace")
    wanted: dict[str, str] = {}
    for number in range(OF_A_KIND):
        open_case(teams.sec, f"By AWS {number}")
        grace.open_case(f"By people {number}", "Text.", resolver_type="Self")
        ada.create_issue(CLOUD, f"In the cloud {number}", "Text.", issue_type="Incident")
        ada.create_issue(CORP, f"In the house {number}", "Text.", labels=["security"])
        wanted |= {f"By AWS {number}": CLOUD, f"By people {number}": CORP}
        wanted |= {f"In the cloud {number}": CLOUD, f"In the house {number}": CORP}
        teams.settle()
    return wanted


def issues(teams: Instances) -> dict[str, str]:
    """Case → its one issue, which has its title."""
    found = {}
    for case in teams.sec.service.cases():
        (key,) = teams.keys(case.case_id)
        assert teams.sec.jira.issue(key).summary == case.title
        found[case.case_id] = key
    return found


def said_once(teams: Instances, case_id: str, key: str) -> bool:
    """Whether each side has what was said on the other, once, and the case names its issue once."""
    on_issue = "\n".join(each.text for each in teams.sec.jira.comments(key))
    on_case = "\n".join(each.body for each in teams.sec.service.comments(case_id))
    counts = on_issue.count("Said on the case."), on_case.count("Said in Jira."), on_case.count("is mirrored by")
    return counts == (1, 1, 1)


@pytest.mark.parametrize("lost", ["sec", "ops"])
def test_forty_cases_of_four_kinds_find_their_jira_also_after_a_table_was_lost(
    teams: Instances, ada: Person, lost: str
) -> None:
    wanted = forty_cases(teams, ada)
    teams.sweep()
    pairs = issues(teams)
    placed = {teams.sec.service.case(case_id).title: key.partition("-")[0] for case_id, key in pairs.items()}
    assert placed == wanted
    assert len(pairs) == len(teams.sec.jira.issues()) == 4 * OF_A_KIND
    talked_about = list(pairs.items())[:8]
    for case_id, key in talked_about:
        teams.sec.service.person("grace").comment(case_id, "Said on the case.")
        ada.comment(key, "Said in Jira.")
    teams.settle()
    loop: Loop = getattr(teams, lost)
    loop.lose_the_table()
    teams.a_day_of_sweeps()
    assert issues(teams) == pairs
    assert len(teams.sec.jira.issues()) == 4 * OF_A_KIND
    assert [case_id for case_id, key in talked_about if not said_once(teams, case_id, key)] == []
    for case_id in pairs:
        teams.sec.service.person("grace").edit(case_id, title=f"Case {case_id}")
    teams.settle()
    assert issues(teams) == pairs, "whoever made a pair keeps it in step"


def test_a_case_that_both_filters_match_is_told_by_the_doctor_of_each(
    loop: Loop, config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.start(replace(config, case_filter=CaseFilter(resolver_types=("AWS",))))
    installed = install(loop, monkeypatch)
    with beside(loop, replace(config, name="ops", case_filter=CaseFilter(tags={"team": "ops"}))) as both:
        case_id = loop.service.aws_responder.open_case("Both", "Text.", tags={"team": "ops"})
        both.settle()
        (found,) = installed.examine()["findings"]
        assert (found["check"], found["severity"]) == ("jira-claims", "warning")
        assert all(
            each in found["what"] for each in (case_id, both.key("SEC", case_id), both.key("OPS", case_id), "ops")
        )


@pytest.mark.parametrize("parted", [True, False])
def test_a_case_that_an_instance_at_another_site_has_too_is_told_by_the_doctor(
    loop: Loop, config: Config, monkeypatch: pytest.MonkeyPatch, parted: bool
) -> None:
    if parted:
        loop.start(replace(config, case_filter=CaseFilter(resolver_types=("AWS",))))
    installed = install(loop, monkeypatch)
    with beside(loop, replace(config, name="ops", jira_browse_url="https://ops.example.com")) as both:
        case_id = loop.service.aws_responder.open_case("Both", "Text.")
        both.settle()
        loop.advance(5)
        report = installed.examine()
        said = [each for each in report["findings"] if each["check"] == "mirrored-elsewhere"]
        told = said[0]["what"] if parted else report["facts"]["mirrored-elsewhere"][0]
        assert [each["severity"] for each in said] == ["warning"] * parted
        assert case_id in told
        assert f"https://ops.example.com/browse/{both.key('OPS', case_id)}" in told


# One project for both


@pytest.fixture
def housemates(loop: Loop, config: Config) -> Iterator[Instances]:
    """Two instances in one project: they part issues by their labels, and cases by their tags."""

    def of(name: str) -> Config:
        issues, cases = IssueFilter(labels=(name,)), CaseFilter(tags={"team": name})
        return replace(config, name=name, issue_filter=issues, case_filter=cases)

    loop.start(of("blue"))
    with beside(loop, of("red"), project="SEC") as instances:
        yield instances


@pytest.mark.parametrize("lost", ["sec", "ops"])
def test_two_instances_in_one_project_never_take_each_others_pairs(
    housemates: Instances, ada: Person, lost: str
) -> None:
    grace = housemates.sec.service.person("grace")
    for number in range(3):
        for team in ("blue", "red"):
            grace.open_case(f"Case {number} of {team}", "Text.", resolver_type="Self", tags={"team": team})
            ada.create_issue("SEC", f"Issue {number} of {team}", "Text.", labels=[team])
    housemates.settle()
    housemates.sweep()
    pairs = issues(housemates)
    assert len(pairs) == len(housemates.sec.jira.issues()) == 12
    by = {key: housemates.sec.jira.issue(key).properties[CASE_PROPERTY]["instance"] for key in pairs.values()}
    assert all(housemates.sec.jira.issue(key).summary.endswith(team) for key, team in by.items())
    loop: Loop = getattr(housemates, lost)
    loop.lose_the_table()
    for key in pairs.values():
        loop.notify(key)
    housemates.a_day_of_sweeps()
    assert issues(housemates) == pairs
    assert {key: housemates.sec.jira.issue(key).properties[CASE_PROPERTY]["instance"] for key in by} == by
    housemates.at_rest()
