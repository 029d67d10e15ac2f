"""What whoever is on call sees: alarms that ring once a cause, a dashboard, saved queries, and what is redriven."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sandbox import dashboard
from sandbox.cloud.measures import metric
from sandbox.dashboard.alarms import state_at
from sandbox.dashboard.metrics import Metrics
from sandbox.dashboard.queries import Row, run
from sandbox.stage import REGION, Stage
from tests.sandbox.play import Play

NAME = "security-ir-jira"
DASHBOARD = f"{NAME}-{REGION}"
NOBODY = json.dumps({"Version": "2012-10-17", "Statement": []})


@pytest.fixture
def watch(play: Play) -> Iterator[Play]:
    """A stage that has been quiet for so long that no alarm remembers anything."""
    play.stage.cloud.advance(4 * 3_600)
    assert ringing(play) == set()
    yield play
    play.rest()


def ringing(play: Play) -> set[str]:
    alarms = dashboard.look(play.stage.cloud, hours=1).alarms.values()
    return {alarm.name.removeprefix(f"{NAME}-") for alarm in alarms if alarm.state == "ALARM"}


def rang(play: Play) -> set[str]:
    """Every alarm that rang within the last hours, over or not."""
    alarms = dashboard.look(play.stage.cloud, hours=3).alarms.values()
    return {alarm.name.removeprefix(f"{NAME}-") for alarm in alarms if any(s == "ALARM" for _, s in alarm.turns)}


def body(play: Play) -> dict[str, Any]:
    put = play.stage.cloud.boto3("cloudwatch").get_dashboard(DashboardName=DASHBOARD)["DashboardBody"]
    shown: dict[str, Any] = json.loads(put)
    return shown


@contextmanager
def refusing(play: Play, function: str) -> Iterator[None]:
    """The function's queue admits nobody meanwhile."""
    sqs, url = play.stage.cloud.boto3("sqs"), play.stage.outputs["queues"][function]["url"]
    policy = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy"])["Attributes"]["Policy"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": NOBODY})
    yield
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})


@contextmanager
def forbidden_to_schedule(play: Play, function: str) -> Iterator[None]:
    """The schedules' role may not send to the function's queue meanwhile."""
    iam, queue = play.stage.cloud.boto3("iam"), play.stage.outputs["queues"][function]["arn"]
    (role,) = [each["RoleName"] for each in iam.list_roles()["Roles"] if "-sweeps-" in each["RoleName"]]
    policy = iam.get_role_policy(RoleName=role, PolicyName="permissions")["PolicyDocument"]
    without = json.loads(json.dumps(policy).replace(f'"{queue}"', '"arn:aws:sqs:us-east-1:123456789012:nothing"'))
    iam.put_role_policy(RoleName=role, PolicyName="permissions", PolicyDocument=json.dumps(without))
    yield
    iam.put_role_policy(RoleName=role, PolicyName="permissions", PolicyDocument=json.dumps(policy))


def redrive(play: Play, function: str) -> None:
    """What the output's command does."""
    words = shlex.split(play.stage.outputs["redrive_commands"][function])
    given = {name: words[words.index(name) + 1] for name in ("--source-arn", "--destination-arn")}
    sqs = play.stage.cloud.boto3("sqs")
    sqs.start_message_move_task(SourceArn=given["--source-arn"], DestinationArn=given["--destination-arn"])
    play.rest()


def saved_query(play: Play, name: str, **examples: str) -> list[Row]:
    """The rows of a saved query, with something of the stage in place of its examples."""
    saved = play.stage.cloud.boto3("logs").describe_query_definitions(queryDefinitionNamePrefix=f"{NAME}/{name}")
    (query,) = saved["queryDefinitions"]
    text = query["queryString"]
    for example, value in examples.items():
        assert f'"{example.replace("_", "-")}"' in text
        text = text.replace(f'"{example.replace("_", "-")}"', f'"{value}"')
    return run(text, play.stage.cloud.log_lines(), query["logGroupNames"])


def test_an_event_that_a_queue_refuses_is_a_dead_letter_with_its_reason_and_arrives_after_a_redrive(
    watch: Play,
) -> None:
    with refusing(watch, "jira_client"):
        case_id = watch.open_case("Refused by a queue")
        watch.rest()
    (letter,) = watch.stage.cloud.dead_letters()
    assert letter.queue == f"{NAME}-jira-client-dead-letters"
    assert (letter.reason or "").startswith("NO_PERMISSIONS: ")
    assert ringing(watch) == {"jira-client-dead-letters"}
    redrive(watch, "jira_client")
    assert watch.issues_titled("Refused by a queue") == [watch.key_of(case_id)]
    assert watch.stage.cloud.dead_letters() == []
    watch.stage.cloud.advance(600)
    assert ringing(watch) == set()


def test_a_notification_that_the_queue_refuses_arrives_after_a_redrive(play: Play) -> None:
    with refusing(play, "jira_notifications_handler"):
        play.ada.create_issue("SEC", "Refused notification")
        play.rest()
    assert play.cases_titled("Refused notification") == []
    assert {letter.queue for letter in play.stage.cloud.dead_letters()} == {
        f"{NAME}-jira-notifications-handler-dead-letters"
    }
    redrive(play, "jira_notifications_handler")
    assert len(play.cases_titled("Refused notification")) == 1
    assert play.stage.cloud.dead_letters() == []


@pytest.mark.parametrize(
    ("which", "function"), [("case", "security_ir_poller"), ("issue", "jira_notifications_handler")]
)
def test_a_sweep_that_could_not_be_ordered_runs_after_a_redrive(play: Play, which: str, function: str) -> None:
    with forbidden_to_schedule(play, function):
        play.sweep(which)
        play.rest()
    (letter,) = play.stage.cloud.dead_letters()
    assert (letter.reason or "").startswith("AccessDenied: ")
    runs = len(play.stage.cloud.logs(play.stage.outputs["functions"][function]["name"]))
    redrive(play, function)
    assert play.stage.cloud.dead_letters() == []
    assert len(play.stage.cloud.logs(play.stage.outputs["functions"][function]["name"])) > runs


def test_what_the_event_log_refuses_can_be_read_and_holds_up_nothing(watch: Play) -> None:
    logs = watch.stage.cloud.boto3("logs")
    (policy,) = logs.describe_resource_policies()["resourcePolicies"]
    logs.delete_resource_policy(policyName=policy["policyName"])
    case_id = watch.open_case("Not in the log")
    watch.rest()
    logs.put_resource_policy(policyName=policy["policyName"], policyDocument=policy["policyDocument"])
    assert watch.issues_titled("Not in the log") == [watch.key_of(case_id)]
    letters = watch.stage.cloud.dead_letters()
    assert {letter.queue for letter in letters} == {f"{NAME}-event-log-dead-letters"}
    assert case_id in {json.loads(letter.body)["detail"]["caseId"] for letter in letters}
    assert ringing(watch) == {"event-log"}
    sqs = watch.stage.cloud.boto3("sqs")
    sqs.purge_queue(QueueUrl=sqs.get_queue_url(QueueName=f"{NAME}-event-log-dead-letters")["QueueUrl"])


def test_a_refused_token_rings_one_alarm_and_the_page_shows_it(watch: Play, tmp_path: Path) -> None:
    jira, cloud = watch.stage.jira, watch.stage.cloud
    case_id = watch.open_case("A token for the dashboard")
    watch.rest()
    jira.valid_tokens.clear()
    watch.aws.comment(case_id, "While the token was void.")
    watch.notify(watch.key_of(case_id))
    cloud.advance(3_600)
    assert rang(watch) == {"jira-credentials"}
    dashboard.draw(cloud, DASHBOARD, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    assert f"rings<td><b>{NAME}-jira-credentials</b>" in page
    assert "<td>JiraUnauthorized" in page  # why, in words
    assert "JiraUnauthorized jira_client <small>last" in page
    assert "While the token was void." not in page
    jira.valid_tokens.add("a-new-token")
    cloud.boto3("ssm").put_parameter(
        Name="/SecurityIncidentResponse/jiraToken", Value="a-new-token", Type="SecureString", Overwrite=True
    )
    watch.rest()
    assert watch.said_on_issue(watch.key_of(case_id)).count("While the token was void.") == 1
    cloud.advance(2_700)
    assert ringing(watch) == set()


EVERY = ("jira_client", "jira_notifications_handler", "security_ir_client", "security_ir_poller")
JIRA = EVERY[:3]
SINKS = ("jira_client", "security_ir_client")
HOURS = 6
"""How long what follows lasts."""


@pytest.mark.parametrize(
    ("told", "wanted"),
    [
        ({"JiraUnauthorized": JIRA, "FailingFor": JIRA}, {"jira-credentials"}),
        ({"NotPermitted": EVERY, "FailingFor": EVERY}, {"not-permitted"}),
        ({"NotPermitted": ("security_ir_poller",), "FailingFor": ("security_ir_poller",)}, {"not-permitted"}),
        ({"SideDown": EVERY, "FailingFor": EVERY, "PairsInError": ("security_ir_poller",)}, {"side-down"}),
        ({"Unavailable": ("jira_client",), "FailingFor": ("jira_client",)}, {"jira-client-age"}),
        ({"PairsInError": ("security_ir_poller",)}, {"pairs-in-error"}),
        ({"CasesVanished": ("security_ir_poller",)}, {"cases-vanished"}),
        ({"Delay": ("security_ir_client",)}, {"delay"}),
        ({"Conflict": SINKS, "PairBusy": SINKS, "Throttled": SINKS, "NotificationsWrongSecret": EVERY}, set()),
    ],
)
def test_one_cause_rings_one_alarm(stage: Stage, told: dict[str, tuple[str, ...]], wanted: set[str]) -> None:
    # Every ten minutes for hours; what is counted in seconds is an hour.
    times = [float(600 * number) for number in range(6 * HOURS)]
    values = {"FailingFor": 3_600.0, "Delay": 3_600.0}
    points = {
        metric(NAME, name, service=service): [(at, values.get(name, 1.0)) for at in times]
        for name, services in told.items()
        for service in services
    }
    listed = stage.cloud.boto3("cloudwatch").get_paginator("describe_alarms").paginate()
    alarms = [alarm for each in listed for alarm in each["MetricAlarms"]]
    moments = [HOURS * 3_600.0, (HOURS + 4) * 3_600.0]
    during, afterwards = (
        {
            alarm["AlarmName"].removeprefix(f"{NAME}-")
            for alarm in alarms
            if state_at(alarm, Metrics(points), moment) == "ALARM"
        }
        for moment in moments
    )
    assert during == wanted
    assert afterwards == set()


def test_a_passing_error_rings_no_alarm(watch: Play) -> None:
    watch.stage.jira.faults.add("GET .*", status=503, times=3)
    case_id = watch.open_case("Passes by itself")
    watch.rest()
    assert watch.issues_titled("Passes by itself") == [watch.key_of(case_id)]
    assert rang(watch) == set()


def test_the_page_draws_a_line_for_all_that_was_measured(play: Play, tmp_path: Path) -> None:
    case_id = play.open_case("On the dashboard")
    play.rest()
    play.ada.comment(play.key_of(case_id), "Seen.")
    play.rest()
    seen = dashboard.look(play.stage.cloud)
    dashboard.draw(play.stage.cloud, DASHBOARD, tmp_path / "page.html")
    page = (tmp_path / "page.html").read_text()
    charts = {
        widget["properties"]["title"]: seen.metrics.chart(
            widget["properties"]["metrics"], widget["properties"]["stat"], seen.periods
        )
        for widget in body(play)["widgets"]
        if widget["type"] == "metric"
    }
    full = {title for title, lines in charts.items() if all(lines.values())}
    assert {"Dead letters", "Runs of a function", "Milliseconds of a run, p95", "Events on the bus"} <= full
    assert any(charts["The ledger"].values())
    assert page.count('<path class="line') == sum(
        bool(series) for lines in charts.values() for series in lines.values()
    )
    assert all(f"<h3>{title}</h3>" in page for title in charts)


def test_every_metric_that_the_functions_print_is_on_the_dashboard(play: Play) -> None:
    printed = {name for namespace, name, _ in play.stage.cloud.measurements() if namespace == NAME}
    assert printed
    assert [name for name in printed if f'"{name}"' not in json.dumps(body(play)).replace('\\"', '"')] == []


def test_saved_queries_find_the_way_of_a_case_and_of_its_issue(play: Play) -> None:
    case_id = play.open_case("Its way")
    play.rest()
    key = play.key_of(case_id)
    play.ada.comment(key, "Further on its way.")
    play.rest()
    way = saved_query(play, "way-of-a-case", **{"1234567890": case_id})
    assert "CaseCreated" in [row.get("detail-type") for row in way]
    assert "issue created" in [row.get("message") for row in way]
    assert [row["@timestamp"] for row in way] == sorted(row["@timestamp"] for row in way)
    issue = play.stage.jira.issue(key)
    way = saved_query(play, "way-of-an-issue", SEC_1=key, **{"10001": str(issue.id)})
    assert {"issue created", None} <= {row.get("message") for row in way}
    assert "IssueUpdated" in [row.get("detail-type") for row in way]
    assert "Further on its way." not in str(way)


def test_saved_queries_find_what_is_tried_again_and_what_became_a_dead_letter(play: Play) -> None:
    play.stage.jira.faults.add("POST .*/rest/api/3/issue", status=503, times=2)
    case_id = play.open_case("Tried again")
    play.stage.cloud.publish(play.stage.outputs["jira_notifications_topic_arn"], {"IssueId": "nonsense"})
    play.rest()
    tried = [row for row in saved_query(play, "tried-again") if row.get("subject") == case_id]
    assert sum(row["tries"] for row in tried) >= 2
    assert all(row["reason"] for row in tried)
    letters = saved_query(play, "dead-letters")
    assert any("names no issue" in row["reason"] for row in letters)
    play.empty_dead_letters()
