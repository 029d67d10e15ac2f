"""Policy documents are read as IAM reads them."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.cloud.policy import Ask, allowed

QUEUE = "arn:aws:sqs:us-east-1:123456789012:work"


def document(**statement: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": QUEUE} | statement]}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({}, True),
        ({"Action": ["sqs:ReceiveMessage"]}, False),
        ({"Action": "sqs:Send*"}, True),
        ({"Action": "SQS:sendmessage"}, True),
        ({"Action": "sqs:SendMessag?"}, True),
        ({"Resource": "arn:aws:sqs:*:*:work"}, True),
        ({"Resource": "arn:aws:sqs:*:*:other"}, False),
        ({"Resource": ["x", "*"]}, True),
        ({"Effect": "Deny"}, False),
    ],
)
def test_actions_and_resources_match_by_wildcard(statement: dict[str, Any], expected: bool) -> None:
    assert allowed([document(**statement)], Ask("sqs:SendMessage", QUEUE)) is expected


def test_a_denial_outweighs_every_permission() -> None:
    assert not allowed([document(), document(Effect="Deny", Action="*")], Ask("sqs:SendMessage", QUEUE))


def test_everything_but_what_is_named() -> None:
    statement = {"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}
    assert allowed([{"Statement": statement}], Ask("sqs:SendMessage", QUEUE))
    assert not allowed([{"Statement": statement}], Ask("iam:PassRole", "*"))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"events:source": "jira"}}, True),
        ({"StringEquals": {"events:source": ["security-ir", "jira"]}}, True),
        ({"StringEquals": {"events:source": "security-ir"}}, False),
        ({"StringNotEquals": {"events:source": "jira"}}, False),
        ({"StringLike": {"events:Source": "j*"}}, True),
        ({"ForAllValues:StringLike": {"events:source": ["j*"]}}, True),
        ({"Null": {"events:source": "false"}}, True),
        ({"Null": {"events:source": "true"}}, False),
    ],
)
def test_conditions_are_held_against_what_the_request_shows(condition: dict[str, Any], expected: bool) -> None:
    ask = Ask("sqs:SendMessage", QUEUE, {"events:source": ("jira",)})
    assert allowed([document(Condition=condition)], ask) is expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"StringEquals": {"events:sauce": "jira"}}, False),
        ({"StringNotEquals": {"events:sauce": "jira"}}, True),
        ({"StringEqualsIfExists": {"events:sauce": "jira"}}, True),
        ({"ForAllValues:StringEquals": {"events:sauce": "jira"}}, True),
        ({"ForAnyValue:StringEquals": {"events:sauce": "jira"}}, False),
        ({"Null": {"events:sauce": "true"}}, True),
        ({"ForAllValues:StringEquals": {"events:sauce": "jira"}, "Null": {"events:sauce": "false"}}, False),
    ],
)
def test_a_key_the_request_lacks_is_no_permission(condition: dict[str, Any], expected: bool) -> None:
    ask = Ask("sqs:SendMessage", QUEUE, {"events:source": ("jira",)})
    assert allowed([document(Condition=condition)], ask) is expected


def test_an_operator_nobody_knows_is_no_answer() -> None:
    with pytest.raises(ValueError, match="NumericLessThan"):
        allowed([document(Condition={"NumericLessThan": {"events:source": "3"}})], Ask("sqs:SendMessage", QUEUE))


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("*", True),
        ({"Service": "events.amazonaws.com"}, True),
        ({"Service": ["sns.amazonaws.com", "events.amazonaws.com"]}, True),
        ({"AWS": "*"}, True),
        ({"Service": "sns.amazonaws.com"}, False),
        (None, False),
    ],
)
def test_a_resource_policy_names_its_principals(principal: Any, expected: bool) -> None:
    ask = Ask("sqs:SendMessage", QUEUE, principal="events.amazonaws.com")
    assert allowed([document(Principal=principal)], ask) is expected
