"""Every example is applied as its reader would, needs no second apply, and goes away whole; so do switches.

Whoever applies may do what the guide's policy for it says, and no more: what it lacks, the cloud refuses.

The provider waits half a minute for each queue, so all of them play at once, each in a Region of its own.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest

from sandbox.cloud import Cloud
from sandbox.cloud.policy import matches, statements
from tests.conftest import REPOSITORY

from .deployer import Document, Instance, permissions
from .roots import TOKEN, Root, TerraformSaid

DIST = REPOSITORY / "dist"
FUNCTIONS = ("jira_client", "jira_notifications_handler", "security_ir_client", "security_ir_poller")
GIVEN: Mapping[str, Any] = {
    "jira_email": "jira-bot@example.com",
    "jira_url": "https://your-company.atlassian.net",
    "lambda_packages": {"directory": str(DIST)},
    "deletion_protection": False,
}


# Asked for before sts:GetCallerIdentity, which answers when this is refused.
NOT_MISSED = {"iam:GetUser"}
# Statements of the deployer that webhooks need.
WEBHOOKS = (
    "GivesTheFunctionForWebhooksAnAddressAndFewRuns",
    "LetsThatAddressInvokeItByAStack",
    "DrawsTheSecretOfWebhooks",
)
# What the policy allows and no change of an input needs, but an upgrade of the module may, by what it would change.
UNUSED = {
    "KeepsSubscriptionsWhichNoPolicyCanName: sns:SetSubscriptionAttributes",  # how an alarm is delivered
    "LetsQueuesFeedTheseFunctionsOnly: lambda:UpdateEventSourceMapping",  # the size of a batch
    "MakesARoleForEachFunctionAndForTheSchedules: iam:UpdateAssumeRolePolicy",  # who may take a role
    "MakesARoleForEachFunctionAndForTheSchedules: iam:UpdateRoleDescription",
    "MakesTheBusAndTheRules: events:UpdateEventBus",  # the description of the bus
    "MakesTheQueues: sqs:SetQueueAttributes",  # a visibility timeout, or how often is tried
}


class Estate:
    """An account's Region in which an example is applied, from a folder, by somebody with a policy."""

    def __init__(self, cloud: Cloud, region: str, folder: Path) -> None:
        self.cloud, self.region, self.folder = cloud, region, folder
        # Roles have no Region: each estate has a deployer of its own.
        self.deployer = f"deployer-{region}"
        self.admit()

    def admit(self, *instances: Instance, besides: Sequence[Document] = ()) -> None:
        """Let the deployer keep these instances of the module, and do what else there is to the example."""
        of_instances = [document for instance in instances for document in instance.documents(self.cloud)]
        self.documents = [*of_instances, *besides]
        self.cloud.hold(self.deployer, self.documents)

    def refused(self) -> list[tuple[str, str]]:
        """What the deployer was refused, of what would be missed."""
        calls = [call for call in self.cloud.unauthorised_calls() if call.caller == self.deployer]
        return [(call.action, call.resource) for call in calls if call.action not in NOT_MISSED]

    def unused(self) -> set[str]:
        """Actions that the deployer may do and did not need, and resources it did nothing to, by their statements."""
        actions = [each for each in self.cloud.unused_permissions() if each.caller == self.deployer]
        touched = {call.resource for call in self.cloud.calls if call.caller == self.deployer and call.allowed}
        resources = [
            f"{statement['Sid']}: {arn}"
            for statement in statements(self.documents)
            for arn in ([statement["Resource"]] if isinstance(statement["Resource"], str) else statement["Resource"])
            if not any(matches(arn, resource) for resource in touched)
        ]
        return {*(f"{each.sid}: {each.action}" for each in actions), *resources}

    def client(self, service: str) -> Any:
        make: Any = boto3.client
        keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
        return make(service, region_name=self.region, endpoint_url=self.cloud.url, **keys)

    def root(self, example: str, **inputs: Any) -> Root:
        return Root.of_example(example, self.folder, self.cloud, self.deployer, {"region": self.region, **inputs})

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
    estate.admit(Instance(estate.region))
    root = estate.root("basic", **{**GIVEN, "deletion_protection": True}, jira_project_key="SEC", jira_token=TOKEN)
    root.set(tags={"team": "soc"})
    outputs = root.apply(alarm_emails=["soc@example.com"])
    assert sorted(outputs["functions"]) == list(FUNCTIONS)
    token = estate.client("ssm").get_parameter(Name="/SecurityIncidentResponse/jiraToken", WithDecryption=True)
    assert token["Parameter"]["Value"] == TOKEN
    assert root.changes(alarm_emails=["soc@example.com"]) == []
    assert root.changes(alarm_emails=["soc@example.com"], jira_token="another", jira_token_version=2) == [
        "update module.security_ir_jira.module.credentials.aws_ssm_parameter.jira_token[0]"
    ]
    change(root)
    assert TOKEN.encode() not in root.everything_written
    root.destroy()
    assert (estate.left(), estate.refused()) == ([], [])
    assert estate.unused() == UNUSED


def change(root: Root) -> None:
    """Change what there are settings for, so that whatever Terraform calls for it is called."""
    root.set(
        tags={"service": "incident-response"},
        case_sweep_schedule="rate(10 minutes)",
        lambda_architecture="x86_64",
        log_retention_days=0,
    )
    root.apply(
        alarm_emails=["on-call@example.com"],
        deletion_protection=False,
        jira_token="another",
        jira_token_version=2,
        log_level="debug",
    )


def existing_secret(estate: Estate) -> None:
    estate.admit(Instance(estate.region))
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
    assert (estate.left(), estate.refused()) == ([], [])


def multiple_instances(estate: Estate) -> None:
    told = {"alarm_emails": ["soc@example.com"]}
    corp = {**told, "jira_project_key": "CORPSEC", "case_filter": {"resolver_types": ["Self"]}}
    cloud = {
        **told,
        "jira_project_key": "CLOUDSEC",
        "case_filter": {"resolver_types": ["AWS"], "tags": {"team": "cloud"}},
    }
    cloud["issue_filter"] = {"issue_types": ["Incident"]}
    teams = {"security-ir-cloud": cloud, "security-ir-corp": corp}
    estate.admit(*(Instance(estate.region, name, f"/SecurityIncidentResponse/{name}") for name in teams))
    root = estate.root("multiple-instances", **GIVEN, jira_token=TOKEN, teams=teams)
    outputs = root.apply()
    assert len(set(outputs["jira_notifications_topic_arns"].values())) == 2
    assert [case_filter(estate, name)["resolver_types"] for name in teams] == [["AWS"], ["Self"]]
    policies = estate.client("logs").describe_resource_policies()["resourcePolicies"]
    assert [policy["policyName"] for policy in policies] == ["security-ir-cloud-event-log"]
    assert root.changes() == []
    root.destroy()
    assert (estate.left(), estate.refused()) == ([], [])


def case_filter(estate: Estate, name: str) -> dict[str, Any]:
    """The filter of cases that an instance's functions were given."""
    function = estate.client("lambda").get_function_configuration(FunctionName=f"{name}-jira-client")
    given: dict[str, Any] = json.loads(function["Environment"]["Variables"]["SYNC_CONFIG"])["case_filter"]
    return given


def complete(estate: Estate) -> None:
    subnets, group = network(estate)
    put_zips(estate, *FUNCTIONS, "jira_webhook")
    key = estate.a_key()
    estate.admit(
        Instance(
            estate.region,
            "cloud-security",
            "/cloud-security/jira",
            "/security/",
            # The key is made by the same apply, so nobody knows its id before.
            {
                "your-company-packages/security-ir-jira": "releases/security-ir-jira/1.0.0",
                "11111111-2222-3333-4444-555555555555": "*",
            },
            (
                "WritesParametersAndMakesTheLedgerWithTheCustomerKey",
                "PutsTheFunctionsIntoSubnets",
                "TakesThePackagesFromTheBucket",
                "MakesNoRoleWithoutTheBoundary",
                *WEBHOOKS,
            ),
        ),
        besides=things_beside_the_module(estate),
    )
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
    assert (estate.left(), estate.refused()) == ([], [])
    by_default = {statement["Sid"] for statement in statements(estate.documents[:1])} | {*WEBHOOKS}
    assert {each for each in estate.unused() if each.partition(":")[0] not in by_default} == set()


def things_beside_the_module(estate: Estate) -> list[Document]:
    """What the example has besides the module, and so needs permissions for that the guide has no reason to name."""

    def arn(service: str, rest: str) -> str:
        return f"arn:aws:{service}:{estate.region}:{estate.cloud.account_id}:{rest}"

    key = ("EnableKeyRotation", "GetKeyPolicy", "GetKeyRotationStatus", "ListResourceTags", "ScheduleKeyDeletion")
    rule = (
        *("DeleteRule", "DescribeRule", "ListTagsForResource", "ListTargetsByRule"),
        *("PutRule", "PutTargets", "RemoveTargets"),
    )
    queue = ("CreateQueue", "DeleteQueue", "GetQueueAttributes", "ListQueueTags", "SetQueueAttributes")
    return [
        # It has no name before it is made. The topic of on-call, though, is called like the instance's own.
        permissions("kms:CreateKey", on="*", why="MakesTheCustomerKey"),
        permissions(*(f"kms:{action}" for action in key), on=arn("kms", "key/*"), why="KeepsTheCustomerKey"),
        permissions(
            *(f"events:{action}" for action in rule),
            on=arn("events", "rule/cloud-security/closed-cases"),
            why="MakesTheOtherTeamsRuleOnTheModulesBus",
        ),
        permissions(*(f"sqs:{action}" for action in queue), on=arn("sqs", "closed-cases"), why="MakesItsQueue"),
    ]


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


SWITCHES_OFF: Mapping[str, Any] = {
    "native_events": False,
    "case_sweep_schedule": None,
    "issue_sweep_schedule": None,
    "dashboard_enabled": False,
    "create_cases_from_jira": False,
    "sync_attachments": False,
    "sync_watchers": False,
    "event_log_resource_policy": "none",
}


def switches(estate: Estate) -> None:
    """What is switched off is not there, and can be had later."""
    estate.admit(Instance(estate.region))
    root = estate.root("basic", **GIVEN, jira_project_key="SEC", jira_token=TOKEN)
    for off in (SWITCHES_OFF, {}):
        root.set(**off)
        root.apply()
        assert root.changes() == []
        rules = [one["Name"] for one in estate.client("events").list_rules()["Rules"]]
        schedules = [one["Name"] for one in estate.client("scheduler").list_schedules()["Schedules"]]
        boards = estate.client("cloudwatch").list_dashboards()["DashboardEntries"]
        policies = estate.client("logs").describe_resource_policies()["resourcePolicies"]
        there = [len(names) for names in (rules, schedules, boards, policies)]
        assert there == ([0, 0, 0, 0] if off else [1, 2, 1, 1])
    root.destroy()
    assert (estate.left(), estate.refused()) == ([], [])


def webhooks(estate: Estate) -> None:
    """An address for Jira's webhooks is made with a secret that nobody writes down, changed, and goes away again."""
    estate.admit(Instance(estate.region, options=WEBHOOKS))
    root = estate.root("basic", **GIVEN, jira_project_key="SEC", jira_token=TOKEN)
    root.set(jira_webhook={"enabled": True}, tags={"team": "soc"})
    outputs = root.apply()
    assert sorted(outputs["functions"]) == sorted([*FUNCTIONS, "jira_webhook"])
    name = outputs["functions"]["jira_webhook"]["name"]
    made = estate.client("lambda").get_function(FunctionName=name)
    assert made["Concurrency"]["ReservedConcurrentExecutions"] == 5
    secret = the_secret(estate)
    assert len(secret) == 64
    assert root.changes() == []
    assert secret.encode() not in root.everything_written
    root.set(jira_webhook={"enabled": True}, tags={"service": "incident-response"})
    root.apply()
    assert the_secret(estate) == secret
    root.set(jira_webhook={"enabled": False})
    root.apply()
    assert name not in [one["FunctionName"] for one in estate.client("lambda").list_functions()["Functions"]]
    root.destroy()
    assert (estate.left(), estate.refused()) == ([], [])
    by_default = {statement["Sid"] for statement in statements(estate.documents[:1])}
    assert {each for each in estate.unused() if each.partition(":")[0] not in by_default} == set()


def the_secret(estate: Estate) -> str:
    name = "/SecurityIncidentResponse/jiraWebhookSecret"
    value: str = estate.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]
    return value


def trespass(estate: Estate) -> None:
    """Make a queue that is none of the module's."""
    estate.admit(Instance(estate.region))
    root = Root(estate.folder, estate.cloud, estate.deployer, {})
    root.write(
        "main.tf.json",
        json.dumps(
            {"provider": {"aws": {"region": estate.region}}, "resource": {"aws_sqs_queue": {"a": {"name": "another"}}}}
        ),
    )
    root.init()
    with pytest.raises(TerraformSaid, match=r"(?s)AccessDenied.*not authorized to perform: sqs:CreateQueue"):
        root.apply()
    assert estate.left() == []
    assert [action for action, _ in estate.refused()] == ["sqs:CreateQueue"]


STORIES: Mapping[str, Callable[[Estate], None]] = {
    "eu-west-1": basic,
    "eu-west-2": existing_secret,
    "eu-west-3": multiple_instances,
    "eu-central-1": complete,
    "eu-north-1": switches,
    "eu-south-1": webhooks,
}
TRESPASS = "ca-central-1"


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[None]]]:
    """Every story, by its Region."""
    with Cloud() as cloud, ThreadPoolExecutor(len(STORIES) + 1) as pool:
        yield {
            region: pool.submit(story, Estate(cloud, region, tmp_path_factory.mktemp(story.__name__)))
            for region, story in {**STORIES, TRESPASS: trespass}.items()
        }


@pytest.mark.parametrize("region", STORIES, ids=[story.__name__ for story in STORIES.values()])
def test_an_example_is_applied_at_once_and_goes_away_whole(region: str, played: Mapping[str, Future[None]]) -> None:
    played[region].result()


def test_what_the_policy_does_not_allow_fails_the_apply(played: Mapping[str, Future[None]]) -> None:
    played[TRESPASS].result()


def test_every_example_is_played() -> None:
    there = {folder.name for folder in (REPOSITORY / "examples").iterdir() if (folder / "main.tf").exists()}
    assert there - {"sandbox"} <= {story.__name__.replace("_", "-") for story in STORIES.values()}
