"""The module's variables as the functions see them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

from security_ir_jira.config import Config
from tests.conftest import REPOSITORY
from tests.defaults import DOCUMENT, MAPPING


def document(**changes: Any) -> dict[str, Any]:
    """What Terraform writes."""
    mapping = {"to_jira": {"Closed": ["Done"], "Submitted": []}, "to_case": {"Done": "Closed", "Open": ""}}
    return {**DOCUMENT, "status_mapping": mapping, **changes}


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
    assert replace(read(from_the_future=1), digest="") == replace(read(), digest="")


def test_another_configuration_has_another_digest() -> None:
    assert read().digest == read().digest
    assert read().digest != read(conflict_winner="jira").digest


def test_lists_are_fixed_and_an_address_ends_without_a_slash() -> None:
    config = read(issue_filter={"issue_types": ["Incident"], "labels": []}, jira_browse_url="https://jira.example.com/")
    assert config.issue_filter.issue_types == ("Incident",)
    assert config.jira_browse_url == "https://jira.example.com"


def test_a_filter_of_cases_that_asks_for_nothing_is_none_and_another_has_another_digest() -> None:
    assert read().case_filter.digest == ""
    asked = {**DOCUMENT["case_filter"], "tags": {"team": "cloud"}}  # type: ignore[dict-item]  # an object
    filters = [read(case_filter=each).case_filter for each in (asked, {**asked, "resolver_types": ["AWS"]})]
    assert len({each.digest for each in (*filters, read().case_filter)}) == 3
    assert filters[0].takes_tags({"team": "cloud", "tier": "1"})
    assert not filters[0].takes_tags({"team": "corp"})


def test_the_tests_take_for_the_default_mapping_what_the_module_does() -> None:
    text = (REPOSITORY / "configuration.tf").read_text()
    to_jira, to_case = (
        re.search(rf"^    {way} = \{{\n(.*?)^    \}}", text, re.MULTILINE | re.DOTALL) for way in ("to_jira", "to_case")
    )
    assert to_jira is not None
    assert to_case is not None
    candidates = dict(re.findall(r'^ +"(.+?)" += \[(.*)\]$', to_jira[1], re.MULTILINE))
    assert {status: tuple(json.loads(f"[{each}]")) for status, each in candidates.items()} == MAPPING.to_jira
    assert dict(re.findall(r'^ +"(.+?)" += "(.*)"$', to_case[1], re.MULTILINE)) == MAPPING.to_case
