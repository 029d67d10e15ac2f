"""docs/deployer-policy.json lets somebody apply and destroy the module, and do little else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from scripts.deploy.blocks import blocks
from tests.conftest import REPOSITORY

POLICY = REPOSITORY / "docs" / "deployer-policy.json"
OPTIONS = REPOSITORY / "docs" / "deployer-policy-options.json"
DOCUMENTS = pytest.mark.parametrize("document", [POLICY, OPTIONS], ids=lambda document: document.stem)
# What IAM takes in a managed policy, blanks not counted:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
MOST_CHARACTERS = 6144

NEEDED = {
    "aws_cloudwatch_dashboard": "cloudwatch: PutDashboard GetDashboard DeleteDashboards",
    "aws_cloudwatch_event_bus": "events: CreateEventBus DescribeEventBus UpdateEventBus DeleteEventBus",
    "aws_cloudwatch_event_rule": "events: PutRule DescribeRule DeleteRule ListTagsForResource TagResource"
    " UntagResource",
    "aws_cloudwatch_event_target": "events: PutTargets ListTargetsByRule RemoveTargets",
    "aws_cloudwatch_log_group": "logs: CreateLogGroup DescribeLogGroups DeleteLogGroup PutRetentionPolicy"
    " DeleteRetentionPolicy ListTagsForResource TagResource UntagResource",
    "aws_cloudwatch_log_resource_policy": "logs: PutResourcePolicy DescribeResourcePolicies DeleteResourcePolicy",
    "aws_cloudwatch_metric_alarm": "cloudwatch: PutMetricAlarm DescribeAlarms DeleteAlarms ListTagsForResource"
    " TagResource UntagResource",
    "aws_cloudwatch_query_definition": "logs: PutQueryDefinition DescribeQueryDefinitions DeleteQueryDefinition",
    "aws_dynamodb_table": "dynamodb: CreateTable DescribeTable UpdateTable DeleteTable UpdateTimeToLive"
    " DescribeTimeToLive UpdateContinuousBackups DescribeContinuousBackups ListTagsOfResource TagResource"
    " UntagResource",
    "aws_iam_role": "iam: CreateRole GetRole DeleteRole PassRole TagRole UntagRole UpdateAssumeRolePolicy"
    " UpdateRoleDescription ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole",
    "aws_iam_role_policy": "iam: PutRolePolicy GetRolePolicy DeleteRolePolicy",
    "aws_lambda_event_source_mapping": "lambda: CreateEventSourceMapping GetEventSourceMapping"
    " UpdateEventSourceMapping DeleteEventSourceMapping ListTags",
    "aws_lambda_function": "lambda: CreateFunction GetFunction GetFunctionCodeSigningConfig ListTags"
    " ListVersionsByFunction UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction TagResource UntagResource",
    "aws_scheduler_schedule": "scheduler: CreateSchedule GetSchedule UpdateSchedule DeleteSchedule",
    "aws_scheduler_schedule_group": "scheduler: CreateScheduleGroup GetScheduleGroup DeleteScheduleGroup"
    " ListTagsForResource TagResource UntagResource",
    "aws_sns_topic": "sns: CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic ListTagsForResource"
    " TagResource UntagResource",
    "aws_sns_topic_subscription": "sns: Subscribe GetSubscriptionAttributes SetSubscriptionAttributes Unsubscribe"
    " ListSubscriptionsByTopic",
    "aws_sqs_queue": "sqs: CreateQueue GetQueueAttributes SetQueueAttributes DeleteQueue ListQueueTags TagQueue"
    " UntagQueue",
    "aws_ssm_parameter": "ssm: PutParameter GetParameter DescribeParameters DeleteParameter ListTagsForResource"
    " AddTagsToResource RemoveTagsFromResource",
}
"""What the AWS provider calls to create, read, change, tag and delete each resource."""

NEEDED_BY_OPTION = {
    "aws_cloudformation_stack": "cloudformation: CreateStack DescribeStacks GetTemplate UpdateStack DeleteStack"
    " TagResource",
    "aws_lambda_function_url": "lambda: AddPermission CreateFunctionUrlConfig GetFunctionUrlConfig"
    " DeleteFunctionUrlConfig",
}
"""Likewise of what is there only by a setting."""

WITHOUT_RESOURCES = {
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "logs:DeleteQueryDefinition",
    "logs:DeleteResourcePolicy",
    "logs:DescribeLogGroups",
    "logs:DescribeQueryDefinitions",
    "logs:DescribeResourcePolicies",
    "logs:PutQueryDefinition",
    "logs:PutResourcePolicy",
    "secretsmanager:GetRandomPassword",
    "sns:GetSubscriptionAttributes",
    "sns:SetSubscriptionAttributes",
    "sns:Unsubscribe",
    "ssm:DescribeParameters",
}
"""Actions that take no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/"""


def statements(document: Any) -> list[dict[str, Any]]:
    written = json.loads(document.read_text())
    assert written["Version"] == "2012-10-17"
    found: list[dict[str, Any]] = written["Statement"]
    return found


def actions(document: Any) -> set[str]:
    return {action for statement in statements(document) for action in statement["Action"]}


def resource_types() -> set[str]:
    files = [file for folder in (REPOSITORY, *REPOSITORY.glob("modules/*")) for file in folder.glob("*.tf")]
    return {block.labels[0] for file in files for block in blocks(file.read_text()) if block.kind == "resource"}


def needed(resource: str) -> Iterator[str]:
    service, names = (NEEDED | NEEDED_BY_OPTION)[resource].split(": ")
    yield from (f"{service}:{name}" for name in names.split())


def everywhere(statement: Mapping[str, Any]) -> bool:
    return statement["Effect"] == "Allow" and statement["Resource"] == "*" and "Condition" not in statement


def test_the_policy_lets_terraform_keep_every_kind_of_resource_that_the_module_has() -> None:
    assert resource_types() == set(NEEDED) | set(NEEDED_BY_OPTION)
    wanted = {action for resource in NEEDED for action in needed(resource)}
    assert sorted(wanted - actions(POLICY)) == []


def test_the_optional_statements_let_terraform_keep_what_is_there_only_by_a_setting() -> None:
    wanted = {action for resource in NEEDED_BY_OPTION for action in needed(resource)}
    assert sorted(wanted - actions(OPTIONS)) == []


def test_the_policy_allows_nothing_that_no_resource_needs() -> None:
    wanted = {action for resource in NEEDED for action in needed(resource)}
    asked_besides = {"kms:DescribeKey"}
    # Tags of things that share their actions with others are named once.
    shared = {"lambda:TagResource", "lambda:UntagResource"}
    assert sorted(actions(POLICY) - wanted - asked_besides - shared) == []


def test_the_policy_fits_into_one_managed_policy() -> None:
    assert len(re.sub(r"\s", "", POLICY.read_text())) <= MOST_CHARACTERS


@DOCUMENTS
def test_every_statement_says_why_and_is_the_only_one_that_says_so(document: Any) -> None:
    sids = [statement["Sid"] for statement in statements(document)]
    assert len(set(sids)) == len(sids)
    assert [sid for sid in sids if not re.fullmatch(r"(?:[A-Z][a-z]*){3,}", sid)] == []


@DOCUMENTS
def test_no_action_is_a_pattern(document: Any) -> None:
    assert [action for action in sorted(actions(document)) if not re.fullmatch(r"[a-z0-9]+:[A-Za-z]+", action)] == []


@DOCUMENTS
def test_only_actions_without_a_resource_are_allowed_on_all(document: Any) -> None:
    free = {action for statement in statements(document) if everywhere(statement) for action in statement["Action"]}
    assert sorted(free - WITHOUT_RESOURCES) == []


@DOCUMENTS
def test_everything_stands_in_one_region_of_one_account_by_the_names_that_the_guide_replaces(document: Any) -> None:
    named = [arn for statement in statements(document) for arn in _listed(statement["Resource"]) if arn != "*"]
    accounts = {arn.split(":")[4] for arn in named}
    regions = {arn.split(":")[3] for arn in named}
    assert accounts - {""} == {"111122223333"}  # a bucket's ARN has none
    assert regions - {""} == {"us-east-1"}  # nor have roles and dashboards a Region


def test_roles_are_passed_to_the_two_services_that_work_with_them() -> None:
    (passing,) = [statement for statement in statements(POLICY) if "iam:PassRole" in statement["Action"]]
    assert passing["Action"] == ["iam:PassRole"]
    assert passing["Condition"]["StringEquals"]["iam:PassedToService"] == [
        "lambda.amazonaws.com",
        "scheduler.amazonaws.com",
    ]


def test_the_guide_says_when_each_of_the_optional_statements_is_needed() -> None:
    guide = (REPOSITORY / "docs" / "guide.md").read_text()
    assert [statement["Sid"] for statement in statements(OPTIONS) if f"`{statement['Sid']}`" not in guide] == []


def _listed(resource: str | list[str]) -> list[str]:
    return [resource] if isinstance(resource, str) else resource
