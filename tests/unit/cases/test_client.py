"""What is asked of security-ir, and what a case says then."""

from __future__ import annotations

import pytest

from security_ir_jira.errors import Conflict, NotFound, NotPermitted
from security_ir_jira.transfer import TooLarge
from tests.unit.cases.service import Stage


def test_a_case_is_known_by_the_id_that_was_asked_for(stage: Stage) -> None:
    case_id = stage.service.person("grace").open_case("Leaked key", "Found.", resolver_type="Self")
    case = stage.client.case(case_id)
    assert (case.id, case.title, case.description, case.status) == (case_id, "Leaked key", "Found.", "Submitted")
    assert case.arn.endswith(f":case/{case_id}")
    assert case.self_managed


@pytest.mark.parametrize("code", ["Investigation Completed", "False Positive"])
def test_fault_20_a_closure_code_is_read_as_it_is(stage: Stage, code: str) -> None:
    case_id = stage.service.aws_responder.open_case("Leaked key")
    stage.service.aws_responder.close(case_id, code)
    assert stage.client.case(case_id).closure_code == code


def test_a_case_that_was_made_for_an_issue_says_so_by_its_tags(stage: Stage) -> None:
    made_by = {"jira-issue-id": "10100", "security-ir-jira-instance": "ops", "team": "blue"}
    tagged = stage.service.person("grace").open_case("Leaked key", tags=made_by)
    other = stage.service.aws_responder.open_case("Another")
    tags, none = (stage.client.tags(stage.client.case(case_id).arn) for case_id in (tagged, other))
    assert (tags.issue_id, tags.instance, tags.all["team"]) == ("10100", "ops", "blue")
    assert (none.issue_id, none.instance) == (None, "")


def test_a_membership_that_cannot_be_listed_is_not_readable(stage: Stage) -> None:
    stage.client.make_sure_readable()
    stage.service.faults.add("ListCases", error="AccessDeniedException", times=None)
    with pytest.raises(NotPermitted):
        stage.client.make_sure_readable()


def test_a_file_is_fetched_once_it_was_verified(stage: Stage) -> None:
    case_id = stage.service.aws_responder.open_case("Leaked key")
    stage.service.aws_responder.attach(case_id, "log.txt", b"abc")
    (file,) = stage.client.case(case_id).files
    with stage.client.download_attachment(case_id, file, 100) as content:
        content.file.seek(0)
        assert content.file.read() == b"abc"
    with pytest.raises(TooLarge):
        stage.client.download_attachment(case_id, file, 2)


def test_a_file_that_is_not_verified_is_not_there_to_be_fetched(stage: Stage) -> None:
    case_id = stage.service.aws_responder.open_case("Leaked key")
    stage.service.aws_responder.attach(case_id, "log.txt", b"abc")
    (file,) = stage.client.case(case_id).files
    stage.service.faults.add("GetCaseAttachmentDownloadUrl", error="ConflictException", times=None)
    with pytest.raises(NotFound):
        stage.client.download_attachment(case_id, file, 100)


def test_the_same_token_makes_one_comment(stage: Stage) -> None:
    case_id = stage.service.aws_responder.open_case("Leaked key")
    one, again = (stage.client.add_comment(case_id, "hello", token="0" * 64) for _ in range(2))
    assert one == again
    assert [comment.body for comment in stage.client.comments(case_id)] == ["hello"]


def test_a_closed_case_is_in_conflict_with_another_status(stage: Stage) -> None:
    case_id = stage.service.person("grace").open_case("Leaked key", resolver_type="Self")
    stage.client.close(case_id)
    with pytest.raises(Conflict):
        stage.client.set_status(case_id, "Detection and Analysis")
