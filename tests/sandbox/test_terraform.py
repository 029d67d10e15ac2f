"""The module's settings reach it as they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from sandbox.terraform import Terraform, TerraformFailed


def terraform(home: Path, settings: Mapping[str, Any]) -> Terraform:
    return Terraform(home, "http://127.0.0.1:9", "us-east-1", settings, "jira-token", say=lambda _: None)


def test_a_setting_that_the_module_does_not_have_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(TerraformFailed, match="colour_of_issues"):
        terraform(tmp_path, {"colour_of_issues": "red"}).apply()


def test_a_setting_that_looks_like_a_template_is_text(tmp_path: Path) -> None:
    with pytest.raises(TerraformFailed, match=r"jira_project_key") as refused:
        terraform(tmp_path, {"jira_project_key": '${upper("sec")}'}).apply()
    assert "Invalid value for variable" in str(refused.value)


def test_a_key_that_is_misspelt_is_named_beside_those_there_are(tmp_path: Path) -> None:
    misspelt = {
        "issue_filter": {"issue_type": ["Incident"]},
        "case_filter": {"tag": {"team": "cloud"}},
        "status_mapping": {"to_jria": {"Acknowledged": ["Triage"]}},
        "lambda_packages": {"directroy": "dist"},
        "vpc_config": {"subnets": ["subnet-1"]},
        "jira_token_parameter": "arn:aws:ssm:us-east-1:111122223333:parameter/jira",
        "jira_url": "https://your-company.atlassian.net/browse/SEC-1",
    }
    with pytest.raises(TerraformFailed) as refused:
        terraform(tmp_path, misspelt).apply()
    said = " ".join(str(refused.value).split())
    for words in (
        'issue_filter must be an object of issue_types and labels, and nothing else; it has "issue_type"',
        "case_filter must be an object of resolver_types, impacted_accounts, engagement_types and tags, and nothing ",
        'status_mapping must be an object of to_jira and to_case, and nothing else; it has "to_jria"',
        'lambda_packages must be an object of directory, or of s3_bucket and s3_prefix, and nothing else; it has "dir',
        'vpc_config must be an object of subnet_ids and security_group_ids, and nothing else; it has "subnets"',
        "must be an object of arn and, with a customer key, kms_key_arn, and nothing else; it is no object",
        "jira_url is the address of a page, https://your-company.atlassian.net/browse/SEC-1: give what comes before",
    ):
        assert words in said
