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
