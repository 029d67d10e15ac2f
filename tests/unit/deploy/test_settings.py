"""Further inputs of the module: what has no place in the file is said before anything is started."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.deploy import jira_check, module
from scripts.deploy.settings import settings
from scripts.deploy.talk import Stop
from tests.defaults import MAPPING


def written(folder: Path, text: str) -> Path:
    file = folder / "settings.tfvars"
    file.write_text(text)
    return file


def test_a_file_that_is_not_there_sets_nothing_unless_it_was_named(tmp_path: Path) -> None:
    assert settings(tmp_path / "settings.tfvars").values == {}
    with pytest.raises(Stop, match="--settings: there is no file"):
        settings(tmp_path / "settings.tfvars", named=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('jira_url = "https://acme.atlassian.net"', "jira_url is given by --url"),
        ('log_level = "info"', "log_level is given by --log-level"),
        ('jira_token = "secret"', "jira_token has no place in a file"),
        ("jira_token_version = 2", "jira_token_version is counted by this script"),
        ('alarm_email = ["a@example.com"]', "alarm_email is no input of the module; is alarm_emails meant?"),
        ("\nalarm_emails = toset([])", "settings.tfvars, line 2: toset is no value"),
    ],
)
def test_what_has_no_place_in_the_file_is_named(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(Stop) as refused:
        settings(written(tmp_path, text))
    assert said in str(refused.value)
    assert "secret" not in str(refused.value)


def test_without_settings_jira_is_asked_about_the_module_s_own_mapping(tmp_path: Path) -> None:
    config = jira_check.config_of(settings(tmp_path / "none"))
    assert config.status_mapping == MAPPING
    assert config.jira_issue_type == "Task"


def test_settings_reach_the_questions_that_jira_is_asked(tmp_path: Path) -> None:
    text = """
jira_issue_type = "Incident"
sync_watchers = false
sync_attachments = null
jira_create_fields = { customfield_10020 = "high" }
status_mapping = { to_jira = { Submitted = ["Triage"] }, to_case = { Triage = "" } }
"""
    config = jira_check.config_of(settings(written(tmp_path, text)))
    assert config.jira_issue_type == "Incident"
    assert not config.sync_watchers
    assert config.sync_attachments
    assert config.jira_create_fields == {"customfield_10020": "high"}
    assert config.status_mapping.to_jira == {**MAPPING.to_jira, "Submitted": ("Triage",)}
    assert config.status_mapping.to_case == {**MAPPING.to_case, "Triage": ""}


@pytest.mark.parametrize("text", ["status_mapping = 3", 'status_mapping = { to_jira = "Triage" }'])
def test_a_setting_of_another_form_is_said_to_be_one(tmp_path: Path, text: str) -> None:
    with pytest.raises(Stop, match="another form"):
        jira_check.config_of(settings(written(tmp_path, text)))


def test_the_module_s_own_files_tell_its_inputs_and_outputs() -> None:
    assert {"jira_url", "alarm_emails", "status_mapping", "deletion_protection"} <= module.variables()
    assert (
        "jira_notifications_topic_arn",
        'SNS topic for Jira Automation\'s action "Send message to Amazon SNS topic".',
    ) in (module.outputs())
