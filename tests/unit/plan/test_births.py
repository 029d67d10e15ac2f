"""The request that creates the other side: marked, repeatable, and with nothing in it that nobody said."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from rich_text import to_text, utf16_length
from security_ir_jira.config import CaseFilter
from security_ir_jira.memory import Agreed, digest, read_digest
from security_ir_jira.model import CaseTags
from security_ir_jira.plan.births import (
    base_of_new_case,
    base_of_new_issue,
    case_request,
    issue_request,
    left_out,
    left_out_by_tags,
    sendable,
    tags_matter,
    without_labels,
)
from security_ir_jira.plan.texts import case_description
from tests.unit.things import ARN, CASE_ID, CONFIG, a_case, an_issue

URL = "https://example.atlassian.net/browse/SEC-1"


# An issue for a case


def test_an_issue_names_its_case_from_its_first_moment() -> None:
    request = json.loads(json.dumps(issue_request(a_case(), CONFIG, "SEC")))
    fields = request["fields"]
    assert (fields["project"], fields["issuetype"]) == ({"key": "SEC"}, {"name": "Task"})
    assert fields["labels"] == ["aws-security-ir", f"aws-sir-{CASE_ID}"]
    (named,) = request["properties"]
    value = {"caseId": CASE_ID, "caseArn": ARN, "instance": "security-ir-jira"}
    assert named == {"key": "aws-security-ir", "value": value}


def test_an_issue_says_what_its_case_says() -> None:
    fields = json.loads(json.dumps(issue_request(a_case(title="a\nb", description="- x"), CONFIG, "SEC")))["fields"]
    assert (fields["summary"], to_text(fields["description"])) == ("a b", "- x")


def test_what_a_project_demands_is_sent_along_and_takes_nothing_of_ours_away() -> None:
    extra = {"labels": ["soc"], "priority": {"name": "High"}, "summary": "not this"}
    fields = json.loads(json.dumps(issue_request(a_case(), replace(CONFIG, jira_create_fields=extra), "SEC")))["fields"]
    assert fields["labels"] == ["soc", "aws-security-ir", f"aws-sir-{CASE_ID}"]
    assert (fields["priority"], fields["summary"]) == ({"name": "High"}, "Leaked key")


def test_a_screen_without_labels_gets_the_same_request_without_them() -> None:
    request = issue_request(a_case(), CONFIG, "SEC")
    bare = json.loads(json.dumps(without_labels(request)))
    assert "labels" not in bare["fields"]
    assert {**bare["fields"], "labels": ["aws-security-ir", f"aws-sir-{CASE_ID}"]} == request["fields"]
    assert bare["properties"] == request["properties"]


def test_a_new_issue_is_in_step_with_its_case_but_for_the_status() -> None:
    case = a_case(title="x" * 290, description="**bold**")
    base = base_of_new_issue(case)
    assert base.title == Agreed(digest(case.title), digest("x" * 254 + "…"))
    assert base.description == Agreed(digest(case.description), read_digest(case.description))
    assert base.status == Agreed()


# A case for an issue


def test_a_case_names_its_issue_and_nothing_in_it_is_invented() -> None:
    request = case_request(an_issue(), CONFIG, URL)
    assert request["tags"] == {"jira-issue-id": "10100", "security-ir-jira-instance": CONFIG.name}
    assert (request["resolverType"], request["engagementType"]) == ("Self", "Security Incident")
    assert (request["impactedAccounts"], request["watchers"]) == (["123456789012"], [])
    assert sendable(request)["reportedIncidentStartDate"] == datetime(2026, 1, 1, 12, tzinfo=UTC)


def test_a_request_that_was_kept_is_sent_exactly_as_it_was_made() -> None:
    request = case_request(an_issue(), CONFIG, URL)
    assert sendable(json.loads(json.dumps(request))) == sendable(request)


def test_a_case_is_made_with_the_watchers_of_its_issue_whose_addresses_are_written_down_nowhere() -> None:
    request = case_request(an_issue(), CONFIG, URL, ["ada", "bob"])
    assert "@" not in json.dumps(request)
    assert sendable(request, {"ada": "ada@example.com", "eve": "eve@example.com"})["watchers"] == [
        {"email": "ada@example.com"}
    ]


def test_the_same_request_carries_the_same_token_and_another_text_another() -> None:
    token = case_request(an_issue(), CONFIG, URL)["clientToken"]
    assert case_request(an_issue(labels=("later",)), CONFIG, URL)["clientToken"] == token
    others = (an_issue(summary="Other"), an_issue(description="Other"), an_issue(id="10101"))
    tokens = {str(case_request(other, CONFIG, URL)["clientToken"]) for other in others}
    another_instance = str(case_request(an_issue(), replace(CONFIG, name="second"), URL)["clientToken"])
    assert len({token, another_instance, *tokens}) == 5


@pytest.mark.parametrize("empty", ["", " \n"])
def test_fault_10_an_issue_without_a_description_or_a_summary_makes_a_case_that_says_so(empty: str) -> None:
    request = case_request(an_issue(summary=empty, description=empty), CONFIG, URL)
    assert request["title"] == "SEC-1"
    assert request["description"] == f"The Jira issue SEC-1 has no description: {URL}"


def test_a_new_case_is_in_step_with_its_issue_and_is_submitted() -> None:
    issue = an_issue(description="word " * 4_000)
    request = case_request(issue, CONFIG, URL)
    text, cut = case_description(issue.description, URL)
    base = base_of_new_case(issue, request, cut=cut)
    assert (request["description"], utf16_length(text) <= 8_000) == (text, True)
    assert base.description == Agreed(digest(text), read_digest(issue.description), cut=True)
    assert base.title == Agreed(digest("Leaked key"), digest("Leaked key"))
    assert base.status == Agreed("Submitted")


# Cases that get no issue


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        (CaseFilter(), None),
        (CaseFilter(resolver_types=("Self",)), None),
        (CaseFilter(("AWS", "Self"), ("1", "2"), ("Other", "This")), None),
        (CaseFilter(resolver_types=("AWS",), impacted_accounts=("3",)), "resolver_types"),
        (CaseFilter(impacted_accounts=("3",), engagement_types=("Other",)), "impacted_accounts"),
        (CaseFilter(engagement_types=("Other",)), "engagement_types"),
    ],
)
def test_of_each_list_one_will_do_and_all_keys_must_hold(wanted: CaseFilter, reason: str | None) -> None:
    case = a_case(self_managed=True, impacted_accounts=("2", "4"), engagement_type="This")
    assert left_out(case, replace(CONFIG, case_filter=wanted)) == reason


MADE_HERE = CaseTags({"jira-issue-id": "10100", "security-ir-jira-instance": CONFIG.name})
MADE_ELSEWHERE = CaseTags({"jira-issue-id": "10100", "security-ir-jira-instance": "ops", "team": "cloud"})
OF_THE_FIRST_VERSION = CaseTags({"jira-issue-id": "10100"})


@pytest.mark.parametrize(
    ("tags", "wanted", "reason"),
    [
        (MADE_ELSEWHERE, CaseFilter(), None),
        (MADE_ELSEWHERE, CaseFilter(resolver_types=("Self",)), "another instance"),
        (MADE_ELSEWHERE, CaseFilter(tags={"team": "cloud"}), None),
        (MADE_ELSEWHERE, CaseFilter(tags={"team": "cloud", "tier": "1"}), "tags"),
        (MADE_HERE, CaseFilter(resolver_types=("Self",)), None),
        (OF_THE_FIRST_VERSION, CaseFilter(resolver_types=("Self",)), None),
        (CaseTags(), CaseFilter(tags={"team": "cloud"}), "tags"),
    ],
)
def test_all_tags_must_be_there_and_what_has_its_jira_is_left_to_it(
    tags: CaseTags, wanted: CaseFilter, reason: str | None
) -> None:
    assert left_out_by_tags(tags, replace(CONFIG, case_filter=wanted)) == reason


def test_tags_are_worth_a_request_only_where_they_may_decide() -> None:
    opened = datetime(2026, 1, 1, tzinfo=UTC)
    by_aws, own = (a_case(self_managed=own, created=opened, updated=opened) for own in (False, True))
    none, by_resolver = CONFIG, replace(CONFIG, case_filter=CaseFilter(resolver_types=("AWS", "Self")))
    by_tags = replace(CONFIG, case_filter=CaseFilter(tags={"team": "cloud"}))
    assert [tags_matter(own, config) for config in (none, by_resolver, by_tags)] == [False, True, True]
    assert [tags_matter(by_aws, config) for config in (none, by_resolver, by_tags)] == [False, False, True]
