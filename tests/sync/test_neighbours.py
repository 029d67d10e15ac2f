"""Several instances of the module, or of its like, beside each other: each minds its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from sandbox.jira import Person
from security_ir_jira.config import Config
from security_ir_jira.model import CASE_PROPERTY

from .instances import Instances, beside
from .loop import Loop, key_of, open_case

OTHER_ACCOUNT = "arn:aws:security-ir:eu-central-1:999999999999:case/1000000001"
OTHER_REGION = "arn:aws:security-ir:us-east-1:123456789012:case/1000000001"


@pytest.fixture
def both(loop: Loop, config: Config) -> Iterator[Instances]:
    with beside(loop, replace(config, name="ops")) as instances:
        yield instances


def test_history_28_a_case_has_an_issue_in_each_project_and_a_comment_is_in_each_once(both: Instances) -> None:
    case_id = open_case(both.sec)
    both.settle()
    both.sec.service.aws_responder.comment(case_id, "We are looking into it.")
    both.settle()
    both.at_rest()
    assert len(both.sec.jira.issues()) == 2
    for project in ("SEC", "OPS"):
        (said,) = both.said(project, case_id)
        assert said.endswith("We are looking into it.")
    said_on_case = [each.body for each in both.sec.service.comments(case_id)]
    assert sum("is mirrored by" in each for each in said_on_case) == 2
    assert sum("looking into it" in each for each in said_on_case) == 1


def test_history_28_a_remark_in_one_project_reaches_the_case_and_the_other_project_once(
    both: Instances, ada: Person
) -> None:
    case_id = open_case(both.sec)
    both.settle()
    remark = ada.comment(both.key("SEC", case_id), "Seen by Ada.")
    both.settle()
    ada.edit_comment(both.key("SEC", case_id), remark.id, "Seen by Ada, twice.")
    both.settle()
    both.at_rest()
    everything = [each.body for each in both.sec.service.comments(case_id)]
    assert sum("Seen by Ada, twice." in each for each in everything) == 1
    assert both.said("SEC", case_id) == ["Seen by Ada, twice."]
    (passed_on,) = both.said("OPS", case_id)
    assert passed_on.count("Seen by Ada, twice.") == 1


def test_history_28_an_issue_born_in_one_project_has_a_mirror_in_the_other_and_one_case(
    both: Instances, ada: Person
) -> None:
    born = ada.create_issue("SEC", "Phishing mail", "Somebody clicked.")
    ada.attach(born.key, "mail.eml", b"From: mallory")
    both.settle()
    both.at_rest()
    (case,) = both.sec.service.cases()
    assert both.key("SEC", case.case_id) == born.key
    mirror = both.sec.jira.issue(both.key("OPS", case.case_id))
    assert (mirror.summary, mirror.description_text) == ("Phishing mail", "Somebody clicked.")
    assert [(each.filename, each.content) for each in mirror.attachments] == [("mail.eml", b"From: mallory")]
    assert len(case.attachments) == 1


def test_history_28_each_follows_the_case_to_its_end(both: Instances, ada: Person) -> None:
    case_id = both.sec.service.person("grace").open_case("Leaked key", "Found in public.", resolver_type="Self")
    both.settle()
    ada.transition(both.key("OPS", case_id), "In Progress")
    both.settle()
    ada.transition(both.key("SEC", case_id), "Done")
    both.settle()
    both.at_rest()
    assert both.sec.service.case(case_id).status == "Closed"
    statuses = [both.sec.jira.issue(both.key(project, case_id)).status.name for project in ("SEC", "OPS")]
    assert statuses == ["Done", "Done"]


@pytest.mark.parametrize("lost", ["sec", "ops"])
def test_history_28_one_that_lost_its_table_finds_its_own_issue_again(both: Instances, lost: str) -> None:
    case_id = open_case(both.sec)
    both.settle()
    both.sec.service.aws_responder.comment(case_id, "We are looking into it.")
    both.settle()
    loop: Loop = getattr(both, lost)
    loop.lose_the_table()
    both.at_rest()
    assert len(both.sec.jira.issues()) == 2
    assert len(both.said("SEC", case_id)) == len(both.said("OPS", case_id)) == 1


def test_history_28_an_issue_moved_to_the_others_project_stays_with_its_instance(both: Instances, ada: Person) -> None:
    case_id = open_case(both.sec)
    both.settle()
    moved = ada.move(both.key("SEC", case_id), "OPS")
    both.settle()
    both.sec.lose_the_table()
    both.ops.lose_the_table()
    both.at_rest()
    assert len(both.sec.jira.issues()) == 2
    assert len(both.sec.service.cases()) == 1
    assert both.sec.ledger.load(case_id).pair.issue_key == moved.key  # type: ignore[union-attr]


def test_history_28_somebody_who_quotes_a_notice_is_heard(both: Instances) -> None:
    case_id = open_case(both.sec)
    both.settle()
    notice = both.sec.service.comments(case_id)[0].body
    both.sec.service.person("grace").comment(case_id, notice)
    both.settle()
    assert [notice in said for said in both.said("SEC", case_id)] == [True]
    assert [notice in said for said in both.said("OPS", case_id)] == [True]


# Marks of somebody else


def marked(loop: Loop, ada: Person, **property_: Any) -> str:
    """An issue that carries label and property of a case."""
    loop.automation = False
    named = {"caseId": "1000000001", "caseArn": "", **property_}
    issue = ada.create_issue("SEC", "A mirror", "Of what?", labels=["aws-security-ir", f"aws-sir-{named['caseId']}"])
    loop.jira.person(loop.jira.integration)
    loop.jira_client.set_case_property(issue.id, named)
    loop.automation = True
    return str(issue.key)


def looked_at_once(loop: Loop, key: str) -> None:
    quiet = loop.quiet()
    loop.notify(key)
    loop.settle()
    assert quiet.writes == []
    assert len(quiet.jira_reads) == 1
    assert set(quiet.service_reads) <= {"GetCase", "ListCases"}, "a 403 is told apart by asking for any case"
    assert len(quiet.service_reads) <= 2
    assert loop.waiting == []
    assert loop.failures == []
    for _ in range(2):
        loop.sweep_issues()
        loop.sweep_cases()
        loop.advance(10_800)
    assert quiet.writes == []
    assert loop.waiting == []


@pytest.mark.parametrize("error", ["ResourceNotFoundException", "AccessDeniedException"])
def test_history_29_an_issue_of_a_case_that_is_not_ours_is_looked_at_once(loop: Loop, ada: Person, error: str) -> None:
    status = 404 if error == "ResourceNotFoundException" else 403
    loop.service.faults.add("GetCase", error=error, status=status, times=10_000)
    key = marked(loop, ada)
    looked_at_once(loop, key)
    assert loop.service.cases() == []


@pytest.mark.parametrize("mark", [{"caseArn": OTHER_ACCOUNT}, {"instance": "ops"}])
def test_history_29_an_issue_that_names_another_account_or_instance_costs_no_look_at_the_case(
    loop: Loop, ada: Person, mark: dict[str, str]
) -> None:
    key = marked(loop, ada, **mark)
    looked_at_once(loop, key)
    assert "GetCase" not in [each.operation for each in loop.service.requests]


@pytest.mark.parametrize("arn", [OTHER_ACCOUNT, OTHER_REGION])
@pytest.mark.parametrize("first", ["case", "issue"])
def test_history_29_a_case_is_not_given_the_issue_of_another_case_of_its_number(
    loop: Loop, ada: Person, arn: str, first: str
) -> None:
    key = marked(loop, ada, caseArn=arn)
    loop.native = False
    case_id = open_case(loop)
    loop.native = True
    if first == "issue":
        loop.notify(key)
        loop.settle()
    loop.sweep_cases()
    loop.settle()
    assert case_id == "1000000001"
    assert loop.jira.issue(key).summary == "A mirror"
    assert sorted(each.summary for each in loop.jira.issues()) == ["A mirror", "Unusual API calls"]
    assert len(loop.service.cases()) == 1


def test_history_29_a_label_alone_makes_no_pair_where_the_mark_names_another_case(loop: Loop, ada: Person) -> None:
    loop.native = False
    first, second = open_case(loop, "First"), open_case(loop, "Second")
    loop.automation = False
    issue = ada.create_issue("SEC", "Mislabelled", labels=[f"aws-sir-{first}"])
    loop.jira_client.set_case_property(issue.id, {"caseId": second, "caseArn": ""})
    loop.sweep_cases()
    loop.settle()
    assert loop.ledger.load(second).pair.issue_key != issue.key  # type: ignore[union-attr]
    assert loop.ledger.load(first).pair.issue_key != issue.key  # type: ignore[union-attr]
    assert {each.summary for each in loop.jira.issues()} == {"First", "Second", "Mislabelled"}


def test_history_29_a_crashed_birth_whose_case_cannot_be_read_for_now_is_not_given_up(loop: Loop) -> None:
    loop.jira.switches.search_lag = 86_400
    loop.jira.faults.add("POST .*/rest/api/3/issue", after=True, drop=True, times=1)
    case_id = open_case(loop)
    while not loop.jira.issues():
        loop.step()
    # Over before the ten minutes are, after which an issue that the index does not show was not created.
    loop.service.faults.add("GetCase", error="AccessDeniedException", status=403, times=2)
    loop.settle()
    assert list(loop.pairs()) == [case_id]
    assert len(loop.jira.issues()) == 1


def test_a_crashed_birth_whose_case_cannot_be_read_for_long_is_found_by_the_index(loop: Loop) -> None:
    loop.jira.switches.search_lag = 599
    loop.jira.faults.add("POST .*/rest/api/3/issue", after=True, drop=True, times=1)
    case_id = open_case(loop)
    while not loop.jira.issues():
        loop.step()
    loop.service.faults.add("GetCase", error="AccessDeniedException", status=403, times=9)
    loop.settle(7_200)
    assert list(loop.pairs()) == [case_id]
    assert len(loop.jira.issues()) == 1
    assert loop.waiting == []


@pytest.mark.parametrize("clone_first", [True, False])
def test_a_clone_is_no_pair_after_the_table_was_lost(loop: Loop, case_id: str, ada: Person, clone_first: bool) -> None:
    original = key_of(loop, case_id)
    loop.automation = False
    clone = ada.clone(original)
    loop.jira_client.set_case_property(clone.id, dict(loop.jira.issue(original).properties[CASE_PROPERTY]))
    loop.automation = True
    loop.lose_the_table()
    for key in (clone.key, original) if clone_first else (original, clone.key):
        loop.notify(key)
        loop.settle()
    assert loop.ledger.load(case_id).pair.issue_key == original  # type: ignore[union-attr]
    assert len(loop.service.cases()) == 2


def test_an_older_issue_with_the_label_and_another_cases_mark_is_no_rival_after_the_table_was_lost(
    loop: Loop, ada: Person
) -> None:
    older = marked(loop, ada, caseId="1000000001", caseArn="")
    loop.jira_client.set_case_property(loop.jira.issue(older).id, {"caseId": "1000000099", "caseArn": ""})
    case_id = open_case(loop)
    loop.settle()
    (mirror,) = (each.key for each in loop.jira.issues() if each.key != older)
    loop.lose_the_table()
    loop.notify(mirror)
    loop.settle()
    assert loop.ledger.load(case_id).pair.issue_key == mirror  # type: ignore[union-attr]
    assert len(loop.service.cases()) == 1
