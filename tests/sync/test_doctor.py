"""The doctor finds what is planted, names what mends it, and finds nothing where nothing is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sandbox.jira import Person, Workflow
from sandbox.jira.rules.permissions import PERMISSIONS
from sandbox.jira.state.workflow import DONE, IN_PROGRESS, TO_DO, Transition
from security_ir_jira.config import Config, StatusMapping
from security_ir_jira.ledger.backfills import Backfill, Backfills
from security_ir_jira.ledger.breakers import Breakers
from security_ir_jira.ledger.troubles import Troubles
from security_ir_jira.model import CASE_PROPERTY, LABEL
from security_ir_jira.operate.installation import FUNCTIONS
from security_ir_jira.operate.jira_site import DEFAULT_STATUSES, needed_permissions
from tests.defaults import MAPPING

from .installed import NAME, PARAMETERS, Installed, client, install
from .loop import ACCOUNT, Loop, key_of, set_up

ROOT = Path(__file__).parents[2]


@pytest.fixture
def installed(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> Installed:
    return install(loop, monkeypatch)


def finding(installed: Installed, check: str) -> dict[str, Any]:
    """The one finding there is, which is of this check."""
    report = installed.examine()
    assert [each["check"] for each in report["findings"]] == [check], report["report"]
    (found,) = report["findings"]
    assert found["mend"]
    assert found["runbook"] == f"docs/doctor.md#{check}"
    return dict(found)


def test_a_healthy_installation_has_no_finding_and_nothing_unchecked(
    installed: Installed, loop: Loop, ada: Person, case_id: str
) -> None:
    ada.transition(key_of(loop, case_id), "In Progress")
    loop.settle()
    report = installed.examine()
    assert report["findings"] == []
    assert report["finding_count"] == 0
    assert report["not_checked"] == []
    assert report["report"][0] == f"0 findings; {len(report['sound'])} checks sound; 0 not made in full."


def test_a_new_installation_has_no_finding_and_says_what_cannot_be_told_yet(installed: Installed) -> None:
    report = installed.examine()
    assert report["findings"] == []
    assert [each["check"] for each in report["not_checked"]] == ["jira-transitions"]


def test_the_doctor_only_reads(installed: Installed, loop: Loop, case_id: str) -> None:
    items = client("dynamodb").scan(TableName="ledger")["Items"]
    quiet = loop.quiet()
    installed.examine()
    assert quiet.writes == []
    assert client("dynamodb").scan(TableName="ledger")["Items"] == items
    assert loop.waiting == []


def test_every_check_stands_in_the_documentation(installed: Installed) -> None:
    report = installed.examine()
    checks = {*report["sound"], *(each["check"] for each in report["not_checked"])}
    page = (ROOT / "docs" / "doctor.md").read_text()
    headings = {line.removeprefix("## ") for line in page.splitlines() if line.startswith("## ")}
    assert checks <= headings
    assert len(checks) > 15


def test_the_report_holds_no_content_no_address_and_no_secret(installed: Installed, loop: Loop, case_id: str) -> None:
    loop.jira.add_project("OPS", required_fields=["customfield_10099"])
    client("sqs").send_message(QueueUrl=installed.queue_url("jira_client", dead=True), MessageBody="a body")
    Troubles(loop.table).note("jira", case_id, "Unavailable", "503")
    said = json.dumps(installed.examine())
    assert "a body" not in said
    for secret in (loop.jira.token, loop.jira.email, "Unusual API calls", "CreateAccessKey"):
        assert secret not in said


# Credentials


def test_a_revoked_token(installed: Installed, loop: Loop) -> None:
    loop.jira.valid_tokens.clear()
    assert "revoked" in finding(installed, "jira-credentials")["what"]


@pytest.mark.parametrize("status", [200, 404])
def test_an_anonymous_answer(installed: Installed, loop: Loop, status: int) -> None:
    body = {"issues": []} if status == 200 else {"errorMessages": ["Not found"]}
    loop.jira.faults.add(".*", status=status, headers={"X-Seraph-LoginReason": "AUTHENTICATED_FAILED"}, body=body)
    report = installed.examine()
    (found,) = report["findings"]
    assert found["check"] == "jira-credentials"
    assert "stranger" in found["what"]
    assert "token" in found["mend"]
    assert {"jira-project", "jira-permissions"} <= {each["check"] for each in report["not_checked"]}


def test_a_token_without_the_scope_of_people(installed: Installed, loop: Loop) -> None:
    body = {"code": 401, "message": "Unauthorized; scope does not match"}
    loop.jira.faults.add("GET .*/myself", status=401, body=body)
    assert "read:jira-user" in finding(installed, "jira-scope")["what"]


def test_a_token_that_is_kept_out(installed: Installed, loop: Loop) -> None:
    loop.jira.faults.add(".*", status=403, body={"errorMessages": ["Blocked for 203.0.113.9"]})
    found = finding(installed, "jira-credentials")
    assert "allowlist" in found["mend"]
    assert "203.0.113.9" not in json.dumps(found)


def test_jira_is_down(installed: Installed, loop: Loop) -> None:
    loop.jira.down = True
    finding(installed, "jira-reachable")
    loop.jira.down = False


def test_a_missing_parameter(installed: Installed) -> None:
    client("ssm").delete_parameter(Name=PARAMETERS["token"])
    assert "jira_token" in finding(installed, "jira-parameters")["what"]


def test_a_token_that_everybody_can_read(installed: Installed, loop: Loop) -> None:
    client("ssm").delete_parameter(Name=PARAMETERS["token"])
    client("ssm").put_parameter(Name=PARAMETERS["token"], Value=loop.jira.token, Type="String")
    assert finding(installed, "jira-parameters")["mend"] == (
        f"aws ssm put-parameter --name {PARAMETERS['token']} --type SecureString --overwrite --region eu-central-1 "
        "--value file://…"
    )


def test_a_missing_parameter_that_is_not_ours_is_not_made_by_terraform(
    installed: Installed, monkeypatch: pytest.MonkeyPatch
) -> None:
    arn = f"arn:aws:ssm:eu-central-1:{ACCOUNT}:parameter/of/somebody"
    monkeypatch.setenv("JIRA_PARAMETERS", json.dumps({**PARAMETERS, "token": arn}))
    assert finding(installed, "jira-parameters")["mend"] == f"write {arn}"


# Project and permissions


def test_a_project_that_cannot_be_read(installed: Installed, loop: Loop) -> None:
    loop.jira.withdraw("SEC")
    assert "SEC" in finding(installed, "jira-project")["what"]


def test_each_permission_withdrawn(installed: Installed, loop: Loop, config: Config) -> None:
    settings: dict[str, Any] = {"on_case_deleted": "delete", "closure_resolutions": {"Duplicate": "Duplicate"}}
    set_up(loop, config, **settings)
    needed = needed_permissions(loop.config)
    assert set(needed) <= PERMISSIONS.keys()
    for permission in [name for name in PERMISSIONS if PERMISSIONS[name] and name != "BROWSE_PROJECTS"]:
        where = None if permission == "USER_PICKER" else "SEC"
        loop.jira.withdraw(where, permission)
        if permission in needed:
            assert "grant" in finding(installed, "jira-permissions")["mend"]
        else:
            assert installed.found() == [], permission
        loop.jira.grant(where, permission)


def test_permissions_that_no_setting_needs_are_not_missed(installed: Installed, loop: Loop, config: Config) -> None:
    set_up(loop, config, sync_watchers=False, sync_attachments=False)
    for permission in ("MANAGE_WATCHERS", "CREATE_ATTACHMENTS", "DELETE_ISSUES", "RESOLVE_ISSUES"):
        loop.jira.withdraw("SEC", permission)
    assert installed.found() == []


def test_a_missing_issue_type(installed: Installed, loop: Loop, config: Config) -> None:
    set_up(loop, config, jira_issue_type="Incident")
    found = finding(installed, "jira-issue-type")
    assert "Incident" in found["what"]
    assert "Task" in found["mend"]


def test_a_required_field_that_nothing_gives(installed: Installed, loop: Loop, config: Config) -> None:
    loop.jira.add_field("customfield_10099", "Impact")
    loop.jira.site.projects["SEC"].required_fields = ("customfield_10099",)
    found = finding(installed, "jira-create-fields")
    assert "customfield_10099" in found["what"]
    assert "jira_create_fields" in found["mend"]
    set_up(loop, config, jira_create_fields={"customfield_10099": "high"})
    assert installed.found() == []


def test_a_given_field_that_is_not_on_the_screen(installed: Installed, loop: Loop, config: Config) -> None:
    set_up(loop, config, jira_create_fields={"customfield_10098": "high"})
    assert "customfield_10098" in finding(installed, "jira-create-fields")["what"]


def test_labels_that_are_not_on_the_screen(installed: Installed, loop: Loop) -> None:
    loop.jira.site.projects["SEC"].hidden_on_create = frozenset({"labels"})
    assert finding(installed, "jira-create-fields")["severity"] == "warning"


# Statuses


def test_a_mapped_status_that_the_workflow_lacks(installed: Installed, loop: Loop, config: Config) -> None:
    set_up(
        loop, config, status_mapping=StatusMapping({**MAPPING.to_jira, "Acknowledged": ("Triage",)}, MAPPING.to_case)
    )
    found = finding(installed, "jira-statuses")
    assert "Triage" in found["what"]
    assert "In Progress" in found["mend"]


def test_a_status_of_issues_that_does_not_exist(installed: Installed, loop: Loop, config: Config) -> None:
    mapping = StatusMapping(MAPPING.to_jira, {**MAPPING.to_case, "Wating": "Detection and Analysis"})
    set_up(loop, config, status_mapping=mapping)
    assert "Wating" in finding(installed, "jira-statuses")["what"]


def test_a_workflow_without_what_only_the_default_names_is_sound(installed: Installed, loop: Loop) -> None:
    loop.jira.site.projects["SEC"].workflow = Workflow.all_to_all("small", (TO_DO, IN_PROGRESS, DONE))
    assert installed.found() == []


def test_the_default_statuses_are_those_of_the_module() -> None:
    named = {status for candidates in MAPPING.to_jira.values() for status in candidates}
    assert set(MAPPING.to_case) == named == DEFAULT_STATUSES


def one_way(*transitions: tuple[str, Any, Any]) -> Workflow:
    return Workflow(
        "one way",
        (TO_DO, IN_PROGRESS, DONE),
        tuple(Transition(str(number), name, to, (source,)) for number, (name, source, to) in enumerate(transitions, 1)),
    )


def test_a_status_that_no_way_leads_to(installed: Installed, loop: Loop, case_id: str) -> None:
    loop.jira.site.projects["SEC"].workflow = one_way(("Start", TO_DO, IN_PROGRESS), ("Stop", IN_PROGRESS, TO_DO))
    loop.jira.person(loop.jira.integration).transition(key_of(loop, case_id), "In Progress")
    report = installed.examine()
    assert report["findings"] == [], "nobody stands in To Do, from where there may be a way"
    assert [each["check"] for each in report["not_checked"]] == ["jira-transitions"]
    loop.jira.person(loop.jira.integration).create_issue("SEC", "Another")
    assert "Done" in finding(installed, "jira-transitions")["what"]


def test_a_status_beyond_one_that_no_issue_stands_in_is_not_called_unreachable(
    installed: Installed, loop: Loop, case_id: str
) -> None:
    assert loop.jira.issue(key_of(loop, case_id)).status == TO_DO
    loop.jira.site.projects["SEC"].workflow = one_way(("Start", TO_DO, IN_PROGRESS))
    assert installed.found() == []


def test_a_transition_that_demands_what_nothing_gives(
    installed: Installed, loop: Loop, config: Config, ada: Person, case_id: str
) -> None:
    loop.jira.site.projects["SEC"].workflow = Workflow.strict()
    ada.transition(key_of(loop, case_id), "In Progress")
    ada.transition(key_of(loop, case_id), "In Review")
    found = finding(installed, "jira-transitions")
    assert "resolution" in found["what"]
    assert "transition_fields" in found["mend"]
    set_up(loop, config, transition_fields={"Done": {"resolution": {"name": "Done"}}})
    assert installed.found() == []


# Two instances


@pytest.mark.parametrize("project", ["OPS", "SEC"])
def test_a_pair_that_two_instances_claim(
    installed: Installed, loop: Loop, ada: Person, case_id: str, project: str
) -> None:
    loop.automation = False
    loop.jira.add_project("OPS")
    stranger = ada.create_issue(project, "Mirrored twice", labels=[LABEL])
    own = loop.jira.issue(key_of(loop, case_id))
    issue = loop.jira.issue(stranger.key)
    with loop.jira.store.turn():
        loop.jira.store.save(replace(issue, properties=own.properties), "updated")
    found = finding(installed, "jira-claims")
    assert stranger.key in found["what"]
    assert own.key in found["what"]


def test_another_instance_s_own_issue_of_the_same_case_is_told_and_claims_nothing(
    installed: Installed, loop: Loop, ada: Person, case_id: str
) -> None:
    loop.jira.add_project("OPS")
    stranger = loop.jira.issue(ada.create_issue("OPS", "Its own", labels=[LABEL]).key)
    told = {"caseId": case_id, "caseArn": loop.service.case(case_id).arn, "instance": "other"}
    with loop.jira.store.turn():
        loop.jira.store.save(replace(stranger, properties={CASE_PROPERTY: told}), "updated")
    report = installed.examine()
    assert report["findings"] == []
    (fact,) = report["facts"]["jira-claims"]
    assert fact == f"Case {case_id} is mirrored by {key_of(loop, case_id)} and by {stranger.key} of the instance other"


def test_an_issue_of_a_case_of_that_number_in_another_region_claims_nothing(
    installed: Installed, loop: Loop, ada: Person, case_id: str
) -> None:
    stranger = loop.jira.issue(ada.create_issue("SEC", "Its own", labels=[LABEL]).key)
    arn = f"arn:aws:security-ir:us-east-1:{ACCOUNT}:case/{case_id}"
    with loop.jira.store.turn():
        loop.jira.store.save(
            replace(stranger, properties={CASE_PROPERTY: {"caseId": case_id, "caseArn": arn, "instance": NAME}}),
            "updated",
        )
    report = installed.examine()
    assert report["findings"] == []
    assert "jira-claims" not in report["facts"]


def test_a_clone_claims_nothing(installed: Installed, loop: Loop, config: Config, ada: Person, case_id: str) -> None:
    key = key_of(loop, case_id)
    ada.clone(key)
    loop.settle()
    assert installed.found() == []
    set_up(loop, config, create_cases_from_jira=False)
    ada.clone(key)
    loop.settle()
    assert installed.found() == []


def test_a_pair_whose_issue_was_moved_is_claimed_once(
    installed: Installed, loop: Loop, ada: Person, case_id: str
) -> None:
    loop.jira.add_project("OPS")
    ada.move(key_of(loop, case_id), "OPS")
    loop.settle()
    assert installed.found() == []


# Security Incident Response


def test_a_membership_that_is_not_active(installed: Installed, loop: Loop) -> None:
    loop.service.switches.access = "not_active"
    assert set(installed.found()) == {"membership"}


def test_a_role_that_is_refused(installed: Installed, loop: Loop) -> None:
    loop.service.switches.access = "denied"
    report = installed.examine()
    assert {each["check"] for each in report["findings"]} == {"membership"}


# What carries messages


@pytest.mark.parametrize("how", ["disabled", "without its target", "gone"])
def test_a_rule_that_carries_nothing(installed: Installed, how: str) -> None:
    events = client("events")
    for rule in installed.installation.rules():
        on = {} if rule.bus is None else {"EventBusName": rule.bus}
        if how == "disabled":
            events.disable_rule(Name=rule.name, **on)
        else:
            events.remove_targets(Rule=rule.name, Ids=["queue"], **on)
        if how == "gone":
            events.delete_rule(Name=rule.name, **on)
        found = finding(installed, rule.check)
        assert rule.name in found["what"]
        assert ("enable-rule" in found["mend"]) is (how == "disabled")
        events.put_rule(Name=rule.name, EventPattern='{"source": ["x"]}', State="ENABLED", **on)
        events.put_targets(Rule=rule.name, Targets=[{"Id": "queue", "Arn": rule.target}], **on)


def test_without_native_events_no_rule_is_missed(installed: Installed) -> None:
    installed.installation = replace(installed.installation, native_events=False)
    client("events").remove_targets(Rule=f"{NAME}-native-events-rule", Ids=["queue"])
    assert installed.found() == []


def test_a_paused_function(installed: Installed) -> None:
    functions = client("lambda")
    for key in FUNCTIONS:
        name = installed.installation.function(key)
        (mapping,) = functions.list_event_source_mappings(FunctionName=name)["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=False)
        assert mapping["UUID"] in finding(installed, "event-sources")["mend"]
        functions.update_event_source_mapping(UUID=mapping["UUID"], Enabled=True)


def test_a_function_that_no_queue_feeds(installed: Installed) -> None:
    functions = client("lambda")
    (mapping,) = functions.list_event_source_mappings(FunctionName=f"{NAME}-jira-client")["EventSourceMappings"]
    functions.delete_event_source_mapping(UUID=mapping["UUID"])
    assert f"{NAME}-jira-client" in finding(installed, "event-sources")["what"]


def test_a_schedule_that_is_gone(installed: Installed) -> None:
    client("scheduler").delete_schedule(Name=f"{NAME}-case-sweep", GroupName=f"{NAME}-sweeps")
    assert f"{NAME}-case-sweep" in finding(installed, "schedules")["what"]


def test_a_schedule_that_is_disabled(installed: Installed) -> None:
    (sweep,) = [each for each in installed.installation.sweeps() if each.name.endswith("issue-sweep")]
    client("scheduler").update_schedule(
        Name=sweep.name,
        GroupName=sweep.group,
        ScheduleExpression=sweep.expression,
        FlexibleTimeWindow={"Mode": "OFF"},
        State="DISABLED",
        Target={"Arn": sweep.target, "RoleArn": "arn:aws:iam::123456789012:role/role"},
    )
    assert sweep.name in finding(installed, "schedules")["what"]


def test_a_queue_that_is_gone(installed: Installed) -> None:
    client("sqs").delete_queue(QueueUrl=installed.queue_url("jira_client"))
    assert f"{NAME}-jira-client" in finding(installed, "queues")["what"]


def test_dead_letters_with_their_reasons(installed: Installed, loop: Loop) -> None:
    url = installed.queue_url("jira_notifications_handler", dead=True)
    reason = {"reason": {"DataType": "String", "StringValue": "the notification names no issue"}}
    for _ in range(2):
        client("sqs").send_message(QueueUrl=url, MessageBody="{}", MessageAttributes=reason)
    client("sqs").send_message(QueueUrl=url, MessageBody="{}")
    found = finding(installed, "dead-letters")
    assert "holds 3" in found["what"]
    assert "2 × the notification names no issue; 1 × without a reason" in found["what"]
    assert "redrive_commands" in found["mend"]
    assert finding(installed, "dead-letters")["what"] == found["what"], "looking hides nothing"


def test_dead_letters_that_the_topic_could_not_deliver(installed: Installed) -> None:
    undelivered = {"ErrorCode": {"DataType": "String", "StringValue": "AccessDenied"}}
    url = installed.queue_url("jira_notifications_handler", dead=True)
    client("sqs").send_message(QueueUrl=url, MessageBody="{}", MessageAttributes=undelivered)
    assert "1 × AccessDenied" in finding(installed, "dead-letters")["what"]


def test_dead_letters_of_a_rule_s_target_and_of_a_schedule(installed: Installed) -> None:
    queue = client("sqs").create_queue(QueueName=f"{NAME}-undelivered-dead-letters")["QueueUrl"]
    arn = installed.installation.queue_arn(f"{NAME}-undelivered-dead-letters")
    rule = installed.installation.rules()[1]
    client("events").put_targets(
        Rule=rule.name,
        EventBusName=NAME,
        Targets=[{"Id": "queue", "Arn": rule.target, "DeadLetterConfig": {"Arn": arn}}],
    )
    assert installed.found() == []
    code = {"ERROR_CODE": {"DataType": "String", "StringValue": "NO_PERMISSIONS"}}
    client("sqs").send_message(QueueUrl=queue, MessageBody="{}", MessageAttributes=code)
    assert "NO_PERMISSIONS" in finding(installed, "dead-letters")["what"]
    purge = "aws sqs purge-queue --queue-url https://sqs.eu-central-1.amazonaws.com/123456789012/"
    assert purge in finding(installed, "dead-letters")["mend"]


def test_dead_letters_of_the_topic_say_why_as_well(installed: Installed) -> None:
    url = installed.queue_url("jira_notifications_handler", dead=True)
    code = {"ErrorCode": {"DataType": "String", "StringValue": "AccessDenied"}}
    client("sqs").send_message(QueueUrl=url, MessageBody="{}", MessageAttributes=code)
    assert "1 × AccessDenied" in finding(installed, "dead-letters")["what"]


def test_a_message_that_waits_for_long(installed: Installed, loop: Loop) -> None:
    client("cloudwatch").put_metric_data(
        Namespace="AWS/SQS",
        MetricData=[
            {
                "MetricName": "ApproximateAgeOfOldestMessage",
                "Dimensions": [{"Name": "QueueName", "Value": f"{NAME}-jira-client"}],
                "Value": 5_400.0,
                "Timestamp": loop.clock.now - 90,
            }
        ],
    )
    assert "90 min" in finding(installed, "queue-age")["what"]


# What is remembered


@pytest.mark.parametrize(("side", "after"), [("security_ir", 5 * 60), ("jira", 15 * 60)])
def test_a_sweep_that_is_overdue(installed: Installed, loop: Loop, side: str, after: int) -> None:
    began = loop.clock.now - 2 * after - 500
    loop.table.put(f"CURSOR#{side}", "SWEEP", {"began_at": int(began)})
    assert installed.found() == []
    loop.table.put(f"CURSOR#{side}", "SWEEP", {"began_at": int(began - 200)})
    assert "sweep" in finding(installed, "sweeps")["what"]


def test_a_sweep_that_never_got_through(installed: Installed, loop: Loop) -> None:
    loop.table.delete("CURSOR#jira", "SWEEP")
    assert installed.found() == []
    loop.clock.now += 3_600
    loop.table.put("CURSOR#security_ir", "SWEEP", {"began_at": int(loop.clock.now)})
    assert "never" in finding(installed, "sweeps")["what"]


def test_a_sweep_that_is_switched_off_is_not_missed(installed: Installed, loop: Loop) -> None:
    schedules = {"case-sweep": None, "issue-sweep": "cron(0 * * * ? *)"}
    installed.installation = replace(installed.installation, schedules=schedules)
    loop.clock.now += 86_400
    assert installed.found() == []


def test_a_pair_in_error(installed: Installed, loop: Loop, case_id: str) -> None:
    Troubles(loop.table).note("jira", case_id, "NotPermitted", "POST /issue/10001/comment: 403")
    loop.clock.now += 2  # read without asking for consistency
    found = finding(installed, "pairs-in-error")
    assert case_id in found["what"]
    assert "NotPermitted" in found["what"]
    assert f"resync_command) {case_id}" in found["mend"]


@pytest.mark.parametrize("kind", ["down", "refused"])
def test_an_open_breaker(installed: Installed, loop: Loop, kind: Any) -> None:
    Breakers(loop.table).open("jira", kind, "503", loop.clock.now + 60)
    assert "Jira" in finding(installed, "side-down")["what"]


def test_a_ledger_that_cannot_be_restored(installed: Installed) -> None:
    client("dynamodb").update_continuous_backups(
        TableName="ledger", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    )
    assert "update-continuous-backups" in finding(installed, "ledger")["mend"]


def test_a_backfill_that_stands_still(installed: Installed, loop: Loop) -> None:
    backfills = Backfills(loop.table)
    backfills.start("jira", Backfill("run", "running", since=loop.clock.now, before=loop.clock.now))
    assert installed.found() == []
    loop.clock.now += 4_000
    for side in ("jira", "security_ir"):
        loop.table.put(f"CURSOR#{side}", "SWEEP", {"began_at": int(loop.clock.now)})
    assert "issues resume" in finding(installed, "backfill")["mend"]
    backfills.pause("jira")
    assert installed.found() == []


# The doctor itself


def test_a_check_that_fails_ends_no_other(installed: Installed, loop: Loop) -> None:
    loop.jira.faults.add("GET .*/mypermissions", status=400, body={"errorMessages": ["No such permission"]})
    loop.jira.withdraw("SEC", "MANAGE_WATCHERS")
    report = installed.examine()
    assert report["findings"] == []
    assert {"check": "jira-permissions", "why": "NotPermitted: GET /mypermissions: 400"} in report["not_checked"]
    assert {"jira-statuses", "membership", "sweeps"} <= set(report["sound"])


def test_the_report_counts_what_waits_and_tells_the_clock_of_the_sweeps(installed: Installed) -> None:
    client("sqs").send_message(QueueUrl=installed.queue_url("jira_client"), MessageBody="{}")
    facts = installed.examine()["facts"]
    assert "jira_client: 1 waiting, 0 in work or put off, 0 delayed" in facts["queues"]
    (told,) = [fact for fact in facts["sweeps"] if fact.startswith("issue-sweep: last ")]
    assert told.endswith(" s ago, schedule rate(15 minutes)")


@pytest.mark.parametrize("enabled", [False, True])
def test_the_report_says_whether_jiras_own_webhooks_are_heard(installed: Installed, enabled: bool) -> None:
    installed.installation = replace(installed.installation, jira_webhook=enabled)
    facts = installed.examine()["facts"]
    assert any("jira_webhook is enabled" in fact for fact in facts.get("schedules", [])) is enabled
