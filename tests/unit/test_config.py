"""The module's variables as the functions see them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from security_ir_jira.config import Config
from security_ir_jira.errors import ConfigurationError


def document(**changes: Any) -> dict[str, Any]:
    """What Terraform writes; a change of ``None`` leaves the key out."""
    ordinary: dict[str, Any] = {
        "name": "security-ir-jira",
        "account_id": "123456789012",
        "jira_issue_type": "Task",
        "jira_auth": "basic",
        "jira_create_fields": {},
        "jira_browse_url": None,
        "transition_fields": {},
        "closure_resolutions": {},
        "jira_custom_fields": {},
        "conflict_winner": "security_ir",
        "create_cases_from_jira": True,
        "issue_filter": {"issue_types": [], "labels": []},
        "close_case_when_done": True,
        "sync_watchers": True,
        "sync_attachments": True,
        "sync_restricted_comments": False,
        "backfill_closed_cases": False,
        "on_case_deleted": "comment",
        "on_issue_deleted": "comment",
        "status_mapping": {"to_jira": {"Closed": ["Done"], "Submitted": []}, "to_case": {"Done": "Closed", "Open": ""}},
    }
    return {name: value for name, value in {**ordinary, **changes}.items() if value is not None}


def read(**changes: Any) -> Config:
    return Config.from_json(json.dumps(document(**changes)))


def test_a_document_is_read() -> None:
    config = read(jira_auth="bearer", jira_issue_type="Incident", jira_create_fields={"customfield_1": {"value": "x"}})
    assert (config.name, config.account_id) == ("security-ir-jira", "123456789012")
    assert (config.jira_auth, config.jira_issue_type) == ("bearer", "Incident")
    assert config.jira_create_fields == {"customfield_1": {"value": "x"}}
    assert config.status_mapping.to_jira == {"Closed": ("Done",), "Submitted": ()}
    assert config.status_mapping.to_case == {"Done": "Closed", "Open": ""}


def test_a_key_that_a_later_module_adds_is_no_error() -> None:
    assert read(from_the_future=1) == read()


@pytest.mark.parametrize(
    ("changes", "variable"),
    [
        ({"name": ""}, "name"),
        ({"account_id": None}, "account_id"),
        ({"jira_issue_type": 7}, "jira_issue_type"),
        ({"jira_auth": "oauth"}, "jira_auth"),
        ({"conflict_winner": "nobody"}, "conflict_winner"),
        ({"sync_watchers": "yes"}, "sync_watchers"),
        ({"issue_filter": {"labels": "soc"}}, "issue_filter"),
        ({"closure_resolutions": {"Duplicate": 1}}, "closure_resolutions"),
        ({"on_case_deleted": "delete it"}, "on_case_deleted"),
        ({"on_issue_deleted": "delete"}, "on_issue_deleted"),
        ({"jira_create_fields": ["labels"]}, "jira_create_fields"),
        ({"status_mapping": None}, "status_mapping"),
        ({"status_mapping": {"to_jira": {}}}, "status_mapping"),
        ({"status_mapping": {"to_jira": {"Open": []}, "to_case": {}}}, "status_mapping.to_jira"),
        ({"status_mapping": {"to_jira": {}, "to_case": {"Done": "Finished"}}}, "status_mapping.to_case"),
    ],
)
def test_a_message_names_the_variable_to_mend(changes: dict[str, Any], variable: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"^{variable}\b"):
        read(**changes)


def test_a_message_says_which_value_is_wrong() -> None:
    with pytest.raises(ConfigurationError, match="'Finished'"):
        read(status_mapping={"to_jira": {}, "to_case": {"Done": "Finished"}})


@pytest.mark.parametrize("text", ["", "{", "[]", "null"])
def test_a_document_of_another_kind_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="SYNC_CONFIG"):
        Config.from_json(text)
