"""Every example is applied as its reader would, needs no second apply, and goes away whole.

The provider waits half a minute for each queue, so all of them play at once, each in a Region of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.cloud import Cloud
from tests.conftest import REPOSITORY

from .roots import TOKEN, Root

DIST = REPOSITORY / "dist"
FUNCTIONS = ("jira_client", "jira_notifications_handler", "security_ir_client", "security_ir_poller")
GIVEN: Mapping[str, Any] = {
    "jira_email": "jira-bot@example.com",
    "jira_url": "https://your-company.atlassian.net",
    "lambda_packages": {"directory": str(DIST)},
    "deletion_protection": False,
}


class Estate:
    """An account's Region in which an example is applied, from a folder."""

    def __init__(self, cloud: Cloud, region: str, folder: Path) -> None:
        self.cloud, self.region, self.folder = cloud, region, folder

    def client(self, service: str) -> Any:
        make: Any = boto3.client
        keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
        return make(service, region_name=self.region, endpoint_url=self.cloud.url, **keys)

    def root(self, example: str, **inputs: Any) -> Root:
        return Root.of_example(example, self.folder, self.cloud, {"region": self.region, **inputs})

    def a_key(self) -> str:
        arn: str = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        return arn

    def a_secret(self, name: str, key: str) -> str:
        """An SSM parameter that somebody else keeps under a customer key: its ARN."""
        ssm = self.client("ssm")
        ssm.put_parameter(Name=name, Type="SecureString", Value=TOKEN, KeyId=key)
        arn: str = ssm.get_parameter(Name=name)["Parameter"]["ARN"]
        return arn

    def left(self) -> list[str]:
        """Names of what there is of what the module makes."""
        roles = [one["RoleName"] for one in self.client("iam").list_roles()["Roles"]]
        buses = [one["Name"] for one in self.client("events").list_event_buses()["EventBuses"]]
        return [
            *(one["FunctionName"] for one in self.client("lambda").list_functions()["Functions"]),
            *self.client("sqs").list_queues().get("QueueUrls", []),
            *self.client("dynamodb").list_tables()["TableNames"],
            *(role for role in roles if role.endswith(self.region)),
            *(one["logGroupName"] for one in self.client("logs").describe_log_groups()["logGroups"]),
            *(bus for bus in buses if bus != "default"),
        ]


def basic(estate: Estate) -> None:
    root = estate.root("basic", **GIVEN, jira_project_key="SEC", jira_token=TOKEN)
    outputs = root.apply()
    assert sorted(outputs["functions"]) == list(FUNCTIONS)
    token = estate.client("ssm").get_parameter(Name="/SecurityIncidentResponse/jiraToken", WithDecryption=True)
    assert token["Parameter"]["Value"] == TOKEN
    assert root.changes() == []
    assert root.changes(jira_token="another", jira_token_version=2) == [
        "update module.security_ir_jira.module.credentials.aws_ssm_parameter.jira_token[0]"
    ]
    assert TOKEN.encode() not in root.everything_written
    root.destroy()
    assert estate.left() == []


def existing_secret(estate: Estate) -> None:
    key = estate.a_key()
    root = estate.root(
        "existing-secret",
        **GIVEN,
        jira_project_key="SEC",
        token_parameter_arn=estate.a_secret("/security/jira-token", key),
        notifications_secret_parameter_arn=estate.a_secret("/security/jira-notifications", key),
        secrets_kms_key_arn=key,
    )
    root.apply()
    assert root.changes() == []
    names = [one["Name"] for one in estate.client("ssm").describe_parameters()["Parameters"]]
    assert "/SecurityIncidentResponse/jiraToken" not in names
    assert TOKEN.encode() not in root.everything_written
    root.destroy()
    assert estate.left() == []


def multiple_instances(estate: Estate) -> None:
    corp = {"jira_project_key": "CORPSEC", "alarm_emails": ["corp@example.com"]}
    cloud = {**corp, "jira_project_key": "CLOUDSEC", "issue_filter": {"issue_types": ["Incident"]}}
    teams = {"security-ir-cloud": cloud, "security-ir-corp": corp}
    root = estate.root("multiple-instances", **GIVEN, jira_token=TOKEN, teams=teams)
    outputs = root.apply()
    assert len(set(outputs["jira_notifications_topic_arns"].values())) == 2
    policies = estate.client("logs").describe_resource_policies()["resourcePolicies"]
    assert [policy["policyName"] for policy in policies] == ["security-ir-cloud-event-log"]
    assert root.changes() == []
    root.destroy()
    assert estate.left() == []


def complete(estate: Estate) -> None:
    subnets, group = network(estate)
    put_zips(estate, *FUNCTIONS)
    key = estate.a_key()
    root = estate.root(
        "complete",
        deletion_protection=False,
        jira_token_parameter={"arn": estate.a_secret("/shared/jira-token", key), "kms_key_arn": key},
        vpc_config={"subnet_ids": subnets, "security_group_ids": [group]},
        permissions_boundary_arn=boundary(estate),
        lambda_packages={"s3_bucket": "releases", "s3_prefix": "security-ir-jira/1.0.0"},
    )
    outputs = root.apply()
    assert root.changes() == []
    function = outputs["functions"]["jira_client"]["name"]
    made = estate.client("lambda").get_function(FunctionName=function)["Configuration"]
    assert sorted(made["VpcConfig"]["SubnetIds"]) == sorted(subnets)
    assert ":role/security/cloud-security-" in made["Role"]
    put_zips(estate, "jira_client")
    assert root.changes() == [
        'update module.security_ir_jira.module.worker["jira_client"].module.function.aws_lambda_function.this'
    ]
    root.destroy()
    assert estate.left() == []


def network(estate: Estate) -> tuple[list[str], str]:
    """Two subnets and a security group."""
    ec2 = estate.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    cidrs = ("10.0.1.0/24", "10.0.2.0/24")
    subnets = [ec2.create_subnet(VpcId=vpc, CidrBlock=cidr)["Subnet"]["SubnetId"] for cidr in cidrs]
    group = ec2.create_security_group(GroupName="functions", Description="HTTPS out", VpcId=vpc)["GroupId"]
    return subnets, group


def boundary(estate: Estate) -> str:
    """A policy that bounds roles: its ARN."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    made = estate.client("iam").create_policy(PolicyName="boundary", PolicyDocument=json.dumps(everything))
    arn: str = made["Policy"]["Arn"]
    return arn


def put_zips(estate: Estate, *functions: str) -> None:
    """Put zips into a bucket that keeps versions; a zip that is there already gets another version."""
    s3 = estate.client("s3")
    if not s3.list_buckets()["Buckets"]:
        s3.create_bucket(Bucket="releases", CreateBucketConfiguration={"LocationConstraint": estate.region})
        s3.put_bucket_versioning(Bucket="releases", VersioningConfiguration={"Status": "Enabled"})
    for function in functions:
        content = (DIST / f"{function}.zip").read_bytes()
        s3.put_object(Bucket="releases", Key=f"security-ir-jira/1.0.0/{function}.zip", Body=content)


STORIES: Mapping[str, Callable[[Estate], None]] = {
    "eu-west-1": basic,
    "eu-west-2": existing_secret,
    "eu-west-3": multiple_instances,
    "eu-central-1": complete,
}


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[None]]]:
    """Every example's story, by its Region."""
    with Cloud() as cloud, ThreadPoolExecutor(len(STORIES)) as pool:
        yield {
            region: pool.submit(story, Estate(cloud, region, tmp_path_factory.mktemp(story.__name__)))
            for region, story in STORIES.items()
        }


@pytest.mark.parametrize("region", STORIES, ids=[story.__name__ for story in STORIES.values()])
def test_an_example_is_applied_at_once_and_goes_away_whole(region: str, played: Mapping[str, Future[None]]) -> None:
    played[region].result()


def test_every_example_is_played() -> None:
    there = {folder.name for folder in (REPOSITORY / "examples").iterdir() if (folder / "main.tf").exists()}
    assert there - {"sandbox"} == {story.__name__.replace("_", "-") for story in STORIES.values()}
