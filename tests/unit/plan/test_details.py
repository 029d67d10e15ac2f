"""What an issue shows of its case besides what is merged."""

from __future__ import annotations

from rich_text import to_text
from security_ir_jira.plan.details import custom_fields, details_document, details_of, details_text
from tests.unit.things import ARN, a_case


def test_the_details_of_a_case_read_alike_as_text_and_as_a_document() -> None:
    case = a_case(details={"caseArn": "arn:*:_x_", "closureCode": "Duplicate", "lastUpdatedDate": "now", "caseId": "1"})
    details = details_of(case)
    assert details == {"ARN": "arn:*:_x_", "Closure code": "Duplicate"}
    assert to_text(details_document(details)) == details_text(details)


def test_a_case_without_details_has_a_heading_alone() -> None:
    assert to_text(details_document({})) == details_text({}).strip() == "**Case details**"


def test_a_field_shows_the_attribute_it_was_given_and_is_empty_where_the_case_says_nothing() -> None:
    case = a_case(details={"caseArn": ARN, "impactedAccounts": "1, 2"})
    mapping = {"customfield_1": "caseArn", "customfield_2": "closureCode", "customfield_3": "consoleUrl"}
    assert custom_fields(case, mapping) == {
        "customfield_1": ARN,
        "customfield_2": "",
        "customfield_3": case.url,
    }
