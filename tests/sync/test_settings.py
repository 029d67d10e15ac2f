"""What the module's variables change, and what becomes of deletions, restrictions and details."""

from __future__ import annotations

import pytest

from sandbox.jira import Person, Visibility, Workflow
from security_ir_jira.config import Config, IssueFilter, StatusMapping
from tests.defaults import MAPPING

from .loop import Loop, key_of, open_case, open_own_case, said_on_issue, set_up, status_of, texts


def test_a_strict_workflow_is_walked_with_its_resolution(loop: Loop, config: Config) -> None:
    set_up(
        loop,
        config,
        closure_resolutions={"False Positive": "Won't Do"},
        transition_fields={"Done": {"resolution": {"name": "Done"}}},
    )
    loop.jira.site.projects["SEC"].workflow = Workflow.strict()
    case_id = open_own_case(loop)
    loop.service.person("grace").close(case_id, "False Positive")
    loop.settle()
    assert status_of(loop, case_id) == ("Closed", "Done")
    assert loop.jira.issue(key_of(loop, case_id)).resolution == "Won't Do"


def test_without_the_required_field_it_is_said_once_and_silent(loop: Loop) -> None:
    loop.jira.site.projects["SEC"].workflow = Workflow.strict()
    case_id = open_own_case(loop)
    loop.service.person("grace").close(case_id)
    loop.settle()
    key = key_of(loop, case_id)
    assert loop.jira.issue(key).status.name != "Done"
    assert texts(loop, case_id)[1].count("did not accept the move") == 1
    quiet = loop.quiet()
    loop.sweep_cases()
    loop.notify(key)
    loop.advance(900)
    assert quiet.writes == []


def test_a_workflow_in_another_language_is_matched_by_its_mapping_and_done_by_its_category(
    loop: Loop, config: Config, ada: Person
) -> None:
    names = [status.name for status in Workflow.localised().statuses]
    mapping = StatusMapping(
        {**MAPPING.to_jira, "Detection and Analysis": (names[1],)}, {names[1]: "Detection and Analysis"}
    )
    set_up(loop, config, status_mapping=mapping)
    loop.jira.site.projects["SEC"].workflow = Workflow.localised()
    case_id = open_own_case(loop)
    ada.transition(key_of(loop, case_id), names[1])
    loop.settle()
    assert loop.service.case(case_id).status == "Detection and Analysis"
    loop.service.person("grace").close(case_id)
    loop.settle()
    assert loop.jira.issue(key_of(loop, case_id)).status.done


def test_no_cases_from_jira(loop: Loop, config: Config, ada: Person) -> None:
    set_up(loop, config, create_cases_from_jira=False)
    ada.create_issue("SEC", "Stays here")
    loop.settle()
    assert loop.service.cases() == []


@pytest.mark.parametrize(
    ("kind", "labels", "born"), [("Bug", ["soc"], True), ("Task", ["soc"], False), ("Bug", [], False)]
)
def test_the_issue_filter_decides_births(
    loop: Loop, config: Config, ada: Person, kind: str, labels: list[str], born: bool
) -> None:
    set_up(loop, config, issue_filter=IssueFilter(("Bug",), ("soc",)))
    ada.create_issue("SEC", "Filtered", issue_type=kind, labels=labels)
    loop.settle()
    assert bool(loop.service.cases()) is born


def test_closed_cases_are_born_where_that_is_asked_for(loop: Loop, config: Config) -> None:
    set_up(loop, config, backfill_closed_cases=True)
    loop.native = False
    case_id = open_case(loop)
    loop.service.aws_responder.close(case_id)
    loop.sweep_cases()
    loop.settle()
    assert status_of(loop, case_id) == ("Closed", "Done")


def test_jira_wins_where_it_is_told_to(loop: Loop, config: Config, ada: Person) -> None:
    set_up(loop, config, conflict_winner="jira")
    case_id = open_case(loop)
    loop.settle()
    loop.service.aws_responder.edit(case_id, title="From AWS")
    ada.edit(key_of(loop, case_id), summary="From Jira")
    loop.settle()
    assert loop.service.case(case_id).title == loop.jira.issue(key_of(loop, case_id)).summary == "From Jira"
    assert texts(loop, case_id)[0].count("From AWS") == 1


def test_done_closes_no_case_where_that_is_off_and_stays_done(loop: Loop, config: Config, ada: Person) -> None:
    set_up(loop, config, close_case_when_done=False)
    case_id = open_own_case(loop)
    ada.transition(key_of(loop, case_id), "Done")
    loop.settle()
    loop.service.person("grace").set_status(case_id, "Detection and Analysis")
    loop.settle()
    assert status_of(loop, case_id) == ("Detection and Analysis", "Done")


def test_a_comment_that_becomes_restricted_gives_way_to_a_note(loop: Loop, ada: Person) -> None:
    case_id = open_case(loop)
    loop.settle()
    key = key_of(loop, case_id)
    remark = ada.comment(key, "the password was hunter2")
    loop.settle()
    assert "hunter2" in texts(loop, case_id)[0]
    ada.edit_comment(key, remark.id, "the password was hunter3", visibility=Visibility("role", "Administrators"))
    loop.settle()
    assert "hunter" not in texts(loop, case_id)[0]
    assert "visibility of this comment was restricted" in texts(loop, case_id)[0]


def test_restricted_comments_are_copied_where_that_is_asked_for(loop: Loop, config: Config, ada: Person) -> None:
    set_up(loop, config, sync_restricted_comments=True)
    case_id = open_case(loop)
    loop.settle()
    ada.comment(key_of(loop, case_id), "for the leads", visibility=Visibility("role", "Administrators"))
    loop.settle()
    assert "for the leads" in texts(loop, case_id)[0]


def test_internal_notes_of_a_service_project_stay_there_and_our_copies_are_internal(loop: Loop, ada: Person) -> None:
    loop.jira.site.projects["SEC"].kind = "service_desk"
    case_id = open_case(loop)
    loop.settle()
    key = key_of(loop, case_id)
    ada.comment(key, "between us", internal=True)
    ada.comment(key, "to the customer")
    loop.service.aws_responder.comment(case_id, "from AWS")
    loop.settle()
    assert "between us" not in texts(loop, case_id)[0]
    assert "to the customer" in texts(loop, case_id)[0]
    assert [comment.internal for comment in said_on_issue(loop, key) if "from AWS" in comment.text] == [True]


def test_a_comment_deleted_in_jira_is_said_to_be_deleted_and_keeps_its_text(loop: Loop, ada: Person) -> None:
    case_id = open_case(loop)
    loop.settle()
    key = key_of(loop, case_id)
    remark = ada.comment(key, "evidence")
    loop.settle()
    ada.delete_comment(key, remark.id)
    loop.notify(key)
    loop.settle()
    on_case = texts(loop, case_id)[0]
    assert "deleted in Jira" in on_case
    assert "evidence" in on_case
    quiet = loop.quiet()
    loop.notify(key)
    loop.settle()
    assert quiet.writes == []


def test_the_details_comment_is_kept_current_in_place(loop: Loop) -> None:
    case_id = loop.service.aws_responder.open_case(
        "Case", "Text", threat_actor_ips=["198.51.100.7"], regions=["eu-west-1"]
    )
    loop.settle()
    key = key_of(loop, case_id)
    loop.service.aws_responder.edit(case_id, services=["Amazon EC2"])
    loop.settle()
    (details,) = [comment for comment in loop.jira.comments(key) if comment.text.startswith("Case details")]
    assert "198.51.100.7" in details.text
    assert "Amazon EC2" in details.text


def test_custom_fields_hold_what_they_are_mapped_to(loop: Loop, config: Config) -> None:
    loop.jira.add_field("customfield_10050", "Case ARN")
    loop.jira.add_field("customfield_10051", "Regions", "textarea")
    set_up(loop, config, jira_custom_fields={"customfield_10050": "caseArn", "customfield_10051": "impactedAwsRegions"})
    case_id = loop.service.aws_responder.open_case("Case", "Text", regions=["eu-west-1", "us-east-1"])
    loop.settle()
    fields = loop.jira.issue(key_of(loop, case_id)).fields
    assert fields["customfield_10050"] == loop.service.case(case_id).arn
    assert "eu-west-1, us-east-1" in str(fields["customfield_10051"])


def test_a_custom_field_that_jira_refuses_holds_up_nothing(loop: Loop, config: Config) -> None:
    set_up(loop, config, jira_custom_fields={"customfield_19999": "caseArn"})
    case_id = open_case(loop)
    loop.service.aws_responder.comment(case_id, "still arrives")
    loop.settle()
    assert "still arrives" in texts(loop, case_id)[1]
    assert loop.waiting == []


@pytest.mark.parametrize(("setting", "status"), [("comment", "To Do"), ("close", "Done")])
def test_a_deleted_case_is_said_on_its_issue(loop: Loop, config: Config, setting: str, status: str) -> None:
    set_up(loop, config, on_case_deleted=setting)
    open_case(loop, "Another")
    case_id = open_case(loop)
    loop.sweep_cases()
    loop.settle()
    key = key_of(loop, case_id)
    loop.service.aws_responder.delete(case_id)
    loop.sweep_cases()
    loop.run()
    assert "was deleted" not in "".join(comment.text for comment in loop.jira.comments(key))
    loop.advance(1_500)
    assert "".join(comment.text for comment in loop.jira.comments(key)).count("was deleted") == 1
    assert loop.jira.issue(key).status.name == status
    quiet = loop.quiet()
    loop.sweep_cases()
    loop.notify(key)
    loop.advance(1_500)
    assert quiet.writes == []


def test_a_deleted_case_deletes_its_issue_where_that_is_asked_for(loop: Loop, config: Config) -> None:
    set_up(loop, config, on_case_deleted="delete")
    open_case(loop, "Another")
    case_id = open_case(loop)
    loop.sweep_cases()
    loop.settle()
    loop.service.aws_responder.delete(case_id)
    loop.sweep_cases()
    loop.advance(2_500)
    assert [issue.summary for issue in loop.jira.issues()] == ["Another"]


@pytest.mark.parametrize(("setting", "status"), [("comment", "Submitted"), ("close", "Closed")])
def test_a_deleted_issue_is_said_on_its_case(
    loop: Loop, config: Config, ada: Person, setting: str, status: str
) -> None:
    set_up(loop, config, on_issue_deleted=setting)
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    ada.delete(key)
    loop.notify(key)
    loop.advance(1_500)
    case = loop.service.case(case_id)
    said = "".join(comment.body for comment in loop.service.comments(case_id))
    assert said.count(f"{key} was deleted") == 1
    assert case.status == status
    assert len(loop.jira.issues()) == 0


def test_a_deletion_that_no_rule_told_is_found(loop: Loop, ada: Person) -> None:
    case_id = open_own_case(loop)
    loop.automation = False
    ada.delete(key_of(loop, case_id))
    for _ in range(8):
        loop.sweep_cases()
        loop.advance(300)
    assert "was deleted" in "".join(comment.body for comment in loop.service.comments(case_id))


def test_a_token_without_permissions_looks_like_no_deletion(loop: Loop, ada: Person) -> None:
    case_id = open_own_case(loop)
    key = key_of(loop, case_id)
    loop.jira.withdraw("SEC")
    loop.notify(key)
    loop.advance(4_000)
    assert "was deleted" not in "".join(comment.body for comment in loop.service.comments(case_id))
    loop.jira.grant("SEC")
    ada.comment(key, "we are back")
    loop.advance(2_000)
    assert "we are back" in texts(loop, case_id)[0]


def test_a_moved_issue_stays_paired_and_its_case_names_the_new_key(loop: Loop, ada: Person) -> None:
    loop.jira.add_project("OPS")
    case_id = open_own_case(loop)
    moved = ada.move(key_of(loop, case_id), "OPS")
    ada.comment(moved.key, "moved here")
    loop.settle()
    assert "moved here" in texts(loop, case_id)[0]
    assert f"/browse/{moved.key}" in texts(loop, case_id)[0]
    assert len(loop.service.cases()) == 1


def test_links_lead_to_the_site_people_click_on(loop: Loop, config: Config) -> None:
    set_up(loop, config, jira_browse_url="https://example.atlassian.net")
    case_id = open_case(loop)
    loop.settle()
    assert f"https://example.atlassian.net/browse/{key_of(loop, case_id)}" in texts(loop, case_id)[0]
